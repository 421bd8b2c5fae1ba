import type { Account } from '../account';
import { DAY, dueDayOf, nextCharge } from '../calendar';
import { newSubscriberCode, nextNumber, personOf, planNamed, planOf, productOf, saleOf } from '../state';
import type { Order, Outcome, Plan, Product, Sale, SaleStatus, Subscription } from '../types';
import { tell } from '../webhooks';
import { addSale, demand, isWaiting, outcomeOf, ownerOf, purchase } from './common';

/** What an order is about: the offer by its code, the plan by its id or its offer's code, else the first. */
function chooseOffer(product: Product, { planId, offerCode, smartInstallments }: Order) {
	const named = product.offers.find(({ code }) => code === offerCode);
	demand(offerCode === undefined || named !== undefined, `There is no offer ${offerCode} of product ${product.id}`);
	const offer = named ?? product.offers.find(({ isMain }) => isMain) ?? product.offers[0];
	if (smartInstallments !== undefined) return { offer };
	const byOffer = product.plans.find(({ code }) => code === offerCode);
	const plan = planId === undefined ? (byOffer ?? product.plans[0]) : planNamed(product, planId);
	return { plan, offer: named ?? plan ?? offer };
}

/** The subscription that an order begins, unpaid: of a plan, or of smart installments. */
function addSubscription(account: Account, order: Order, sale: Sale, plan: Plan | undefined): Subscription {
	const { state, clock, switches } = account;
	const now = clock.now();
	const number = nextNumber(state);
	const { trialDays, period } = plan ?? { trialDays: undefined, period: 30 };
	return state.subscriptions.add({
		id: 1_000_000 + number,
		code: newSubscriberCode(number),
		productId: sale.productId,
		planId: plan?.id ?? 0,
		...(plan === undefined && { smartInstallments: order.smartInstallments }),
		subscriber:
			order.subscriberEmail === undefined ? sale.buyer : personOf(order.subscriberEmail, order.subscriberName),
		status: 'STARTED',
		requestDate: now,
		trial: trialDays !== undefined,
		transaction: sale.transaction,
		recurrence: 0,
		dueDay: dueDayOf(switches.timeZone, now + (trialDays ?? 0) * DAY, period),
		price: sale.price,
		unpaid: [],
	});
}

/** A new order with its subscription, unpaid. */
function placeOrder(account: Account, order: Order, status: SaleStatus, paymentType: string): Sale {
	const product = productOf(account.state, order.productId);
	const { plan, offer } = chooseOffer(product, order);
	const { coupon, parentTransaction, bumps, tracking, affiliate, smartInstallments = 1 } = order;
	const { value, currency } = offer?.price ?? { value: 0, currency: 'BRL' };
	const sale = addSale(account, {
		productId: product.id,
		offerCode: offer?.code ?? '',
		buyer: personOf(order.email, order.name),
		status,
		price: { value: (order.price ?? value) / smartInstallments, currency },
		paymentType,
		installments: order.installments ?? 1,
		...(coupon !== undefined && { coupon }),
		...(parentTransaction !== undefined && { parentTransaction }),
		...(bumps?.length && { hasBumps: true }),
		...(tracking && { tracking }),
		...(affiliate && { affiliate }),
	});
	if (plan === undefined && order.smartInstallments === undefined) return sale;
	const { code, planId } = addSubscription(account, order, sale, plan);
	if (plan?.trialDays !== undefined) sale.price = { value: 0, currency };
	return Object.assign(sale, { ...(plan && { planId }), subscriberCode: code, recurrence: 1 });
}

/** Whether this charge is the last one that was agreed (Hotmart §6.3). */
const isLast = ({ maxCycles }: Plan, recurrence: number) => maxCycles !== undefined && recurrence >= maxCycles;

/** What a paid recurrence changes. A subscription forgives the unpaid ones before it, smart installments do not (Hotmart §6.2). */
function payRecurrence(account: Account, subscription: Subscription, recurrence: number): void {
	const { clock, switches, state } = account;
	const now = clock.now();
	const plan = planOf(state, subscription);
	const { dueDay, smartInstallments } = subscription;
	const missed = subscription.unpaid.find(({ number }) => number === recurrence);
	const due = missed?.chargeDate ?? subscription.nextCharge ?? now;
	subscription.accessionDate ??= now;
	if (recurrence === 1 && subscription.trial) {
		subscription.nextCharge = now + (plan.trialDays ?? 0) * DAY;
	} else {
		subscription.nextCharge = nextCharge(switches.timeZone, recurrence === 1 ? now : due, plan.period, dueDay);
		subscription.trial = false;
	}
	const owed = smartInstallments === undefined ? [] : subscription.unpaid.filter(({ number }) => number !== recurrence);
	const [oldest] = owed;
	if (oldest) subscription.nextCharge = oldest.chargeDate;
	const ended = oldest === undefined && isLast(plan, recurrence) && switches.expiredFrom === 'lastPayment';
	Object.assign(subscription, {
		status: ended ? 'OVERDUE' : oldest ? 'DELAYED' : 'ACTIVE',
		recurrence: Math.max(recurrence, subscription.recurrence),
		unpaid: owed,
	});
}

/** Brings a sale, and the subscription it belongs to, into the paid state. */
export function settle(account: Account, sale: Sale): void {
	const now = account.clock.now();
	const { warrantyDays } = productOf(account.state, sale.productId);
	Object.assign(sale, { status: 'APPROVED', approvedDate: now, warrantyUntil: now + warrantyDays * DAY });
	const subscription = ownerOf(account, sale);
	if (subscription && !sale.isUpgrade) payRecurrence(account, subscription, sale.recurrence ?? 1);
}

/** What of an order is about its main sale and not about its bumps. */
const OF_THE_MAIN_SALE = ['bumps', 'planId', 'offerCode', 'price', 'coupon', 'smartInstallments'];

/** A purchase that is paid at once, with its order bumps: PURCHASE_APPROVED of each. */
export async function buy(account: Account, order: Order): Promise<Outcome> {
	const same = Object.fromEntries(Object.entries(order).filter(([name]) => !OF_THE_MAIN_SALE.includes(name))) as Order;
	const paymentType = order.paymentType ?? 'CREDIT_CARD';
	const sale = placeOrder(account, order, 'APPROVED', paymentType);
	const others = (order.bumps ?? []).map((productId) =>
		placeOrder(account, { ...same, productId, parentTransaction: sale.transaction }, 'APPROVED', paymentType),
	);
	for (const paid of [sale, ...others]) settle(account, paid);
	await tell(
		account,
		[sale, ...others].map((paid) => purchase(account, 'PURCHASE_APPROVED', paid)),
	);
	return { ...outcomeOf(sale), ...(order.bumps && { bumps: others.map(({ transaction }) => transaction) }) };
}

/** A purchase by bank slip or Pix that waits for its payment: PURCHASE_BILLET_PRINTED. */
export async function printBillet(account: Account, order: Order): Promise<Outcome> {
	const paymentType = order.paymentType ?? 'BILLET';
	const sale = placeOrder(account, order, paymentType === 'PIX' ? 'WAITING_PAYMENT' : 'PRINTED_BILLET', paymentType);
	await tell(account, [purchase(account, 'PURCHASE_BILLET_PRINTED', sale)]);
	return outcomeOf(sale);
}

/** A purchase whose first payment is refused: PURCHASE_CANCELED. */
export async function refuse(account: Account, order: Order): Promise<Outcome> {
	const sale = placeOrder(account, order, 'CANCELLED', order.paymentType ?? 'CREDIT_CARD');
	sale.refusal = 'INSUFFICIENT FUNDS';
	const subscription = ownerOf(account, sale);
	if (subscription) subscription.status = 'INACTIVE';
	await tell(account, [purchase(account, 'PURCHASE_CANCELED', sale)]);
	return outcomeOf(sale);
}

/** Pays a slip, or a missed renewal: PURCHASE_APPROVED. */
export async function pay(account: Account, transaction: string): Promise<Outcome> {
	const sale = saleOf(account.state, transaction);
	demand(isWaiting(sale) || sale.status === 'OVERDUE', `Sale ${transaction} is ${sale.status}`);
	settle(account, sale);
	await tell(account, [purchase(account, 'PURCHASE_APPROVED', sale)]);
	return outcomeOf(sale);
}

/** A slip that ran out unpaid: PURCHASE_EXPIRED (first recurrence) or PURCHASE_DELAYED. */
export async function expirePayment(account: Account, transaction: string): Promise<Outcome> {
	const sale = saleOf(account.state, transaction);
	demand(isWaiting(sale), `Sale ${transaction} is ${sale.status}`);
	const subscription = ownerOf(account, sale);
	const renewal = (sale.recurrence ?? 1) > 1;
	sale.status = renewal ? 'OVERDUE' : 'EXPIRED';
	if (subscription) subscription.status = renewal ? 'DELAYED' : 'INACTIVE';
	await tell(account, [purchase(account, renewal ? 'PURCHASE_DELAYED' : 'PURCHASE_EXPIRED', sale)]);
	return outcomeOf(sale);
}
