/** Replaces a secret. */
const HIDDEN = '[hidden]';

/** A shorter one would match parts of ordinary words. */
const MIN_LENGTH = 6;

/** A process has few accounts. Those in use are kept, because every request adds its secrets again. */
const MAX_SECRETS = 200;

/** The secrets that this process has used, the latest one last, in every form in which an answer may have them. */
const secrets = new Set<string>();
/** Length of the shortest one: most texts are shorter. */
let shortest = Infinity;

/** Remembers secrets, so that `hideSecrets` finds them in any field. */
export function noteSecrets(...values: string[]): void {
	for (const value of values.flatMap(formsOf)) {
		if (value.length < MIN_LENGTH) continue;
		secrets.delete(value);
		secrets.add(value);
	}
	for (const oldest of secrets) {
		if (secrets.size <= MAX_SECRETS) break;
		secrets.delete(oldest);
	}
	shortest = Math.min(...[...secrets].map(({ length }) => length));
}

/** A secret in each form: plain, in an address, in JSON, and in a Basic header. */
const formsOf = (secret: string): string[] => [
	secret,
	encodeURIComponent(secret),
	JSON.stringify(secret).slice(1, -1),
	Buffer.from(secret).toString('base64'),
];

/** Text without any secret that this process has used. */
export function hideInText(text: string): string {
	if (text.length < shortest) return text;
	let hidden = text;
	for (const secret of secrets) if (hidden.includes(secret)) hidden = hidden.replaceAll(secret, HIDDEN);
	return hidden;
}

/** The same value, or a copy in which no text and no name holds a secret that this process has used. */
export function hideSecrets<T>(value: T): T;
export function hideSecrets(value: unknown): unknown {
	if (typeof value === 'string') return hideInText(value);
	if (Array.isArray(value)) {
		const entries: unknown[] = value.map((entry: unknown) => hideSecrets(entry));
		return entries.every((entry, index) => entry === value[index]) ? value : entries;
	}
	if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
	let isHidden = false;
	const entries = Object.entries(value).map(([name, entry]: [string, unknown]) => {
		const shown = [hideInText(name), hideSecrets(entry)] as const;
		isHidden ||= shown[0] !== name || shown[1] !== entry;
		return shown;
	});
	return isHidden ? Object.fromEntries(entries) : value;
}
