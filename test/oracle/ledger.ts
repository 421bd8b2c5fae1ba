/*
 * What happened to each person, as a ledger, and what that means for access. This is a second opinion: it is written from the
 * facts in docs/apis/hotmart.md (Hotmart §4.1 to Hotmart §6.4) and must not import anything from nodes/. Times are milliseconds since
 * 1970-01-01 UTC.
 */

export const DAY = 86_400_000;

/** The two policies that need no rules, told once more in the words of the docs. */
export type PolicyName = 'hotmart' | 'paidPeriod';
export const POLICY_NAMES: PolicyName[] = ['hotmart', 'paidPeriod'];
export const GRACE = 5 * DAY;

/** A payment and what became of its money. */
export interface Payment {
	/** Number of the charge, from 1. */
	number: number;
	transaction: string;
	paidAt: number;
	/** The plans that it was for: the difference of an upgrade pays for a second one (Hotmart §3.1.10). */
	plans: string[];
	/** End of the period that it is for. */
	paidUntil: number;
	asked?: boolean;
	/** All of the money went back then. */
	givenBack?: { at: number; how: 'refunded' | 'chargedBack' };
	/** A part of the money went back. */
	partly?: boolean;
}

/** The life of one subscription as somebody who saw everything would write it down. */
export interface SubscriptionLife {
	kind: 'subscription';
	code: string;
	subscriber: string;
	payer: string;
	/** The plan that the subscription has now. */
	plan: string;
	payments: Payment[];
	/** Charges that failed or were never made, before anything was paid. */
	isPending: boolean;
	canceledAt?: number;
	/** The charge that is open: when it was due. */
	missedAt?: number;
	/** The cheaper plan that takes effect with the next charge. */
	nextPlan?: string;
	/** All charges of a fixed plan are made, so that it ends by itself (Hotmart §6.3). */
	isFull?: boolean;
	/** Hotmart calls its state by a word that nobody knows. */
	isStrange?: boolean;
	/** Something became of it that no event tells, or not rightly: only the API knows (Hotmart §6.4). */
	isQuiet?: boolean;
}

/** A one-time purchase, or one in installments of which each is a payment. */
export interface PurchaseLife {
	kind: 'purchase';
	transaction: string;
	payer: string;
	payments: Payment[];
}

export interface PersonLife {
	email: string;
	subscriptions: SubscriptionLife[];
	purchases: PurchaseLife[];
}

/** `null`: nobody can tell. */
export type Answer = boolean | null;

/** What one subscription gives at a moment, for each plan whose courses it opens. */
export function plansOpen(life: SubscriptionLife, policy: PolicyName, now: number): Map<string, Answer> {
	const last = life.payments.at(-1);
	// Hotmart §6.1: Initiated and Inactive were never paid.
	if (!last) return new Map([[life.plan, life.isStrange ? null : false]]);
	// Hotmart §6.1: a refund or chargeback ends what the payment granted, and of the first recurrence the whole subscription.
	if (last.givenBack) return new Map([[life.plan, false]]);
	const first = life.payments.find(({ number }) => number === 1);
	const { givenBack } = first ?? {};
	if (givenBack && life.payments.every(({ number, paidAt }) => number === 1 || paidAt <= givenBack.at))
		if (life.canceledAt !== undefined || life.isFull) return new Map([[life.plan, false]]);
	if (life.isStrange) return new Map([[life.plan, null]]);

	const open = isOpen(life, last, policy, now);
	const plans = new Map<string, Answer>([[life.plan, open]]);
	// A switch leaves the old plan at once, or when the period that was paid for it ends.
	if (open && policy === 'paidPeriod' && now < last.paidUntil)
		for (const plan of last.plans) if (plan !== life.plan) plans.set(plan, true);
	return plans;
}

function isOpen({ canceledAt, missedAt, isFull }: SubscriptionLife, last: Payment, policy: PolicyName, now: number) {
	if (canceledAt !== undefined) return policy === 'paidPeriod' && now < last.paidUntil;
	// Hotmart §6.3: the period that is paid for counts, whatever the word.
	if (isFull) return now < last.paidUntil;
	if (missedAt !== undefined) return policy === 'paidPeriod' && now < missedAt + GRACE;
	return true;
}

/** Whether a purchase is paid and kept: of installments each one (Hotmart §6.2). */
export const isKept = ({ payments }: PurchaseLife): boolean =>
	payments.length > 0 && payments.every(({ givenBack }) => !givenBack);

/** Plans of subscriptions that a person has, own ones and paid ones; a plan that is open by one way is open. */
export function plansOf(lives: SubscriptionLife[], policy: PolicyName, now: number): Map<string, Answer> {
	const all = new Map<string, Answer>();
	for (const life of lives)
		for (const [plan, answer] of plansOpen(life, policy, now)) {
			const known = all.get(plan);
			all.set(plan, known === true || answer === true ? true : known === null || answer === null ? null : false);
		}
	return all;
}

/** Whether a person has access to anything of the product. */
export function hasAccess(lives: SubscriptionLife[], policy: PolicyName, now: number): Answer {
	const answers = [...plansOf(lives, policy, now).values()];
	if (answers.includes(true)) return true;
	return answers.includes(null) ? null : false;
}

/** What an event says, and when it takes effect (Hotmart §5.5, §6.1). */
export interface Expected {
	decision: 'grant' | 'revoke' | 'switch' | 'none';
	effectiveAt: number | null;
}

/** The facts of an event that decide. */
export interface EventFacts {
	event: string;
	at: number;
	/** End of the period that is paid for at that time. */
	paidUntil: number | null;
	isPartial?: boolean;
	/** A refund request was taken back: it lets nobody in who has no access any more (Hotmart §6.1). */
	isWithdrawn?: boolean;
	isCanceled?: boolean;
}

/** What the trigger should decide on an event; undefined where the facts leave it open. */
export function decisionOn(facts: EventFacts, policy: PolicyName): Expected | undefined {
	const { event, at, paidUntil, isPartial, isWithdrawn, isCanceled } = facts;
	const ahead = paidUntil !== null && paidUntil > at ? paidUntil : at;
	const isKind = policy === 'paidPeriod';
	switch (event) {
		case 'PURCHASE_APPROVED':
			if (isWithdrawn && (isCanceled || (paidUntil !== null && paidUntil <= at)))
				return { decision: 'none', effectiveAt: null };
			return { decision: 'grant', effectiveAt: at };
		case 'PURCHASE_REFUNDED':
			return isPartial ? { decision: 'none', effectiveAt: null } : { decision: 'revoke', effectiveAt: at };
		case 'PURCHASE_CHARGEBACK':
			return { decision: 'revoke', effectiveAt: at };
		case 'PURCHASE_DELAYED':
			return { decision: 'revoke', effectiveAt: isKind ? at + GRACE : at };
		case 'SUBSCRIPTION_CANCELLATION':
			return { decision: 'revoke', effectiveAt: isKind ? ahead : at };
		case 'SWITCH_PLAN':
			return { decision: 'switch', effectiveAt: isKind ? ahead : at };
		case 'PURCHASE_COMPLETE':
		case 'PURCHASE_PROTEST':
		case 'PURCHASE_CANCELED':
		case 'PURCHASE_BILLET_PRINTED':
		case 'PURCHASE_EXPIRED':
			return { decision: 'none', effectiveAt: null };
		default:
			return undefined;
	}
}
