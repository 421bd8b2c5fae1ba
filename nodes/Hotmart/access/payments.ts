import { DAY } from '../../shared/dates';
import type { PurchaseStatus } from '../vocabulary/status';
import {
	isGivenBack,
	isWhollyGivenBack,
	NO_PAYMENTS,
	purchaseAccess,
	purchaseReason,
	subscriptionAccess,
	wasPaid,
	type PaymentState,
	type StateReason,
	type SubscriptionState,
} from './rules';
import type { AccessPolicy } from './policy';

/** What is known of a subscription (Hotmart §3.1.1). Times are milliseconds since 1970-01-01 UTC. */
export interface SubscriptionFacts extends SubscriptionState {
	subscriberCode: string;
	/** One of its transactions, the first or the latest: which one is not documented. */
	transaction: string | null;
	productId: number | null;
	productName: string | null;
	planId: number | null;
	planName: string | null;
	/** Hotmart's label for the period in days: 7, 30, 60, 90, 180 or 360 (Hotmart §4.9). */
	periodDays: number | null;
	/** Hotmart's own word for the status. */
	statusRaw: string | null;
	requestedAt: number | null;
}

/** What is known of a sale (Hotmart §3.2.1), likewise. */
export interface SaleFacts {
	transaction: string;
	productId: number | null;
	productName: string | null;
	offerCode: string | null;
	status: PurchaseStatus | null;
	statusRaw: string | null;
	/** Number of the charge of a subscription, or of the installment of a purchase; null for a purchase that is paid at once. */
	recurrence: number | null;
	isSubscription: boolean;
	orderedAt: number | null;
	/** When it was paid. */
	approvedAt: number | null;
	/** The subscription that it pays for, if Hotmart was asked: the history does not name it. */
	subscriberCode?: string;
	/** When the money went back, if Hotmart was asked. */
	givenBackAt?: number;
}

/** One recurrence or installment with all attempts to charge it. */
export interface Charge {
	number: number;
	reason: StateReason;
	/** Oldest first. */
	rows: SaleFacts[];
}

const numberOf = ({ recurrence }: SaleFacts) => recurrence ?? 1;

/** Whether it is the first payment of a subscription or a purchase. */
export const isFirst = (sale: SaleFacts): boolean => numberOf(sale) === 1;

/** Whether Hotmart says that no payment of a subscription ever arrived. */
export const wasNeverPaid = ({ status }: SubscriptionFacts) => status === 'inactive' || status === 'initiated';

/**
 * Finds the payments of each subscription. The history does not name the subscription, so where it was not asked for and its
 * transaction does not tell either, product and time do: a first payment is ordered together with its subscription, a later one
 * belongs to the subscription with the same offer whose charge was due, or else to the latest one before it. A subscription that
 * Hotmart was asked about gets the payments that Hotmart named, and no others.
 *
 * @param sales payments of subscriptions, oldest first
 */
export function paymentsOf<Subscription extends SubscriptionFacts, Sale extends SaleFacts>(
	subscriptions: Subscription[],
	sales: Sale[],
): Map<Subscription, Sale[]> {
	const payments = new Map(subscriptions.map((subscription): [Subscription, Sale[]] => [subscription, []]));
	const started = new Set(sales.filter(isFirst).map((sale) => namedOwner(subscriptions, sale)));
	const namedCodes = new Set(sales.map(({ subscriberCode }) => subscriberCode));
	const likelyOwner = (sale: Sale) => {
		const candidates = subscriptions.filter(
			({ productId, subscriberCode }) => productId === sale.productId && !namedCodes.has(subscriberCode),
		);
		return isFirst(sale) ? ownerOfFirst(sale, candidates, started) : ownerOfLater(sale, candidates, payments);
	};
	// First payments first: they show the offer of each subscription.
	for (const sale of [...sales.filter(isFirst), ...sales.filter((entry) => !isFirst(entry))]) {
		const subscription = namedOwner(subscriptions, sale) ?? likelyOwner(sale);
		if (subscription) payments.get(subscription)!.push(sale);
	}
	return payments;
}

/** @param started subscriptions whose first payment names them: each has one */
function ownerOfFirst<Subscription extends SubscriptionFacts>(
	{ orderedAt, status }: SaleFacts,
	candidates: Subscription[],
	started: Set<Subscription | undefined>,
): Subscription | undefined {
	const isPaid = wasPaid(purchaseReason(status));
	const distance = ({ requestedAt }: Subscription) => Math.abs((orderedAt ?? 0) - (requestedAt ?? 0));
	const sorted = candidates.sort((a, b) => distance(a) - distance(b));
	const near = sorted.filter((entry) => distance(entry) < DAY && !(isPaid && wasNeverPaid(entry)));
	return near.find((entry) => !started.has(entry)) ?? near[0] ?? sorted[0];
}

/** @param payments the payments known so far of each subscription, oldest first */
function ownerOfLater<Subscription extends SubscriptionFacts>(
	{ orderedAt: ordered, offerCode }: SaleFacts,
	candidates: Subscription[],
	payments: Map<Subscription, SaleFacts[]>,
): Subscription | undefined {
	const orderedAt = ordered ?? 0;
	const earlier = candidates.filter(({ requestedAt }) => (requestedAt ?? 0) <= orderedAt + DAY);
	// A subscription that was never paid, or had ended before, only if no other one fits
	const isAlive = (entry: Subscription) =>
		!wasNeverPaid(entry) && (entry.canceledAt === null || entry.canceledAt >= orderedAt);
	const alive = earlier.filter(isAlive);
	const likely = alive.length > 0 ? alive : earlier;
	const sameOffer = likely.filter((entry) => payments.get(entry)!.some((row) => row.offerCode === offerCode));
	// If several fit, the one whose charge was due
	const delay = (entry: Subscription) => {
		const lastAt = payments.get(entry)!.at(-1)?.orderedAt ?? entry.requestedAt ?? 0;
		return Math.abs(orderedAt - lastAt - (entry.periodDays ?? 0) * DAY);
	};
	return sameOffer.sort((a, b) => delay(a) - delay(b))[0] ?? likely.at(-1);
}

/** The subscription that a payment is certainly of. */
export const namedOwner = <Subscription extends SubscriptionFacts>(
	subscriptions: Subscription[],
	{ subscriberCode, transaction }: SaleFacts,
): Subscription | undefined =>
	subscriptions.find((entry) => entry.subscriberCode === subscriberCode) ??
	(subscriberCode === undefined ? subscriptions.find((entry) => entry.transaction === transaction) : undefined);

/** Purchases without a subscription: one sale each, or all installments of a purchase together. Oldest first. */
export function purchasesOf(sales: SaleFacts[]): SaleFacts[][] {
	const purchases: SaleFacts[][] = [];
	const inInstallments = new Map<string, SaleFacts[]>();
	for (const sale of sales) {
		const key = `${sale.productId}:${sale.offerCode}`;
		const started = numberOf(sale) > 1 ? inInstallments.get(key) : undefined;
		if (started) {
			started.push(sale);
			continue;
		}
		const rows = [sale];
		purchases.push(rows);
		if (sale.recurrence !== null) inInstallments.set(key, rows);
	}
	return purchases;
}

/** The result of a charge with several attempts: whether it was paid, then what happened to the money. */
const WEIGHT: StateReason[] = [
	'purchaseApproved',
	'partiallyRefunded',
	'chargedBack',
	'refunded',
	'refundRequested',
	'paymentPending',
	'paymentOverdue',
];

/** Payments by the number of their charge, the first charge first. */
export function chargesOf(sales: SaleFacts[]): Charge[] {
	const byNumber = new Map<number, SaleFacts[]>();
	for (const sale of sales) byNumber.set(numberOf(sale), [...(byNumber.get(numberOf(sale)) ?? []), sale]);
	return [...byNumber]
		.sort(([a], [b]) => a - b)
		.map(([number, rows]) => {
			const reasons = rows.map(({ status }) => purchaseReason(status));
			const reason = WEIGHT.find((entry) => reasons.includes(entry)) ?? reasons.at(-1)!;
			return { number, reason, rows };
		});
}

/** The last charge that was ever paid. */
export const lastPaid = (charges: Charge[]): Charge | undefined =>
	charges.filter(({ reason }) => wasPaid(reason)).at(-1);

const endsAccess = ({ reason }: Charge, policy: AccessPolicy, now: number) =>
	isGivenBack(reason) && purchaseAccess(reason, policy, now).hasAccess === false;

/**
 * The charge whose money went back, if that ends a subscription by the policy: the last one that was paid, since it is for the
 * present period, or the first one, with which Hotmart cancels the subscription (Hotmart §6.1).
 */
export function lostCharge(
	subscription: SubscriptionFacts,
	charges: Charge[],
	policy: AccessPolicy,
	now: number,
): Charge | undefined {
	const first = charges.find(({ number, reason }) => number === 1 && isWhollyGivenBack(reason));
	const isGone = first && !wasTakenUp(subscription, first, charges);
	return [lastPaid(charges), isGone ? first : undefined].find((charge) => charge && endsAccess(charge, policy, now));
}

/**
 * Whether a subscription went on after its first payment went back: somebody reactivated it. Where it is not known when the
 * money went back, a later payment counts as made after it.
 */
function wasTakenUp({ status }: SubscriptionFacts, first: Charge, charges: Charge[]): boolean {
	// What Hotmart calls by an unknown word may run, too.
	if (status === 'active' || status === 'overdue' || status === null) return true;
	const givenBackAt = first.rows.find((row) => row.givenBackAt !== undefined)?.givenBackAt;
	return laterPaid(charges).some((row) => givenBackAt === undefined || (paidAtOf(row) ?? Infinity) > givenBackAt);
}

const isKept = (reason: StateReason) => wasPaid(reason) && !isWhollyGivenBack(reason);

/** Payments of later charges that were kept. */
const laterPaid = (charges: Charge[]) =>
	charges
		.filter(({ number, reason }) => number > 1 && isKept(reason))
		.flatMap(({ rows }) => rows.filter(({ status }) => isKept(purchaseReason(status))));

const paidAtOf = ({ approvedAt, orderedAt }: SaleFacts) => approvedAt ?? orderedAt;

/**
 * The first payment of a subscription, if it went back although later ones are paid, and the subscription is over but for its
 * paid period: only the time when it went back says whether the later payments were made after that.
 */
export function doubtfulRefund<Sale extends SaleFacts>(
	subscription: SubscriptionFacts,
	payments: Sale[],
	policy: AccessPolicy,
	now: number,
): Sale | undefined {
	const charges = chargesOf(payments);
	const state = paymentState(subscription, charges);
	const goesOn = subscriptionAccess(subscription, state, policy, now);
	const isRunning = subscription.status === 'active' || subscription.status === 'overdue';
	if (isRunning || goesOn.hasAccess !== true || laterPaid(charges).length === 0) return undefined;
	return payments.find(
		({ recurrence, status, givenBackAt }) =>
			recurrence === 1 && isWhollyGivenBack(purchaseReason(status)) && givenBackAt === undefined,
	);
}

/** The installment that was not paid or was refunded: each one has to be paid (Hotmart §6.2). */
export function lostInstallment(charges: Charge[], policy: AccessPolicy, now: number): Charge | undefined {
	return (
		charges.find((charge) => endsAccess(charge, policy, now)) ??
		charges.find(({ reason }) => reason === 'paymentOverdue')
	);
}

/** What the payments of a subscription say about its current period. */
export function paymentState({ periodDays }: SubscriptionFacts, charges: Charge[]): PaymentState {
	const paid = charges.filter(({ reason }) => isKept(reason)).at(-1);
	const open = charges.find(
		({ number, reason }) => reason === 'paymentOverdue' && number > (lastPaid(charges)?.number ?? 0),
	);
	const missedAt = open?.rows[0]?.orderedAt ?? null;
	if (!paid) return { ...NO_PAYMENTS, missedAt };
	const paidAt =
		paid.rows
			.map(paidAtOf)
			.filter((time) => time !== null)
			.at(-1) ?? null;
	return { isPaid: true, paidAt, periodEnd: addPeriod(paidAt, periodDays), missedAt };
}

/** A time one period later. Labels of periods stand for weeks and calendar months: renewals keep their day (Hotmart §4.9). */
export function addPeriod(time: number | null, days: number | null): number | null {
	if (time === null || days === null || days <= 0) return null;
	if (days % 30 !== 0) return time + days * DAY;
	const date = new Date(time);
	const months = date.getUTCMonth() + days / 30;
	const lastDay = new Date(Date.UTC(date.getUTCFullYear(), months + 1, 0)).getUTCDate();
	date.setUTCMonth(months, Math.min(date.getUTCDate(), lastDay));
	return date.getTime();
}
