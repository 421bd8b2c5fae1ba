import type { SubscriptionStatus } from '../vocabulary/status';
import type { SaleState } from './events';
import { readSale, readSubscription, writeSale, writeSubscription, type Memory, type SeenSubscription } from './memory';
import type { Change, SaleFacts, SubscriptionFacts } from './records';

/** How much the clocks of this machine and of Hotmart may differ, in milliseconds. */
const SKEW = 3_600_000;

/** What is known when a list is compared with the memory. */
export interface Look {
	/** Milliseconds since 1970-01-01 UTC. */
	now: number;
	/** Whether this is the first look of all. */
	isFirst: boolean;
	/** Whether the user wants to be caught up with what happened before the first look. */
	catchesUp: boolean;
	/** What was seen; each record that is compared is noted here. */
	memory: Memory;
	/** From which order on lists were read at earlier looks. */
	readFrom: Record<string, number>;
	/** When the look before this one was. */
	lookedAt: number;
}

/** States that a purchase has only after it was paid. */
const AFTER_PAYMENT = ['c', 'p', 't', 'r', 'b'];
/** States that begin with the order, so they have its date. */
const WITH_ORDER = ['w', 'n', 'o'];

const timeOf = ({ orderedAt, approvedAt }: SaleFacts, letter: string): number | null =>
	letter === 'a' ? (approvedAt ?? orderedAt) : WITH_ORDER.includes(letter) ? orderedAt : null;

/** Compares a sale with what was seen of it before, and records it. */
export function noteSale(look: Look, sale: SaleFacts, { letter, event, word }: SaleState): Change[] {
	const { memory } = look;
	const { transaction, orderedAt, approvedAt } = sale;
	if (transaction === '') return [];
	const seen = readSale(memory.sales[transaction]);
	if (seen?.letter === letter) return [];
	const isPaid = letter === 'a' || (AFTER_PAYMENT.includes(letter) && approvedAt !== null);
	const wasApproved = seen?.wasApproved ?? false;
	const count = (seen?.count ?? 0) + 1;
	memory.sales[transaction] = writeSale({ letter, wasApproved: wasApproved || isPaid, count, orderedAt });

	const at = timeOf(sale, letter);
	const isAgain = letter === 'a' && wasApproved;
	const change: Change = { kind: 'sale', event, sale, count, isAgain, at: isAgain ? null : at };
	const changes = isNews(look, { isKnown: seen !== undefined, sale, word, at }) ? [change] : [];
	// A state between two looks is not seen, but the sale still shows that it was paid before.
	const impliesPayment = AFTER_PAYMENT.includes(letter) && isPaid && !wasApproved && wasPaidSince(look, sale);
	if (!impliesPayment || (changes.length === 0 && !(look.isFirst && look.catchesUp))) return changes;
	return [{ ...change, event: 'PURCHASE_APPROVED', at: approvedAt }, ...changes];
}

/** Whether a state that was not seen before came about after the workflow was published, or after the date to catch up since. */
function isNews(
	{ isFirst, catchesUp, memory, readFrom }: Look,
	{ isKnown, sale, word, at }: { isKnown: boolean; sale: SaleFacts; word: string; at: number | null },
): boolean {
	const from = readFrom[word];
	// A sale that only a longer look-back shows may have been in its state for a long time.
	if (from !== undefined) return isKnown || sale.orderedAt >= from;
	return isFirst && catchesUp && (at ?? sale.orderedAt) >= memory.since;
}

/** Whether a payment that was never seen is new, and not just forgotten. */
const wasPaidSince = ({ memory, readFrom, isFirst }: Look, { approvedAt, orderedAt }: SaleFacts) =>
	approvedAt !== null &&
	approvedAt >= memory.since - (isFirst ? 0 : SKEW) &&
	(isFirst || orderedAt >= (readFrom.APPROVED ?? Infinity));

const STATE_OF: Record<SubscriptionStatus, SeenSubscription['state']> = {
	active: 'running',
	overdue: 'running',
	initiated: 'waiting',
	inactive: 'waiting',
	canceledByAdmin: 'canceled',
	canceledByCustomer: 'canceled',
	canceledBySeller: 'canceled',
	expired: 'expired',
};

/** Compares a subscription with what was seen of it before, and records it. Ignores an unknown status. */
export function noteSubscription(look: Look, subscription: SubscriptionFacts): Change[] {
	const { memory, now } = look;
	const { code, status, planId, canceledAt, nextChargeAt } = subscription;
	if (code === '' || status === null) return [];
	const seen = readSubscription(memory.subscriptions[code]);
	const state = STATE_OF[status];
	// A payment that is late tells nothing of a reactivation
	if (seen && status === 'overdue' && seen.state !== 'running' && seen.state !== 'waiting') return [];
	const endedAt = state === 'canceled' ? (canceledAt ?? now) : state === 'expired' ? (nextChargeAt ?? now) : 0;
	const isCanceledAgain = seen?.state === 'canceled' && state === 'canceled' && endedAt - seen.endedAt > 2 * SKEW;
	const event = isCanceledAgain ? 'SUBSCRIPTION_CANCELLATION' : eventOf(look, seen, { state, endedAt, planId });
	const count = (seen?.count ?? 0) + (event === null ? 0 : 1);
	const kept = seen?.state === state && !isCanceledAgain ? seen.endedAt : endedAt;
	memory.subscriptions[code] = writeSubscription({
		state,
		planId: planId ?? seen?.planId ?? null,
		count,
		endedAt: kept,
	});
	if (event === null) return [];
	const previous = seen?.planId ?? null;
	const previousPlan = event === 'SWITCH_PLAN' && previous !== null ? { id: previous, name: null } : null;
	const at = event === 'SUBSCRIPTION_CANCELLATION' ? canceledAt : null;
	return [{ kind: 'subscription', event, subscription, previousPlan, count, at }];
}

function eventOf(
	{ memory, now, isFirst, catchesUp, lookedAt }: Look,
	seen: SeenSubscription | undefined,
	{ state, endedAt, planId }: Pick<SeenSubscription, 'state' | 'endedAt' | 'planId'>,
): Extract<Change, { kind: 'subscription' }>['event'] | null {
	if (seen === undefined) {
		const since = isFirst ? (catchesUp ? memory.since : Infinity) : lookedAt - SKEW;
		if (endedAt < since) return null;
		if (state === 'canceled') return 'SUBSCRIPTION_CANCELLATION';
		return state === 'expired' && endedAt <= now ? 'SUBSCRIPTION_EXPIRED' : null;
	}
	const had = seen.state;
	if (had !== state) {
		if (state === 'canceled') return had === 'expired' ? null : 'SUBSCRIPTION_CANCELLATION';
		if (state === 'expired') return had === 'running' ? 'SUBSCRIPTION_EXPIRED' : null;
		return state === 'running' && had !== 'waiting' ? 'SUBSCRIPTION_REACTIVATED' : null;
	}
	const isSwitched = seen.planId !== null && planId !== null && planId !== 0 && seen.planId !== planId;
	return state === 'running' && isSwitched ? 'SWITCH_PLAN' : null;
}
