import type { IDataObject } from 'n8n-workflow';

import { type Filter, dateFilter, textFilter } from '../../../shared/filters';
import { addresses } from '../../api/addresses';
import { isPlanId, plan, product } from '../../api/fields';
import type { HotmartList } from '../../api/list';
import { listFields, readList } from '../../api/list';
import type { HotmartOperation } from '../../api/operation';
import { BEGINNING } from '../../api/ranges';
import { statusField, SUBSCRIPTION } from './shape';

/** Later than any charge that is planned, in milliseconds. */
const FAR_AHEAD = Date.UTC(2100, 0, 1);

const date = (query: string, displayName: string, name: string, description: string) =>
	dateFilter(query, { displayName, name, description });
const text = (query: string, displayName: string, name: string, placeholder: string) =>
	textFilter(query, { displayName, name, placeholder });

const FILTERS: Filter[] = [
	date('accession_date', 'Accession After', 'accessionAfter', 'Start of the subscription; without it all are listed'),
	date('end_accession_date', 'Accession Before', 'accessionBefore', 'Start of the subscription'),
	date('cancelation_date', 'Canceled After', 'canceledAfter', 'Day of the cancellation'),
	date('end_cancelation_date', 'Canceled Before', 'canceledBefore', 'Day of the cancellation'),
	date('date_next_charge', 'Next Charge After', 'nextChargeAfter', 'Day of the next charge'),
	date('end_date_next_charge', 'Next Charge Before', 'nextChargeBefore', 'Day of the next charge'),
	{ query: 'plan', field: plan },
	{ query: 'product_id', field: product },
	{ query: 'status', field: statusField('status', 'Status') },
	text('subscriber_code', 'Subscriber Code', 'subscriberCode', 'e.g. AB12CD34'),
	text('subscriber_email', 'Subscriber Email', 'subscriberEmail', 'name@email.com'),
	text('transaction', 'Transaction', 'transaction', 'e.g. HP17715690036014'),
	{
		query: 'trial',
		field: {
			displayName: 'Trial',
			name: 'trial',
			type: 'boolean',
			default: true,
			description: 'Whether to list only subscriptions that have or had a trial period, or only those that had none',
		},
	},
];

const LIST: HotmartList = {
	...SUBSCRIPTION,
	what: 'subscriptions',
	address: addresses.subscriptions,
	filters: FILTERS,
	complete(query, call) {
		if (isPlanId(call.param<IDataObject>('filters', {}).plan)) {
			query.plan_id = query.plan;
			delete query.plan;
		}
		// One end of a range alone would end at today, or start 30 days ago (Hotmart §3.1.1).
		if (query.date_next_charge ?? query.end_date_next_charge) {
			query.date_next_charge ??= BEGINNING;
			query.end_date_next_charge ??= FAR_AHEAD;
		}
		if (query.cancelation_date ?? query.end_cancelation_date) {
			query.cancelation_date ??= BEGINNING;
			query.end_cancelation_date ??= FAR_AHEAD;
		}
		return query;
	},
};

export const getAll: HotmartOperation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many subscriptions',
	description: 'List subscriptions, by default from all dates and in all statuses',
	fields: listFields(LIST),
	execute: async (call) => await readList(call, LIST),
};
