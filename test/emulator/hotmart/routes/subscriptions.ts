import { emailFilters } from '../../core';
import { isCancelable, isCanceled } from '../life';
import { DAY } from '../store';
import { HotmartError, filters, includesText, invalid, notFound, readRange, sameText, walkArray } from '../http';
import type { Api, Call, Query, Routes } from '../http';
import type { Plan, Sale, Subscription } from '../types';
import { planJson } from './products';

const base = '/payments/api/v1/subscriptions';

const STATUSES = [
	'ACTIVE',
	'INACTIVE',
	'DELAYED',
	'CANCELLED_BY_CUSTOMER',
	'CANCELLED_BY_SELLER',
	'CANCELLED_BY_ADMIN',
	'STARTED',
	'OVERDUE',
];

/** [unit, count] of a period in cancel answers. */
const INTERVALS: Record<number, [string, number]> = {
	7: ['WEEK', 1],
	30: ['MONTH', 1],
	60: ['MONTH', 2],
	90: ['MONTH', 3],
	180: ['MONTH', 6],
	360: ['MONTH', 12],
};

const RECURRENCE_TYPES: Record<number, string> = {
	7: 'WEEKLY',
	60: 'BIMONTHLY',
	90: 'QUARTERLY',
	180: 'BIANNUAL',
	360: 'ANNUAL',
};

/** Dates of write answers: text without a zone, in Brazil's time (three hours behind UTC). */
const brazilTime = (time: number | undefined) =>
	time === undefined ? undefined : new Date(time - 3 * 3600 * 1000).toISOString().slice(0, 19).replace('T', ' ');

/** Payment methods of /purchases, with the words the other way round than in the documented list (captured). */
const METHODS: Record<string, string> = { CREDIT_CARD: 'VISA_CREDIT_CARD', HOTMART_BALANCE: 'HOTMART' };

const recurrenceStatus = ({ status }: Sale): string => {
	const words: Record<string, string> = {
		APPROVED: 'PAID',
		PARTIALLY_REFUNDED: 'PAID',
		COMPLETE: 'PAID',
		PROTESTED: 'CLAIMED',
		REFUNDED: 'REFUNDED',
		CHARGEBACK: 'CHARGEBACK',
	};
	return words[status] ?? 'NOT_PAID';
};

/** Purchase status as /subscriptions/transactions spells it. */
const transactionStatus = ({ status }: Sale) => (status === 'OVERDUE' ? 'DELAYED' : status);

export function subscriptionRoutes(api: Api): Routes {
	const { store, clock, switches, page, life } = api;
	const { operations } = life;

	const planOf = ({ productId, planId }: Subscription): Plan => store.planOf(productId, planId);
	const mustFind = (code: string | undefined): Subscription => {
		const found = store.subscriptions.find(code ?? '');
		if (found === undefined) throw notFound(`Subscription ${code}`);
		return found;
	};
	const productPart = ({ productId }: { productId: number }) => {
		const { id, name, ucode } = store.mustHaveProduct(productId);
		return { id, name, ucode };
	};

	/** Subscriptions by accession date; a subscriber code saves the walk. */
	const source = (query: Query) => {
		const code = query.text('subscriber_code');
		const lifted = switches.keyLiftsWindow && [code, query.text('subscriber_email')].some((key) => key !== undefined);
		const window = readRange(query, ['accession_date', 'end_accession_date'], clock, switches);
		const range = {
			from: lifted && query.number('accession_date') === undefined ? 0 : window.from,
			to: switches.endAccessionDate === 'cancellation' ? clock.now() : window.to,
		};
		if (code === undefined) {
			return {
				walk: (start: number) => store.subscriptions.walk(start, range),
				count: () => store.subscriptions.count(range),
			};
		}
		const found = store.subscriptions.find(code);
		const time = found?.accessionDate ?? found?.requestDate ?? 0;
		return { walk: walkArray(found && time >= range.from && time <= range.to ? [found] : []) };
	};

	/** A filter on another date than accession: its own defaults count only when it is used at all. */
	const dateFilter = (query: Query, names: [string, string], fallbackFrom: number) => {
		const [from, to] = names.map((name) => query.number(name));
		if (from === undefined && to === undefined) return undefined;
		return { from: from ?? fallbackFrom, to: to ?? clock.now() };
	};
	const within = (time: number | undefined, range: { from: number; to: number } | undefined) =>
		time !== undefined && range !== undefined && time >= range.from && time <= range.to;

	const listItem = (subscription: Subscription) => {
		const plan = planOf(subscription);
		const { subscriber, price } = subscription;
		return {
			subscriber_code: subscription.code,
			subscription_id: subscription.id,
			status: subscription.status,
			accession_date: subscription.accessionDate,
			end_accession_date: subscription.endAccessionDate,
			request_date: subscription.requestDate,
			date_next_charge: subscription.nextCharge,
			trial: subscription.trial,
			transaction:
				switches.listedTransaction === 'first'
					? subscription.transaction
					: (store.salesOf(subscription).at(-1)?.transaction ?? subscription.transaction),
			plan: {
				name: plan.name,
				id: plan.id,
				recurrency_period: plan.period,
				max_charge_cycles: plan.maxCycles,
			},
			product: productPart(subscription),
			price: { value: price.value, currency_code: price.currency },
			subscriber: { name: subscriber.name, email: subscriber.email, ucode: subscriber.ucode },
		};
	};

	const list = ({ query }: Call) => {
		const statuses = query.oneOf('status', STATUSES);
		const plans = query.list('plan');
		const [productId, planId] = [query.number('product_id'), query.number('plan_id')];
		const [email, transaction] = [query.text('subscriber_email'), query.text('transaction')];
		const trial = query.boolean('trial');
		const end = switches.endAccessionDate === 'cancellation' ? query.number('end_accession_date') : undefined;
		const canceled = dateFilter(query, ['cancelation_date', 'end_cancelation_date'], clock.now() - 30 * DAY);
		const charged = dateFilter(query, ['date_next_charge', 'end_date_next_charge'], clock.now());
		return page({
			query,
			...source(query),
			keep: filters<Subscription>(
				[statuses, ({ status }) => statuses?.includes(status) === true],
				[plans, (row) => plans?.includes(planOf(row).name) === true],
				[productId, (row) => row.productId === productId],
				[planId, (row) => row.planId === planId],
				[email, ({ subscriber }) => emailFilters[switches.emailFilter](subscriber.email, email ?? '')],
				[end, ({ endAccessionDate }) => endAccessionDate === undefined || endAccessionDate <= (end ?? 0)],
				[transaction, (row) => row.transaction === transaction],
				[trial, (row) => row.trial === trial],
				[canceled, ({ endAccessionDate }) => within(endAccessionDate, canceled)],
				[charged, (row) => within(row.nextCharge, charged)],
			),
			render: listItem,
			size: [50, 500],
			total: true,
		});
	};

	const summaryItem = (subscription: Subscription) => {
		const { status, accessionDate, requestDate, endAccessionDate, subscriber, unpaid } = subscription;
		const plan = planOf(subscription);
		const neverPaid = status === 'INACTIVE' || status === 'STARTED';
		const end = status === 'ACTIVE' || status === 'DELAYED' ? clock.now() : (endAccessionDate ?? clock.now());
		const sales = store.salesOf(subscription);
		const number = neverPaid ? 1 : (sales.at(-1)?.recurrence ?? subscription.recurrence);
		const charges = sales.filter(({ recurrence }) => recurrence === number);
		return {
			subscriber_code: subscription.code,
			subscription_id: subscription.id,
			status,
			lifetime: neverPaid ? 0 : Math.floor((end - (accessionDate ?? requestDate)) / DAY),
			accession_date: accessionDate,
			end_accession_date: endAccessionDate,
			date_next_charge: subscription.nextCharge,
			trial: subscription.trial,
			plan: { name: plan.name, recurrency_period: plan.period },
			product: { id: subscription.productId, name: productPart(subscription).name },
			offer: { code: plan.code },
			last_recurrency: {
				number,
				request_date: charges[0]?.orderDate ?? requestDate,
				status: charges.length > 0 ? recurrenceStatus(charges.at(-1) as Sale) : 'NOT_PAID',
				transaction_number: charges.length,
				billing_type: 'SUBSCRIPTION',
			},
			...(unpaid.length > 0 && {
				unpaid_recurrencies: unpaid.map((entry) => ({ number: entry.number, charge_date: entry.chargeDate })),
			}),
			subscriber: { id: subscriber.id, name: subscriber.name, email: subscriber.email },
		};
	};

	const summary = ({ query }: Call) => {
		const productId = query.number('product_id');
		const nextCharge = query.number('date_next_charge');
		return page({
			query,
			...source(query),
			keep: filters<Subscription>(
				[productId, (row) => row.productId === productId],
				[nextCharge, (row) => within(row.nextCharge, { from: nextCharge ?? 0, to: Infinity })],
			),
			render: summaryItem,
			size: [50, 500],
		});
	};

	const transactionItem = (sale: Sale) => {
		const subscription = mustFind(sale.subscriberCode);
		const plan = planOf(subscription);
		const { subscriber } = subscription;
		const sequence = store
			.salesOf(subscription)
			.filter(({ recurrence }) => recurrence === sale.recurrence)
			.findIndex(({ transaction }) => transaction === sale.transaction);
		const paid = sale.approvedDate !== undefined;
		return {
			subscription_id: subscription.id,
			subscriber_code: subscription.code,
			status: subscription.status,
			billing_type: 'SUBSCRIPTION',
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
			is_paid_negotiation: sale.isNegotiation === true && paid,
			product: { id: subscription.productId, name: productPart(subscription).name },
			trial_info: { trial: subscription.trial, trial_period: plan.trialDays },
			plan: {
				name: plan.name,
				recurrency_period: plan.period,
				recurrency_type: RECURRENCE_TYPES[plan.period] ?? 'MONTHLY',
				// The offer's code is `key`; `code` is a label (captured)
				offer: { key: sale.offerCode, code: plan.name },
			},
			recurrency: {
				status: recurrenceStatus(sale),
				number: sale.recurrence,
				start_datetime: sale.orderDate,
				payment_delays_days: 0,
				transaction_type: sale.isNegotiation ? 'NEGOTIATION' : 'AUTOMATIC',
				number_list: String(sale.recurrence),
				transaction_sequence: sequence + 1,
				is_current_purchase: sale.recurrence === subscription.recurrence,
				has_retry: sequence > 0,
			},
			purchase: {
				transaction: sale.transaction,
				order_date: sale.orderDate,
				approved_date: sale.approvedDate,
				status: transactionStatus(sale),
				payment: {
					payment_type: sale.paymentType,
					credit_card_flag: sale.paymentType === 'CREDIT_CARD' ? 'VISA' : undefined,
					refusal_message: sale.refusal,
					refund_chargeback_date: sale.refundDate,
				},
				installment: { installment_type: 'ONE_TIME_PAYMENT', installment_number: sale.installments },
				price: { currency: sale.price.currency, value: sale.price.value, total_value: sale.price.value },
				commission: {
					currency: sale.price.currency,
					conversion_rate: 1,
					original_value: sale.price.value,
					original_paid_value: paid ? sale.price.value : 0,
					producer_value: sale.price.value,
					producer_paid_value: paid ? sale.price.value : 0,
				},
			},
			subscriber: {
				id: subscriber.id,
				name: subscriber.name,
				email: subscriber.email,
				phone_ddd: subscriber.phone.slice(0, 2),
				phone: subscriber.phone.slice(2),
			},
			producer: { name: 'Cordas School' },
		};
	};

	const transactions = ({ query }: Call) => {
		const transaction = query.text('transaction');
		const range = transaction
			? { from: 0, to: Infinity }
			: readRange(query, ['transaction_date', 'end_transaction_date'], clock, switches);
		const statuses = query.oneOf('subscription_status', STATUSES);
		const recurrence = query.oneOf('recurrency_status', ['PAID', 'NOT_PAID', 'CLAIMED', 'REFUNDED', 'CHARGEBACK']);
		const billing = query.oneOf('billing_type', ['SUBSCRIPTION', 'SMART_INSTALLMENT', 'SMART_RECOVERY']);
		const purchase = query.list('purchase_status');
		const productId = query.number('product_id');
		const [code, email, name] = ['subscriber_code', 'subscriber_email', 'subscriber_name'].map(query.text);
		const [offer, payment] = [query.text('offer_code'), query.text('purchase_payment_type')];
		return page({
			query,
			walk: (start) => store.sales.walk(start, range),
			keep: [
				({ subscriberCode }: Sale) => subscriberCode !== undefined,
				...filters<Sale>(
					[transaction, (row) => row.transaction === transaction],
					[statuses, (row) => statuses?.includes(mustFind(row.subscriberCode).status) === true],
					[recurrence, (row) => recurrence?.includes(recurrenceStatus(row)) === true],
					[billing, () => billing?.includes('SUBSCRIPTION') === true],
					[purchase, (row) => purchase?.includes(transactionStatus(row)) === true],
					[productId, (row) => row.productId === productId],
					[code, (row) => row.subscriberCode === code],
					[email, ({ buyer }) => sameText(buyer.email, email)],
					[name, ({ buyer }) => includesText(buyer.name, name)],
					[offer, (row) => row.offerCode === offer],
					[payment, (row) => row.paymentType === payment],
				),
			],
			render: transactionItem,
			size: [50, 500],
		});
	};

	const purchases = ({ params }: Call) =>
		store.salesOf(mustFind(params.code)).map((sale) => ({
			transaction: sale.transaction,
			approved_date: sale.approvedDate,
			payment_engine: 'HotPay',
			status: sale.status,
			price: { value: sale.price.value, currency_code: sale.price.currency },
			payment_type: sale.paymentType,
			payment_method: METHODS[sale.paymentType] ?? sale.paymentType,
			recurrency_number: sale.recurrence,
			under_warranty:
				sale.recurrence === 1 && sale.approvedDate !== undefined && clock.now() < (sale.warrantyUntil ?? 0),
		}));

	const shopper = ({ subscriber: { email, phone } }: Subscription) => ({ email, phone });

	const canceled = (subscription: Subscription) => {
		const plan = planOf(subscription);
		const [unit, count] = INTERVALS[plan.period] ?? ['DAY', plan.period];
		return {
			status: 'INACTIVE',
			subscriber_code: subscription.code,
			creation_date: brazilTime(subscription.requestDate),
			activation_date: brazilTime(subscription.accessionDate),
			date_next_charge: brazilTime(subscription.nextCharge),
			current_recurrence: subscription.recurrence,
			date_last_recurrence: switches.integerLastRecurrence ? 1 : brazilTime(subscription.accessionDate),
			due_day: subscription.dueDay,
			trial_period: plan.trialDays,
			interval_type_between_charges: unit,
			interval_between_charges: count,
			max_charge_cycles: plan.maxCycles ?? 0,
			shopper: shopper(subscription),
		};
	};

	const waiting = (subscription: Subscription) => ({
		status: 'INACTIVE',
		subscriber_code: subscription.code,
		creation_date: brazilTime(subscription.requestDate),
		interval_between_charges: planOf(subscription).period,
		shopper: shopper(subscription),
	});

	const cancelOne = (subscription: Subscription) => {
		void operations.cancel(subscription.code, 'seller');
		return canceled(subscription);
	};
	const reactivateOne = (subscription: Subscription, { charge }: Call['body']) => {
		life.askForReactivation(subscription, charge === true);
		return waiting(subscription);
	};

	const note = (operation: 'cancel' | 'reactivate', { code }: Subscription, { charge }: Call['body'], done: boolean) =>
		store.note({ operation, code, ...(operation === 'reactivate' && { charge: charge === true }), done });

	/** The bulk form of a write: always 200; a list that would be empty is absent (captured). */
	const bulk = (
		operation: 'cancel' | 'reactivate',
		body: Call['body'],
		possible: (subscription: Subscription) => boolean,
		carryOut: (subscription: Subscription, body: Call['body']) => object,
		failure: (subscription: Subscription) => string,
	) => {
		const { subscriber_code: codes } = body;
		if (!Array.isArray(codes) || codes.length === 0 || !codes.every((code) => typeof code === 'string')) {
			throw invalid('subscriber_code must be a list of codes.');
		}
		const success: object[] = [];
		const fail: object[] = [];
		for (const code of codes as string[]) {
			const subscription = store.subscriptions.find(code);
			if (subscription === undefined) {
				fail.push({ error: 'SUBSCRIPTION_NOT_FOUND', subscriber_code: code });
				continue;
			}
			note(operation, subscription, body, possible(subscription));
			if (possible(subscription)) {
				success.push(carryOut(subscription, body));
			} else {
				fail.push({
					...waiting(subscription),
					status: subscription.status === 'ACTIVE' || subscription.status === 'DELAYED' ? 'ACTIVE' : 'INACTIVE',
					error: failure(subscription),
				});
			}
		}
		return {
			...(success.length > 0 && { success_subscriptions: success }),
			...(fail.length > 0 && { fail_subscriptions: fail }),
		};
	};

	const changeDay = ({ params, body }: Call) => {
		const subscription = mustFind(params.code);
		const { due_day: day } = body;
		if (subscription.trial) {
			throw new HotmartError(400, 'subscription_in_trial_period', 'The subscription is in its trial period.');
		}
		if (typeof day !== 'number' || !Number.isInteger(day) || day < 1 || day > 31) {
			throw invalid('due_day must be between 1 and 31.');
		}
		if (!['ACTIVE', 'DELAYED'].includes(subscription.status)) throw invalid('The subscription is not active.');
		void operations.changeBillingDay(subscription.code, day);
		return undefined;
	};

	return {
		[`GET ${base}`]: list,
		[`GET ${base}/summary`]: summary,
		[`GET ${base}/transactions`]: transactions,
		[`GET ${base}/:code/purchases`]: purchases,
		[`POST ${base}/:code/cancel`]: ({ params, body }) => {
			const subscription = mustFind(params.code);
			note('cancel', subscription, body, isCancelable(subscription));
			if (isCancelable(subscription)) return cancelOne(subscription);
			throw new HotmartError(
				400,
				'it_can_not_cancel_subscription_status',
				`A subscription with the status ${subscription.status} can not be canceled.`,
			);
		},
		[`POST ${base}/cancel`]: ({ body }) =>
			bulk('cancel', body, isCancelable, cancelOne, () => 'SUBSCRIPTION_ALREADY_CANCELED_OR_OVERDUE'),
		[`POST ${base}/:code/reactivate`]: ({ params, body }) => {
			const subscription = mustFind(params.code);
			note('reactivate', subscription, body, isCanceled(subscription));
			if (isCanceled(subscription)) return reactivateOne(subscription, body);
			throw new HotmartError(
				400,
				'it_can_not_reactivate_subscription',
				`A subscription with the status ${subscription.status} can not be reactivated.`,
			);
		},
		[`POST ${base}/reactivate`]: ({ body }) =>
			bulk('reactivate', body, isCanceled, reactivateOne, ({ status }) =>
				status === 'ACTIVE' || status === 'DELAYED'
					? 'SUBSCRIPTION_ALREADY_ACTIVE'
					: 'SUBSCRIPTION_CAN_NOT_BE_REACTIVATED',
			),
		[`PATCH ${base}/:code`]: changeDay,
		// Of the two calls about plans only the request is documented; the answers are this emulator's guess
		[`GET ${base}/switch-plan/plans`]: ({ query }) => ({
			items: (query.list('subscriber_codes') ?? []).map((code) => {
				const subscription = mustFind(code);
				const { plans } = store.mustHaveProduct(subscription.productId);
				return {
					subscriber_code: code,
					plans: plans.filter(({ id }) => id !== subscription.planId).map(planJson),
				};
			}),
		}),
		[`POST ${base}/switch-plan`]: ({ body }) => {
			const subscription = mustFind(String(body.subscriber_code));
			const { plans } = store.mustHaveProduct(subscription.productId);
			const plan = plans.find(({ code, id }) => code === body.offer_code && id !== subscription.planId);
			const possible = plan !== undefined && ['ACTIVE', 'DELAYED'].includes(subscription.status);
			store.note({ operation: 'switchPlan', code: subscription.code, done: possible });
			if (!possible) {
				throw invalid('The subscription can not switch to this offer.');
			}
			void operations.switchPlan(subscription.code, plan.id);
			return {};
		},
	};
}
