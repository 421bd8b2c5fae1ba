import { jsonParse, UserError, type IDataObject, type IHttpRequestMethods, type INodeProperties } from 'n8n-workflow';

import { isRecord, type HttpRequest } from './http';
import type { Call, Output } from './operation';

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

/** The fields of a raw API call. */
export const apiCallFields = (placeholder: string): INodeProperties[] => [
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
		placeholder,
		description: 'Below the address of the API. Another host is refused, so that the credential cannot leak.',
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

/** Sends the request that the fields describe. The same name given twice becomes a repeated query key. */
export async function sendApiCall<Api>(
	{ param }: Call<Api>,
	request: (request: HttpRequest) => Promise<Output>,
): Promise<Output> {
	const path = String(param<unknown>('path') ?? '').trim();
	if (path === '') throw new UserError('The field "Path" is empty. Enter the path of the API call.');
	const method = param<IHttpRequestMethods>('method');
	return await request({
		method,
		path,
		query: collect(param<IDataObject>('query', {})),
		headers: collect(param<IDataObject>('headers', {})),
		body: method === 'GET' ? undefined : toBody(param<unknown>('body', '')),
	});
}

function collect({ entries = [] }: IDataObject): IDataObject {
	// A map, as a name such as constructor is found in every object.
	const collected = new Map<string, string | string[]>();
	for (const { name, value } of entries as Array<{ name: string; value: string }>) {
		if (name === '') continue;
		const known = collected.get(name);
		collected.set(name, known === undefined ? value : [known, value].flat());
	}
	return Object.fromEntries(collected);
}

function toBody(value: unknown): IDataObject | IDataObject[] | undefined {
	if (value === '' || value === null || value === undefined) return undefined;
	const body: unknown =
		typeof value === 'string'
			? jsonParse(value, {
					errorMessage: 'The field "JSON Body" is not valid JSON. Check its quotes, commas and brackets.',
				})
			: value;
	if (!isRecord(body) && !Array.isArray(body))
		throw new UserError('The field "JSON Body" is neither an object nor a list. Enter JSON that starts with { or [.');
	return body as IDataObject | IDataObject[];
}
