import { UserError, type IDataObject } from 'n8n-workflow';

import { toIso } from '../../shared/dates';
import { limitOf } from '../../shared/fields';
import { readFilters } from '../../shared/filters';
import { hintEmpty, itemReader, type List, type RecordShape } from '../../shared/list';
import { isRecord, withSameColumns } from '../../shared/record';
import { PLAIN } from '../../shared/simplify';
import type { TeachableClient } from './client';
import type { TeachableCall } from './operation';

/** Said of an answer without its record. */
export const NO_ANSWER = 'Teachable sent an empty answer. Try again in a few minutes.';

/** A list of Teachable's API. */
export type TeachableList = List<TeachableClient>;

/** Makes a function that returns a record in the form that the user wants. */
export const readerOf = (call: TeachableCall, shape: RecordShape): ((record: IDataObject) => IDataObject) =>
	itemReader(call, shape, PLAIN);

/** Reads a list as its fields ask for it. */
export async function readList(call: TeachableCall, list: TeachableList): Promise<IDataObject[]> {
	const { address, filters = [] } = list;
	const path = typeof address === 'string' ? address : await address(call);
	const query = readFilters(call, filters, (millis) => String(toIso(millis)));
	const found = await call.api.list({ path, query }, { limit: limitOf(call), read: readerOf(call, list) });
	if (found.length === 0) hintEmpty(call, list, query);
	return list.simple ? found : withSameColumns(found);
}

/** Reads a record at its own address, and unwraps it. */
export async function readOne(
	{ api }: TeachableCall,
	path: string,
	wrapper: string,
	query: IDataObject = {},
): Promise<IDataObject> {
	const answer = await api.request({ path, query });
	const record = isRecord(answer[wrapper]) ? answer[wrapper] : answer;
	if (Object.keys(record).length > 0) return record;
	throw new UserError(NO_ANSWER);
}
