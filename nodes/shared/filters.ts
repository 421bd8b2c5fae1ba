import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { byName } from './byName';
import { choices, collection } from './fields';
import type { Call } from './operation';
import { dateOf, listOf } from './parameters';
import { isRecord } from './record';

/** A field of the Filters collection and the query parameter that it becomes. */
export interface Filter {
	/** The parameter's name at the vendor. Filters that share one are sent together, as a repeated key. */
	query: string;
	field: INodeProperties;
}

type Texts = Pick<INodeProperties, 'displayName' | 'name' | 'description' | 'placeholder'>;

export const dateFilter = (query: string, texts: Texts): Filter => ({
	query,
	field: { ...texts, type: 'dateTime', default: '' },
});

/** Also for numbers: empty at first, as 0 would be a value. */
export const textFilter = (query: string, texts: Texts): Filter => ({
	query,
	field: { ...texts, type: 'string', default: '' },
});

export const booleanFilter = (query: string, texts: Texts): Filter => ({
	query,
	field: { ...texts, type: 'boolean', default: true },
});

/** One of the vendor's words, with its label. */
export const choiceFilter = (query: string, texts: Texts, labels: Record<string, string>): Filter => ({
	query,
	field: { ...texts, type: 'options', default: '', options: choices(labels) },
});

/** Several of the vendor's words: a repeated key. */
export const choicesFilter = (query: string, texts: Texts, labels: Record<string, string>): Filter => ({
	query,
	field: { ...texts, type: 'multiOptions', default: [], options: choices(labels) },
});

export const filterCollection = (filters: Filter[]): INodeProperties =>
	collection(
		'Filters',
		'filters',
		filters.map(({ field }) => field).sort(byName((field) => field.displayName)),
		'Add filter',
	);

/**
 * Turns the filters that are set into query parameters.
 *
 * @param toDate the vendor's form of a date, of milliseconds since 1970-01-01 UTC
 * @throws UserError when a date is none
 */
export function readFilters(
	call: Call<unknown>,
	filters: Filter[],
	toDate: (millis: number) => string | number,
): IDataObject {
	const given = filters.length > 0 ? call.param<IDataObject>('filters', {}) : {};
	const query: IDataObject = {};
	for (const { query: key, field } of filters) {
		const value = readFilter(call, field, given[field.name], toDate);
		if (value === undefined) continue;
		query[key] = query[key] === undefined ? value : ([query[key], value].flat() as string[]);
	}
	return query;
}

function readFilter(
	call: Call<unknown>,
	{ type, displayName }: INodeProperties,
	given: unknown,
	toDate: (millis: number) => string | number,
): IDataObject[string] {
	const value = isRecord(given) && '__rl' in given ? given.value : (given as IDataObject[string]);
	if (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0))
		return undefined;
	if (type === 'multiOptions') return listOf(value);
	if (type !== 'dateTime') return value;
	return toDate(dateOf(call, value, displayName)!);
}
