import { limitFields, limitOf } from '../../../shared/fields';
import { filterCollection, product, queryOf, type Filter, type HotmartOperation } from '../../fields';
import { SUBSCRIPTION_STATUSES } from '../../status';

/** Before Hotmart existed, in milliseconds: without a start Hotmart lists the last 30 days only (facts §3.1.1). */
const BEGINNING = Date.UTC(2011, 0, 1);

const date = (query: string, displayName: string, name: string, description: string): Filter => ({
	query,
	field: { displayName, name, type: 'dateTime', default: '', description },
});
const text = (query: string, displayName: string, name: string, placeholder: string): Filter => ({
	query,
	field: { displayName, name, type: 'string', default: '', placeholder },
});

const FILTERS: Filter[] = [
	date('accession_date', 'Accession After', 'accessionAfter', 'Start of the subscription. Without it all are listed.'),
	date('end_accession_date', 'Accession Before', 'accessionBefore', 'Start of the subscription'),
	date('cancelation_date', 'Canceled After', 'canceledAfter', 'Day of the cancellation'),
	date('end_cancelation_date', 'Canceled Before', 'canceledBefore', 'Day of the cancellation'),
	date('date_next_charge', 'Next Charge After', 'nextChargeAfter', 'Day of the next charge'),
	date('end_date_next_charge', 'Next Charge Before', 'nextChargeBefore', 'Day of the next charge'),
	text('plan_id', 'Plan ID', 'planId', 'e.g. 558689'),
	{
		query: 'plan',
		field: {
			displayName: 'Plan Names',
			name: 'planNames',
			type: 'string',
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Plan Name' },
			default: [],
		},
	},
	{ query: 'product_id', field: product },
	{
		query: 'status',
		field: {
			displayName: 'Status',
			name: 'status',
			type: 'multiOptions',
			options: Object.values(SUBSCRIPTION_STATUSES).map(({ label: name, rest: value, description }) => ({
				name,
				value,
				description,
			})),
			default: [],
			description: 'Without a status all are listed',
		},
	},
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

export const getAll: HotmartOperation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many subscriptions',
	description: 'List subscriptions, by default of all times and in all states. Changes nothing.',
	fields: [...limitFields, filterCollection(FILTERS)],
	async execute(call) {
		const query = queryOf(call, FILTERS);
		query.accession_date ??= BEGINNING;
		return await call.api.list('/payments/api/v1/subscriptions', query, limitOf(call));
	},
};
