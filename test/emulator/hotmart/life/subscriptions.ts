import type { Account } from '../account';
import { DAY, dueDayOf, nextCharge } from '../calendar';
import { cancellationPayload, chargeDatePayload, switchPlanPayload } from '../events';
import type { Payload } from '../events';
import { planNamed, planOf, productOf, salesOf, subscriptionOf } from '../state';
import type { Money, Outcome, Plan, Sale, SaleStatus, Subscription } from '../types';
import { tell } from '../webhooks';
import { addSale, demand, factsOf, isCancelable, isCanceled, isRunning, outcomeOf, purchase } from './common';
import { settle } from './orders';

/** Unpaid recurrences in a row after which Hotmart cancels a subscription itself (Hotmart §6.2). */
const UNPAID_LIMIT = 5;
const REACTIVATION_DAYS = 3;

const BY = {
	customer: 'CANCELLED_BY_CUSTOMER',
	seller: 'CANCELLED_BY_SELLER',
	admin: 'CANCELLED_BY_ADMIN',
} as const;

/** The sale of a subscription's recurrence; its price differs in negotiations and upgrades. */
function addRecurrence(
	account: Account,
	subscription: Subscription,
	status: SaleStatus,
	more: { recurrence: number } & Partial<Sale>,
): Sale {
	const { productId, planId, code, subscriber, transaction, price } = subscription;
	const first = account.state.sales.find(transaction);
	return addSale(account, {
		productId,
		...(planId !== 0 && { planId }),
		subscriberCode: code,
		offerCode: planOf(account.state, subscription).code,
		buyer: first?.buyer ?? subscriber,
		status,
		price,
		paymentType: first?.paymentType ?? 'CREDIT_CARD',
		installments: 1,
		...(first?.tracking && { tracking: first.tracking }),
		...(first?.affiliate && { affiliate: first.affiliate }),
		...more,
	});
}

/** The recurrence that is due now: time decides, so that one left unpaid for a whole period is followed by the next. */
function dueRecurrence({ clock, switches }: Account, subscription: Subscription, plan: Plan) {
	let due = { number: subscription.recurrence + 1, chargeDate: subscription.nextCharge ?? clock.now() };
	for (;;) {
		const following = nextCharge(switches.timeZone, due.chargeDate, plan.period, subscription.dueDay);
		if (following > clock.now() || due.number === plan.maxCycles) return due;
		due = { number: due.number + 1, chargeDate: following };
	}
}

/** Gives a subscription another plan; the due day is a weekday or a day of the month as the plan's period wants it. */
function applyPlan({ clock, switches }: Account, subscription: Subscription, plan: Plan): void {
	const { nextCharge: charge = clock.now() } = subscription;
	const dueDay = dueDayOf(switches.timeZone, charge, plan.period);
	Object.assign(subscription, { planId: plan.id, price: plan.price, dueDay });
	delete subscription.nextPlanId;
}

/** The next charge begins: a cheaper plan that was chosen before takes effect now. Returns the events to send. */
function beginRecurrence(account: Account, subscription: Subscription): Payload[] {
	const { nextPlanId, code } = subscription;
	demand(isRunning(subscription), `Subscription ${code} is ${subscription.status}`);
	const previous = planOf(account.state, subscription);
	demand(subscription.recurrence < (previous.maxCycles ?? Infinity), `Subscription ${code} has had all its charges`);
	if (nextPlanId === undefined) return [];
	applyPlan(account, subscription, planNamed(productOf(account.state, subscription.productId), nextPlanId));
	const told = account.switches.switchPlanEvent === 'effective';
	return told ? [switchPlanPayload({ ...factsOf(account, subscription), previous })] : [];
}

/** The next recurrence is paid: PURCHASE_APPROVED. */
export async function renew(account: Account, subscriberCode: string): Promise<Outcome> {
	const subscription = subscriptionOf(account.state, subscriberCode);
	const payloads = beginRecurrence(account, subscription);
	const { number, chargeDate } = dueRecurrence(account, subscription, planOf(account.state, subscription));
	subscription.nextCharge = chargeDate;
	const sale = addRecurrence(account, subscription, 'APPROVED', { recurrence: number });
	settle(account, sale);
	await tell(account, [...payloads, purchase(account, 'PURCHASE_APPROVED', sale)]);
	return outcomeOf(sale);
}

/**
 * A charge of the next recurrence fails: PURCHASE_DELAYED. The clock decides which recurrence it is; five unpaid in a row
 * cancel the subscription by the administrator.
 */
export async function failCharge(account: Account, subscriberCode: string): Promise<Outcome> {
	const subscription = subscriptionOf(account.state, subscriberCode);
	const payloads = beginRecurrence(account, subscription);
	const { unpaid } = subscription;
	const due = dueRecurrence(account, subscription, planOf(account.state, subscription));
	if (!unpaid.some(({ number }) => number === due.number)) unpaid.push(due);
	const refusal = 'INSUFFICIENT FUNDS';
	const sale = addRecurrence(account, subscription, 'OVERDUE', { recurrence: due.number, refusal });
	subscription.status = 'DELAYED';
	payloads.push(purchase(account, 'PURCHASE_DELAYED', sale));
	if (unpaid.length >= UNPAID_LIMIT) payloads.push(end(account, subscription, 'admin'));
	await tell(account, payloads);
	return outcomeOf(sale);
}

/** What canceling changes; the event belongs to the caller. */
export function end(account: Account, subscription: Subscription, by: keyof typeof BY): Payload {
	const now = account.clock.now();
	Object.assign(subscription, { status: BY[by], endAccessionDate: now });
	subscription.nextCharge ??= now;
	delete subscription.reactivation;
	delete subscription.nextPlanId;
	return cancellationPayload(factsOf(account, subscription));
}

/** SUBSCRIPTION_CANCELLATION. Default by the customer, who cannot cancel smart installments (Hotmart §6.4). */
export async function cancel(
	account: Account,
	subscriberCode: string,
	by: keyof typeof BY = 'customer',
): Promise<void> {
	const subscription = subscriptionOf(account.state, subscriberCode);
	demand(isCancelable(subscription), `Subscription ${subscriberCode} is ${subscription.status}`);
	demand(by in BY, `Nobody called ${by} can cancel`);
	const owed = by === 'customer' && subscription.smartInstallments !== undefined;
	demand(!owed, `Subscription ${subscriberCode} is paid by smart installments, which customers cannot cancel`);
	await tell(account, [end(account, subscription, by)]);
}

/** The difference of an upgrade, in proportion to what is left of the period that is paid for (Hotmart §3.1.10). */
function differenceOf({ clock }: Account, { nextCharge: charge }: Subscription, previous: Plan, plan: Plan): Money {
	const left = Math.min(1, Math.max(0, ((charge ?? 0) - clock.now()) / (previous.period * DAY)));
	const value = Math.round((plan.price.value - previous.price.value) * left * 100) / 100;
	return { ...plan.price, value };
}

/**
 * SWITCH_PLAN. A dearer plan takes effect at once, and the difference is charged (PURCHASE_APPROVED); a cheaper one takes effect
 * with the next charge (Hotmart §3.1.10). When the event of a cheaper one is sent is a switch.
 */
export async function switchPlan(account: Account, subscriberCode: string, planId: number): Promise<void> {
	const subscription = subscriptionOf(account.state, subscriberCode);
	const previous = planOf(account.state, subscription);
	const plan = planNamed(productOf(account.state, subscription.productId), planId);
	demand(isRunning(subscription), `Subscription ${subscriberCode} is ${subscription.status}`);
	demand(plan.id !== previous.id, `Subscription ${subscriberCode} already has plan ${planId}`);
	if (plan.price.value < previous.price.value) {
		subscription.nextPlanId = plan.id;
		if (account.switches.switchPlanEvent === 'effective') return;
		return await tell(account, [switchPlanPayload({ ...factsOf(account, subscription), plan, previous })]);
	}
	const price = differenceOf(account, subscription, previous, plan);
	applyPlan(account, subscription, plan);
	const payloads = [switchPlanPayload({ ...factsOf(account, subscription), previous })];
	if (price.value > 0 && account.switches.upgradeCharge === 'atOnce') {
		const { recurrence } = subscription;
		const sale = addRecurrence(account, subscription, 'APPROVED', { recurrence, price, isUpgrade: true });
		settle(account, sale);
		payloads.push(purchase(account, 'PURCHASE_APPROVED', sale));
	}
	await tell(account, payloads);
}

/** UPDATE_SUBSCRIPTION_CHARGE_DATE. Counts after the charge that is scheduled already (Hotmart §3.1.9). */
export async function changeBillingDay(account: Account, subscriberCode: string, dueDay: number): Promise<void> {
	const subscription = subscriptionOf(account.state, subscriberCode);
	const previousDay = subscription.dueDay;
	subscription.dueDay = dueDay;
	await tell(account, [chargeDatePayload({ ...factsOf(account, subscription), previousDay })]);
}

/** Sends the subscriber the link that reactivates within three days. */
export function askForReactivation({ clock }: Account, subscription: Subscription, charge: boolean): void {
	demand(isCanceled(subscription), `Subscription ${subscription.code} is ${subscription.status}`);
	subscription.reactivation = { charge, expiresAt: clock.now() + REACTIVATION_DAYS * DAY };
}

/**
 * The subscriber accepts the reactivation that was asked for by the API. Within the period that is paid for nothing is charged and
 * nothing is told; after it the next charge is one period later, and PURCHASE_APPROVED tells of a charge (Hotmart §6.4).
 */
export async function acceptReactivation(account: Account, subscriberCode: string): Promise<void> {
	const { clock, switches, state } = account;
	const subscription = subscriptionOf(state, subscriberCode);
	const { reactivation } = subscription;
	const now = clock.now();
	if (reactivation === undefined || reactivation.expiresAt < now) {
		throw new Error(`Subscription ${subscriberCode} waits for no reactivation`);
	}
	const plan = planOf(state, subscription);
	const paidFor = (subscription.nextCharge ?? 0) > now;
	delete subscription.reactivation;
	delete subscription.endAccessionDate;
	Object.assign(subscription, { status: 'ACTIVE', unpaid: [] });
	if (paidFor) return;
	subscription.dueDay = dueDayOf(switches.timeZone, now, plan.period);
	subscription.nextCharge = now;
	if (!reactivation.charge) {
		subscription.nextCharge = nextCharge(switches.timeZone, now, plan.period, subscription.dueDay);
		return;
	}
	const sale = addRecurrence(account, subscription, 'APPROVED', { recurrence: subscription.recurrence + 1 });
	settle(account, sale);
	await tell(account, [purchase(account, 'PURCHASE_APPROVED', sale)]);
}

/** A reactivation with charge, asked for and accepted. */
export async function reactivate(account: Account, subscriberCode: string): Promise<void> {
	askForReactivation(account, subscriptionOf(account.state, subscriberCode), true);
	await acceptReactivation(account, subscriberCode);
}

/**
 * The agreed period is over now: status OVERDUE (= Expired), no webhook. Plans with a number of charges end by themselves, with
 * the last of them (switch `expiredFrom`).
 */
export async function expire({ state, clock }: Account, subscriberCode: string): Promise<void> {
	const subscription = subscriptionOf(state, subscriberCode);
	const now = clock.now();
	Object.assign(subscription, { status: 'OVERDUE', nextCharge: Math.min(subscription.nextCharge ?? now, now) });
}

/** Ends the plans whose last paid period is over by now, where the switch says that they end then and not before. */
export function passTime({ state, clock }: Account): void {
	for (const subscription of state.subscriptions.rows()) {
		const { status, nextCharge: charge = Infinity, recurrence } = subscription;
		if (status !== 'ACTIVE' || charge > clock.now()) continue;
		if (recurrence >= (planOf(state, subscription).maxCycles ?? Infinity)) subscription.status = 'OVERDUE';
	}
}

/** A negotiation: one sale that pays for unpaid recurrences once its slip or Pix is paid. */
export function negotiate(
	account: Account,
	subscription: Subscription,
	recurrence: number,
	type: string,
	value: number,
) {
	const sale = addRecurrence(account, subscription, type === 'PIX' ? 'WAITING_PAYMENT' : 'PRINTED_BILLET', {
		recurrence,
		paymentType: type,
		price: { ...subscription.price, value },
		isNegotiation: true,
	});
	void tell(account, [purchase(account, 'PURCHASE_BILLET_PRINTED', sale)]);
	return sale;
}

/** The charges that were tried for a recurrence of a subscription. */
export const attemptsOf = ({ state }: Account, subscription: Subscription, recurrence: number | undefined) =>
	salesOf(state, subscription).filter((sale) => sale.recurrence === recurrence);
