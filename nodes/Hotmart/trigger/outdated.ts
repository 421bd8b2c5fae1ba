import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { isRecord } from '../../shared/record';
import type { HotmartItem } from './item';
import type { Offer, Plan } from './purchase';

/** Subscriptions and purchases whose latest event is remembered. */
const MAX_SUBJECTS = 1_000;

/** The latest event that decided about a subscription or a purchase. */
interface Latest {
	createdAt: string;
	decision: string;
	effectiveAt: string | null;
	plan: Plan | null;
	offer: Offer | null;
	/** When the newest approval was made. */
	paidAt: string | null;
	/** Time of the newest event that ended access at once, such as a chargeback. */
	lostAt: string | null;
}

/**
 * What is left to do of an event when a later one has decided about the same subscription or purchase: the event itself when none
 * has, null for nothing. What decides nothing outdates nothing, and a refund that comes after the cancellation that it caused
 * still ends access, perhaps sooner. An outdated switch of plans still has the old plan left. An approval still lets in a person who
 * may stay until a later time, into the plan that the later event names: whether an older plan is still open cannot be told.
 *
 * Kept with the workflow, so best effort where several n8n processes run executions of one workflow at the same time.
 */
export function withoutOutdated(context: IExecuteFunctions, item: HotmartItem): HotmartItem | null {
	const { subscription, purchase, createdAt, access, plan, offer } = item;
	const subject = subscription?.subscriberCode ?? purchase?.transaction ?? null;
	if (subject === null || createdAt === null || access.decision === 'none') return item;
	const memory = context.getWorkflowStaticData('node');
	const { [subject]: remembered, ...others } = (memory.latest ?? {}) as IDataObject;
	const latest = isLatest(remembered) ? remembered : null;
	const { decision, effectiveAt } = access;
	const isLoss = decision === 'revoke' && !isAhead(effectiveAt);
	const seen = {
		paidAt: later(latest?.paidAt ?? null, decision === 'grant' ? createdAt : null),
		lostAt: later(latest?.lostAt ?? null, isLoss ? createdAt : null),
	};
	const isOutdated = latest !== null && createdAt < latest.createdAt;
	const entry: Latest = isOutdated
		? { ...latest, ...seen }
		: { createdAt, decision, effectiveAt, plan, offer, ...seen };
	const kept = Object.entries(others).slice(1 - MAX_SUBJECTS);
	memory.latest = { ...Object.fromEntries(kept), [subject]: entry };
	return isOutdated ? whatIsLeft(item, createdAt, latest) : item;
}

/** The later of two times in ISO 8601, UTC. */
const later = (left: string | null, right: string | null) => ((left ?? '') > (right ?? '') ? left : right);

const isLatest = (entry: unknown): entry is Latest => isRecord(entry) && typeof entry.createdAt === 'string';

/** How far the clocks of this computer and of Hotmart may differ, in milliseconds. */
const CLOCK_TOLERANCE = 5 * 60_000;

const isBefore = (time: string, other: string | null) => other !== null && time < other;

const isAhead = (time: string | null) => time !== null && Date.parse(time) > Date.now() + CLOCK_TOLERANCE;

/** Whether the latest event ends access at a later time: until then access continues. */
const isStillOpen = ({ decision, effectiveAt }: Latest) => decision === 'revoke' && isAhead(effectiveAt);

function whatIsLeft(item: HotmartItem, createdAt: string, latest: Latest): HotmartItem | null {
	const { plan, access } = item;
	switch (access.decision) {
		case 'switch':
			return leaveOldPlan(item, latest);
		case 'revoke':
			return latest.decision === 'revoke' && !isBefore(createdAt, latest.paidAt) ? item : null;
		default: {
			const isOtherPlan = plan !== null && latest.plan !== null && !isSamePlan(plan, latest.plan);
			return isStillOpen(latest) && !isOtherPlan && !isBefore(createdAt, latest.lostAt) ? item : null;
		}
	}
}

const isSamePlan = (left: Plan, right: Plan) =>
	left.id !== null && right.id !== null ? left.id === right.id : left.name !== null && left.name === right.name;

/**
 * After a revoke only the old plan is left. After a later plan the switch leads to that one, since a course of both plans must stay
 * open; when that is the old plan again, nothing is left to do.
 */
function leaveOldPlan(item: HotmartItem, latest: Latest): HotmartItem | null {
	const { access, plan, offer } = item;
	if (plan === null) return null;
	const old: Plan = { id: plan.previousId, name: plan.previousName, previousId: null, previousName: null };
	if (old.id === null && old.name === null) return null;
	if (latest.decision === 'revoke') {
		if (isStillOpen(latest)) return item;
		const oldOffer = { code: offer?.previousCode ?? null, coupon: null, previousCode: null };
		const revoke = { ...access, decision: 'revoke' as const, effectiveAt: latest.effectiveAt };
		return { ...item, access: revoke, plan: old, offer: oldOffer };
	}
	if (latest.plan === null) return item;
	if (isSamePlan(latest.plan, old)) return null;
	return {
		...item,
		plan: { ...plan, id: latest.plan.id, name: latest.plan.name },
		offer: { code: latest.offer?.code ?? null, coupon: null, previousCode: offer?.previousCode ?? null },
	};
}
