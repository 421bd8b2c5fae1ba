import { createHash, timingSafeEqual } from 'node:crypto';

import type { IDataObject } from 'n8n-workflow';

import { isRecord } from '../../shared/record';
import { MAX_DEPTH } from '../vocabulary/reader';

/** Header in which Hotmart sends the hottok, as Node.js spells it. */
const HOTTOK_HEADER = 'x-hotmart-hottok';
/** How long a hottok that was right counts without asking n8n again, in milliseconds. */
const REMEMBERED_MS = 5_000;
/** Stands where a secret was. */
const BLANK = '[hottok removed]';
/** A shorter secret is removed as a whole value only: it may be part of many words. */
const MIN_PART = 8;

/** Digest of the hottok that was right, of each trigger with its credential; never the hottok itself. */
const verified = new Map<string, { digest: Buffer; until: number }>();
/** Readings of credentials that are under way. */
const readings = new Map<string, Promise<string[]>>();

const digestOf = (text: string) => createHash('sha256').update(text, 'utf8').digest();

/**
 * The hottok that a delivery carries: in the header, or where there is no such header in the body (old deliveries,
 * Hotmart §5.3). Null for none, and for a header that came twice.
 */
export function hottokOf(headers: IDataObject, body: unknown): string | null {
	const inHeader = headers[HOTTOK_HEADER];
	const given = inHeader === undefined && isRecord(body) ? body.hottok : inHeader;
	return typeof given === 'string' && given !== '' ? given : null;
}

/** Whether a hottok is one of those that are expected; takes the same time whatever was sent. */
function isExpected(given: string | null, expected: Buffer[]): boolean {
	const digest = digestOf(given ?? '');
	const matches = expected.map((right) => timingSafeEqual(digest, right));
	return given !== null && matches.includes(true);
}

/**
 * Checks the hottok of a delivery. One that was right is remembered for five seconds; any other has the credential read at
 * once, so that a new hottok works immediately and an old one ends within five seconds. Many deliveries at a time read once.
 *
 * @param key tells the trigger with its credential from others
 * @param read reads the hottoks of the credential; deliveries that come meanwhile share what it returns
 * @throws what `read` throws
 */
export async function checkHottok(
	key: string,
	given: string | null,
	read: () => Promise<string[]>,
): Promise<'right' | 'wrong' | 'none'> {
	const known = verified.get(key);
	if (known && known.until > Date.now() && isExpected(given, [known.digest])) return 'right';
	const shared = readings.get(key);
	let hottoks = await (shared ?? startReading(key, read));
	let isRight = isExpected(given, hottoks.map(digestOf));
	// A reading that was under way before may have missed a change.
	if (!isRight && shared) {
		hottoks = await (readings.get(key) ?? startReading(key, read));
		isRight = isExpected(given, hottoks.map(digestOf));
	}
	if (isRight) verified.set(key, { digest: digestOf(given!), until: Date.now() + REMEMBERED_MS });
	return isRight ? 'right' : hottoks.length === 0 ? 'none' : 'wrong';
}

async function startReading(key: string, read: () => Promise<string[]>): Promise<string[]> {
	const reading = read().finally(() => readings.delete(key));
	readings.set(key, reading);
	return await reading;
}

const isHottokKey = (key: string) =>
	key
		.toLowerCase()
		.replace(/[^a-z]/g, '')
		.endsWith('hottok');

/** A copy of the body without the hottok, under whichever key and within whichever text it stands. */
export function withoutHottok(body: unknown, hottok: string): unknown {
	const pattern = new RegExp(hottok.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi');
	const clean = (text: string) =>
		hottok.length < MIN_PART ? (text === hottok ? BLANK : text) : text.replace(pattern, BLANK);
	const copy = (value: unknown, depth: number): unknown => {
		if (typeof value === 'string') return clean(value);
		if (typeof value === 'number') return String(value) === hottok ? BLANK : value;
		if (typeof value !== 'object' || value === null) return value;
		if (depth >= MAX_DEPTH) return null;
		if (Array.isArray(value)) return value.map((entry) => copy(entry, depth + 1));
		const result: IDataObject = {};
		for (const key of Object.keys(value))
			if (key !== '__proto__' && !isHottokKey(key))
				result[clean(key)] = copy((value as IDataObject)[key], depth + 1) as IDataObject;
		return result;
	};
	return copy(body, 0);
}
