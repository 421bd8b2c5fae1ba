import { isRecord } from '../../shared/record';
import { asMillis, asText } from '../vocabulary/reader';
import { parseVersion1, type Version1Event } from './version1';

/** An event as it arrived: the envelope of version 2.0.0 (Hotmart §5.4). Times are milliseconds since 1970-01-01 UTC. */
export interface Envelope extends Omit<Version1Event, 'data'> {
	id: string | null;
	version: string;
	receivedAt: number;
	data: unknown;
	/** Set if the event comes from the API and not from a webhook. */
	source?: 'api';
	/** Whether the API showed the purchase as approved before, then in another state, and now as approved again. */
	isAgain?: boolean;
}

/** Reads the body of a delivery, or returns null when it is not an event of Hotmart. */
export function parse(body: unknown): Envelope | null {
	if (!isRecord(body)) return null;
	const receivedAt = Date.now();
	if (!('event' in body)) {
		const older = parseVersion1(body, receivedAt);
		return older && { ...older, id: null, version: '1.0.0', receivedAt };
	}
	// CLUB_FIRST_ACCESS has another spelling of the time than all other events (Hotmart §5.4).
	const { event, id, version, data, ...others } = body;
	const name = asText(event);
	if (typeof event !== 'string' || name === null || !isRecord(data)) return null;
	const timeKey = ['creation_date', 'creationDate'].find((key) => asMillis(others[key]) !== null);
	const createdAt = timeKey === undefined ? null : asMillis(others[timeKey]);
	if (timeKey !== undefined) delete others[timeKey];
	return {
		event: name.toUpperCase(),
		id: asText(id),
		version: asText(version) ?? '2.0.0',
		createdAt,
		receivedAt,
		data,
		others,
	};
}
