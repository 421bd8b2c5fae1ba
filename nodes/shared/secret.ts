import { createHash, timingSafeEqual } from 'node:crypto';

import type { IDataObject } from 'n8n-workflow';

import { noteSecrets } from '../../credentials/secrets';

/** Levels of a body that are read; the vendors' have at most eight. */
const MAX_DEPTH = 32;
/** How long a secret that was right counts without asking n8n again, in milliseconds. */
const REMEMBERED_MS = 5_000;
/** A shorter secret is removed as a whole value only: it may be part of many words. */
const MIN_PART = 8;

/** Digest of the secret that was right, of each trigger with its credential; never the secret itself. */
const verified = new Map<string, { digest: Buffer; until: number }>();
/** Readings of credentials that are under way. */
const readings = new Map<string, Reading>();

interface Reading {
	/** When it began: what it brings was true then, and perhaps not later. */
	since: number;
	secrets: Promise<string[]>;
}

const digestOf = (text: string) => createHash('sha256').update(text, 'utf8').digest();

/** Whether a secret is one of the expected ones; takes the same time for every text. */
function isExpected(given: string | null, expected: Buffer[]): boolean {
	const digest = digestOf(given ?? '');
	const matches = expected.map((right) => timingSafeEqual(digest, right));
	return given !== null && matches.includes(true);
}

/**
 * Checks the secret of a delivery. One that was right is remembered for five seconds; any other has the credential read at
 * once, so that a new secret works immediately and an old one ends within five seconds. Many deliveries at a time read once.
 *
 * @param key tells the trigger with its credential from others
 * @param read reads the secrets of the credential; deliveries that come meanwhile share what it returns
 * @throws what `read` throws
 */
export async function checkSecret(
	key: string,
	given: string | null,
	read: () => Promise<string[]>,
): Promise<'right' | 'wrong' | 'none'> {
	const last = verified.get(key);
	if (last && last.until > Date.now() && isExpected(given, [last.digest])) return 'right';
	const shared = readings.get(key);
	let reading = shared ?? startReading(key, read);
	let isRight = isExpected(given, (await reading.secrets).map(digestOf));
	// A reading that was under way before may have missed a change.
	if (!isRight && shared) {
		reading = readings.get(key) ?? startReading(key, read);
		isRight = isExpected(given, (await reading.secrets).map(digestOf));
	}
	if (isRight) verified.set(key, { digest: digestOf(given!), until: reading.since + REMEMBERED_MS });
	return isRight ? 'right' : (await reading.secrets).length === 0 ? 'none' : 'wrong';
}

function startReading(key: string, read: () => Promise<string[]>): Reading {
	const secrets = read()
		.then((found) => {
			// Items and errors of the action nodes hide them as well.
			noteSecrets(...found);
			return found;
		})
		.finally(() => readings.delete(key));
	const reading = { since: Date.now(), secrets };
	readings.set(key, reading);
	return reading;
}

/**
 * A copy of a body without a secret, within whichever text it stands, and without absurd depth.
 *
 * @param blank replaces the secret
 * @param isSecretKey names keys that are left out with their values
 */
export function withoutSecret(
	body: unknown,
	secret: string,
	blank: string,
	isSecretKey: (key: string) => boolean = () => false,
): unknown {
	const pattern = new RegExp(secret.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi');
	const clean = (text: string) =>
		secret.length < MIN_PART ? (text === secret ? blank : text) : text.replace(pattern, blank);
	const copy = (value: unknown, depth: number): unknown => {
		if (typeof value === 'string') return clean(value);
		if (typeof value === 'number') return String(value) === secret ? blank : value;
		if (typeof value !== 'object' || value === null) return value;
		if (depth >= MAX_DEPTH) return null;
		if (Array.isArray(value)) return value.map((entry) => copy(entry, depth + 1));
		const result: IDataObject = {};
		for (const key of Object.keys(value))
			if (key !== '__proto__' && !isSecretKey(key))
				result[clean(key)] = copy((value as IDataObject)[key], depth + 1) as IDataObject;
		return result;
	};
	return copy(body, 0);
}
