import { dateFilter, textFilter } from '../../../shared/filters';
import { addresses } from '../../api/addresses';
import { product } from '../../api/fields';
import type { HotmartList } from '../../api/list';
import { listFields, readList } from '../../api/list';
import type { HotmartOperation } from '../../api/operation';
import { SUBSCRIPTION_RECORD } from '../../api/records';

const LIST: HotmartList = {
	what: 'subscriptions',
	address: addresses.subscriptionSummary,
	filters: [
		dateFilter('accession_date', {
			displayName: 'Accession After',
			name: 'accessionAfter',
			description: 'Start of the subscription; without it all are listed',
		}),
		dateFilter('end_accession_date', {
			displayName: 'Accession Before',
			name: 'accessionBefore',
			description: 'Start of the subscription',
		}),
		dateFilter('date_next_charge', {
			displayName: 'Next Charge After',
			name: 'nextChargeAfter',
			description: 'Day of the next charge',
		}),
		{ query: 'product_id', field: product },
		textFilter('subscriber_code', {
			displayName: 'Subscriber Code',
			name: 'subscriberCode',
			placeholder: 'e.g. AB12CD34',
		}),
	],
	reader: SUBSCRIPTION_RECORD,
	simple: {
		subscriberCode: 'subscriber_code',
		status: 'status',
		statusRaw: 'status_raw',
		email: 'subscriber.email',
		productName: 'product.name',
		planName: 'plan.name',
		lifetimeDays: 'lifetime',
		recurrence: 'last_recurrency.number',
		recurrenceStatus: 'last_recurrency.status',
		nextChargeAt: 'date_next_charge',
	},
	whenEmpty:
		'Hotmart updates the summary once a day, so new subscriptions may be missing. Use Get Many for current data.',
};

export const getSummary: HotmartOperation = {
	name: 'Get Summary',
	value: 'getSummary',
	action: 'Get the summary of subscriptions',
	description: 'List subscriptions with their lifetime, last recurrence and unpaid recurrences, up to 24 hours late',
	fields: listFields(LIST),
	execute: async (call) => await readList(call, LIST),
};
