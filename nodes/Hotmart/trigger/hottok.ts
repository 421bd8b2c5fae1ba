import type { IDataObject } from 'n8n-workflow';

import { isRecord } from '../../shared/record';
import { withoutSecret } from '../../shared/secret';

/** Header in which Hotmart sends the hottok, as Node.js spells it. */
const HOTTOK_HEADER = 'x-hotmart-hottok';
/** Stands where a hottok was. */
const BLANK = '[hottok removed]';

/**
 * The hottok that a delivery carries: in the header, or where there is no such header in the body (old deliveries,
 * Hotmart §5.3). Null for none, and for a header that came twice.
 */
export function hottokOf(headers: IDataObject, body: unknown): string | null {
	const inHeader = headers[HOTTOK_HEADER];
	const given = inHeader === undefined && isRecord(body) ? body.hottok : inHeader;
	return typeof given === 'string' && given !== '' ? given : null;
}

const isHottokKey = (key: string) =>
	key
		.toLowerCase()
		.replace(/[^a-z]/g, '')
		.endsWith('hottok');

/** A copy of the body without the hottok, under any key and within any text. */
export const withoutHottok = (body: unknown, hottok: string): unknown =>
	withoutSecret(body, hottok, BLANK, isHottokKey);
