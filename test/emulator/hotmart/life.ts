import { isKnownEvent } from '../../../nodes/Hotmart/trigger/events';
import type { Clock } from '../types';
import type { Deliveries } from './deliveries';
import { DAY, dueDayOf, nextCharge, personOf } from './store';
import type { Store } from './store';
import { testPayload } from './testButton';
import type { HotmartSwitches } from './switches';
import type {
	LifeOperations,
	Money,
	Order,
	Outcome,
	Plan,
	Product,
	Sale,
	SaleStatus,
	Subscription,
	SubscriptionStatus,
} from './types';
import {
	cancellationPayload,
	cartPayload,
	chargeDatePayload,
	firstAccessPayload,
	fulfillmentPayload,
	modulePayload,
	purchasePayload,
	switchPlanPayload,
} from './webhooks';
import type { Payload, PurchaseEvent } from './webhooks';

/** Unpaid recurrences in a row after which Hotmart cancels a subscription itself. */
const UNPAID_LIMIT = 5;
export const REACTIVATION_DAYS = 3;

const CANCELLABLE: SubscriptionStatus[] = ['ACTIVE', 'DELAYED', 'STARTED'];
export const isCancelable = ({ status }: Subscription) => CANCELLABLE.includes(status);
export const isCanceled = ({ status }: Subscription) => status.startsWith('CANCELLED');
/** Sales that can give money back although they are not simply paid. */
const GIVABLE: SaleStatus[] = ['PROTESTED', 'PARTIALLY_REFUNDED'];
export const isPaid = ({ status }: Sale) => status === 'APPROVED' || status === 'COMPLETE';

const BY = {
	customer: 'CANCELLED_BY_CUSTOMER',
	seller: 'CANCELLED_BY_SELLER',
	admin: 'CANCELLED_BY_ADMIN',
} as const;

/** What happens to the account. State changes at once, before the first `await`; then the webhooks go out. */
export function createLife(store: Store, clock: Clock, switches: HotmartSwitches, deliveries: Deliveries) {
	const mustFind = (code: string): Subscription => {
		const found = store.subscriptions.find(code);
		if (found === undefined) throw new Error(`There is no subscription ${code}`);
		return found;
	};
	const mustFindSale = (transaction: string): Sale => {
		const found = store.sales.find(transaction);
		if (found === undefined) throw new Error(`There is no sale ${transaction}`);
		return found;
	};
	const demand = (condition: boolean, what: string) => {
		if (!condition) throw new Error(what);
	};
	const planOf = ({ productId, planId }: Subscription) => store.planOf(productId, planId);
	const subscriptionOf = ({ subscriberCode }: Sale) =>
		subscriberCode === undefined ? undefined : mustFind(subscriberCode);

	const contentsOf = ({ contents = [] }: Product) => contents.map(store.mustHaveProduct);
	/** The products of a combo, or the product itself. */
	const partsOf = (product: Product) => (product.contents ? contentsOf(product) : [product]);
	const purchase = (event: PurchaseEvent, sale: Sale): Payload =>
		purchasePayload(event, {
			product: store.mustHaveProduct(sale.productId),
			contents: contentsOf(store.mustHaveProduct(sale.productId)),
			sale,
			subscription: subscriptionOf(sale),
			switches,
		});
	const facts = (subscription: Subscription) => ({
		product: store.mustHaveProduct(subscription.productId),
		subscription,
		plan: planOf(subscription),
		at: clock.now(),
	});
	const outcomeOf = ({ transaction, subscriberCode }: Sale): Outcome => ({
		transaction,
		...(subscriberCode !== undefined && { subscriberCode }),
	});

	function addSale(sale: Omit<Sale, 'transaction' | 'orderDate'>): Sale {
		return store.sales.add({
			...sale,
			transaction: store.newTransaction(store.next()),
			orderDate: clock.now(),
		});
	}

	/** The sale of a subscription's recurrence; `price` differs in trials and negotiations. */
	function addRecurrence(
		subscription: Subscription,
		status: SaleStatus,
		more: { recurrence: number; paymentType?: string; price?: Money; refusal?: string; isNegotiation?: boolean },
	): Sale {
		const { productId, planId, code, subscriber } = subscription;
		const first = store.sales.find(subscription.transaction);
		return addSale({
			productId,
			planId,
			subscriberCode: code,
			offerCode: planOf(subscription).code,
			buyer: first?.buyer ?? subscriber,
			status,
			price: subscription.price,
			paymentType: first?.paymentType ?? 'CREDIT_CARD',
			installments: 1,
			...(first?.tracking && { tracking: first.tracking }),
			...(first?.affiliate && { affiliate: first.affiliate }),
			...more,
		});
	}

	/** A new order with its subscription, unpaid. */
	function placeOrder(order: Order, status: SaleStatus, paymentType: string): Sale {
		const now = clock.now();
		const product = store.mustHaveProduct(order.productId);
		const plan =
			order.planId === undefined
				? (product.plans.find(({ code }) => code === order.offerCode) ?? product.plans[0])
				: store.planOf(order.productId, order.planId);
		const chosen = product.offers.find(({ code }) => code === order.offerCode);
		demand(
			order.offerCode === undefined || chosen !== undefined,
			`Product ${product.id} has no offer ${order.offerCode}`,
		);
		const offer = chosen ?? product.offers.find(({ isMain }) => isMain) ?? product.offers[0];
		const price = chosen?.price ?? plan?.price ?? offer?.price ?? { value: 0, currency: 'BRL' };
		const paid = order.price === undefined ? price : { ...price, value: order.price };
		const buyer = personOf(order.email, order.name);
		const { coupon, parentTransaction, bumps, tracking, affiliate } = order;
		const sale = addSale({
			productId: product.id,
			offerCode: chosen?.code ?? plan?.code ?? offer?.code ?? '',
			buyer,
			status,
			price: plan?.trialDays === undefined ? paid : { ...paid, value: 0 },
			paymentType,
			installments: order.installments ?? 1,
			...(coupon !== undefined && { coupon }),
			...(parentTransaction !== undefined && { parentTransaction }),
			...(bumps?.length && { hasBumps: true }),
			...(tracking && { tracking }),
			...(affiliate && { affiliate }),
		});
		if (plan === undefined) return sale;
		const number = store.next();
		const code = store.newSubscriberCode(number);
		store.subscriptions.add({
			id: 1_000_000 + number,
			code,
			productId: product.id,
			planId: plan.id,
			subscriber: order.subscriberEmail === undefined ? buyer : personOf(order.subscriberEmail, order.subscriberName),
			status: 'STARTED',
			requestDate: now,
			trial: plan.trialDays !== undefined,
			transaction: sale.transaction,
			recurrence: 0,
			dueDay: dueDayOf(now + (plan.trialDays ?? 0) * DAY, plan.period),
			price: paid,
			unpaid: [],
		});
		return Object.assign(sale, { planId: plan.id, subscriberCode: code, recurrence: 1 });
	}

	/** Brings a sale, and the subscription it belongs to, into the paid state. */
	function settle(sale: Sale): void {
		const now = clock.now();
		const { warrantyDays } = store.mustHaveProduct(sale.productId);
		Object.assign(sale, { status: 'APPROVED', approvedDate: now, warrantyUntil: now + warrantyDays * DAY });
		const subscription = subscriptionOf(sale);
		if (subscription === undefined) return;
		const plan = planOf(subscription);
		const recurrence = sale.recurrence ?? 1;
		const due =
			subscription.unpaid.find(({ number }) => number === recurrence)?.chargeDate ?? subscription.nextCharge ?? now;
		const { dueDay } = subscription;
		subscription.accessionDate ??= now;
		if (recurrence === 1 && subscription.trial) {
			subscription.nextCharge = now + (plan.trialDays ?? 0) * DAY;
		} else {
			subscription.nextCharge = nextCharge(recurrence === 1 ? now : due, plan.period, dueDay);
			if (recurrence > 1) subscription.trial = false;
		}
		// A recurrence that is paid forgives the unpaid ones before it
		Object.assign(subscription, { status: 'ACTIVE', recurrence, unpaid: [] });
	}

	/** The recurrence that is due now: time decides, so that one left unpaid for a whole period is followed by the next. */
	function dueRecurrence(subscription: Subscription, plan: Plan) {
		let due = { number: subscription.recurrence + 1, chargeDate: subscription.nextCharge ?? clock.now() };
		for (;;) {
			const following = nextCharge(due.chargeDate, plan.period, subscription.dueDay);
			if (following > clock.now()) return due;
			due = { number: due.number + 1, chargeDate: following };
		}
	}

	/** What canceling changes; the event belongs to the caller. */
	function end(subscription: Subscription, by: keyof typeof BY): Payload {
		Object.assign(subscription, { status: BY[by], endAccessionDate: clock.now() });
		subscription.nextCharge ??= clock.now();
		delete subscription.reactivation;
		return cancellationPayload(facts(subscription));
	}

	/** Money goes back: the sale gets a status, and a first recurrence takes its subscription with it. */
	async function giveBack(transaction: string, event: 'PURCHASE_REFUNDED' | 'PURCHASE_CHARGEBACK', amount = Infinity) {
		const sale = mustFindSale(transaction);
		demand(isPaid(sale) || GIVABLE.includes(sale.status), `Sale ${transaction} is ${sale.status}`);
		demand(amount > 0, 'The amount to give back must be more than 0');
		const part = amount < sale.price.value;
		const [status, by] =
			event === 'PURCHASE_REFUNDED' ? (['REFUNDED', 'customer'] as const) : (['CHARGEBACK', 'admin'] as const);
		Object.assign(sale, { status: part ? 'PARTIALLY_REFUNDED' : status, refundDate: clock.now() });
		const subscription = subscriptionOf(sale);
		const ends = !part && subscription && sale.recurrence === 1 && isCancelable(subscription);
		const payloads = ends ? [end(subscription, by)] : [];
		await deliveries.send([purchase(event, sale), ...payloads]);
	}

	async function setStatus(transaction: string, from: SaleStatus[], status: SaleStatus, event: PurchaseEvent) {
		const sale = mustFindSale(transaction);
		demand(from.includes(sale.status), `Sale ${transaction} is ${sale.status}`);
		sale.status = status;
		await deliveries.send([purchase(event, sale)]);
	}

	function visit(email: string, product: Product) {
		const found = store.visits.find((entry) => entry.productId === product.id && entry.email === email.toLowerCase());
		if (found) return found;
		const now = clock.now();
		const added = {
			email: email.toLowerCase(),
			productId: product.id,
			firstAccess: now,
			lastAccess: now,
			count: 0,
			completed: {},
		};
		store.visits.push(added);
		return added;
	}

	const operations: LifeOperations = {
		buy: async (order) => {
			const { bumps, ...main } = order;
			const paymentType = order.paymentType ?? 'CREDIT_CARD';
			const sale = placeOrder(order, 'APPROVED', paymentType);
			const { planId, offerCode, price, coupon, ...same } = main;
			const others = (bumps ?? []).map((productId) =>
				placeOrder({ ...same, productId, parentTransaction: sale.transaction }, 'APPROVED', paymentType),
			);
			for (const paid of [sale, ...others]) settle(paid);
			await deliveries.send([sale, ...others].map((paid) => purchase('PURCHASE_APPROVED', paid)));
			return { ...outcomeOf(sale), ...(bumps && { bumps: others.map(({ transaction }) => transaction) }) };
		},
		printBillet: async (order) => {
			const paymentType = order.paymentType ?? 'BILLET';
			const sale = placeOrder(order, paymentType === 'PIX' ? 'WAITING_PAYMENT' : 'PRINTED_BILLET', paymentType);
			await deliveries.send([purchase('PURCHASE_BILLET_PRINTED', sale)]);
			return outcomeOf(sale);
		},
		refuse: async (order) => {
			const sale = placeOrder(order, 'CANCELLED', order.paymentType ?? 'CREDIT_CARD');
			sale.refusal = 'INSUFFICIENT FUNDS';
			const subscription = subscriptionOf(sale);
			if (subscription) subscription.status = 'INACTIVE';
			await deliveries.send([purchase('PURCHASE_CANCELED', sale)]);
			return outcomeOf(sale);
		},
		pay: async (transaction) => {
			const sale = mustFindSale(transaction);
			demand(
				['PRINTED_BILLET', 'WAITING_PAYMENT', 'OVERDUE'].includes(sale.status),
				`Sale ${transaction} is ${sale.status}`,
			);
			settle(sale);
			await deliveries.send([purchase('PURCHASE_APPROVED', sale)]);
			return outcomeOf(sale);
		},
		expirePayment: async (transaction) => {
			const sale = mustFindSale(transaction);
			demand(['PRINTED_BILLET', 'WAITING_PAYMENT'].includes(sale.status), `Sale ${transaction} is ${sale.status}`);
			const subscription = subscriptionOf(sale);
			const renewal = (sale.recurrence ?? 1) > 1;
			sale.status = renewal ? 'OVERDUE' : 'EXPIRED';
			if (subscription) subscription.status = renewal ? 'DELAYED' : 'INACTIVE';
			await deliveries.send([purchase(renewal ? 'PURCHASE_DELAYED' : 'PURCHASE_EXPIRED', sale)]);
			return outcomeOf(sale);
		},
		renew: async (code) => {
			const subscription = mustFind(code);
			const { status } = subscription;
			demand(status === 'ACTIVE' || status === 'DELAYED', `Subscription ${code} is ${status}`);
			const { number: recurrence, chargeDate } = dueRecurrence(subscription, planOf(subscription));
			subscription.nextCharge = chargeDate;
			const sale = addRecurrence(subscription, 'APPROVED', { recurrence });
			settle(sale);
			await deliveries.send([purchase('PURCHASE_APPROVED', sale)]);
			return outcomeOf(sale);
		},
		failCharge: async (code) => {
			const subscription = mustFind(code);
			const { status, unpaid } = subscription;
			demand(status === 'ACTIVE' || status === 'DELAYED', `Subscription ${code} is ${status}`);
			const due = dueRecurrence(subscription, planOf(subscription));
			if (!unpaid.some(({ number }) => number === due.number)) unpaid.push(due);
			const sale = addRecurrence(subscription, 'OVERDUE', {
				recurrence: due.number,
				refusal: 'INSUFFICIENT FUNDS',
			});
			subscription.status = 'DELAYED';
			const payloads = [purchase('PURCHASE_DELAYED', sale)];
			if (unpaid.length >= UNPAID_LIMIT) payloads.push(end(subscription, 'admin'));
			await deliveries.send(payloads);
			return outcomeOf(sale);
		},
		cancel: async (code, by = 'customer') => {
			const subscription = mustFind(code);
			demand(isCancelable(subscription), `Subscription ${code} is ${subscription.status}`);
			demand(by in BY, `Nobody called ${by} can cancel`);
			await deliveries.send([end(subscription, by)]);
		},
		requestRefund: async (transaction) =>
			await setStatus(transaction, ['APPROVED', 'COMPLETE'], 'PROTESTED', 'PURCHASE_PROTEST'),
		withdrawRefund: async (transaction) => await setStatus(transaction, ['PROTESTED'], 'APPROVED', 'PURCHASE_APPROVED'),
		refund: async (transaction, amount) => await giveBack(transaction, 'PURCHASE_REFUNDED', amount),
		chargeback: async (transaction) => await giveBack(transaction, 'PURCHASE_CHARGEBACK'),
		complete: async (transaction) => await setStatus(transaction, ['APPROVED'], 'COMPLETE', 'PURCHASE_COMPLETE'),
		switchPlan: async (code, planId) => {
			const subscription = mustFind(code);
			const previous = planOf(subscription);
			const plan = store.planOf(subscription.productId, planId);
			demand(['ACTIVE', 'DELAYED'].includes(subscription.status), `Subscription ${code} is ${subscription.status}`);
			demand(plan.id !== previous.id, `Subscription ${code} already has plan ${planId}`);
			Object.assign(subscription, { planId: plan.id, price: plan.price });
			await deliveries.send([switchPlanPayload({ ...facts(subscription), previous })]);
		},
		changeBillingDay: async (code, dueDay) => {
			const subscription = mustFind(code);
			const previousDay = subscription.dueDay;
			subscription.dueDay = dueDay;
			await deliveries.send([chargeDatePayload({ ...facts(subscription), previousDay })]);
		},
		acceptReactivation: async (code) => {
			const subscription = mustFind(code);
			const { reactivation } = subscription;
			if (reactivation === undefined || reactivation.expiresAt < clock.now()) {
				throw new Error(`Subscription ${code} waits for no reactivation`);
			}
			const plan = planOf(subscription);
			delete subscription.reactivation;
			delete subscription.endAccessionDate;
			Object.assign(subscription, { status: 'ACTIVE', unpaid: [] });
			if (reactivation.charge) {
				// The paid time starts over now; the day of the month stays
				subscription.nextCharge = clock.now();
				const sale = addRecurrence(subscription, 'APPROVED', { recurrence: subscription.recurrence + 1 });
				settle(sale);
				await deliveries.send([purchase('PURCHASE_APPROVED', sale)]);
				return;
			}
			while ((subscription.nextCharge ?? 0) <= clock.now()) {
				subscription.nextCharge = nextCharge(subscription.nextCharge ?? clock.now(), plan.period, subscription.dueDay);
			}
		},
		reactivate: async (code) => {
			askForReactivation(mustFind(code), true);
			await operations.acceptReactivation(code);
		},
		expire: async (code) => {
			Object.assign(mustFind(code), { status: 'OVERDUE', endAccessionDate: clock.now() });
		},
		firstAccess: async (email, productId) => {
			const product = store.mustHaveProduct(productId);
			const entry = visit(email, product);
			Object.assign(entry, { lastAccess: clock.now(), count: entry.count + 1 });
			await deliveries.send([firstAccessPayload(product, personOf(email))]);
		},
		completeModule: async (email, productId, moduleId) => {
			const product = store.mustHaveProduct(productId);
			const module = product.club?.modules.find(({ id }) => moduleId === undefined || id === moduleId);
			if (module === undefined) throw new Error(`Product ${productId} has no such module`);
			Object.assign(visit(email, product).completed, { [module.id]: clock.now() });
			await deliveries.send([modulePayload(product, personOf(email), module)]);
		},
		abandonCart: async ({ email, name, productId, planId }) => {
			const product = store.mustHaveProduct(productId);
			const plan = product.plans.find(({ id }) => id === planId) ?? product.plans[0];
			const offerCode = plan?.code ?? product.offers[0]?.code ?? '';
			await deliveries.send([cartPayload(product, personOf(email, name), offerCode, plan?.id)]);
		},
		fulfillOrder: async (transaction) => {
			const sale = mustFindSale(transaction);
			const bumps = store.sales.rows().filter(({ parentTransaction }) => parentTransaction === transaction);
			const lines = [sale, ...bumps].flatMap((line) => {
				const product = store.mustHaveProduct(line.productId);
				return partsOf(product).map((part) => ({ sale: line, product: part }));
			});
			await deliveries.send([fulfillmentPayload(store.mustHaveProduct(sale.productId), sale, lines)]);
		},
		testButton: async (event) => {
			if (!isKnownEvent(event)) throw new Error(`There is no event ${event}`);
			await deliveries.send([testPayload(event)], { test: true });
		},
	};

	/** Sends the subscriber the link that reactivates within three days. */
	function askForReactivation(subscription: Subscription, charge: boolean): void {
		demand(isCanceled(subscription), `Subscription ${subscription.code} is ${subscription.status}`);
		subscription.reactivation = { charge, expiresAt: clock.now() + REACTIVATION_DAYS * DAY };
	}

	/** A negotiation: one sale that pays for unpaid recurrences once its slip or Pix is paid. */
	function negotiate(subscription: Subscription, recurrence: number, paymentType: string, value: number): Sale {
		const sale = addRecurrence(subscription, paymentType === 'PIX' ? 'WAITING_PAYMENT' : 'PRINTED_BILLET', {
			recurrence,
			paymentType,
			price: { ...subscription.price, value },
			isNegotiation: true,
		});
		void deliveries.send([purchase('PURCHASE_BILLET_PRINTED', sale)]);
		return sale;
	}

	return { operations, askForReactivation, negotiate };
}

export type Life = ReturnType<typeof createLife>;
