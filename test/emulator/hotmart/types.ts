import type { Delivery, Webhook, WebhookCenter } from '../shared/deliveries';
import type { LifeOperations } from './life';
import type { HotmartSwitches } from './switches';

/** REST vocabulary of a subscription's status (facts: `OVERDUE` means expired, `DELAYED` means late). */
export type SubscriptionStatus =
	| 'ACTIVE'
	| 'INACTIVE'
	| 'DELAYED'
	| 'CANCELLED_BY_CUSTOMER'
	| 'CANCELLED_BY_SELLER'
	| 'CANCELLED_BY_ADMIN'
	| 'STARTED'
	| 'OVERDUE';

/** REST vocabulary of a sale's status, as far as the emulator brings sales into it. */
export type SaleStatus =
	| 'APPROVED'
	| 'CANCELLED'
	| 'CHARGEBACK'
	| 'COMPLETE'
	| 'EXPIRED'
	| 'OVERDUE'
	| 'PARTIALLY_REFUNDED'
	| 'PRINTED_BILLET'
	| 'PROTESTED'
	| 'REFUNDED'
	| 'WAITING_PAYMENT';

export interface Money {
	value: number;
	currency: string;
}

export interface Plan {
	/** Numeric id of lists and webhooks; the plans endpoint does not show it. */
	id: number;
	/** Also the code of the plan's offer. */
	code: string;
	name: string;
	price: Money;
	/** Label of the period in days: 7, 30, 60, 90, 180, 360. */
	period: number;
	/** Number of charges; absent: until canceled. */
	maxCycles?: number;
	trialDays?: number;
}

export interface Offer {
	code: string;
	name: string;
	price: Money;
	paymentMode: string;
	isMain: boolean;
}

export interface Lesson {
	id: string;
	name: string;
}

export interface Module {
	id: string;
	name: string;
	isExtra: boolean;
	pages: Lesson[];
}

export interface Product {
	id: number;
	ucode: string;
	name: string;
	status: string;
	format: string;
	createdAt: number;
	warrantyDays: number;
	/** Products of a combo (format BUNDLE), which is sold as one; absent: no combo. */
	contents?: number[];
	/** Empty for a product that is not sold by subscription. */
	plans: Plan[];
	offers: Offer[];
	/** The members area; absent where there is none. */
	club?: { subdomain: string; modules: Module[] };
	/** Only of tickets (format ETICKET). */
	event?: { startsAt: number; endsAt: number; lots: Array<{ id: number; name: string }> };
}

export interface Person {
	id: number;
	ucode: string;
	email: string;
	name: string;
	phone: string;
	document: string;
}

export interface Subscription {
	id: number;
	code: string;
	productId: number;
	planId: number;
	subscriber: Person;
	status: SubscriptionStatus;
	requestDate: number;
	/** Start of access; absent while nothing was paid. */
	accessionDate?: number;
	/** When the cancellation was asked for. */
	endAccessionDate?: number;
	/** Next charge; of a late subscription the missed one, of a canceled or expired one the end of what is paid for. */
	nextCharge?: number;
	trial: boolean;
	/** First transaction. */
	transaction: string;
	/** Number of the last paid recurrence; 0 before the first. */
	recurrence: number;
	dueDay: number;
	price: Money;
	unpaid: Array<{ number: number; chargeDate: number }>;
	/** A price paid by this many charges, of which the buyer owes every one; it has no plan (plan id 0). */
	smartInstallments?: number;
	/** A cheaper plan that begins with the next charge. */
	nextPlanId?: number;
	/** An e-mail with a link to reactivate is under way. */
	reactivation?: { charge: boolean; expiresAt: number };
}

/** How the buyer came: parameters of the sales link. Hotmart tells `src`, `sck` and `xcod`; the others only version 1.0.0. */
export type Tracking = Partial<
	Record<'src' | 'sck' | 'xcod' | 'utm_source' | 'utm_medium' | 'utm_campaign' | 'utm_content' | 'utm_term', string>
>;

export interface Affiliate {
	code: string;
	name: string;
}

export interface Sale {
	transaction: string;
	productId: number;
	planId?: number;
	subscriberCode?: string;
	recurrence?: number;
	offerCode: string;
	coupon?: string;
	buyer: Person;
	status: SaleStatus;
	orderDate: number;
	approvedDate?: number;
	warrantyUntil?: number;
	refundDate?: number;
	price: Money;
	paymentType: string;
	installments: number;
	refusal?: string;
	/** Transaction of the sale that this order bump belongs to. */
	parentTransaction?: string;
	/** The sale was made together with order bumps. */
	hasBumps?: boolean;
	tracking?: Tracking;
	affiliate?: Affiliate;
	isNegotiation?: boolean;
	/** What a dearer plan costs more in the period that was paid for. */
	isUpgrade?: boolean;
}

export interface Coupon {
	id: number;
	productId: number;
	code: string;
	discount: number;
	startDate?: number;
	endDate?: number;
}

export interface PaymentLink {
	ucode: string;
	url: string;
	name: string;
	value: number;
	currency: string;
	offers: object[];
	plans: object[];
}

/** What a student did in a product's members area. */
export interface Visit {
	email: string;
	productId: number;
	firstAccess: number;
	lastAccess: number;
	count: number;
	/** Ids of completed modules with the time. */
	completed: Record<string, number>;
}

export interface HotmartWebhook extends Webhook {
	/** Absent: all products. */
	productId?: number;
	version: '1.0.0' | '2.0.0';
}

/** `eventId` is the `id` of the body; in version 1.0.0 the body has none. */
export interface HotmartDelivery extends Delivery {
	eventId: string;
	body: Record<string, unknown>;
}

/** A write that has arrived at the API, once for each code in it. */
export interface Write {
	operation: 'cancel' | 'reactivate' | 'refund' | 'switchPlan';
	/** Subscriber code; of a refund the transaction. */
	code: string;
	/** Of a reactivation: whether it charges once the subscriber accepts. */
	charge?: boolean;
	/** Whether it was carried out; false: refused. */
	done: boolean;
	at: number;
}

export interface Order {
	email: string;
	/** A gift of a subscription: the person who takes the course, where somebody else pays. */
	subscriberEmail?: string;
	subscriberName?: string;
	name?: string;
	productId: number;
	/** Default: the product's first plan, if it has plans. */
	planId?: number;
	/** Default: that of the plan, or the product's main offer. */
	offerCode?: string;
	/** Default CREDIT_CARD (BILLET where a slip is printed). */
	paymentType?: string;
	/** In the product's currency; default: the price of the plan or offer. */
	price?: number;
	coupon?: string;
	installments?: number;
	/** Number of charges that the price is split into, a month apart (no plan). */
	smartInstallments?: number;
	/** Transaction of the sale that this order bump belongs to. */
	parentTransaction?: string;
	/** Products that are bought with it at the checkout: each is a sale of its own, and has its own events. */
	bumps?: number[];
	tracking?: Tracking;
	affiliate?: Affiliate;
}

/** The sale that an operation made or changed. */
export interface Outcome {
	transaction: string;
	subscriberCode?: string;
	/** Transactions of the order bumps, in the order of the products. */
	bumps?: string[];
}

/** Many records that exist only while they are read: cheap for any number. */
export interface BulkOptions {
	productId?: number;
	/** Statuses taken in turn. Default: all ACTIVE, or all COMPLETE for sales. */
	statuses?: string[];
	/** Dates are spread evenly over this range, oldest first; default: the last 3 years. */
	from?: number;
	to?: number;
}

/** An emulated creator account: its state, what can happen to it, and its webhooks. */
export interface HotmartAccount extends LifeOperations, WebhookCenter<HotmartWebhook, HotmartDelivery> {
	readonly products: Product[];
	/** Without the bulk records of `seedSubscriptions` that nothing has touched yet. */
	readonly subscriptions: Subscription[];
	/** Likewise. */
	readonly sales: Sale[];
	/** What API calls have done, oldest first, so that tests can count what was done twice. */
	readonly writes: Write[];
	/** May be changed at any time; `reset()` sets those that the account was made with. */
	switches: HotmartSwitches;
	/** Published and sold by one offer unless said otherwise; with `contents` a combo. */
	addProduct(product: { name: string } & Partial<Product>): Product;
	findSubscription(subscriberCode: string): Subscription | undefined;
	findSale(transaction: string): Sale | undefined;
	/** Adds `count` subscriptions (each with its first sale) that are made up as they are read. */
	seedSubscriptions(count: number, options?: BulkOptions): void;
	/** Adds `count` one-time sales likewise. */
	seedSales(count: number, options?: BulkOptions): void;
	/** Every token issued so far is refused from now on with 401 `token_expired`. */
	expireToken(): void;
	/** Without `events`: all of them. A version 1.0.0 webhook gets only the events that exist there. */
	registerWebhook(webhook: {
		url: string;
		events?: string[];
		productId?: number;
		version?: '1.0.0' | '2.0.0';
	}): HotmartWebhook;
}
