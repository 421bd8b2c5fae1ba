import { UserError, type IDataObject, type INodeProperties } from 'n8n-workflow';

import { toIso } from '../../shared/dates';
import { limitFields, limitOf } from '../../shared/fields';
import { filterCollection, readFilters, type Filter } from '../../shared/filters';
import { isRecord } from '../../shared/http';
import { simplifier, type Simple } from '../../shared/simplify';
import type { TeachableCall } from './fields';

/** Said of an answer without its record. */
export const NO_ANSWER = 'Teachable answered with nothing. Try again in some minutes.';

/** A list of the API that is read page by page. */
export interface List {
	/** What the records are, for hints: "courses". */
	what: string;
	path: string | ((call: TeachableCall) => string);
	/** Name of the list in the answer. */
	key: string;
	filters?: Filter[];
	/** The simplified record: only where records have more than ten fields. */
	simple?: Simple;
}

type Texts = Pick<INodeProperties, 'displayName' | 'name' | 'description' | 'placeholder'>;

export const dateFilter = (query: string, texts: Texts): Filter => ({
	query,
	field: { ...texts, type: 'dateTime', default: '' },
});

export const textFilter = (query: string, texts: Texts): Filter => ({
	query,
	field: { ...texts, type: 'string', default: '' },
});

/** A filter for a numeric value; empty at first, as 0 would be a value. */
export const numberFilter = (query: string, texts: Texts): Filter => ({
	query,
	field: { ...texts, type: 'string', default: '' },
});

export const booleanFilter = (query: string, texts: Texts): Filter => ({
	query,
	field: { ...texts, type: 'boolean', default: true },
});

export const simplifyField: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

/** The fields of a list: Return All, Limit, Simplify, Filters. */
export const listFields = ({ filters = [], simple }: List): INodeProperties[] => [
	...limitFields,
	...(simple ? [simplifyField] : []),
	...(filters.length > 0 ? [filterCollection(filters)] : []),
];

/** Makes an item of a record as the user wants it. */
export const toItem = ({ param }: TeachableCall, simple?: Simple): ((record: IDataObject) => IDataObject) =>
	simple && param<boolean>(simplifyField.name, true) ? simplifier(simple) : (record) => record;

/** Reads a list as its fields ask for it. */
export async function readList(call: TeachableCall, list: List): Promise<IDataObject[]> {
	const { what, key, filters = [], simple } = list;
	const path = typeof list.path === 'string' ? list.path : list.path(call);
	const query = readFilters(call, filters, (millis) => String(toIso(millis)));
	const found = await call.api.list(path, key, limitOf(call), query);
	const used = filters.filter((filter) => query[filter.query] !== undefined).map(({ field }) => field.displayName);
	if (found.length === 0 && used.length > 0)
		call.hint(`No ${what} match all filters (${used.join(', ')}). Remove or widen one of them.`);
	return found.map(toItem(call, simple));
}

/** Reads a record that has an address of its own, out of whatever wraps it. */
export async function readOne(
	{ api }: TeachableCall,
	path: string,
	key: string,
	query: IDataObject = {},
): Promise<IDataObject> {
	const answer = await api.request({ path, query });
	const record = isRecord(answer[key]) ? answer[key] : answer;
	if (Object.keys(record).length > 0) return record;
	throw new UserError(NO_ANSWER);
}
