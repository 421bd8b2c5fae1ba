import { UserError, type IDataObject, type INodeProperties } from 'n8n-workflow';

import { limitFields, limitOf } from '../../shared/fields';
import { filterCollection, type Filter } from '../../shared/filters';
import { isRecord } from '../../shared/http';
import { simplifier, type RecordReader, type Simple } from '../../shared/simplify';
import { allTimes } from './client';
import { queryOf, type HotmartCall } from './fields';
import { readRecord } from './records';

/** How records of an endpoint become items. */
export interface RecordShape {
	/** Makes a record readable. */
	read?: RecordReader;
	/** The simplified record: only where records have more than ten fields. */
	simple?: Simple;
}

/** A list of the API that is read page by page. */
export interface List extends RecordShape {
	/** What the records are, for hints: "subscriptions". */
	what: string;
	path: string | ((call: HotmartCall) => string | Promise<string>);
	filters?: Filter[];
	/** Completes the query where Hotmart's own defaults would hide what a user expects. */
	complete?: (query: IDataObject, call: HotmartCall) => IDataObject;
	/** Whether the operation needs whole records, so that it has no "Select Fields". */
	isWhole?: boolean;
	/** Shown when there is nothing although no filter is set: what the user can do. */
	whenEmpty?: string;
}

const simplifyField: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

const optionsField: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Select Fields',
			name: 'select',
			type: 'string',
			default: '',
			placeholder: 'e.g. subscriber.email,plan.name',
			description:
				"Names of the only fields to return, with commas between them and dots for nested ones, in Hotmart's names. The result is not simplified then.",
		},
	],
};

/** The fields that decide what a record looks like. */
export const shapeFields = ({ simple }: RecordShape): INodeProperties[] =>
	simple ? [simplifyField, optionsField] : [optionsField];

/** The fields of a list: Return All, Limit, Simplify, Filters, Options. */
export const listFields = ({ filters = [], simple }: List): INodeProperties[] => [
	...limitFields,
	...(simple ? [simplifyField] : []),
	...(filters.length > 0 ? [filterCollection(filters)] : []),
	optionsField,
];

/** The query parameter for "Select Fields" (Hotmart §2.5); undefined when none are selected. */
export function selectOf({ param }: HotmartCall): string | undefined {
	const { select } = param<{ select?: unknown }>('options', {});
	return String(select ?? '').replace(/\s/g, '') || undefined;
}

/** Makes an item of a record as the user wants it. */
export function toItem(call: HotmartCall, { read = readRecord, simple }: RecordShape) {
	if (!simple || selectOf(call) || !call.param<boolean>('simplify', true)) return read;
	return simplifier(simple, read);
}

/** Reads a list as its fields ask for it. */
export async function readList(call: HotmartCall, list: List, limit = limitOf(call)): Promise<IDataObject[]> {
	const { what, filters = [], complete = (query: IDataObject) => query, whenEmpty } = list;
	const path = typeof list.path === 'string' ? list.path : await list.path(call);
	const wanted = queryOf(call, filters);
	const query = { ...allTimes(path, complete(wanted, call)), select: list.isWhole ? undefined : selectOf(call) };
	const found = await call.api.list(path, query, limit, { read: toItem(call, list) });
	if (found.length > 0) return found;
	const used = filters.filter(({ query: key }) => wanted[key] !== undefined).map(({ field }) => field.displayName);
	if (used.length > 0) call.hint(`No ${what} match all filters (${used.join(', ')}). Remove or widen one of them.`);
	else if (query.select) call.hint(`There are no ${what}, or none has the fields under "Select Fields".`);
	else if (whenEmpty) call.hint(whenEmpty);
	return [];
}

/** Reads a record that has an address of its own. */
export async function readOne(call: HotmartCall, path: string, shape: RecordShape = {}): Promise<IDataObject> {
	const select = selectOf(call);
	const record = await call.api.request({ path, query: { select } });
	if (isRecord(record) && Object.keys(record).length > 0) return toItem(call, shape)(record);
	throw new UserError(
		select
			? `Hotmart has none of the fields ${select} here. Check "Select Fields" for spelling, or remove it.`
			: 'Hotmart answered with nothing. Try again in some minutes.',
	);
}
