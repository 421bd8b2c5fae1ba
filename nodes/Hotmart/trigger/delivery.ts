import { createHash, timingSafeEqual } from 'node:crypto';

import type { IDataObject } from 'n8n-workflow';

import { isRecord } from '../../shared/record';
import { asMillis, asText, copyOf } from '../vocabulary/reader';
import type { Envelope } from './item';
import { parseVersion1 } from './version1';

/** Header in which Hotmart sends the hottok, as Node.js spells it. */
const HOTTOK_HEADER = 'x-hotmart-hottok';

const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest();

/**
 * Whether a delivery carries one of the account's hottoks: in the header, or where there is no such header in the body (old
 * deliveries). A header that came twice is refused, and so is everything while no hottok is `expected`. Takes the same time
 * whatever was sent.
 */
export function hasHottok(headers: IDataObject, body: unknown, expected: string[]): boolean {
	const inHeader = headers[HOTTOK_HEADER];
	const given = inHeader === undefined && isRecord(body) ? body.hottok : inHeader;
	const isText = typeof given === 'string' && given !== '';
	const matches = expected.map(
		(hottok) => timingSafeEqual(digest(isText ? given : ''), digest(hottok)) && hottok !== '',
	);
	return isText && matches.includes(true);
}

/** The body without the hottok. */
export function withoutHottok(body: IDataObject): IDataObject {
	const copy = copyOf(body) as IDataObject;
	delete copy.hottok;
	return copy;
}

/** Reads the body of a delivery, or returns null when it is not an event of Hotmart. */
export function parse(body: unknown): Envelope | null {
	if (!isRecord(body)) return null;
	if (!('event' in body)) return parseVersion1(withoutHottok(body));
	// CLUB_FIRST_ACCESS has another spelling of the time than all other events (Hotmart §5.4).
	const { event, id, version, creation_date, creationDate, data, ...others } = body;
	const name = asText(event);
	if (typeof event !== 'string' || name === null || !isRecord(data)) return null;
	return {
		event: name.toUpperCase(),
		id: asText(id),
		version: asText(version) ?? '2.0.0',
		createdAt: asMillis(creation_date) ?? asMillis(creationDate),
		data,
		others: withoutHottok(others),
	};
}
