import {
	chargesOf,
	lastPaid,
	lostCharge,
	lostInstallment,
	paymentsOf,
	paymentState,
	purchasesOf,
	type SaleFacts,
	type SubscriptionFacts,
} from './payments';
import type { AccessPolicy } from './policy';
import {
	iso,
	paidUntil,
	purchaseAccess,
	purchaseReason,
	subscriptionAccess,
	wasPaid,
	type Standing,
	type StateReason,
} from './rules';

/** All that one person bought, in any order. */
export interface Person {
	subscriptions: SubscriptionFacts[];
	sales: SaleFacts[];
}

/** Which access to check; an empty text means any. */
export interface Wanted {
	productId: string;
	/** ID or name. */
	plan: string;
	offerCode: string;
}

/** A plan of a product. Hotmart shows only its offer and name there, not the ID that subscriptions have (Hotmart §3.3.3). */
export interface PlanOffer {
	productId: number;
	name: string;
	offerCode: string;
	/** The ID, if a subscription was seen that has it. */
	id: number | null;
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
	/** Null if it is unclear. */
	hasAccess: boolean | null;
	until: string | null;
	reason: StateReason;
	startedAt: string | null;
}

/** Whether a person has access. The first source decides. */
export interface Verdict {
	/** Null if it is unclear: no source gives access, and one has an unknown state. */
	hasAccess: boolean | null;
	/** With access its latest end, null when there is none or none is known; without access when it ended, if that is known. */
	until: string | null;
	reason: StateReason | 'notFound';
	status: string | null;
	sources: Source[];
	/** Other purchases of the person that were read. */
	others: Source[];
}

/**
 * Judges one person. One source that gives access is enough, whatever the others say.
 *
 * @param now milliseconds since 1970-01-01 UTC
 * @param plans the plans of the products, which tell a switch of plans from the offer that was paid last
 */
export function judge(
	person: Person,
	policy: AccessPolicy,
	now: number,
	wanted?: Wanted,
	plans: PlanOffer[] = [],
): Verdict {
	const { subscriptions, sales } = inOrder(person);
	const payments = paymentsOf(
		subscriptions,
		sales.filter(({ isSubscription }) => isSubscription),
	);
	const purchases = purchasesOf(sales.filter(({ isSubscription }) => !isSubscription));
	const all = [
		...[...payments].flatMap(([subscription, rows]) => fromSubscription(subscription, rows, policy, now, plans)),
		...purchases.map((rows) => fromPurchase(rows, policy, now)),
	];
	const sources = all.filter((source) => !wanted || isWanted(source, wanted)).sort(byWeight);
	const others = all.filter((source) => !sources.includes(source));
	const [best] = sources;
	if (!best) return { hasAccess: false, until: null, reason: 'notFound', status: null, sources, others };
	const { hasAccess, until, reason, status } = best;
	return { hasAccess, until, reason, status, sources, others };
}

const compare = <T extends string | number>(a: T, b: T) => (a < b ? -1 : a > b ? 1 : 0);

/** Oldest first and each once: neither Hotmart's order nor a record that came on two pages changes a verdict. */
export function inOrder<Given extends Person>({ subscriptions, sales }: Given): Pick<Given, 'subscriptions' | 'sales'> {
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

/** The access of a subscription, and the access that the plan before a switch still gives. */
function fromSubscription(
	subscription: SubscriptionFacts,
	payments: SaleFacts[],
	policy: AccessPolicy,
	now: number,
	plans: PlanOffer[],
): Source[] {
	const { subscriberCode, planId, planName, requestedAt } = subscription;
	const charges = chargesOf(payments);
	const lost = lostCharge(subscription, charges, policy, now);
	const state = paymentState(subscription, charges);
	const standing = lost
		? purchaseAccess(lost.reason, policy, now)
		: subscriptionAccess(subscription, state, policy, now);
	const switched = switchOf(subscription, lastPaid(charges)?.rows ?? [], plans);
	const present: Source = {
		...toSource(subscription, standing),
		type: 'subscription',
		subscriberCode,
		planId,
		planName,
		offerCode: switched ? switched.to.offerCode : (payments.at(-1)?.offerCode ?? null),
		startedAt: iso(requestedAt),
	};
	const until = paidUntil(subscription, state);
	const keepsOldPlan = policy.switched === 'periodEnd' && standing.hasAccess === true && until !== null && until > now;
	if (!switched || !keepsOldPlan) return [present];
	const { id, name, offerCode } = switched.from;
	return [present, { ...present, planId: id, planName: name, offerCode, until: iso(until), reason: 'planSwitched' }];
}

/**
 * The switch of plans in the present period: another plan was paid for than the subscription has now. The difference of an
 * upgrade is a further payment for the same period (Hotmart §3.1.10).
 */
function switchOf({ productId, planName }: SubscriptionFacts, paid: SaleFacts[], plans: PlanOffer[]) {
	const isPresent = ({ name }: PlanOffer) => isSameText(name, planName);
	const ofProduct = plans.filter((plan) => plan.productId === productId);
	const offers = paid.filter(({ status }) => wasPaid(purchaseReason(status))).map(({ offerCode }) => offerCode);
	const from = ofProduct.find((plan) => offers.includes(plan.offerCode) && !isPresent(plan));
	const to = ofProduct.find(isPresent);
	return from && to ? { from, to } : undefined;
}

function fromPurchase(rows: SaleFacts[], policy: AccessPolicy, now: number): Source {
	const all = chargesOf(rows);
	const paid = lastPaid(all);
	// A first payment that was never made starts no access, however late it is.
	const decisive = (paid && lostInstallment(all, policy, now)) ?? paid ?? all.at(-1)!;
	const { reason, rows: tries } = decisive;
	const standing: Standing =
		paid || reason === 'unknownStatus'
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

const isSameText = (a: string | number | null, b: string | number | null) =>
	a !== null && b !== null && String(a).trim().toLowerCase() === String(b).trim().toLowerCase();

function isWanted(
	{ productId, planId, planName, offerCode }: Source,
	{ productId: product, plan, offerCode: offer }: Wanted,
): boolean {
	const isAny = (wanted: string, ...values: Array<string | number | null>) =>
		wanted === '' || values.some((value) => isSameText(value, wanted));
	return isAny(product, productId) && isAny(plan, planId, planName) && isAny(offer, offerCode);
}

/** Reasons for sources that never gave access: they say least about a person. */
const NEVER: readonly StateReason[] = ['neverPaid', 'paymentPending', 'paymentRefused', 'paymentExpired'];

/** Whether a source may have given access at some time. */
export const hasBegun = ({ reason }: Source): boolean => !NEVER.includes(reason);

/** The source that decides first: access, then unclear, then none; among equals the latest end, then the latest event. */
function byWeight(a: Source, b: Source): number {
	const rank = ({ hasAccess }: Source) => (hasAccess === true ? 0 : hasAccess === null ? 1 : 2);
	const end = ({ hasAccess, until }: Source) => (hasAccess && until !== null ? Date.parse(until) : Infinity);
	return (
		compare(rank(a), rank(b)) ||
		compare(end(b), end(a)) ||
		compare(Number(hasBegun(b)), Number(hasBegun(a))) ||
		compare(b.startedAt ?? '', a.startedAt ?? '') ||
		compare(keyOf(a), keyOf(b))
	);
}

const keyOf = ({ type, subscriberCode, transaction }: Source) => `${type}:${subscriberCode}:${transaction}`;
