import type { IDataObject } from 'n8n-workflow';

import { isRecord } from '../../shared/record';

/** An event as it arrived (Teachable §4). */
export interface Envelope {
	type: string;
	object: IDataObject;
	/** Everything beside the two. */
	others: IDataObject;
}

/** Reads the body of a delivery: one envelope, or a list of them (Teachable §4). What is no event is left out. */
export const parse = (body: unknown): Envelope[] => [body].flat().flatMap((entry: unknown) => envelopeOf(entry) ?? []);

/** Reads an envelope, or returns null if the value is not one. */
export function envelopeOf(entry: unknown): Envelope | null {
	if (!isRecord(entry)) return null;
	const { type, object, ...others } = entry;
	const name = typeof type === 'string' ? type.trim() : '';
	return name === '' || !isRecord(object) ? null : { type: name, object, others };
}

/** The envelope as it was. */
export const toJson = ({ type, object, others }: Envelope): IDataObject => ({ type, ...others, object });
