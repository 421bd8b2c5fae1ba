import { path } from '../../../shared/http';
import { idOf, webhookField, type TeachableOperation } from '../../api/fields';
import { dateFilter, listFields, numberFilter, readList, type List } from '../../api/list';

const LIST: List = {
	what: 'events',
	path: (call) => path`/webhooks/${idOf(call, webhookField)}/events`,
	key: 'events',
	filters: [
		dateFilter('created_after', { displayName: 'Created After', name: 'createdAfter' }),
		dateFilter('created_before', { displayName: 'Created Before', name: 'createdBefore' }),
		numberFilter('response_http_status_gte', {
			displayName: 'Response Status From',
			name: 'statusFrom',
			placeholder: 'e.g. 400',
			description: 'HTTP status that the receiver answered: 400 lists what it refused',
		}),
		numberFilter('response_http_status_lte', {
			displayName: 'Response Status To',
			name: 'statusTo',
			placeholder: 'e.g. 599',
		}),
	],
};

export const getEvents: TeachableOperation = {
	name: 'Get Events',
	value: 'getEvents',
	action: 'Get the events of a webhook',
	description: 'List what a webhook has sent, when, how often, and what the receiver answered. Changes nothing.',
	fields: [webhookField, ...listFields(LIST)],
	execute: async (call) => await readList(call, LIST),
};
