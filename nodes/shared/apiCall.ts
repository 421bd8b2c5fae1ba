import { UserError, type IDataObject, type IHttpRequestMethods, type INodeProperties } from 'n8n-workflow';

import { asIs, type Client } from './client';
import { limitFields, limitOf } from './fields';
import type { Call, Operation } from './operation';
import { jsonFrom } from './parameters';
import { isRecord } from './record';

/** What the raw API call of a vendor says differently. */
interface ApiCallTexts {
	/** Name of the service. */
	vendor: string;
	/** Placeholder of the path. */
	example: string;
	/** How a list in pages looks, in brackets. */
	pages: string;
}

const pairs = (displayName: string, name: string, entry: string): INodeProperties => ({
	displayName,
	name,
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, multipleValueButtonText: `Add ${entry}` },
	placeholder: `Add ${entry}`,
	default: {},
	options: [
		{
			displayName: entry,
			name: 'entries',
			values: [
				{ displayName: 'Name', name: 'name', type: 'string', default: '' },
				{ displayName: 'Value', name: 'value', type: 'string', default: '' },
			],
		},
	],
});

/** Limit and Return All are about lists only. */
const pagingFields = limitFields.map((field) => ({
	...field,
	displayOptions: { show: { ...field.displayOptions?.show, method: ['GET'], readPages: [true] } },
}));

const requestFields = (example: string): INodeProperties[] => [
	{
		displayName: 'Method',
		name: 'method',
		type: 'options',
		options: ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'].map((method) => ({ name: method, value: method })),
		default: 'GET',
	},
	{
		displayName: 'Path',
		name: 'path',
		type: 'string',
		required: true,
		default: '',
		placeholder: example,
		description: 'Path below the address of the API; another host is refused, so that the credential cannot leak',
	},
	pairs('Query Parameters', 'query', 'Parameter'),
	pairs('Headers', 'headers', 'Header'),
	{
		displayName: 'JSON Body',
		name: 'body',
		type: 'json',
		displayOptions: { show: { method: ['DELETE', 'PATCH', 'POST', 'PUT'] } },
		default: '',
	},
];

/** Makes the operation that sends any request to a vendor's API. */
export const apiCallOperation = <Api extends Client>({ vendor, example, pages }: ApiCallTexts): Operation<Api> => ({
	name: 'Send',
	value: 'send',
	action: 'Send an API call',
	description: `Send any request to the ${vendor} API with the credential of the node; what it changes depends on the request`,
	fields: [
		...requestFields(example),
		{
			displayName: 'Read Pages',
			name: 'readPages',
			type: 'boolean',
			displayOptions: { show: { method: ['GET'] } },
			default: false,
			description: `Whether to read a list page after page (${pages}) and return its records, instead of one answer`,
		},
		...pagingFields,
	],
	async execute(call) {
		const { api, param } = call;
		const request = requestOf(call);
		const isList = request.method === 'GET' && param<boolean>('readPages', false);
		return isList ? await api.list(request, { limit: limitOf(call), read: asIs }) : await api.request(request);
	},
});

/** The request that the fields describe. The same name given twice becomes a repeated query key. */
function requestOf({ param }: Call<unknown>) {
	const path = String(param<unknown>('path') ?? '').trim();
	if (path === '') throw new UserError('The field "Path" is empty. Enter the path of the API call.');
	const method = param<IHttpRequestMethods>('method');
	return {
		method,
		path,
		query: collect(param<IDataObject>('query', {})),
		headers: collect(param<IDataObject>('headers', {})),
		body: method === 'GET' ? undefined : toBody(param<unknown>('body', '')),
	};
}

function collect({ entries = [] }: IDataObject): IDataObject {
	// A map, as a name such as constructor is found in every object.
	const collected = new Map<string, string | string[]>();
	for (const { name, value } of entries as Array<{ name: string; value: string }>) {
		if (name === '') continue;
		const earlier = collected.get(name);
		collected.set(name, earlier === undefined ? value : [earlier, value].flat());
	}
	return Object.fromEntries(collected);
}

function toBody(value: unknown): IDataObject | IDataObject[] | undefined {
	const body = jsonFrom(value, 'JSON Body');
	if (body === undefined || isRecord(body) || Array.isArray(body))
		return body as IDataObject | IDataObject[] | undefined;
	throw new UserError('The field "JSON Body" is neither an object nor a list. Enter JSON that starts with { or [.');
}
