import type { IDataObject } from 'n8n-workflow';

import { toMillis } from './dates';
import { cleanEmail, isEmail } from './email';
import { isRecord } from './record';

/** Levels of a body that are read; the vendors' have at most eight. */
const MAX_DEPTH = 32;
/** Entries of a list that are read. */
const MAX_ENTRIES = 200;

/** Characters of a text that is read; nothing that the vendors send is nearly as long. */
const MAX_TEXT = 100_000;

/**
 * Reads text: trimmed, null when empty or not text. Numbers count as text. A text of absurd length counts as none: a
 * regular expression that reads it can run out of stack.
 */
export const asText = (raw: unknown): string | null => {
	const text = typeof raw === 'string' || typeof raw === 'number' ? String(raw).trim() : '';
	return text === '' || text.length > MAX_TEXT ? null : text;
};

/** Reads a number that may have been sent as text. */
export const asNumber = (raw: unknown): number | null => {
	const text = asText(raw) ?? '';
	if (!/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text)) return null;
	const number = Number(text);
	return Number.isFinite(number) ? number : null;
};

/** Reads a boolean that may have been sent as text or as a number. */
export const asBoolean = (raw: unknown): boolean | null => {
	const text = String(raw).trim().toLowerCase();
	return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : null;
};

/** Reads an e-mail address, without invisible characters. */
export const asEmail = (raw: unknown): string | null => {
	const address = cleanEmail(asText(raw));
	return isEmail(address) ? address : null;
};

/**
 * Reads a time as milliseconds since 1970-01-01 UTC: ISO 8601, or an epoch of 10 or 13 digits. Without an offset it is UTC,
 * as webhooks say it. Null for everything else, and for times before 1970: nothing was sold then.
 */
export const asMillis = (raw: unknown): number | null => {
	const millis = toMillis(asText(raw), 'UTC');
	return millis !== null && millis > 0 ? millis : null;
};

/** The same as ISO 8601 in UTC. */
export const asTime = (raw: unknown): string | null => {
	const millis = asMillis(raw);
	return millis === null ? null : new Date(millis).toISOString();
};

/**
 * Reads fields of a body from outside and remembers which were understood, so that the rest can be passed on untouched.
 * Never throws: what is missing or of another type is null and stays in the rest.
 */
export class Reader {
	private readonly data: IDataObject;

	constructor(data: unknown) {
		const copy = copyOf(data, 0);
		this.data = isRecord(copy) ? copy : {};
	}

	/** Value of the first path that `parse` understands; that path is taken out of the rest. */
	take<T>(paths: string | string[], parse: (raw: unknown) => T | null): T | null {
		for (const path of [paths].flat()) {
			const value = this.peek(path, parse);
			if (value === null) continue;
			this.drop(path);
			return value;
		}
		return null;
	}

	/** Like `take` for one path, but leaves it in the rest. */
	peek<T>(path: string, parse: (raw: unknown) => T | null): T | null {
		const [holder, key] = this.locate(path);
		return holder && Object.hasOwn(holder, key) ? parse(holder[key]) : null;
	}

	/** How many entries a list has; 0 if the value is not a list. */
	count(path: string): number {
		return this.peek(path, (raw) => (Array.isArray(raw) ? Math.min(raw.length, MAX_ENTRIES) : null)) ?? 0;
	}

	/** What was not taken, without objects and lists that became empty. */
	rest(): IDataObject {
		return (prune(this.data) ?? {}) as IDataObject;
	}

	private drop(path: string) {
		const [holder, key] = this.locate(path);
		if (holder) delete holder[key];
	}

	private locate(path: string): [IDataObject | null, string] {
		const keys = path.split('.');
		const last = keys.pop()!;
		let holder: unknown = this.data;
		for (const key of keys)
			holder =
				holder !== null && typeof holder === 'object' && Object.hasOwn(holder, key)
					? (holder as IDataObject)[key]
					: null;
		return [holder !== null && typeof holder === 'object' ? (holder as IDataObject) : null, last];
	}
}

/** A copy that no later change reaches, without keys that could change a prototype and without absurd depth. */
export function copyOf(value: unknown, depth = 0): unknown {
	if (typeof value !== 'object' || value === null) return value;
	if (depth >= MAX_DEPTH) return null;
	if (Array.isArray(value)) return value.map((entry) => copyOf(entry, depth + 1));
	const source = value as IDataObject;
	const copy: IDataObject = {};
	for (const key of Object.keys(source))
		if (key !== '__proto__') copy[key] = copyOf(source[key], depth + 1) as IDataObject;
	return copy;
}

function prune(value: unknown): unknown {
	if (typeof value !== 'object' || value === null) return value;
	if (Array.isArray(value)) {
		const entries = value.map(prune).filter((entry) => entry !== undefined);
		return entries.length === 0 ? undefined : entries;
	}
	const source = value as IDataObject;
	let kept: IDataObject | undefined;
	for (const key of Object.keys(source)) {
		const entry = prune(source[key]);
		if (entry !== undefined) (kept ??= {})[key] = entry as IDataObject;
	}
	return kept;
}
