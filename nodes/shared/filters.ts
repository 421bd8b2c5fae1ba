import { UserError, type IDataObject, type INodeProperties } from 'n8n-workflow';

import { toMillis } from './dates';
import { isRecord } from './http';
import type { Call } from './operation';
import { byName } from './byName';

/** A field of the Filters collection and the query parameter that it becomes. */
export interface Filter {
	/** The parameter's name at the vendor. Filters that share one are sent together, as a repeated key. */
	query: string;
	field: INodeProperties;
}

export const filterCollection = (filters: Filter[]): INodeProperties => ({
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add filter',
	default: {},
	options: filters.map(({ field }) => field).sort(byName((field) => field.displayName)),
});

/**
 * Turns the filters that are set into query parameters.
 *
 * @param toDate the vendor's form of a date, of milliseconds since 1970-01-01 UTC
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
	if (type === 'multiOptions' && typeof value === 'string') return value.split(/[\s,]+/).filter((word) => word !== '');
	if (type !== 'dateTime') return value;
	return toDate(dateOf(call, value, displayName)!);
}

/**
 * Reads a date parameter in the workflow's time zone.
 *
 * @returns milliseconds since 1970-01-01 UTC, or undefined when it is empty
 * @throws UserError when it is not a date
 */
export function dateOf({ timezone }: Call<unknown>, value: unknown, displayName: string): number | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	const millis = toMillis(value, timezone);
	if (millis !== null) return millis;
	throw new UserError(
		`The field "${displayName}" is not a date: ${String(value)}. Enter one like 2026-01-31T08:00:00.`,
	);
}
