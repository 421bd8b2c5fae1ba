import { UserError, type IDataObject, type INodeProperties } from 'n8n-workflow';

import { toMillis } from '../shared/dates';
import { isRecord } from '../shared/http';
import type { Call, Operation, Resource } from '../shared/operation';
import type { HotmartClient } from './client';

export type HotmartCall = Call<HotmartClient>;
export type HotmartOperation = Operation<HotmartClient>;
export type HotmartResource = Resource<HotmartClient>;

export const subscriberCode: INodeProperties = {
	displayName: 'Subscriber Code',
	name: 'subscriberCode',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. AB12CD34',
	description: 'Code of the subscription: subscription.subscriberCode in events, subscriber_code in lists',
};

/** Reads a text parameter that must not be empty. */
export function required({ param }: HotmartCall, { name, displayName }: INodeProperties): string {
	const value = String(param<unknown>(name) ?? '').trim();
	if (value === '') throw new UserError(`The field "${displayName}" is empty. Enter a value, or check its expression.`);
	return value;
}

/**
 * Reads a date parameter in the workflow's time zone.
 *
 * @returns milliseconds since 1970-01-01 UTC, or undefined when it is empty
 */
export function dateOf({ timezone }: HotmartCall, value: unknown, displayName: string): number | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	const millis = toMillis(value, timezone);
	if (millis === null)
		throw new UserError(`The field "${displayName}" is not a date: ${String(value)}. Enter one like 2026-01-31T08:00:00.`);
	return millis;
}

export const product: INodeProperties = {
	displayName: 'Product',
	name: 'productId',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			typeOptions: { searchListMethod: 'searchProducts', searchable: true },
		},
		{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. 1355458' },
	],
};

/** A collection of filters and how each becomes a query parameter. */
export interface Filter {
	/** The query parameter's name at Hotmart. */
	query: string;
	field: INodeProperties;
}

export const filterCollection = (filters: Filter[]): INodeProperties => ({
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add filter',
	default: {},
	options: filters.map(({ field }) => field),
});

/** Turns the filters that are set into query parameters: dates as milliseconds, the rest as they are. */
export function queryOf(call: HotmartCall, filters: Filter[]): IDataObject {
	const given = call.param<IDataObject>('filters', {});
	const entries = filters.map(({ query, field: { name, type, displayName } }) => {
		const value = given[name];
		if (type === 'dateTime') return [query, dateOf(call, value, displayName)];
		if (isRecord(value) && '__rl' in value) return [query, value.value === '' ? undefined : value.value];
		const isUnset = value === '' || value === null || (Array.isArray(value) && value.length === 0);
		return [query, isUnset ? undefined : value];
	});
	return Object.fromEntries(entries) as IDataObject;
}
