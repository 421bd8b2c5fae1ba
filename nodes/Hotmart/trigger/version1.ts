import type { IDataObject } from 'n8n-workflow';

import { DAY } from '../../shared/dates';
import { asMillis, asText, Reader } from '../vocabulary/reader';
import { purchaseStatus, type PurchaseStatus } from '../vocabulary/status';
import type { HotmartEvent } from './events';

/** An event of webhook version 1.0.0 in the words of 2.0.0. Times are milliseconds since 1970-01-01 UTC. */
export interface Version1Event {
	event: string;
	createdAt: number | null;
	/** What tells this event from others of its name about the same, where `createdAt` is only when it arrived. */
	keyTime?: number | null;
	data: IDataObject;
	/** Fields of the body that have no place in version 2.0.0. */
	others: IDataObject;
}

/** The event for each state of a purchase; null: version 2.0.0 has none (Hotmart §4.2, §5.8). */
const EVENT_OF_STATUS: Record<PurchaseStatus, HotmartEvent | null> = {
	approved: 'PURCHASE_APPROVED',
	blocked: null,
	canceled: 'PURCHASE_CANCELED',
	chargeback: 'PURCHASE_CHARGEBACK',
	complete: 'PURCHASE_COMPLETE',
	expired: 'PURCHASE_EXPIRED',
	noFunds: null,
	overdue: 'PURCHASE_DELAYED',
	partiallyRefunded: 'PURCHASE_REFUNDED',
	preOrder: null,
	processing: null,
	refundRequested: 'PURCHASE_PROTEST',
	refunded: 'PURCHASE_REFUNDED',
	started: null,
	underAnalysis: null,
	waitingPayment: 'PURCHASE_BILLET_PRINTED',
};

/** States that Hotmart dates with the payment: only their arrival shows when they began. */
const UNDATED: string[] = [
	'PURCHASE_CANCELED',
	'PURCHASE_CHARGEBACK',
	'PURCHASE_EXPIRED',
	'PURCHASE_PROTEST',
	'PURCHASE_REFUNDED',
] satisfies HotmartEvent[];

/** Keys of the flat form and where version 2.0.0 has the same; a key listed later fills in for one that is empty. */
const PURCHASE_KEYS: Array<[key: string, path: string]> = [
	['prod', 'product.id'],
	['prod_name', 'product.name'],
	['product_support_email', 'product.support_email'],
	['warranty_date', 'product.warranty_date'],
	['email', 'buyer.email'],
	['name', 'buyer.name'],
	['first_name', 'buyer.first_name'],
	['last_name', 'buyer.last_name'],
	['doc', 'buyer.document'],
	['doc_type', 'buyer.document_type'],
	['phone_checkout_local_code', 'buyer.checkout_phone_code'],
	['phone_checkout_number', 'buyer.checkout_phone'],
	// This is not the number of the checkout: their parts must not be mixed.
	['phone_local_code', 'buyer.phone_local_code'],
	['phone_number', 'buyer.phone_number'],
	['address_country', 'buyer.address.country'],
	['transaction', 'purchase.transaction'],
	['status', 'purchase.status'],
	['payment_type', 'purchase.payment.type'],
	['installments_number', 'purchase.payment.installments_number'],
	['billet_url', 'purchase.payment.billet_url'],
	['billet_barcode', 'purchase.payment.billet_barcode'],
	['pix_code', 'purchase.payment.pix_code'],
	['pix_qrcode', 'purchase.payment.pix_qrcode'],
	['pix_expiration_date', 'purchase.payment.pix_expiration_date'],
	['refusal_reason', 'purchase.payment.refusal_reason'],
	['purchase_date', 'purchase.order_date'],
	['confirmation_purchase_date', 'purchase.approved_date'],
	['price', 'purchase.price.value'],
	['currency', 'purchase.price.currency_value'],
	['currency_code_from', 'purchase.price.currency_value'],
	['currency_code_from_', 'purchase.price.currency_value'],
	['full_price', 'purchase.full_price.value'],
	['off', 'purchase.offer.code'],
	['coupon_code', 'purchase.offer.coupon_code'],
	['recurrency', 'purchase.recurrence_number'],
	['order_bump', 'purchase.order_bump.is_order_bump'],
	['parent_purchase_transaction', 'purchase.order_bump.parent_purchase_transaction'],
	['subscription_date_next_charge', 'purchase.date_next_charge'],
	['subscriber_code', 'subscription.subscriber.code'],
	// The older of the two says who canceled.
	['signature_status', 'subscription.status'],
	['subscription_status', 'subscription.status'],
	['name_subscription_plan', 'subscription.plan.name'],
	...['src', 'sck', 'xcod', 'utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'utm_term'].map(
		(key): [string, string] => [key, `purchase.origin.${key}`],
	),
	['aff', 'affiliates.0.affiliate_code'],
	['aff_name', 'affiliates.0.name'],
];

const CANCELLATION_KEYS: typeof PURCHASE_KEYS = [
	['subscriptionId', 'subscription.id'],
	['subscriberCode', 'subscriber.code'],
	['cancellationDate', 'cancellation_date'],
	['userName', 'subscriber.name'],
	['userEmail', 'subscriber.email'],
	['actualRecurrenceValue', 'actual_recurrence_value'],
	['productName', 'product.name'],
	['subscriptionPlanName', 'subscription.plan.name'],
	['dateNextCharge', 'date_next_charge'],
];

/** A cancellation as a form, with the keys of a purchase. */
const FORM_CANCELLATION_KEYS: typeof PURCHASE_KEYS = [
	['prod', 'product.id'],
	['prod_name', 'product.name'],
	['email', 'subscriber.email'],
	['name', 'subscriber.name'],
	['subscriber_code', 'subscriber.code'],
	['subscription_date_next_charge', 'date_next_charge'],
	['signature_status', 'subscription.status'],
	['subscription_status', 'subscription.status'],
	['name_subscription_plan', 'subscription.plan.name'],
];

/** `callback_type` of a cancellation (Hotmart §5.8). */
const IS_CANCELLATION = '2';

const SWITCH_KEYS: typeof PURCHASE_KEYS = [
	['switchPlanDate', 'switch_plan_date'],
	['subscription.product.id', 'subscription.product.id'],
	['subscription.product.name', 'subscription.product.name'],
	['subscription.status', 'subscription.status'],
	['subscription.subscriber.code', 'subscription.subscriber_code'],
	['subscription.subscriber.user.email', 'subscription.user.email'],
	['subscription.subscriber.user.name', 'subscription.user.name'],
	['newSubscriptionPlan.id', 'plans.0.id'],
	['newSubscriptionPlan.name', 'plans.0.name'],
	['newSubscriptionPlan.offer.key', 'plans.0.offer.key'],
	['previousSubscriptionPlan.id', 'plans.1.id'],
	['previousSubscriptionPlan.name', 'plans.1.name'],
	['previousSubscriptionPlan.offer.key', 'plans.1.offer.key'],
];

const CART_KEYS: typeof PURCHASE_KEYS = [
	['affiliate', 'affiliate'],
	['productId', 'product.id'],
	['productName', 'product.name'],
	['productUcode', 'product.ucode'],
	['buyerVO.name', 'buyer.name'],
	['buyerVO.email', 'buyer.email'],
	['buyerVO.phone', 'buyer.phone'],
];

/** Keys of abandoned carts only; who left one may be unknown. */
const CART_MARKS = ['buyerVO', 'hasNegotiate', 'userKey'];

/**
 * Reads a delivery of webhook version 1.0.0 (form-encoded purchases, camelCase JSON for the rest) as if it were 2.0.0, or
 * returns null when it is none. Keys that have no place there stay under their own names.
 *
 * @param now when it arrived, in milliseconds since 1970-01-01 UTC
 */
export const parseVersion1 = (body: IDataObject, now: number): Version1Event | null =>
	readFormCancellation(body, now) ??
	readPurchase(body, now) ??
	readCancellation(body) ??
	readSwitch(body) ??
	readCart(body, now);

function readFormCancellation(body: IDataObject, now: number): Version1Event | null {
	if (asText(body.callback_type) !== IS_CANCELLATION || asText(body.subscriber_code) === null) return null;
	const { data, others } = translate(body, FORM_CANCELLATION_KEYS);
	return { event: 'SUBSCRIPTION_CANCELLATION', data, others, createdAt: now, keyTime: dayOf(now) };
}

function readPurchase(body: IDataObject, now: number): Version1Event | null {
	const word = asText(body.status);
	if (word === null || asText(body.transaction) === null) return null;
	const { data, others } = translate(body, PURCHASE_KEYS);
	// One-time sales have the keys of subscriptions, too, with nothing in them.
	const isSubscription = asText(body.subscriber_code) !== null || asText(body.name_subscription_plan) !== null;
	if (!isSubscription) delete data.subscription;
	// Both prices have the one currency (Hotmart §5.8).
	const purchase = data.purchase as Record<string, IDataObject | undefined>;
	const { price, full_price: fullPrice } = purchase;
	if (fullPrice && price?.currency_value) fullPrice.currency_value = price.currency_value;
	const status = purchaseStatus(word);
	// An unknown state is an unknown event: it decides nothing.
	const event = (status && EVENT_OF_STATUS[status]) ?? `PURCHASE_${word.toUpperCase()}`;
	const paidAt = asMillis(purchase.approved_date) ?? asMillis(purchase.order_date);
	return {
		event,
		data,
		others,
		createdAt: UNDATED.includes(event) ? now : paidAt,
		keyTime: paidAt,
	};
}

function readCancellation(body: IDataObject): Version1Event | null {
	if (asText(body.subscriberCode) === null || asText(body.cancellationDate) === null) return null;
	const { data, others } = translate(body, CANCELLATION_KEYS);
	return { event: 'SUBSCRIPTION_CANCELLATION', data, others, createdAt: asMillis(body.cancellationDate) };
}

function readSwitch(body: IDataObject): Version1Event | null {
	if (!body.newSubscriptionPlan || !body.subscription) return null;
	const { data, others } = translate(body, SWITCH_KEYS);
	const [current, before] = Object.values((data.plans ?? {}) as IDataObject) as IDataObject[];
	data.plans = [{ ...current, current: true }, ...(before ? [{ ...before, current: false }] : [])];
	return { event: 'SWITCH_PLAN', data, others, createdAt: asMillis(body.switchPlanDate) };
}

function readCart(body: IDataObject, now: number): Version1Event | null {
	if (!CART_MARKS.some((key) => Object.hasOwn(body, key)) || asText(body.productName) === null) return null;
	const { data, others } = translate(body, CART_KEYS);
	return { event: 'PURCHASE_OUT_OF_SHOPPING_CART', data, others, createdAt: now, keyTime: dayOf(now) };
}

/** For payloads without a time: Hotmart repeats a delivery within hours, and the same may happen again on another day. */
const dayOf = (now: number) => Math.floor(now / DAY);

const filledIn = (raw: unknown) => (raw === null || raw === undefined || raw === '' ? null : raw);

function translate(body: IDataObject, keys: typeof PURCHASE_KEYS): { data: IDataObject; others: IDataObject } {
	const reader = new Reader(body);
	const data: IDataObject = {};
	const filled = new Set<string>();
	for (const [key, path] of keys) {
		const value = filled.has(path) ? null : reader.take(key, filledIn);
		if (value === null) continue;
		put(data, path, value);
		filled.add(path);
	}
	return { data, others: reader.rest() };
}

function put(data: IDataObject, path: string, value: unknown) {
	const keys = path.split('.');
	const last = keys.pop()!;
	let holder = data;
	for (const key of keys) holder = (holder[key] ??= {}) as IDataObject;
	holder[last] = value as IDataObject;
}
