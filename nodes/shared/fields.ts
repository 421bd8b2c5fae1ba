import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { byName } from './byName';
import type { Call } from './operation';

/** The two fields with which n8n's nodes limit a list. */
export const limitFields: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		displayOptions: { show: { returnAll: [false] } },
		default: 50,
		description: 'Max number of results to return',
	},
];

/** How many records the user wants: Infinity with Return All. */
export const limitOf = ({ param }: Call<unknown>): number =>
	param<boolean>('returnAll') ? Infinity : param<number>('limit', 50);

/** The field with which n8n's nodes choose between a record's most useful fields and the whole record. */
export const simplifyField: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

export const isSimplified = ({ param }: Call<unknown>): boolean => param<boolean>(simplifyField.name, true);

type LocatorTexts = Pick<INodeProperties, 'displayName' | 'name' | 'description' | 'required' | 'typeOptions'>;

/** A field whose value is picked from a list of the account (a method of search.ts) or entered, mostly by expression. */
export const locator = (
	texts: LocatorTexts,
	searchListMethod: string,
	[by, placeholder]: [by: string, placeholder: string],
): INodeProperties => ({
	...texts,
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	modes: [
		{ displayName: 'From List', name: 'list', type: 'list', typeOptions: { searchListMethod, searchable: true } },
		{ displayName: by, name: 'id', type: 'string', placeholder },
	],
});

/** Options of a vendor's words with their labels, in the order of the labels. */
export const choices = (labels: Record<string, string>): INodePropertyOptions[] =>
	Object.entries(labels)
		.map(([value, name]) => ({ name, value }))
		.sort(byName((choice) => choice.name));

/** A yellow box in the panel that says what a run changes forever or does with money. */
export const notice = (displayName: string, name = 'notice'): INodeProperties => ({
	displayName,
	name,
	type: 'notice',
	default: '',
});

/** A notice that belongs to every operation that only adds what the API cannot take away. */
export const lastingNotice = notice('What this run creates or marks cannot be undone through the API.');

/** A collection of fields that are rarely needed. */
export const collection = (
	displayName: string,
	name: string,
	options: INodeProperties[],
	placeholder = 'Add field',
): INodeProperties => ({ displayName, name, type: 'collection', placeholder, default: {}, options });
