import { UserError, type IDataObject, type INodeProperties } from 'n8n-workflow';

import { collection, limitOf, simplifyField } from '../../shared/fields';
import { readFilters, type Filter } from '../../shared/filters';
import { hintEmpty, itemReader, listFields as sharedListFields, type List, type RecordShape } from '../../shared/list';
import { listOf } from '../../shared/parameters';
import { isRecord, withSameColumns } from '../../shared/record';
import type { HotmartClient } from './client';
import type { HotmartCall } from './operation';
import { allTimes } from './ranges';
import { PLAIN_RECORD } from './records';

/** A list of Hotmart's API. */
export interface HotmartList extends List<HotmartClient> {
	/** Completes the query where Hotmart's own defaults would hide what a user expects. */
	complete?: (query: IDataObject, call: HotmartCall) => IDataObject;
	/** Whether the operation needs whole records, so that it has no "Select Fields". */
	isWhole?: boolean;
}

const optionsField = collection(
	'Options',
	'options',
	[
		{
			displayName: 'Select Fields',
			name: 'select',
			type: 'string',
			default: '',
			placeholder: 'e.g. subscriber.email,plan.name',
			description:
				"Hotmart's names of the fields to return, separated by commas, with dots for nested ones; the result is then not simplified",
		},
	],
	'Add option',
);

/** The fields that decide what a record looks like. */
export const shapeFields = ({ simple }: RecordShape): INodeProperties[] =>
	simple ? [simplifyField, optionsField] : [optionsField];

/** The fields of a list: Return All, Limit, Simplify, Filters, Options. */
export const listFields = (list: Pick<HotmartList, 'filters' | 'simple'>): INodeProperties[] => [
	...sharedListFields(list),
	optionsField,
];

/** The query parameter for "Select Fields" (Hotmart §2.5); undefined when none are selected. */
export function selectOf({ param }: HotmartCall): string | undefined {
	const { select } = param<{ select?: unknown }>('options', {});
	return listOf(select).join(',').replace(/\s/g, '') || undefined;
}

/** Makes a function that returns a record in the form that the user wants. */
export const readerOf = (call: HotmartCall, shape: RecordShape): ((record: IDataObject) => IDataObject) =>
	itemReader(call, shape.simple && selectOf(call) ? { reader: shape.reader } : shape, PLAIN_RECORD);

/** Turns the filters that are set into query parameters, dates as milliseconds. */
export const queryOf = (call: HotmartCall, filters: Filter[] = []): IDataObject =>
	readFilters(call, filters, (millis) => millis);

/** Reads a list as its fields ask for it. */
export async function readList(call: HotmartCall, list: HotmartList, limit = limitOf(call)): Promise<IDataObject[]> {
	const { address, filters, complete = (query: IDataObject) => query, isWhole } = list;
	const path = typeof address === 'string' ? address : await address(call);
	const wanted = queryOf(call, filters);
	const select = isWhole ? undefined : selectOf(call);
	const query = { ...allTimes(path, complete({ ...wanted }, call)), select };
	const found = await call.api.list({ path, query }, { limit, read: readerOf(call, list) });
	if (found.length === 0) hintEmpty(call, select ? { ...list, whenEmpty: NOTHING_SELECTED(list.what) } : list, wanted);
	return list.simple || select || isWhole ? found : withSameColumns(found);
}

const NOTHING_SELECTED = (what: string) => `There are no ${what}, or none has the fields under "Select Fields".`;

/** Reads a record at its own address. */
export async function readOne(call: HotmartCall, path: string, shape: RecordShape = {}): Promise<IDataObject> {
	const select = selectOf(call);
	const record = await call.api.request({ path, query: { select } });
	if (isRecord(record) && Object.keys(record).length > 0) return readerOf(call, shape)(record);
	throw new UserError(
		select
			? `Hotmart has none of the fields ${select} here. Check "Select Fields" for spelling, or remove it.`
			: 'Hotmart sent an empty answer. Try again in a few minutes.',
	);
}
