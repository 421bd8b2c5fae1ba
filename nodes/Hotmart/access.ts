import { DAY } from '../shared/dates';

/** What an event means for a student: come in, go out, move to another plan's courses, or nothing. */
export type Decision = 'grant' | 'revoke' | 'switch' | 'none';

/** Why, in one word. */
export type Reason =
	| 'purchaseApproved'
	| 'refundPeriodOver'
	| 'paymentPending'
	| 'paymentRefused'
	| 'paymentExpired'
	| 'paymentOverdue'
	| 'refundRequested'
	| 'refunded'
	| 'chargedBack'
	| 'subscriptionCanceled'
	| 'planSwitched'
	| 'billingDateChanged'
	| 'firstAccess'
	| 'moduleCompleted'
	| 'cartAbandoned'
	| 'orderToShip'
	| 'unknownEvent';

/** A decision with its times, ISO 8601 in UTC. */
export interface Access {
	decision: Decision;
	reason: Reason;
	/** When the decision takes effect: in the future under the kinder policies. */
	effectiveAt: string | null;
	/** End of access as far as it is known; null for no end, or when the event says nothing about it. */
	until: string | null;
}

/** How each way to lose access is handled. */
export interface AccessPolicy {
	/** A cancelled subscription loses access at once or when the period that is paid for ends. */
	canceled: 'now' | 'periodEnd';
	/** An overdue payment ends access at once, after `overdueDays`, or not at all. */
	overdue: 'now' | 'afterDays' | 'keep';
	/** Days of grace for an overdue payment. */
	overdueDays: number;
	/** A refund that was asked for but not made yet. */
	refundRequested: 'keep' | 'revoke';
	refunded: 'revoke' | 'keep';
	chargedBack: 'revoke' | 'keep';
}

/** The policy of Hotmart's own integration with Teachable. */
export const DEFAULT_POLICY: AccessPolicy = {
	canceled: 'now',
	overdue: 'now',
	overdueDays: 5,
	refundRequested: 'keep',
	refunded: 'revoke',
	chargedBack: 'revoke',
};

export interface EventFacts {
	/** When the event happened at Hotmart, milliseconds since 1970-01-01 UTC. */
	occurredAt: number | null;
	/** End of the period that is paid for, likewise; null when there is none or it cannot be trusted. */
	paidUntil: number | null;
}

/** Applies the user's policy to what an event means by default. Pure; times come from the event alone. */
export function decide(
	{ decision, reason }: { decision: Decision; reason: Reason },
	{ occurredAt, paidUntil }: EventFacts,
	policy: AccessPolicy = DEFAULT_POLICY,
): Access {
	const at = (effective: number | null, until: number | null, actual: Decision = decision): Access => ({
		decision: actual,
		reason,
		effectiveAt: actual === 'none' ? null : iso(effective),
		until: actual === 'none' ? null : iso(until),
	});
	const revokeAt = (time: number | null) => at(time, time, 'revoke');
	const keep = at(null, null, 'none');

	switch (reason) {
		case 'subscriptionCanceled': {
			const waits = policy.canceled === 'periodEnd' && paidUntil !== null && paidUntil > (occurredAt ?? 0);
			return revokeAt(waits ? paidUntil : occurredAt);
		}
		case 'paymentOverdue': {
			if (policy.overdue === 'keep') return keep;
			const grace = policy.overdue === 'afterDays' ? policy.overdueDays * DAY : 0;
			return revokeAt(occurredAt === null ? null : occurredAt + grace);
		}
		case 'refundRequested':
		case 'refunded':
		case 'chargedBack':
			return policy[reason] === 'revoke' ? revokeAt(occurredAt) : keep;
		default:
			return at(occurredAt, paidUntil);
	}
}

const iso = (millis: number | null) => (millis === null ? null : new Date(millis).toISOString());
