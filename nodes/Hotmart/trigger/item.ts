import { createHash } from 'node:crypto';

import type { IDataObject } from 'n8n-workflow';

import { isRecord } from '../../shared/record';
import type { AccessPolicy } from '../access/policy';
import { decide, type Access, type Decision } from '../access/rules';
import { EVENTS, isKnownEvent, type PayloadKind, type Reason } from './events';
import {
	asBoolean,
	asMillis,
	asNumber,
	asOfferCode,
	asText,
	asTime,
	copyOf,
	Reader,
	type Money,
} from '../vocabulary/reader';
import { purchaseStatus, subscriptionStatus, type SubscriptionStatus } from '../vocabulary/status';

export type PurchaseKind = 'oneTime' | 'first' | 'renewal';

/** One event of Hotmart in the shape that workflows rely on. Times are ISO 8601 UTC, what is unknown is null. */
export interface HotmartItem {
	event: string;
	eventId: string | null;
	/** The same for every delivery of one event, different for another event. */
	eventKey: string;
	version: string;
	createdAt: string | null;
	/** Whether Hotmart's test button made the event. */
	test: boolean;
	access: Access<Reason>;
	student: { email: string | null; name: string | null; phone: string | null };
	product: { id: number | null; ucode: string | null; name: string | null };
	plan: { id: number | null; name: string | null; previousId: number | null; previousName: string | null } | null;
	offer: { code: string | null; coupon: string | null } | null;
	subscription: {
		subscriberCode: string | null;
		id: number | null;
		status: SubscriptionStatus | null;
		nextChargeAt: string | null;
	} | null;
	purchase: {
		transaction: string | null;
		status: string | null;
		kind: PurchaseKind | null;
		recurrence: number | null;
		/** Hotmart's word, an open list: CREDIT_CARD, PIX, BILLET ... */
		paymentType: string | null;
		installments: number | null;
		price: Money | null;
		fullPrice: Money | null;
		orderedAt: string | null;
		approvedAt: string | null;
		/** End of the refund period. */
		warrantyUntil: string | null;
		orderBump: boolean | null;
		parentTransaction: string | null;
	} | null;
	/** What the event carries beyond these, under Hotmart's own names. */
	extra: IDataObject;
}

/** Where each kind of payload keeps what the item shows; the first path that can be read counts (Hotmart §5.6). */
interface Paths {
	email: string;
	name?: string[];
	phone?: string[];
	product: string;
	subscriberCode?: string[];
	subscriptionStatus?: string[];
	nextCharge?: string[];
	/** When the event happened, where the payload says so itself. */
	occurred?: string;
	/** Fields that, with the event's name, tell one event from another. */
	identity: string[];
}

const CLUB_USER = { email: 'user.email', name: ['user.name'], product: 'product' };

const PATHS: Record<PayloadKind, Paths> = {
	purchase: {
		email: 'buyer.email',
		name: ['buyer.name'],
		product: 'product',
		// Documented beside the purchase; one capture of 2026 has it inside.
		subscriberCode: ['subscription.subscriber.code', 'purchase.subscription.subscriber.code'],
		subscriptionStatus: ['subscription.status', 'purchase.subscription.status'],
		nextCharge: ['purchase.date_next_charge'],
		identity: ['purchase.transaction'],
	},
	cancellation: {
		email: 'subscriber.email',
		name: ['subscriber.name'],
		phone: ['subscriber.phone'],
		product: 'product',
		subscriberCode: ['subscriber.code'],
		subscriptionStatus: ['subscription.status'],
		nextCharge: ['date_next_charge'],
		occurred: 'cancellation_date',
		identity: ['subscriber.code', 'cancellation_date'],
	},
	switchPlan: {
		email: 'subscription.user.email',
		name: ['subscription.user.name'],
		product: 'subscription.product',
		subscriberCode: ['subscription.subscriber_code'],
		subscriptionStatus: ['subscription.status'],
		nextCharge: ['subscription.date_next_charge'],
		occurred: 'switch_plan_date',
		identity: ['subscription.subscriber_code', 'switch_plan_date'],
	},
	chargeDate: {
		email: 'subscriber.email',
		name: ['subscriber.name'],
		product: 'subscription.product',
		subscriberCode: ['subscriber.code'],
		subscriptionStatus: ['subscription.status'],
		nextCharge: ['subscription.date_next_charge', 'subscription.dateNextCharge'],
		identity: ['subscriber.code', 'subscription.new_charge_day', 'subscription.newChargeDay'],
	},
	cart: {
		email: 'buyer.email',
		name: ['buyer.name'],
		phone: ['buyer.phone'],
		product: 'product',
		identity: ['buyer.email', 'product.id', 'offer.code'],
	},
	club: { ...CLUB_USER, identity: ['user.email', 'product.id', 'module.id'] },
	order: {
		email: 'purchase.shopper.email',
		name: ['purchase.shopper.name'],
		phone: ['purchase.shopper.phone'],
		product: 'line_items.0.product',
		identity: ['purchase.transaction', 'purchase.id'],
	},
};

/** An event as it arrived: the envelope of version 2.0.0. */
export interface Envelope {
	event: string;
	id: string | null;
	version: string;
	/** Milliseconds since 1970-01-01 UTC. */
	createdAt: number | null;
	/** What tells this event from others of its name about the same, where `createdAt` is only when it arrived. */
	keyTime?: number | null;
	data: unknown;
	/** Fields of the body that are not part of the envelope. */
	others: IDataObject;
}

/** Reads an event into the item. Never throws: what cannot be read is null and stays in `extra`. */
export function toItem(envelope: Envelope, policy: AccessPolicy): HotmartItem {
	const { event, createdAt } = envelope;
	const definition = isKnownEvent(event) ? EVENTS[event] : null;
	const kind = definition?.payload ?? guessKind(envelope.data);
	const paths = PATHS[kind];
	const reader = new Reader(envelope.data);

	const eventKey = keyOf(envelope, reader, paths);
	const test = isTest(reader, paths);
	const meaning = meaningOf(event, reader);
	const occurredAt = (paths.occurred && reader.take(paths.occurred, asMillis)) || null;
	const nextCharge = paths.nextCharge ? reader.take(paths.nextCharge, asMillis) : null;
	const recurrence = reader.take('purchase.recurrence_number', asNumber);
	const plan = readPlan(reader, kind);
	const subscription = readSubscription(reader, paths, kind, nextCharge);
	const facts = {
		occurredAt: occurredAt ?? createdAt,
		// A purchase that is not paid names the charge after the missed one (Hotmart §5.6.1).
		paidUntil: event === 'PURCHASE_DELAYED' ? null : nextCharge,
	};

	return {
		event,
		eventId: envelope.id,
		eventKey,
		version: envelope.version,
		createdAt: createdAt === null ? null : new Date(createdAt).toISOString(),
		test,
		access: decide(meaning, facts, policy),
		student: readStudent(reader, paths),
		product: {
			id: reader.take(`${paths.product}.id`, asNumber),
			ucode: reader.take(`${paths.product}.ucode`, asText),
			name: reader.take(`${paths.product}.name`, asText),
		},
		plan,
		offer: readOffer(reader),
		subscription,
		purchase: readPurchase(reader, recurrence, subscription !== null),
		extra: { ...envelope.others, ...reader.rest() },
	};
}

/** What an event means for access before the policy: Hotmart sends one event for a whole refund and for one in part (Hotmart §4.2). */
function meaningOf(event: string, reader: Reader): { decision: Decision; reason: Reason } {
	if (!isKnownEvent(event)) return { decision: 'none', reason: 'unknownEvent' };
	const { access } = EVENTS[event];
	const isPartial =
		access.reason === 'refunded' && reader.peek('purchase.status', purchaseStatus) === 'partiallyRefunded';
	return isPartial ? { decision: 'revoke', reason: 'partiallyRefunded' } : access;
}

/** For an event that is not known the payload decides where to look. */
function guessKind(data: unknown): PayloadKind {
	const reader = new Reader(data);
	const has = (path: string) => reader.peek(path, (raw) => (typeof raw === 'object' && raw ? true : null));
	if (has('purchase')) return 'purchase';
	if (has('user')) return 'club';
	return has('subscriber') ? 'cancellation' : has('subscription.user') ? 'switchPlan' : 'cart';
}

function readStudent(reader: Reader, paths: Paths): HotmartItem['student'] {
	const parts = ['buyer.first_name', 'buyer.last_name'];
	const name = reader.take(paths.name ?? [], asText);
	const joined = parts.map((path) => reader.peek(path, asText)).filter((part) => part !== null);
	return {
		email: reader.take(paths.email, asText),
		name: name ?? (joined.length > 0 ? joined.join(' ') : null),
		phone: reader.take(paths.phone ?? [], asText) ?? readPhone(reader),
	};
}

/** Number with its area code; Hotmart gives the code apart for Brazil and nothing apart for other countries. */
function readPhone(reader: Reader): string | null {
	const pairs = [
		['buyer.checkout_phone_code', 'buyer.checkout_phone'],
		['subscriber.phone.dddCell', 'subscriber.phone.cell'],
		['subscriber.phone.dddPhone', 'subscriber.phone.phone'],
	] as const;
	for (const [code, number] of pairs) {
		const digits = reader.take(number, asText);
		if (digits !== null) return `${reader.take(code, asText) ?? ''}${digits}`;
	}
	return null;
}

function readPlan(reader: Reader, kind: PayloadKind): HotmartItem['plan'] {
	if (kind === 'switchPlan') {
		const position = (current: boolean) =>
			[0, 1, 2, 3].find((index) => reader.peek(`plans.${index}.current`, asBoolean) === current);
		const part = <T>(index: number | undefined, key: string, parse: (raw: unknown) => T | null) =>
			index === undefined ? null : reader.take(`plans.${index}.${key}`, parse);
		const [now, before] = [position(true), position(false)];
		if (now === undefined && before === undefined) return null;
		const plan = {
			id: part(now, 'id', asNumber),
			name: part(now, 'name', asText),
			previousId: part(before, 'id', asNumber),
			previousName: part(before, 'name', asText),
		};
		return plan;
	}
	const holders = ['subscription.plan', 'purchase.subscription.plan', 'plan'];
	const id = reader.take(
		holders.map((holder) => `${holder}.id`),
		asNumber,
	);
	const name = reader.take(
		holders.map((holder) => `${holder}.name`),
		asText,
	);
	return id === null && name === null ? null : { id, name, previousId: null, previousName: null };
}

/** The offers that an event is about: of a switch of plans the new one and the old one. */
export function offerCodesOf({ data }: Envelope, { offer }: HotmartItem): Array<string | null> {
	const reader = new Reader(isRecord(data) ? { plans: data.plans } : {});
	const ofPlans = [0, 1, 2, 3].map((position) => reader.peek(`plans.${position}.offer.key`, asOfferCode));
	return [offer?.code ?? null, ...ofPlans];
}

function readOffer(reader: Reader): HotmartItem['offer'] {
	const index = [0, 1, 2, 3].find((position) => reader.peek(`plans.${position}.current`, asBoolean) === true);
	const paths = ['purchase.offer.code', 'offer.code', 'plan.offer.code', 'line_items.0.offer.code'];
	if (index !== undefined) paths.unshift(`plans.${index}.offer.key`);
	const code = paths.map((path) => reader.peek(path, asOfferCode)).find((found) => found !== null) ?? null;
	// A code that reads otherwise than it came stays in the rest.
	reader.take(paths, (raw) => (asText(raw) === asOfferCode(raw) ? asText(raw) : null));
	const coupon = reader.take('purchase.offer.coupon_code', asText);
	return code === null && coupon === null ? null : { code, coupon };
}

function readSubscription(
	reader: Reader,
	paths: Paths,
	kind: PayloadKind,
	nextCharge: number | null,
): HotmartItem['subscription'] {
	const source = kind === 'purchase' ? 'purchaseEvent' : 'subscriptionEvent';
	const subscriberCode = reader.take(paths.subscriberCode ?? [], asText);
	const status = reader.take(paths.subscriptionStatus ?? [], (raw) => subscriptionStatus(raw, source));
	const id = reader.take(['subscription.id', 'purchase.subscription.id'], asNumber);
	if (subscriberCode === null && status === null && id === null) return null;
	const nextChargeAt = nextCharge === null ? null : new Date(nextCharge).toISOString();
	return { subscriberCode, id, status, nextChargeAt };
}

function readPurchase(reader: Reader, recurrence: number | null, isRecurring: boolean): HotmartItem['purchase'] {
	const transaction = reader.take('purchase.transaction', asText);
	const numbered = recurrence === null ? null : recurrence > 1 ? 'renewal' : 'first';
	const purchase: NonNullable<HotmartItem['purchase']> = {
		transaction,
		status: reader.take('purchase.status', purchaseStatus),
		// A subscription without a number is of an old payload: whether it is a first payment cannot be told.
		kind: numbered ?? (transaction === null || isRecurring ? null : 'oneTime'),
		recurrence,
		paymentType: reader.take('purchase.payment.type', (raw) => asText(raw)?.toUpperCase() ?? null),
		installments: reader.take('purchase.payment.installments_number', asNumber),
		price: reader.money('purchase.price'),
		fullPrice: reader.money('purchase.full_price'),
		orderedAt: reader.take('purchase.order_date', asTime),
		approvedAt: reader.take('purchase.approved_date', asTime),
		warrantyUntil: reader.take('product.warranty_date', asTime),
		orderBump: reader.take('purchase.order_bump.is_order_bump', asBoolean),
		parentTransaction: reader.take('purchase.order_bump.parent_purchase_transaction', asText),
	};
	return Object.values(purchase).every((value) => value === null) ? null : purchase;
}

/**
 * Tells events apart by what they are about and when Hotmart made them. Not by Hotmart's id alone: whether a redelivery repeats
 * it is not documented (Hotmart §5.4). Not without the time: a purchase is approved again when a refund request is withdrawn.
 */
function keyOf(
	{ event, id, createdAt, keyTime = createdAt, data }: Envelope,
	reader: Reader,
	{ identity }: Paths,
): string {
	const about = identity.map((path) => reader.peek(path, asText)).filter((part) => part !== null);
	if (about.length > 0) return [event, ...about, keyTime ?? ''].join(':');
	if (id !== null) return `${event}:${id}`;
	return `${event}:${createHash('sha256')
		.update(JSON.stringify(copyOf(data ?? null)))
		.digest('hex')}`;
}

/** Fixed values of the events that the test button in Hotmart's dashboard sends (Hotmart §5.1). */
function isTest(reader: Reader, { product }: Paths): boolean {
	const is = (path: string, value: string) => reader.peek(path, asText) === value;
	const sku = ['product.sku', 'purchase.variants.sku', 'purchase.product.sku', 'variants.sku']
		.map((path) => reader.peek(path, asText))
		.some((text) => text?.includes('HTM_SANDBOX'));
	return (
		is(`${product}.id`, '0') ||
		is('purchase.transaction', 'HP16015479281022') ||
		// Codes of real subscribers are in upper case (Hotmart §2.7); a cancellation of version 1.0.0 names no product.
		is('subscriber.code', '0000aaaa') ||
		sku
	);
}
