import { DAY } from '../../shared/dates';
import type { PurchaseStatus, SubscriptionStatus } from '../vocabulary/status';
import type { AccessPolicy } from './policy';

/** What an event means for a student: come in, go out, move to another plan's courses, or nothing. */
export type Decision = 'grant' | 'revoke' | 'switch' | 'none';

/** A decision with its reason and its times, ISO 8601 in UTC. */
export interface Access<Reason extends string> {
	decision: Decision;
	reason: Reason;
	/**
	 * When the decision takes effect; under *Until the Paid Period Ends* mostly in the future. Of a switch, when the courses of
	 * the old plan are left: those of the new plan open at once.
	 */
	effectiveAt: string | null;
	/** End of access as far as it is known; null for no end, or when the event says nothing about it. */
	until: string | null;
}

/** When something happened that can end access, and when the paid period ends. Milliseconds since 1970-01-01 UTC. */
export interface LossTimes {
	/** Of an event, when it happened at Hotmart. */
	occurredAt: number | null;
	/** End of the paid period; null if there is none or it cannot be trusted. */
	paidUntil: number | null;
}

/** Reasons that end access. */
type Loss = 'subscriptionCanceled' | 'paymentOverdue' | GivenBack;
type GivenBack = 'refundRequested' | 'refunded' | 'partiallyRefunded' | 'chargedBack';

const isLoss = (reason: string): reason is Loss =>
	reason === 'subscriptionCanceled' || reason === 'paymentOverdue' || isGivenBack(reason);

/**
 * When access ends by the policy, in milliseconds. The one rule for events and for states.
 *
 * @returns 'never' when the policy keeps it, null when it ends at a time that is not known
 */
function endOf(reason: Loss, { occurredAt, paidUntil }: LossTimes, policy: AccessPolicy): number | null | 'never' {
	switch (reason) {
		case 'subscriptionCanceled':
			return periodEnd({ occurredAt, paidUntil }, policy.canceled);
		case 'paymentOverdue': {
			if (policy.overdue === 'keep') return 'never';
			const grace = policy.overdue === 'afterDays' ? policy.graceDays * DAY : 0;
			return occurredAt === null ? null : occurredAt + grace;
		}
		default:
			return policy[reason] === 'now' ? occurredAt : 'never';
	}
}

/** The end of the paid period if the rule waits for it and it is in the future; otherwise the time of the event. */
function periodEnd({ occurredAt, paidUntil }: LossTimes, rule: 'now' | 'periodEnd'): number | null {
	return rule === 'periodEnd' && paidUntil !== null && paidUntil > (occurredAt ?? 0) ? paidUntil : occurredAt;
}

/** Applies the user's policy to what an event means by default. Pure; times come from the event alone. */
export function decide<Reason extends string>(
	{ decision, reason }: { decision: Decision; reason: Reason },
	times: LossTimes,
	policy: AccessPolicy,
): Access<Reason> {
	const at = (effective: number | null, until: number | null, actual: Decision = decision): Access<Reason> => ({
		decision: actual,
		reason,
		effectiveAt: actual === 'none' ? null : iso(effective),
		until: actual === 'none' ? null : iso(until),
	});
	if (decision === 'switch') return at(periodEnd(times, policy.switched), times.paidUntil);
	if (!isLoss(reason)) return at(times.occurredAt, times.paidUntil);
	const end = endOf(reason, times, policy);
	return end === 'never' ? at(null, null, 'none') : at(end, end, 'revoke');
}

/** Why a subscription or a purchase gives access or not, in one word. */
export type StateReason =
	| Loss
	| 'subscriptionActive'
	| 'subscriptionExpired'
	| 'planSwitched'
	| 'neverPaid'
	| 'purchaseApproved'
	| 'paymentPending'
	| 'paymentRefused'
	| 'paymentExpired'
	| 'unknownStatus';

/** What a subscription or a purchase means for access at a moment. */
export interface Standing {
	/** Null if it is unclear: then nobody's access may change because of it. */
	hasAccess: boolean | null;
	/**
	 * Milliseconds since 1970-01-01 UTC. With access its end, null when there is none or none is known; without access
	 * when it ended, null when it never began or that is not known.
	 */
	until: number | null;
	reason: StateReason;
}

/** What a subscription is judged by; times in milliseconds since 1970-01-01 UTC. */
export interface SubscriptionState {
	status: SubscriptionStatus | null;
	/** When the cancellation was asked for. */
	canceledAt: number | null;
	/** Next charge: of a late subscription the missed one, of a canceled one the end of what is paid for (Hotmart §3.1.1). */
	nextChargeAt: number | null;
}

/** What the payments of a subscription add; times in milliseconds since 1970-01-01 UTC. */
export interface PaymentState {
	/** Whether a payment arrived and was kept. */
	isPaid: boolean;
	/** When the last one of these arrived. */
	paidAt: number | null;
	/** End of its period by the plan; null when the plan's period is not known. */
	periodEnd: number | null;
	/** When the charge that is open now was tried first. */
	missedAt: number | null;
}

/** A subscription of which no payment is known. */
export const NO_PAYMENTS: PaymentState = { isPaid: false, paidAt: null, periodEnd: null, missedAt: null };

/**
 * Until when a subscription is paid for, whatever it is called: a plan whose charges are all made may be called expired before
 * its last period is over (Hotmart §6.3). A next charge from before the last payment says nothing about it.
 */
export function paidUntil({ nextChargeAt }: SubscriptionState, { paidAt, periodEnd: end }: PaymentState) {
	const isCurrent = nextChargeAt !== null && (paidAt === null || nextChargeAt > paidAt);
	return isCurrent ? nextChargeAt : (end ?? nextChargeAt);
}

/** Whether a subscription gives access, if none of its payments was refunded. */
export function subscriptionAccess(
	state: SubscriptionState,
	payments: PaymentState,
	policy: AccessPolicy,
	now: number,
): Standing {
	const paid = paidUntil(state, payments);
	switch (state.status) {
		case 'active':
			// A due charge has no result yet: until then Hotmart calls the subscription active.
			return granted('subscriptionActive', paid !== null && paid > now ? paid : null);
		case 'overdue':
			return lostAt('paymentOverdue', { occurredAt: missedAt(state, payments), paidUntil: null }, policy, now);
		case 'canceledByCustomer':
		case 'canceledBySeller':
		case 'canceledByAdmin':
			return lostAt('subscriptionCanceled', { occurredAt: state.canceledAt, paidUntil: paid }, policy, now);
		case 'expired':
			return paid !== null && paid > now ? granted('subscriptionExpired', paid) : denied('subscriptionExpired', paid);
		case 'initiated':
		case 'inactive':
			// Hotmart says that nothing was ever paid. A valid payment contradicts that.
			if (payments.isPaid && (paid === null || paid > now)) return unknown;
			return denied(state.status === 'initiated' ? 'paymentPending' : 'neverPaid');
		case null:
			return unknown;
	}
}

/** When the open charge of a late subscription was due: Hotmart leaves the next charge there, or has tried it by then. */
function missedAt({ nextChargeAt }: SubscriptionState, { missedAt: tried, periodEnd: end }: PaymentState) {
	if (nextChargeAt === null) return tried ?? end;
	return tried === null ? nextChargeAt : Math.min(nextChargeAt, tried);
}

/** What each state of a purchase means (Hotmart §4.2). */
const PURCHASE_REASONS: Record<PurchaseStatus, StateReason> = {
	approved: 'purchaseApproved',
	complete: 'purchaseApproved',
	partiallyRefunded: 'partiallyRefunded',
	refunded: 'refunded',
	refundRequested: 'refundRequested',
	chargeback: 'chargedBack',
	overdue: 'paymentOverdue',
	blocked: 'paymentRefused',
	canceled: 'paymentRefused',
	noFunds: 'paymentRefused',
	expired: 'paymentExpired',
	preOrder: 'paymentPending',
	processing: 'paymentPending',
	started: 'paymentPending',
	underAnalysis: 'paymentPending',
	waitingPayment: 'paymentPending',
};

/** What a state of a purchase means for access; null means a word of Hotmart's that is not known. */
export const purchaseReason = (status: PurchaseStatus | null): StateReason =>
	status === null ? 'unknownStatus' : PURCHASE_REASONS[status];

/** Whether a purchase in this state was paid at some time. */
export const wasPaid = (reason: StateReason): reason is 'purchaseApproved' | GivenBack =>
	reason === 'purchaseApproved' || isGivenBack(reason);

/** Whether money went back, or was asked back. */
export const isGivenBack = (reason: string): reason is GivenBack =>
	reason === 'refundRequested' || reason === 'partiallyRefunded' || isWhollyGivenBack(reason);

/** Whether all the money went back. */
export const isWhollyGivenBack = (reason: string): reason is 'refunded' | 'chargedBack' =>
	reason === 'refunded' || reason === 'chargedBack';

/** Whether a purchase that is not of a subscription gives access. `missedAt`: when an installment that is not paid was due. */
export function purchaseAccess(
	reason: StateReason,
	policy: AccessPolicy,
	now: number,
	missedAt: number | null = null,
): Standing {
	if (reason === 'purchaseApproved') return granted(reason, null);
	if (reason === 'unknownStatus') return unknown;
	if (reason === 'paymentOverdue' || isGivenBack(reason))
		return lostAt(reason, { occurredAt: missedAt, paidUntil: null }, policy, now);
	return denied(reason);
}

const granted = (reason: StateReason, until: number | null): Standing => ({ hasAccess: true, until, reason });
const denied = (reason: StateReason, until: number | null = null): Standing => ({ hasAccess: false, until, reason });
const unknown: Standing = { hasAccess: null, until: null, reason: 'unknownStatus' };

function lostAt(reason: Loss, times: LossTimes, policy: AccessPolicy, now: number): Standing {
	const end = endOf(reason, times, policy);
	if (end === 'never') return granted(reason, null);
	// Days of grace with an unknown start
	if (end === null && reason === 'paymentOverdue' && policy.overdue === 'afterDays') return unknown;
	return end !== null && end > now ? granted(reason, end) : denied(reason, end);
}

/** ISO 8601 in UTC; null for null and for an impossible date. */
export const iso = (millis: number | null) =>
	millis === null || Math.abs(millis) > 8.64e15 ? null : new Date(millis).toISOString();
