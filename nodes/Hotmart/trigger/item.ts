import { createHash } from 'node:crypto';

import type { IDataObject } from 'n8n-workflow';

import type { AccessItem, AccessProduct } from '../../shared/accessItem';
import type { AccessPolicy } from '../access/policy';
import { decide, isGivenBack, purchaseReason, type Access, type Decision } from '../access/rules';
import { asMillis, asText, asTime, copyOf, Reader } from '../vocabulary/reader';
import { purchaseStatus, type PurchaseStatus } from '../vocabulary/status';
import type { Envelope } from './delivery';
import { definitionOf, type PayloadKind, type Reason } from './events';
import {
	isCanceled,
	readNextCharge,
	readOffer,
	readPlan,
	readProducts,
	readPurchase,
	readSubscription,
	type Offer,
	type Plan,
	type Purchase,
	type Subscription,
} from './purchase';
import { buyerEmailOf, readStudent, type Student } from './student';
import { isTestEvent } from './testEvent';

/** One event of Hotmart in the shape that workflows rely on. Times are ISO 8601 UTC, unknown values are null. */
export interface HotmartItem extends AccessItem {
	student: Student;
	product: AccessProduct;
	access: Access<Reason>;
	/** All products of a combo or an order, `product` first. */
	products: AccessProduct[];
	plan: Plan | null;
	offer: Offer | null;
	subscription: Subscription | null;
	purchase: Purchase | null;
	event: string;
	eventId: string | null;
	/** The same for a webhook and for the API, and for every delivery. */
	eventKey: string;
	/** Of the webhook; null where the API shows the event. */
	version: string | null;
	createdAt: string | null;
	/** Whether Hotmart's test button made the event. */
	test: boolean;
	/** Only where the API shows the event. */
	source?: 'api';
	/** What the event carries beyond these, under Hotmart's own names. */
	extra: IDataObject;
}

/** When the event happened, if the payload says so itself. */
const OCCURRED = ['cancellation_date', 'switch_plan_date'];

/** Fields that, with the event's name, tell one event from another (Hotmart §5.4). */
const IDENTITY: Record<PayloadKind, string[]> = {
	purchase: ['purchase.transaction'],
	cancellation: ['subscriber.code', 'cancellation_date'],
	switchPlan: ['subscription.subscriber_code', 'switch_plan_date'],
	chargeDate: ['subscriber.code', 'subscription.new_charge_day', 'subscription.newChargeDay'],
	cart: ['buyer.email', 'product.id', 'offer.code'],
	club: ['user.email', 'product.id', 'module.id'],
	order: ['purchase.transaction', 'purchase.id'],
};

/**
 * Reads an event. Never throws: what cannot be read is null and stays in `extra`.
 *
 * @param learner the student, if a source other than the event names that person
 */
export function readItem(
	envelope: Envelope,
	policy: AccessPolicy,
	learner?: Pick<Student, 'email' | 'name'>,
): HotmartItem {
	const { event, createdAt, source } = envelope;
	const payload = payloadOf(envelope);
	const reader = new Reader(envelope.data);

	const eventKey = keyOf(envelope, reader, payload);
	const purchaseReader = payload === 'purchase' ? 'purchaseEvent' : 'subscriptionEvent';
	const happenedAt = reader.take(OCCURRED, asMillis) ?? createdAt ?? envelope.receivedAt;
	const nextCharge = readNextCharge(reader);
	const access = accessOf(envelope, reader, { happenedAt, nextCharge, policy });
	const products = readProducts(reader);
	const buyerEmail = buyerEmailOf(reader);
	const purchaser = readStudent(reader);
	const student = learner?.email ? { ...purchaser, ...learner } : purchaser;
	const test = isTestEvent(reader, products, purchaser);
	const plan = readPlan(reader);
	const offer = readOffer(reader);
	const subscription = readSubscription(reader, nextCharge, purchaseReader);

	return {
		student,
		product: products[0] ?? { id: null, ucode: null, name: null },
		access: student.email === null ? ofNobody(access) : access,
		products,
		plan,
		offer,
		subscription,
		purchase: readPurchase(reader, { isRecurring: subscription !== null, buyerEmail }),
		event,
		eventId: envelope.id,
		eventKey,
		version: source === 'api' ? null : envelope.version,
		createdAt: asTime(createdAt),
		test,
		...(source && { source }),
		extra: { ...envelope.others, ...reader.rest() },
	};
}

/** The item in an entry that a trigger has returned, or has passed on to its run. */
export const itemOf = (json: object): HotmartItem => json as HotmartItem;

/** The item that the trigger returns, with the extra fields if the user wants them. */
export function shown(item: HotmartItem, includeExtra = false): IDataObject {
	const { extra, ...others } = item;
	return includeExtra ? { ...others, extra } : others;
}

/** What the policy decides about an event. Times are milliseconds since 1970-01-01 UTC. */
function accessOf(
	envelope: Envelope,
	reader: Reader,
	{ happenedAt, nextCharge, policy }: { happenedAt: number; nextCharge: number | null; policy: AccessPolicy },
): Access<Reason> {
	const { event, source } = envelope;
	const meaning = meaningOf(envelope, reader, { nextCharge, policy });
	// A plan whose charges are all made may be called expired before its last period is over (Hotmart §6.3).
	const isExpiry = source === 'api' && event === 'SUBSCRIPTION_EXPIRED';
	const occurredAt = isExpiry ? (nextCharge ?? happenedAt) : happenedAt;
	// An unpaid purchase names the charge after the missed one (Hotmart §5.6.1).
	const paidUntil = event === 'PURCHASE_DELAYED' ? null : nextCharge;
	return decide(meaning, { occurredAt, paidUntil }, policy);
}

interface Meaning {
	decision: Decision;
	reason: Reason;
}

/** What an event means for access before the policy. */
function meaningOf(
	{ event, createdAt, receivedAt, version, source }: Envelope,
	reader: Reader,
	{ nextCharge, policy }: { nextCharge: number | null; policy: AccessPolicy },
): Meaning {
	const meaning = definitionOf(event, source)?.access;
	if (!meaning) return { decision: 'none', reason: 'unknownEvent' };
	const status = reader.peek('purchase.status', purchaseStatus);
	// Hotmart sends the same event for a full and for a partial refund (Hotmart §4.2).
	if (event === 'PURCHASE_REFUNDED' && status === 'partiallyRefunded')
		return { decision: 'revoke', reason: 'partiallyRefunded' };
	if (meaning.decision !== 'grant') return meaning;
	// An approval also comes when a refund request is withdrawn, perhaps after a cancellation or the end of the period.
	// Version 1.0.0 and the API date it with the payment, so there only its arrival shows when it happened.
	const at = version === '1.0.0' || source === 'api' ? receivedAt : (createdAt ?? receivedAt);
	const isOver = nextCharge !== null && nextCharge <= at;
	const isPaid = status === null || status === 'approved' || status === 'complete';
	// The API shows an approval also by what came after it, such as a refund request.
	const isStillOpen = isPaid || (source === 'api' && isKept(status, policy));
	return isOver || !isStillOpen || isCanceled(reader) ? { decision: 'none', reason: 'accessEnded' } : meaning;
}

/** Whether the policy keeps access after a refund or a request for one. */
function isKept(status: PurchaseStatus, policy: AccessPolicy): boolean {
	const reason = purchaseReason(status);
	return isGivenBack(reason) && policy[reason] === 'keep';
}

/** Without an e-mail address there is nobody to act on, so there is nothing to decide. */
const ofNobody = (access: Access<Reason>): Access<Reason> =>
	access.decision === 'none' ? access : { decision: 'none', reason: 'studentUnknown', effectiveAt: null, until: null };

/** For an unknown event, the payload distinguishes it from others. */
function guessPayload(data: unknown): PayloadKind {
	const reader = new Reader(data);
	const has = (path: string) => reader.peek(path, (raw) => (typeof raw === 'object' && raw ? true : null));
	if (has('purchase')) return 'purchase';
	if (has('user')) return 'club';
	return has('subscriber') ? 'cancellation' : has('subscription.user') ? 'switchPlan' : 'cart';
}

const payloadOf = ({ event, source, data }: Envelope): PayloadKind =>
	definitionOf(event, source)?.payload ?? guessPayload(data);

const HOUR = 3_600_000;

/**
 * Tells deliveries of a webhook apart by what they are about and when Hotmart made them. Not by Hotmart's id alone: whether a
 * redelivery repeats it is not documented (Hotmart §5.4). Not without the time: a purchase is approved again when a refund request
 * is withdrawn.
 */
export const deliveryKeyOf = (envelope: Envelope): string =>
	timedKey(envelope, new Reader(envelope.data), IDENTITY[payloadOf(envelope)]);

function timedKey(
	{ event, id, createdAt, keyTime = createdAt, data }: Envelope,
	reader: Reader,
	identity: string[],
): string {
	const about = identity.map((path) => reader.peek(path, asText)).filter((part) => part !== null);
	if (about.length > 0) return [event, ...about, keyTime ?? ''].join(':');
	if (id !== null) return `${event}:${id}`;
	const digest = createHash('sha256').update(JSON.stringify(copyOf(data ?? null)));
	return `${event}:${digest.digest('hex')}`;
}

/**
 * Names an event by what webhooks and the API both tell of it: when a webhook was made, the API does not. What only webhooks tell
 * keeps the time.
 */
function keyOf(envelope: Envelope, reader: Reader, payload: PayloadKind): string {
	const { event } = envelope;
	const text = (path: string) => reader.peek(path, asText);
	const transaction = text('purchase.transaction');
	if (payload === 'purchase' && transaction !== null)
		return [event, transaction, ...variantOf(envelope, reader)].join(':');
	const canceledAt = reader.peek('cancellation_date', asMillis);
	const code = text('subscriber.code') ?? text('subscription.subscriber_code');
	// To the hour: the event and the list may differ by moments.
	if (payload === 'cancellation' && code !== null && canceledAt !== null)
		return [event, code, new Date(canceledAt).toISOString().slice(0, 13)].join(':');
	const plan = payload === 'switchPlan' ? currentPlan(envelope.data) : null;
	if (code !== null && plan !== null) return [event, code, plan].join(':');
	return timedKey(envelope, reader, IDENTITY[payload]);
}

/** What distinguishes events of one name about one purchase, as far as both sources show it. */
function variantOf({ event, createdAt, source, isAgain }: Envelope, reader: Reader): string[] {
	if (event === 'PURCHASE_REFUNDED')
		return reader.peek('purchase.status', purchaseStatus) === 'partiallyRefunded' ? ['part'] : [];
	if (event !== 'PURCHASE_APPROVED') return [];
	const approvedAt = reader.peek('purchase.approved_date', asMillis);
	// An approval long after the payment comes from a withdrawn refund request.
	const isLate = approvedAt !== null && createdAt !== null && createdAt - approvedAt > HOUR;
	return (source === 'api' ? isAgain : isLate) ? ['again'] : [];
}

/** The new plan of a switch, by its ID or else its name. */
function currentPlan(data: unknown): string | null {
	const plan = readPlan(new Reader(data));
	return plan === null ? null : String(plan.id ?? plan.name ?? '') || null;
}
