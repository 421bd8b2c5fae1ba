import type { IDataObject } from 'n8n-workflow';

import { DAY } from '../../shared/dates';
import type { HotmartEvent } from './events';
import type { Envelope } from './item';
import { asMillis, asText, Reader } from '../vocabulary/reader';

/** Events of the `status` of a purchase in webhook version 1.0.0 (Hotmart §5.8). */
const EVENT_OF_STATUS: Record<string, HotmartEvent> = {
	approved: 'PURCHASE_APPROVED',
	completed: 'PURCHASE_COMPLETE',
	complete: 'PURCHASE_COMPLETE',
	canceled: 'PURCHASE_CANCELED',
	cancelled: 'PURCHASE_CANCELED', // cspell:disable-line: Hotmart's word
	billet_printed: 'PURCHASE_BILLET_PRINTED',
	waiting_payment: 'PURCHASE_BILLET_PRINTED',
	wayting_payment: 'PURCHASE_BILLET_PRINTED',
	dispute: 'PURCHASE_PROTEST',
	refunded: 'PURCHASE_REFUNDED',
	partially_refunded: 'PURCHASE_REFUNDED',
	chargeback: 'PURCHASE_CHARGEBACK',
	delayed: 'PURCHASE_DELAYED',
	expired: 'PURCHASE_EXPIRED',
};

/** States that Hotmart dates with the payment: when they came about, only their arrival says. */
const UNDATED: HotmartEvent[] = [
	'PURCHASE_CANCELED',
	'PURCHASE_CHARGEBACK',
	'PURCHASE_EXPIRED',
	'PURCHASE_PROTEST',
	'PURCHASE_REFUNDED',
];

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
	['phone_local_code', 'buyer.checkout_phone_code'],
	['phone_number', 'buyer.checkout_phone'],
	['transaction', 'purchase.transaction'],
	['status', 'purchase.status'],
	['payment_type', 'purchase.payment.type'],
	['installments_number', 'purchase.payment.installments_number'],
	['purchase_date', 'purchase.order_date'],
	['confirmation_purchase_date', 'purchase.approved_date'],
	['price', 'purchase.price.value'],
	['currency', 'purchase.price.currency_value'],
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
 */
export function parseVersion1(body: IDataObject): Envelope | null {
	const text = (key: string) => asText(body[key]);
	const now = Date.now();
	if (text('callback_type') === IS_CANCELLATION && text('subscriber_code')) {
		const { data, others } = translate(body, FORM_CANCELLATION_KEYS);
		return { ...envelope('SUBSCRIPTION_CANCELLATION', now, data, others), keyTime: dayOf(now) };
	}
	const status = text('status')?.toLowerCase() ?? '';
	if (status !== '' && text('transaction')) {
		// A state that is not known is an event that is not known: it decides nothing.
		const event = Object.hasOwn(EVENT_OF_STATUS, status)
			? EVENT_OF_STATUS[status]!
			: `PURCHASE_${status.toUpperCase()}`;
		const { data, others } = translate(body, PURCHASE_KEYS);
		// One-time sales have the keys of subscriptions, too, with nothing in them.
		const isSubscription = text('subscriber_code') !== null || text('name_subscription_plan') !== null;
		if (!isSubscription) delete data.subscription;
		// Both prices have the one currency (Hotmart §5.8).
		const { price, full_price: fullPrice } = data.purchase as Record<string, IDataObject | undefined>;
		if (fullPrice && price?.currency_value) fullPrice.currency_value = price.currency_value;
		const times = [data.purchase].flatMap((purchase) => {
			const { approved_date: approved, order_date: ordered } = purchase as IDataObject;
			return [asMillis(approved), asMillis(ordered)];
		});
		const paidAt = times.find((time) => time !== null) ?? null;
		const isUndated = (UNDATED as string[]).includes(event);
		return { ...envelope(event, isUndated ? now : paidAt, data, others), keyTime: paidAt };
	}
	if (text('subscriberCode') && text('cancellationDate')) {
		const { data, others } = translate(body, CANCELLATION_KEYS);
		return envelope('SUBSCRIPTION_CANCELLATION', asMillis(body.cancellationDate), data, others);
	}
	if (body.newSubscriptionPlan && body.subscription) {
		const { data, others } = translate(body, SWITCH_KEYS);
		const [current, before] = Object.values((data.plans ?? {}) as IDataObject) as IDataObject[];
		data.plans = [{ ...current, current: true }, ...(before ? [{ ...before, current: false }] : [])];
		return envelope('SWITCH_PLAN', asMillis(body.switchPlanDate), data, others);
	}
	if (CART_MARKS.some((key) => Object.hasOwn(body, key)) && text('productName')) {
		const { data, others } = translate(body, CART_KEYS);
		return { ...envelope('PURCHASE_OUT_OF_SHOPPING_CART', now, data, others), keyTime: dayOf(now) };
	}
	return null;
}

/** Of what carries no time: a delivery is repeated within hours, and the same may happen again another day. */
const dayOf = (now: number) => Math.floor(now / DAY);

const envelope = (event: string, createdAt: number | null, data: IDataObject, others: IDataObject): Envelope => ({
	event,
	id: null,
	version: '1.0.0',
	createdAt,
	data,
	others,
});

const isFilled = (raw: unknown) => (raw === null || raw === undefined || raw === '' ? null : raw);

function translate(body: IDataObject, keys: typeof PURCHASE_KEYS): { data: IDataObject; others: IDataObject } {
	const reader = new Reader(body);
	const data: IDataObject = {};
	const filled = new Set<string>();
	for (const [key, path] of keys) {
		const value = filled.has(path) ? null : reader.take(key, isFilled);
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
