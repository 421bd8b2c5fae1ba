import { emailFilters } from '../../shared/emailFilters';
import { filters, includesText, page, readRange } from '../http';
import type { Call, Routes } from '../http';
import { attemptsOf } from '../life/subscriptions';
import { OWNER, planOf, subscriptionOf } from '../state';
import type { Plan, Sale, Subscription } from '../types';
import { PERIODICITY, SUBSCRIPTION_STATUSES, billingOf, productPart } from './common';
import { recurrenceStatus } from './subscriptions';

/** Purchase status as /subscriptions/transactions spells it (Hotmart §4.2). */
const statusOf = ({ status }: Sale) => (status === 'OVERDUE' ? 'DELAYED' : status);

const ownerOf = ({ account }: Call, { subscriberCode = '' }: Sale) => subscriptionOf(account.state, subscriberCode);

function recurrencePart(call: Call, sale: Sale, subscription: Subscription) {
	const attempts = attemptsOf(call.account, subscription, sale.recurrence);
	const sequence = attempts.findIndex(({ transaction }) => transaction === sale.transaction);
	return {
		status: recurrenceStatus(sale),
		number: sale.recurrence,
		start_datetime: sale.orderDate,
		payment_delays_days: 0,
		transaction_type: sale.isNegotiation ? 'NEGOTIATION' : 'AUTOMATIC',
		number_list: String(sale.recurrence),
		transaction_sequence: sequence + 1,
		is_current_purchase: sale.recurrence === subscription.recurrence,
		has_retry: sequence > 0,
	};
}

function purchasePart(sale: Sale, subscription: Subscription) {
	const { currency, value } = sale.price;
	const paid = sale.approvedDate === undefined ? 0 : value;
	return {
		transaction: sale.transaction,
		order_date: sale.orderDate,
		approved_date: sale.approvedDate,
		status: statusOf(sale),
		payment: {
			payment_type: sale.paymentType,
			credit_card_flag: sale.paymentType === 'CREDIT_CARD' ? 'VISA' : undefined,
			refusal_message: sale.refusal,
			refund_chargeback_date: sale.refundDate,
		},
		installment: {
			installment_type: subscription.smartInstallments === undefined ? 'ONE_TIME_PAYMENT' : 'SMART_INSTALLMENT',
			installment_number: sale.installments,
		},
		price: { currency, value, total_value: value },
		commission: {
			currency,
			conversion_rate: 1,
			original_value: value,
			original_paid_value: paid,
			producer_value: value,
			producer_paid_value: paid,
		},
	};
}

/** The offer's code is `key`; `code` is a label (captured). */
const planPart = (plan: Plan, { offerCode }: Sale) => ({
	name: plan.name,
	recurrency_period: plan.period,
	recurrency_type: PERIODICITY[plan.period] ?? 'MONTHLY',
	offer: { key: offerCode, code: plan.name },
});

function transactionItem(call: Call, sale: Sale) {
	const subscription = ownerOf(call, sale);
	const plan = planOf(call.account.state, subscription);
	const { subscriber } = subscription;
	return {
		subscription_id: subscription.id,
		subscriber_code: subscription.code,
		status: subscription.status,
		billing_type: billingOf(subscription),
		last_update: sale.refundDate ?? sale.approvedDate ?? sale.orderDate,
		adoption_date: subscription.requestDate,
		date_next_charge: subscription.nextCharge,
		last_recurrency_start_date: sale.orderDate,
		last_recurrency_number: subscription.recurrence,
		cancellation_date: subscription.endAccessionDate,
		max_cycles: plan.maxCycles,
		has_unpaid_recurrency: subscription.unpaid.length > 0,
		has_credit_card_change: false,
		is_paid_anticipation: false,
		is_paid_negotiation: sale.isNegotiation === true && sale.approvedDate !== undefined,
		product: productPart(call, subscription),
		trial_info: { trial: subscription.trial, trial_period: plan.trialDays },
		plan: planPart(plan, sale),
		recurrency: recurrencePart(call, sale, subscription),
		purchase: purchasePart(sale, subscription),
		subscriber: {
			id: subscriber.id,
			name: subscriber.name,
			email: subscriber.email,
			phone_ddd: subscriber.phone.slice(0, 2),
			phone: subscriber.phone.slice(2),
		},
		producer: { name: OWNER.name },
	};
}

function keep(call: Call) {
	const { query, account } = call;
	const transaction = query.text('transaction');
	const statuses = query.oneOf('subscription_status', SUBSCRIPTION_STATUSES);
	const recurrence = query.oneOf('recurrency_status', ['PAID', 'NOT_PAID', 'CLAIMED', 'REFUNDED', 'CHARGEBACK']);
	const billing = query.oneOf('billing_type', ['SUBSCRIPTION', 'SMART_INSTALLMENT', 'SMART_RECOVERY']);
	const purchase = query.list('purchase_status');
	const productId = query.number('product_id');
	const [code, email, name] = ['subscriber_code', 'subscriber_email', 'subscriber_name'].map(query.text);
	const [offer, payment] = [query.text('offer_code'), query.text('purchase_payment_type')];
	return [
		({ subscriberCode }: Sale) => subscriberCode !== undefined,
		...filters<Sale>(
			[transaction, (row) => row.transaction === transaction],
			[statuses, (row) => statuses?.includes(ownerOf(call, row).status) === true],
			[recurrence, (row) => recurrence?.includes(recurrenceStatus(row)) === true],
			[billing, (row) => billing?.includes(billingOf(ownerOf(call, row))) === true],
			[purchase, (row) => purchase?.includes(statusOf(row)) === true],
			[productId, (row) => row.productId === productId],
			[code, (row) => row.subscriberCode === code],
			[email, ({ buyer }) => emailFilters[account.switches.emailFilter](buyer.email, email ?? '')],
			[name, ({ buyer }) => includesText(buyer.name, name)],
			[offer, (row) => row.offerCode === offer],
			[payment, (row) => row.paymentType === payment],
		),
	];
}

/** Charges of subscriptions and smart installments, of the last 30 days unless one transaction is asked for. */
export const transactionRoutes: Routes = {
	'GET /payments/api/v1/subscriptions/transactions': (call) => {
		const range = call.query.text('transaction')
			? { from: 0, to: Infinity }
			: readRange(call, ['transaction_date', 'end_transaction_date']);
		return page(call, {
			walk: (start) => call.account.state.sales.walk(start, range),
			keep: keep(call),
			render: (sale) => transactionItem(call, sale),
			size: [50, 500],
		});
	},
};
