import type { AccessProduct } from '../../shared/accessItem';
import {
	asBoolean,
	asMillis,
	asNumber,
	asOfferCode,
	asText,
	asTime,
	type Money,
	type Reader,
} from '../vocabulary/reader';
import { purchaseStatus, subscriptionStatus, type PurchaseStatus, type SubscriptionStatus } from '../vocabulary/status';

export type PurchaseKind = 'oneTime' | 'first' | 'renewal';

/** For a switch of plans: the new plan, with the one before it. */
export interface Plan {
	id: number | null;
	name: string | null;
	previousId: number | null;
	previousName: string | null;
}

/** For a switch of plans: the offer of the new plan, with the one before it. */
export interface Offer {
	code: string | null;
	coupon: string | null;
	previousCode: string | null;
}

export interface Subscription {
	subscriberCode: string | null;
	id: number | null;
	status: SubscriptionStatus | null;
	nextChargeAt: string | null;
}

/** Where the buyer came from: the seller's own marks in the link to the checkout. */
export interface Tracking {
	source: string | null;
	sck: string | null;
	xcod: string | null;
	utmSource: string | null;
	utmMedium: string | null;
	utmCampaign: string | null;
	utmContent: string | null;
	utmTerm: string | null;
}

/** How to make a pending payment, or why a payment was refused. */
export interface Payment {
	pixCode: string | null;
	pixQrCode: string | null;
	boletoUrl: string | null;
	boletoBarcode: string | null;
	expiresAt: string | null;
	refusalReason: string | null;
}

export interface Purchase {
	transaction: string | null;
	status: PurchaseStatus | null;
	kind: PurchaseKind | null;
	recurrence: number | null;
	/** Who paid; for a gift this is not the student. */
	buyerEmail: string | null;
	/** Hotmart's word, an open list: CREDIT_CARD, PIX, BILLET ... */
	paymentType: string | null;
	installments: number | null;
	price: Money | null;
	fullPrice: Money | null;
	orderedAt: string | null;
	approvedAt: string | null;
	/** End of the refund period. */
	warrantyUntil: string | null;
	/** Whether the product was added in the checkout of another sale, which `parentTransaction` names. */
	orderBump: boolean | null;
	parentTransaction: string | null;
	payment: Payment | null;
	tracking: Tracking | null;
	affiliate: { code: string | null; name: string | null } | null;
}

/** An object of which something is known, or null. */
const nullIfEmpty = <T extends object>(parts: T): T | null =>
	Object.values(parts).every((value) => value === null) ? null : parts;

const positions = (count: number) => Array.from({ length: count }, (_unused, index) => index);

/** Reads all products: of a combo itself and its contents, of an order every line (Hotmart §5.6.1, §5.6.7). */
export function readProducts(reader: Reader): AccessProduct[] {
	const single = ['product', 'subscription.product', 'purchase.product'];
	const contents = single.flatMap((path) =>
		positions(reader.count(`${path}.content.products`)).map((index) => `${path}.content.products.${index}`),
	);
	const lines = positions(reader.count('line_items')).map((index) => `line_items.${index}.product`);
	const products = [...single, ...lines, ...contents].flatMap(
		(path) =>
			nullIfEmpty({
				id: reader.take(`${path}.id`, asNumber),
				ucode: reader.take(`${path}.ucode`, asText),
				name: reader.take(`${path}.name`, asText),
			}) ?? [],
	);
	const keyOf = ({ id, ucode, name }: AccessProduct) => id ?? ucode ?? name;
	return products.filter((one, index) => products.findIndex((other) => keyOf(other) === keyOf(one)) === index);
}

/**
 * Reads the plan. A switch lists the plans and marks the current one (Hotmart §5.6.3); which of several others it was
 * before cannot be told, so that none is named.
 */
export function readPlan(reader: Reader): Plan | null {
	const [now, before] = switchedPlans(reader);
	const holders = ['subscription.plan', 'purchase.subscription.plan', 'plan'];
	const part = <T>(paths: string[], key: string, parse: (raw: unknown) => T | null) =>
		reader.take(
			paths.map((path) => `${path}.${key}`),
			parse,
		);
	const current = now === undefined ? holders : [now, ...holders];
	const previous = before === undefined ? [] : [before];
	return nullIfEmpty({
		id: part(current, 'id', asNumber),
		name: part(current, 'name', asText),
		previousId: part(previous, 'id', asNumber),
		previousName: part(previous, 'name', asText),
	});
}

/** Paths of the new plan and the old one of a switch. */
function switchedPlans(reader: Reader): [now: string | undefined, before: string | undefined] {
	const plans = positions(reader.count('plans')).map((index) => `plans.${index}`);
	const marked = (isCurrent: boolean) =>
		plans.filter((path) => reader.peek(`${path}.current`, asBoolean) === isCurrent);
	const [now, ...alsoNow] = marked(true);
	const [before, ...alsoBefore] = marked(false);
	return [alsoNow.length === 0 ? now : undefined, alsoBefore.length === 0 ? before : undefined];
}

/** Reads the offer. If reading changed the code, the original stays in the rest. */
export function readOffer(reader: Reader): Offer | null {
	const [now, before] = switchedPlans(reader);
	const take = (paths: string[]) => {
		const code = paths.map((path) => reader.peek(path, asOfferCode)).find((found) => found !== null) ?? null;
		reader.take(paths, (raw) => (asText(raw) === asOfferCode(raw) ? asText(raw) : null));
		return code;
	};
	const others = ['purchase.offer.code', 'offer.code', 'plan.offer.code', 'line_items.0.offer.code'];
	return nullIfEmpty({
		code: take(now === undefined ? others : [`${now}.offer.key`, ...others]),
		coupon: reader.take('purchase.offer.coupon_code', asText),
		previousCode: before === undefined ? null : take([`${before}.offer.key`]),
	});
}

/** The offers that an event is about: all of an order, and of a switch of plans the new one and the old one. */
export function offerCodesOf(reader: Reader): string[] {
	const paths = [
		'purchase.offer.code',
		'offer.code',
		'plan.offer.code',
		...positions(reader.count('line_items')).map((index) => `line_items.${index}.offer.code`),
		...positions(reader.count('plans')).map((index) => `plans.${index}.offer.key`),
	];
	return paths.flatMap((path) => reader.peek(path, asOfferCode) ?? []);
}

/** Reads the next charge, in milliseconds since 1970-01-01 UTC. */
export const readNextCharge = (reader: Reader): number | null =>
	reader.take(
		['purchase.date_next_charge', 'date_next_charge', 'subscription.date_next_charge', 'subscription.dateNextCharge'],
		asMillis,
	);

const STATUSES = ['subscription.status', 'purchase.subscription.status'];

/** Whether the event itself says that the subscription is canceled, in any of Hotmart's words. */
export const isCanceled = (reader: Reader): boolean =>
	STATUSES.some((path) => /^cancel/i.test(reader.peek(path, asText) ?? ''));

/** @param nextChargeAt see `readNextCharge` */
export function readSubscription(
	reader: Reader,
	nextChargeAt: number | null,
	source: 'purchaseEvent' | 'subscriptionEvent',
): Subscription | null {
	const subscription = nullIfEmpty({
		subscriberCode: reader.take(
			[
				'subscription.subscriber.code',
				// Documented next to the purchase; one capture of 2026 has it inside (Hotmart §5.6.1).
				'purchase.subscription.subscriber.code',
				'subscriber.code',
				'subscription.subscriber_code',
				'purchase.subscription.subscriber_code',
				'subscriber_code',
			],
			asText,
		),
		id: reader.take(['subscription.id', 'purchase.subscription.id'], asNumber),
		status: reader.take(STATUSES, (raw) => subscriptionStatus(raw, source)),
	});
	return subscription && { ...subscription, nextChargeAt: asTime(nextChargeAt) };
}

/** @param facts whether the purchase is of a subscription, or paid in installments over time, and who pays */
export function readPurchase(
	reader: Reader,
	{ isRecurring, buyerEmail }: { isRecurring: boolean; buyerEmail: string | null },
): Purchase | null {
	const transaction = reader.take('purchase.transaction', asText);
	const recurrence = reader.take('purchase.recurrence_number', asNumber);
	const purchase = nullIfEmpty({
		transaction,
		status: reader.take('purchase.status', purchaseStatus),
		kind: kindOf(recurrence, transaction !== null && !isRecurring),
		recurrence,
		paymentType: reader.take('purchase.payment.type', (raw) => asText(raw)?.toUpperCase() ?? null),
		installments: reader.take('purchase.payment.installments_number', asNumber),
		price: reader.money('purchase.price'),
		fullPrice: reader.money('purchase.full_price'),
		orderedAt: reader.take('purchase.order_date', asTime),
		approvedAt: reader.take('purchase.approved_date', asTime),
		warrantyUntil: reader.take('product.warranty_date', asTime),
		...readOrderBump(reader, transaction),
		payment: readPayment(reader),
		tracking: readTracking(reader),
		affiliate: readAffiliate(reader),
	});
	return purchase && { ...purchase, buyerEmail };
}

/** A subscription without a number comes from an old payload: it is unclear whether this is a first payment. */
function kindOf(recurrence: number | null, isOneTime: boolean): PurchaseKind | null {
	if (recurrence === null) return isOneTime ? 'oneTime' : null;
	return recurrence > 1 ? 'renewal' : 'first';
}

/** The main sale of an order with bumps has the mark as well; only a bump names another sale as its parent (Hotmart §5.6.1). */
function readOrderBump(reader: Reader, transaction: string | null): Pick<Purchase, 'orderBump' | 'parentTransaction'> {
	const mark = reader.take('purchase.order_bump.is_order_bump', asBoolean);
	const parent = reader.take('purchase.order_bump.parent_purchase_transaction', asText);
	const isOther = parent !== null && parent.toUpperCase() !== transaction?.toUpperCase();
	return { orderBump: isOther || (mark === null ? null : false), parentTransaction: isOther ? parent : null };
}

function readPayment(reader: Reader): Payment | null {
	const take = (key: string) => reader.take(`purchase.payment.${key}`, asText);
	return nullIfEmpty({
		pixCode: take('pix_code'),
		pixQrCode: take('pix_qrcode'),
		boletoUrl: take('billet_url'),
		boletoBarcode: take('billet_barcode'),
		expiresAt: reader.take('purchase.payment.pix_expiration_date', asTime),
		refusalReason: take('refusal_reason'),
	});
}

function readTracking(reader: Reader): Tracking | null {
	const holders = ['purchase.origin', 'purchase.tracking', 'origin', 'tracking', 'purchase'];
	const take = (...keys: string[]) =>
		reader.take(
			holders.flatMap((holder) => keys.map((key) => `${holder}.${key}`)),
			asText,
		);
	return nullIfEmpty({
		source: take('src'),
		sck: take('sck'),
		xcod: take('xcod', 'xcode'),
		utmSource: take('utm_source'),
		utmMedium: take('utm_medium'),
		utmCampaign: take('utm_campaign'),
		utmContent: take('utm_content'),
		utmTerm: take('utm_term'),
	});
}

/** Without an affiliate Hotmart sends one of empty texts (Hotmart §5.6.1). */
const readAffiliate = (reader: Reader): Purchase['affiliate'] =>
	nullIfEmpty({
		code: reader.take('affiliates.0.affiliate_code', asText),
		name: reader.take('affiliates.0.name', asText),
	});
