import { choiceFilter, dateFilter, textFilter } from '../../../shared/filters';
import { addresses } from '../../api/addresses';
import { offer, product } from '../../api/fields';
import type { HotmartList } from '../../api/list';
import { listFields, readList } from '../../api/list';
import type { HotmartOperation } from '../../api/operation';
import { CHARGE_RECORD } from '../../api/records';
import { BILLING_TYPES, CHARGE_STATUSES, PAYMENT_TYPES, RECURRENCE_STATUSES } from '../../vocabulary/choices';
import { statusField } from './shape';

const AT = 'Day of the transaction';

const LIST: HotmartList = {
	what: 'transactions',
	address: addresses.subscriptionTransactions,
	filters: [
		choiceFilter('billing_type', { displayName: 'Billing Type', name: 'billingType' }, BILLING_TYPES),
		{ query: 'offer_code', field: offer },
		choiceFilter('purchase_payment_type', { displayName: 'Payment Type', name: 'paymentType' }, PAYMENT_TYPES),
		{ query: 'product_id', field: product },
		choiceFilter('purchase_status', { displayName: 'Purchase Status', name: 'purchaseStatus' }, CHARGE_STATUSES),
		choiceFilter(
			'recurrency_status',
			{ displayName: 'Recurrence Status', name: 'recurrenceStatus' },
			RECURRENCE_STATUSES,
		),
		textFilter('subscriber_code', {
			displayName: 'Subscriber Code',
			name: 'subscriberCode',
			placeholder: 'e.g. AB12CD34',
		}),
		textFilter('subscriber_email', {
			displayName: 'Subscriber Email',
			name: 'subscriberEmail',
			placeholder: 'name@email.com',
		}),
		textFilter('subscriber_name', {
			displayName: 'Subscriber Name',
			name: 'subscriberName',
			placeholder: 'e.g. Nathan Smith',
		}),
		{ query: 'subscription_status', field: statusField('subscriptionStatus', 'Subscription Status') },
		textFilter('transaction', {
			displayName: 'Transaction',
			name: 'transaction',
			placeholder: 'e.g. HP17715690036014',
		}),
		dateFilter('transaction_date', {
			displayName: 'Transacted After',
			name: 'transactedAfter',
			description: `${AT}; without it all are listed`,
		}),
		dateFilter('end_transaction_date', { displayName: 'Transacted Before', name: 'transactedBefore', description: AT }),
	],
	reader: CHARGE_RECORD,
	simple: {
		transaction: 'purchase.transaction',
		status: 'purchase.status',
		statusRaw: 'purchase.status_raw',
		subscriberCode: 'subscriber_code',
		subscriptionStatus: 'status',
		email: 'subscriber.email',
		productName: 'product.name',
		recurrence: 'recurrency.number',
		value: 'purchase.price.value',
		orderedAt: 'purchase.order_date',
	},
	whenEmpty:
		'Hotmart updates the transactions once a day, so new ones may be missing. Use Get Purchases for current data of a subscription.',
};

export const getTransactions: HotmartOperation = {
	name: 'Get Transactions',
	value: 'getTransactions',
	action: 'Get the transactions of subscriptions',
	description: 'List the charges of all subscriptions with payments, refusals and refunds, up to 24 hours late',
	fields: listFields(LIST),
	execute: async (call) => await readList(call, LIST),
};
