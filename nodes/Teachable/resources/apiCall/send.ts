import { apiCallFields, sendApiCall } from '../../../shared/apiCall';
import { limitFields, limitOf } from '../../../shared/fields';
import type { HttpRequest } from '../../../shared/http';
import type { TeachableOperation } from '../../api/fields';

/** Limit and Return All are about lists only. */
const pagingFields = limitFields.map((field) => ({
	...field,
	displayOptions: { show: { ...field.displayOptions?.show, method: ['GET'], readPages: [true] } },
}));

export const send: TeachableOperation = {
	name: 'Send',
	value: 'send',
	action: 'Send an API call',
	description:
		'Send any request to the API of Teachable with the credential of the node. What it changes depends on the request; it is never repeated when its outcome is unknown.',
	fields: [
		...apiCallFields('e.g. /courses'),
		{
			displayName: 'Read Pages',
			name: 'readPages',
			type: 'boolean',
			displayOptions: { show: { method: ['GET'] } },
			default: false,
			description:
				'Whether the answer is a list in pages (with meta beside it) of which to return the records, page after page, instead of one answer',
		},
		...pagingFields,
	],
	async execute(call) {
		const { api, param } = call;
		const readPages = param<string>('method') === 'GET' && param<boolean>('readPages', false);
		const list = async ({ path, query }: HttpRequest) => await api.list(path, undefined, limitOf(call), query);
		return await sendApiCall(call, readPages ? list : api.request);
	},
};
