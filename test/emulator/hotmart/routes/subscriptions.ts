import { emailFilters } from '../../shared/emailFilters';
import { DAY } from '../calendar';
import { filters, notFound, page, readRange, walkArray } from '../http';
import type { Call, Query, Routes } from '../http';
import { attemptsOf } from '../life/subscriptions';
import { findProduct, planOf, productOf, salesOf } from '../state';
import type { Sale, Subscription } from '../types';
import { SUBSCRIPTION_STATUSES, billingOf, moneyJson, productPart } from './common';
import { planJson } from './products';

const base = '/payments/api/v1/subscriptions';

/** The subscription of a path, or 404. */
export function subscriptionAsked({ account }: Call, code: unknown): Subscription {
	const found = account.state.subscriptions.find(String(code));
	if (found === undefined) throw notFound(`Subscription ${String(code)}`);
	return found;
}

/** Subscriptions by accession date; a subscriber code saves the walk. Smart installments are in other answers only. */
function source(call: Call) {
	const { query, account } = call;
	const { state, clock, switches } = account;
	const code = query.text('subscriber_code');
	const lifted = switches.keyLiftsWindow && [code, query.text('subscriber_email')].some((key) => key !== undefined);
	const window = readRange(call, ['accession_date', 'end_accession_date']);
	const range = {
		from: lifted && query.number('accession_date') === undefined ? 0 : window.from,
		to: switches.endAccessionDate === 'cancellation' ? clock.now() : window.to,
	};
	if (code === undefined) {
		return {
			walk: (start: number) => state.subscriptions.walk(start, range),
			count: () => state.subscriptions.count(range),
		};
	}
	const found = state.subscriptions.find(code);
	const time = found?.accessionDate ?? found?.requestDate ?? 0;
	return { walk: walkArray(found && time >= range.from && time <= range.to ? [found] : []) };
}

/** A filter on another date than accession: its own defaults count only when it is used at all (Hotmart §3.1.1). */
function dateFilter(query: Query, names: [string, string], fallback: { from: number; to: number }) {
	const [from, to] = names.map((name) => query.number(name));
	return from === undefined && to === undefined ? undefined : { from: from ?? fallback.from, to: to ?? fallback.to };
}

const within = (time: number | undefined, range: { from: number; to: number } | undefined) =>
	time !== undefined && range !== undefined && time >= range.from && time <= range.to;

/** An expired subscription may not say until when it is paid for (Hotmart §6.3). */
const chargeShown = ({ account }: Call, { status, nextCharge }: Subscription) =>
	status === 'OVERDUE' && account.switches.nextChargeOfExpired === 'absent' ? undefined : nextCharge;

function listItem(call: Call, subscription: Subscription) {
	const { state, switches } = call.account;
	const { subscriber, price, transaction } = subscription;
	const plan = planOf(state, subscription);
	const { id, name, ucode } = productOf(state, subscription.productId);
	const latest = switches.listedTransaction === 'latest' ? salesOf(state, subscription).at(-1) : undefined;
	return {
		subscriber_code: subscription.code,
		subscription_id: subscription.id,
		status: subscription.status,
		accession_date: subscription.accessionDate,
		end_accession_date: subscription.endAccessionDate,
		request_date: subscription.requestDate,
		date_next_charge: chargeShown(call, subscription),
		trial: subscription.trial,
		transaction: latest?.transaction ?? transaction,
		plan: { name: plan.name, id: plan.id, recurrency_period: plan.period, max_charge_cycles: plan.maxCycles },
		product: { id, name, ucode },
		price: moneyJson(price),
		subscriber: { name: subscriber.name, email: subscriber.email, ucode: subscriber.ucode },
	};
}

function keep(call: Call) {
	const { query, account } = call;
	const { state, clock, switches } = account;
	const now = clock.now();
	const statuses = query.oneOf('status', SUBSCRIPTION_STATUSES);
	const plans = query.list('plan');
	const [productId, planId] = [query.number('product_id'), query.number('plan_id')];
	const [email, transaction] = [query.text('subscriber_email'), query.text('transaction')];
	const trial = query.boolean('trial');
	const canceled = dateFilter(query, ['cancelation_date', 'end_cancelation_date'], { from: now - 30 * DAY, to: now });
	const charged = dateFilter(query, ['date_next_charge', 'end_date_next_charge'], { from: now, to: now });
	const end = switches.endAccessionDate === 'cancellation' ? query.number('end_accession_date') : undefined;
	const hasInstallments = state.subscriptions.rows().some((row) => row.smartInstallments !== undefined);
	return filters<Subscription>(
		[hasInstallments || undefined, ({ smartInstallments }) => smartInstallments === undefined],
		[statuses, ({ status }) => statuses?.includes(status) === true],
		[plans, (row) => plans?.includes(planOf(state, row).name) === true],
		[productId, (row) => row.productId === productId],
		[planId, (row) => row.planId === planId],
		[email, ({ subscriber }) => emailFilters[switches.emailFilter](subscriber.email, email ?? '')],
		[transaction, (row) => row.transaction === transaction],
		[trial, (row) => row.trial === trial],
		[end, ({ endAccessionDate }) => endAccessionDate === undefined || endAccessionDate <= (end ?? 0)],
		[canceled, ({ endAccessionDate }) => within(endAccessionDate, canceled)],
		[charged, (row) => within(row.nextCharge, charged)],
	);
}

const list = (call: Call) =>
	page(call, {
		...source(call),
		keep: keep(call),
		render: (row) => listItem(call, row),
		size: [50, 500],
		total: true,
	});

/** Status of a recurrence by its newest charge (Hotmart §4.6). */
export function recurrenceStatus({ status }: Sale): string {
	const words: Record<string, string> = {
		APPROVED: 'PAID',
		PARTIALLY_REFUNDED: 'PAID',
		COMPLETE: 'PAID',
		PROTESTED: 'CLAIMED',
		REFUNDED: 'REFUNDED',
		CHARGEBACK: 'CHARGEBACK',
	};
	return words[status] ?? 'NOT_PAID';
}

/** Days of a subscription: until now while it runs, until its end afterwards (Hotmart §3.1.2). */
function lifetimeOf({ account }: Call, subscription: Subscription): number {
	const { status, accessionDate, requestDate, endAccessionDate, nextCharge } = subscription;
	if (status === 'INACTIVE' || status === 'STARTED') return 0;
	const now = account.clock.now();
	const end = status === 'OVERDUE' ? Math.min(nextCharge ?? now, now) : (endAccessionDate ?? now);
	return Math.floor((end - (accessionDate ?? requestDate)) / DAY);
}

function summaryItem(call: Call, subscription: Subscription) {
	const { account } = call;
	const { status, subscriber, unpaid, requestDate } = subscription;
	const plan = planOf(account.state, subscription);
	const neverPaid = status === 'INACTIVE' || status === 'STARTED';
	const last = salesOf(account.state, subscription).at(-1);
	const number = neverPaid ? 1 : (last?.recurrence ?? subscription.recurrence);
	const charges = attemptsOf(account, subscription, number);
	const newest = charges.at(-1);
	return {
		subscriber_code: subscription.code,
		subscription_id: subscription.id,
		status,
		lifetime: lifetimeOf(call, subscription),
		accession_date: subscription.accessionDate,
		end_accession_date: subscription.endAccessionDate,
		date_next_charge: chargeShown(call, subscription),
		trial: subscription.trial,
		plan: { name: plan.name, recurrency_period: plan.period },
		product: productPart(call, subscription),
		offer: { code: plan.code },
		last_recurrency: {
			number,
			request_date: charges[0]?.orderDate ?? requestDate,
			status: newest ? recurrenceStatus(newest) : 'NOT_PAID',
			transaction_number: charges.length,
			billing_type: billingOf(subscription),
		},
		...(unpaid.length > 0 && {
			unpaid_recurrencies: unpaid.map((entry) => ({ number: entry.number, charge_date: entry.chargeDate })),
		}),
		subscriber: { id: subscriber.id, name: subscriber.name, email: subscriber.email },
	};
}

function summary(call: Call) {
	const productId = call.query.number('product_id');
	const nextCharge = call.query.number('date_next_charge');
	return page(call, {
		...source(call),
		keep: filters<Subscription>(
			[productId, (row) => row.productId === productId],
			[nextCharge, (row) => within(row.nextCharge, { from: nextCharge ?? 0, to: Infinity })],
		),
		render: (row) => summaryItem(call, row),
		size: [50, 500],
	});
}

/** Payment methods of /purchases, with the words the other way round than in the documented list (captured). */
const METHODS: Record<string, string> = { CREDIT_CARD: 'VISA_CREDIT_CARD', HOTMART_BALANCE: 'HOTMART' };

const purchaseJson = ({ account }: Call, sale: Sale) => ({
	transaction: sale.transaction,
	approved_date: sale.approvedDate,
	payment_engine: 'HotPay',
	status: sale.status,
	price: moneyJson(sale.price),
	payment_type: sale.paymentType,
	payment_method: METHODS[sale.paymentType] ?? sale.paymentType,
	recurrency_number: sale.recurrence,
	under_warranty:
		sale.recurrence === 1 && sale.approvedDate !== undefined && account.clock.now() < (sale.warrantyUntil ?? 0),
});

/** What is read of subscriptions; of the plans to switch to only the request is documented, the answer is a guess. */
export const subscriptionRoutes: Routes = {
	[`GET ${base}`]: list,
	[`GET ${base}/summary`]: summary,
	[`GET ${base}/:code/purchases`]: (call) =>
		salesOf(call.account.state, subscriptionAsked(call, call.params.code)).map((sale) => purchaseJson(call, sale)),
	[`GET ${base}/switch-plan/plans`]: (call) => ({
		items: (call.query.list('subscriber_codes') ?? []).map((code) => {
			const subscription = subscriptionAsked(call, code);
			const { plans = [] } = findProduct(call.account.state, subscription.productId) ?? {};
			return {
				subscriber_code: code,
				plans: plans.filter(({ id }) => id !== subscription.planId).map(planJson),
			};
		}),
	}),
};
