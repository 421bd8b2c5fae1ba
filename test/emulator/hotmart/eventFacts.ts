import type { EVENTS, HotmartEvent } from '../../../nodes/Hotmart/trigger/events';
import type { HotmartSwitches } from './switches';
import type { Plan, Product, Sale, Subscription, SubscriptionStatus } from './types';

/** What is sent for one event: version 2.0.0's `data`, and version 1.0.0's whole body where the event exists there. */
export interface Payload {
	event: HotmartEvent;
	productId: number;
	data: Record<string, unknown>;
	version1?: { form: boolean; body: Record<string, unknown> };
	/** UPDATE_SUBSCRIPTION_CHARGE_DATE has the hottok in the body, too (captured). */
	hottokInBody?: boolean;
}

export interface PurchaseFacts {
	product: Product;
	/** The products of a combo; empty: it is none. */
	contents: Product[];
	sale: Sale;
	subscription?: Subscription;
	switches: HotmartSwitches;
}

export interface SubscriptionFacts {
	product: Product;
	subscription: Subscription;
	plan: Plan;
	at: number;
}

/** The events whose `data` is a purchase. */
export type PurchaseEvent = {
	[E in HotmartEvent]: (typeof EVENTS)[E]['payload'] extends 'purchase' ? E : never;
}[HotmartEvent];

/** Version 2.0.0's `purchase.status` as captured (not as documented), and version 1.0.0's `status`. */
const PURCHASE_STATUS: Record<PurchaseEvent, [string, string]> = {
	PURCHASE_APPROVED: ['APPROVED', 'approved'],
	PURCHASE_COMPLETE: ['COMPLETED', 'completed'],
	PURCHASE_BILLET_PRINTED: ['BILLET_PRINTED', 'billet_printed'],
	PURCHASE_CANCELED: ['CANCELED', 'canceled'],
	PURCHASE_EXPIRED: ['EXPIRED', 'expired'],
	PURCHASE_DELAYED: ['DELAYED', 'delayed'],
	PURCHASE_PROTEST: ['DISPUTE', 'dispute'],
	PURCHASE_REFUNDED: ['REFUNDED', 'refunded'],
	PURCHASE_CHARGEBACK: ['CHARGEBACK', 'chargeback'],
};

/** [events about plans and charge dates, version 1.0.0, version 1.0.0's older label] for a REST status. */
export const SUBSCRIPTION_WORDS: Record<SubscriptionStatus, [string, string, string]> = {
	STARTED: ['STARTED', 'started', 'Started'],
	ACTIVE: ['ACTIVE', 'active', 'Active'],
	INACTIVE: ['INACTIVE', 'inactive', 'Inactive'],
	DELAYED: ['OVERDUE', 'past_due', 'Delayed'],
	CANCELLED_BY_CUSTOMER: ['CANCELED_BY_CUSTOMER', 'canceled', 'Canceled by client'],
	CANCELLED_BY_SELLER: ['CANCELED_BY_VENDOR', 'canceled', 'Canceled by vendor'],
	CANCELLED_BY_ADMIN: ['CANCELED_BY_ADMIN', 'canceled', 'Canceled by admin'],
	OVERDUE: ['EXPIRED', 'expired', 'Expired'],
};

export const PAID: PurchaseEvent[] = [
	'PURCHASE_APPROVED',
	'PURCHASE_COMPLETE',
	'PURCHASE_PROTEST',
	'PURCHASE_REFUNDED',
	'PURCHASE_CHARGEBACK',
];

export const iso = (time: number | undefined) => (time === undefined ? undefined : new Date(time).toISOString());
export const midnight = (time: number) => `${new Date(time).toISOString().slice(0, 10)}T00:00:00Z`;
export const cents = (value: number) => Math.round(value * 100) / 100;

/** Hotmart's fee for a sale: a share and a fixed part. */
export function feeOf(value: number) {
	const base = cents(value * 0.099);
	const fixed = value > 0 ? 1 : 0;
	return { base, fixed, total: cents(base + fixed), percentage: 9.9 };
}

/** What a payment that waits is paid by: a Pix code or a bank slip. */
export function paymentCodes(transaction: string, type: string) {
	const file = transaction.toLowerCase();
	return type === 'PIX'
		? { pix_code: `00020126${file}`, pix_qrcode: `https://pix.example.com/${file}.png` }
		: { billet_url: `https://billet.example.com/${file}.pdf`, billet_barcode: `23793${file.slice(2)}` };
}

export const isPhysical = ({ format }: Product) => format === 'PHYSICAL';

/** Refunds and chargebacks may come without a word about the buyer (Hotmart §9, question 26). */
export const namesBuyer = (event: PurchaseEvent, { buyerInRefunds }: HotmartSwitches) =>
	buyerInRefunds || (event !== 'PURCHASE_REFUNDED' && event !== 'PURCHASE_CHARGEBACK');

/** `purchase.status` of an event; a part that went back has its own word (Hotmart §4.2, §6.1). */
export const statusWord = (event: PurchaseEvent, { status }: Sale) =>
	event === 'PURCHASE_REFUNDED' && status === 'PARTIALLY_REFUNDED'
		? (['PARTIALLY_REFUNDED', 'partially_refunded'] as const)
		: PURCHASE_STATUS[event];
