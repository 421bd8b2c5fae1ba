import { dateFilter, textFilter } from '../../../shared/filters';
import { listFields } from '../../../shared/list';
import { addresses } from '../../api/addresses';
import { webhookField } from '../../api/fields';
import type { TeachableList } from '../../api/list';
import { readList } from '../../api/list';
import type { TeachableOperation } from '../../api/operation';
import { idOf } from '../../api/parameters';

const LIST: TeachableList = {
	what: 'events',
	address: (call) => addresses.webhookEvents(idOf(call, webhookField)),
	filters: [
		dateFilter('created_after', { displayName: 'Created After', name: 'createdAfter' }),
		dateFilter('created_before', { displayName: 'Created Before', name: 'createdBefore' }),
		textFilter('response_http_status_gte', {
			displayName: 'Response Status From',
			name: 'statusFrom',
			placeholder: 'e.g. 400',
			description: "HTTP status of the receiver's answer, such as 400 for an event that it refused",
		}),
		textFilter('response_http_status_lte', {
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
	description: 'List what a webhook has sent, when, how often, and what the receiver answered',
	fields: [webhookField, ...listFields(LIST)],
	execute: async (call) => await readList(call, LIST),
};
