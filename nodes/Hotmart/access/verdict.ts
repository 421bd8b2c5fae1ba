import { DAY } from '../../shared/dates';
import type { PurchaseStatus } from '../vocabulary/status';
import {
	isGivenBack,
	iso,
	purchaseAccess,
	purchaseReason,
	subscriptionAccess,
	wasPaid,
	type Standing,
	type StateReason,
	type SubscriptionState,
} from './rules';
import type { AccessPolicy } from './policy';

/** What is known of a subscription (Hotmart §3.1.1). Times are milliseconds since 1970-01-01 UTC. */
export interface SubscriptionFacts extends SubscriptionState {
	subscriberCode: string;
	/** A transaction of it: the first or the latest, which is not documented. */
	transaction: string | null;
	productId: number | null;
	productName: string | null;
	planId: number | null;
	planName: string | null;
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
	/** The subscription that it pays for, where Hotmart was asked: the history does not name it. */
	subscriberCode?: string;
}

/** All that one person bought, in any order. */
export interface Person {
	subscriptions: SubscriptionFacts[];
	sales: SaleFacts[];
}

/** What access is asked for; an empty text stands for any. */
export interface Wanted {
	productId: string;
	/** ID or name. */
	plan: string;
	offerCode: string;
}

/** A subscription or a purchase and what it means for access. Times are ISO 8601 in UTC. */
export interface Source {
	type: 'subscription' | 'purchase';
	/** Null for a purchase. */
	subscriberCode: string | null;
	transaction: string | null;
	productId: number | null;
	productName: string | null;
	planId: number | null;
	planName: string | null;
	offerCode: string | null;
	status: string | null;
	statusRaw: string | null;
	hasAccess: boolean;
	until: string | null;
	reason: StateReason;
	startedAt: string | null;
}

/** Whether a person has access: what the first source says, the one that decides. */
export interface Verdict {
	hasAccess: boolean;
	/** With access its latest end, null when there is none or none is known; without access when it ended, if that is known. */
	until: string | null;
	reason: StateReason | 'notFound';
	status: string | null;
	sources: Source[];
}

/**
 * Judges one person. One source that gives access is enough, whatever became of the others.
 *
 * @param now milliseconds since 1970-01-01 UTC
 */
export function judge(person: Person, policy: AccessPolicy, now: number, wanted?: Wanted): Verdict {
	const { subscriptions, sales } = inOrder(person);
	const payments = paymentsOf(
		subscriptions,
		sales.filter(({ isSubscription }) => isSubscription),
	);
	const purchases = purchasesOf(sales.filter(({ isSubscription }) => !isSubscription));
	const sources = [
		...[...payments].map(([subscription, rows]) => fromSubscription(subscription, rows, policy, now)),
		...purchases.map((rows) => fromPurchase(rows, policy, now)),
	]
		.filter((source) => !wanted || isWanted(source, wanted))
		.sort(byWeight);
	const [best] = sources;
	if (!best) return { hasAccess: false, until: null, reason: 'notFound', status: null, sources };
	const { hasAccess, until, reason, status } = best;
	return { hasAccess, until, reason, status, sources };
}

const compare = <T extends string | number>(a: T, b: T) => (a < b ? -1 : a > b ? 1 : 0);

/** Oldest first and each once: neither Hotmart's order nor a record that came on two pages changes a verdict. */
function inOrder({ subscriptions, sales }: Person): Person {
	const sort = <T>(list: T[], key: (entry: T) => string, time: (entry: T) => number | null) =>
		[...new Map(list.map((entry) => [key(entry), entry])).values()].sort(
			(a, b) => compare(time(a) ?? 0, time(b) ?? 0) || compare(key(a), key(b)),
		);
	return {
		subscriptions: sort(
			subscriptions,
			(entry) => entry.subscriberCode,
			(entry) => entry.requestedAt,
		),
		sales: sort(
			sales,
			(entry) => entry.transaction,
			(entry) => entry.orderedAt,
		),
	};
}

const numberOf = ({ recurrence }: SaleFacts) => recurrence ?? 1;

/**
 * Finds the payments of each subscription. The history does not name the subscription, so where it was not asked for and its
 * transaction does not tell either, product and time do: a first payment is ordered together with its subscription, a later one
 * belongs to the latest subscription before it, among those with the same offer if there are any.
 */
function paymentsOf(subscriptions: SubscriptionFacts[], sales: SaleFacts[]): Map<SubscriptionFacts, SaleFacts[]> {
	const payments = new Map(subscriptions.map((subscription): [SubscriptionFacts, SaleFacts[]] => [subscription, []]));
	const owner = (sale: SaleFacts) => {
		const named =
			subscriptions.find(({ subscriberCode }) => subscriberCode === sale.subscriberCode) ??
			subscriptions.find(({ transaction }) => transaction === sale.transaction);
		if (named) return named;
		const orderedAt = sale.orderedAt ?? 0;
		const candidates = subscriptions.filter(({ productId }) => productId === sale.productId);
		const distance = ({ requestedAt }: SubscriptionFacts) => Math.abs(orderedAt - (requestedAt ?? 0));
		if (numberOf(sale) === 1) return candidates.sort((a, b) => distance(a) - distance(b))[0];
		const earlier = candidates.filter(({ requestedAt }) => (requestedAt ?? 0) <= orderedAt + DAY);
		const isSameOffer = (entry: SubscriptionFacts) =>
			payments.get(entry)!.some(({ offerCode }) => offerCode === sale.offerCode);
		return earlier.filter(isSameOffer).at(-1) ?? earlier.at(-1);
	};
	// First payments first: they say which offer each subscription is of.
	const [first, later] = [true, false].map((isFirst) => sales.filter((sale) => (numberOf(sale) === 1) === isFirst));
	for (const sale of [...first!, ...later!]) {
		const subscription = owner(sale);
		if (subscription) payments.get(subscription)!.push(sale);
	}
	return payments;
}

/** Purchases that are not of subscriptions: a sale each, or all installments of one together. */
function purchasesOf(sales: SaleFacts[]): SaleFacts[][] {
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

/** One recurrence or installment with everything that was tried to charge it. */
interface Charge {
	number: number;
	reason: StateReason;
	/** Oldest first. */
	rows: SaleFacts[];
}

/** What counts of a charge that was tried several times: that it was paid, then what became of the money. */
const WEIGHT: StateReason[] = [
	'purchaseApproved',
	'chargedBack',
	'refunded',
	'refundRequested',
	'partiallyRefunded',
	'paymentPending',
	'paymentOverdue',
];

function charges(sales: SaleFacts[]): Charge[] {
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

/**
 * The charge whose money went back, if that ends access by the policy: the last one that was paid, since it is for the present
 * period, or the first one, which takes the whole with it (Hotmart §6.1) unless it `wasTakenUp` again.
 */
function lostCharge(all: Charge[], wasTakenUp: boolean, policy: AccessPolicy, now: number): Charge | undefined {
	const last = all.filter(({ reason }) => wasPaid(reason)).at(-1);
	const first = all.find(({ number, reason }) => number === 1 && reason !== 'refundRequested');
	return [last, wasTakenUp ? undefined : first].find(
		(charge) => charge && isGivenBack(charge.reason) && !purchaseAccess(charge.reason, policy, now).hasAccess,
	);
}

function fromSubscription(
	subscription: SubscriptionFacts,
	payments: SaleFacts[],
	policy: AccessPolicy,
	now: number,
): Source {
	const { subscriberCode, planId, planName, status, requestedAt } = subscription;
	// Hotmart cancels the subscription with its first payment: one that runs and was paid since was reactivated.
	const lost = lostCharge(charges(payments), status === 'active' || status === 'overdue', policy, now);
	return {
		...toSource(
			subscription,
			lost ? purchaseAccess(lost.reason, policy, now) : subscriptionAccess(subscription, policy, now),
		),
		type: 'subscription',
		subscriberCode,
		planId,
		planName,
		offerCode: payments.at(-1)?.offerCode ?? null,
		startedAt: iso(requestedAt),
	};
}

function fromPurchase(rows: SaleFacts[], policy: AccessPolicy, now: number): Source {
	const all = charges(rows);
	const paid = all.filter(({ reason }) => wasPaid(reason)).at(-1);
	// Each installment has to be paid, unlike the recurrences of a subscription (Hotmart §6.2).
	const missed = paid && all.find(({ reason }) => reason === 'paymentOverdue');
	const { reason, rows: tries } = lostCharge(all, false, policy, now) ?? missed ?? paid ?? all.at(-1)!;
	const standing = paid
		? purchaseAccess(reason, policy, now, reason === 'paymentOverdue' ? tries[0]!.orderedAt : null)
		: { hasAccess: false, until: null, reason };
	const { transaction, offerCode, orderedAt } = rows[0]!;
	return { ...toSource(tries.at(-1)!, standing), transaction, offerCode, startedAt: iso(orderedAt) };
}

function toSource(
	{ transaction, productId, productName, status, statusRaw }: SubscriptionFacts | SaleFacts,
	{ hasAccess, until, reason }: Standing,
): Source {
	return {
		type: 'purchase',
		subscriberCode: null,
		transaction,
		productId,
		productName,
		planId: null,
		planName: null,
		offerCode: null,
		status,
		statusRaw,
		hasAccess,
		until: iso(until),
		reason,
		startedAt: null,
	};
}

function isWanted(
	{ productId, planId, planName, offerCode }: Source,
	{ productId: product, plan, offerCode: offer }: Wanted,
): boolean {
	const isSame = (wanted: string, ...values: Array<string | number | null>) =>
		wanted === '' ||
		values.some((value) => value !== null && String(value).trim().toLowerCase() === wanted.toLowerCase());
	return isSame(product, productId) && isSame(plan, planId, planName) && isSame(offer, offerCode);
}

/** Reasons of what never gave access: the least to say about a person. */
const NEVER: StateReason[] = ['neverPaid', 'paymentPending', 'paymentRefused', 'paymentExpired', 'unknownStatus'];

/** The source that decides first: access before none, its latest end, then what happened last. */
function byWeight(a: Source, b: Source): number {
	const end = ({ hasAccess, until }: Source) => (hasAccess && until !== null ? Date.parse(until) : Infinity);
	return (
		compare(Number(b.hasAccess), Number(a.hasAccess)) ||
		compare(end(b), end(a)) ||
		compare(Number(NEVER.includes(a.reason)), Number(NEVER.includes(b.reason))) ||
		compare(b.startedAt ?? '', a.startedAt ?? '') ||
		compare(keyOf(a), keyOf(b))
	);
}

const keyOf = ({ type, subscriberCode, transaction }: Source) => `${type}:${subscriberCode}:${transaction}`;
