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
	/** When the cancellation was asked for, or the agreed period ended. */
	endAccessionDate?: number;
	/** Next charge; of a late subscription the missed one, of a canceled one the end of access. */
	nextCharge?: number;
	trial: boolean;
	/** First transaction. */
	transaction: string;
	/** Number of the last paid recurrence; 0 before the first. */
	recurrence: number;
	dueDay: number;
	price: Money;
	unpaid: Array<{ number: number; chargeDate: number }>;
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
}

export interface Webhook {
	id: number;
	url: string;
	events: string[];
	/** Absent: all products. */
	productId?: number;
	version: '1.0.0' | '2.0.0';
	/** False once Hotmart has switched it off because its URL kept failing. */
	active: boolean;
	consecutiveFailures: number;
}

/** One webhook delivery, as in the dashboard's history. */
export interface Delivery {
	id: number;
	webhookId: number;
	/** `id` of the event's body; in version 1.0.0 the body has none. */
	eventId: string;
	event: string;
	url: string;
	/** HTTP status; 408: no answer in time; -1: no connection, or closed early; 0: under way or held. */
	status: number;
	at: number;
	attempts: number;
	/** JSON body, or the form's fields where `headers` say form. */
	body: Record<string, unknown>;
	headers: Record<string, string>;
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

/**
 * What happens to a creator's account. Each operation changes the state, then sends the webhooks that a real account
 * would send, and settles when each has been answered or has failed (at once while deliveries are held).
 * It throws only for its own arguments (an unknown code, a step the state does not allow), never because of a receiver.
 */
export interface LifeOperations {
	/** A purchase that is paid at once: PURCHASE_APPROVED. */
	buy(order: Order): Promise<Outcome>;
	/** A purchase by bank slip or Pix that waits for its payment: PURCHASE_BILLET_PRINTED. */
	printBillet(order: Order): Promise<Outcome>;
	/** A purchase whose first payment is refused: PURCHASE_CANCELED. */
	refuse(order: Order): Promise<Outcome>;
	/** Pays a slip, or a missed renewal: PURCHASE_APPROVED. */
	pay(transaction: string): Promise<Outcome>;
	/** A slip that ran out unpaid: PURCHASE_EXPIRED (first recurrence) or PURCHASE_DELAYED. */
	expirePayment(transaction: string): Promise<Outcome>;
	/** The next recurrence is paid: PURCHASE_APPROVED. */
	renew(subscriberCode: string): Promise<Outcome>;
	/**
	 * A charge of the next recurrence fails: PURCHASE_DELAYED. The clock decides which recurrence it is; five unpaid in
	 * a row cancel the subscription by the administrator.
	 */
	failCharge(subscriberCode: string): Promise<Outcome>;
	/** SUBSCRIPTION_CANCELLATION. Default by the customer. */
	cancel(subscriberCode: string, by?: 'customer' | 'seller' | 'admin'): Promise<void>;
	/** The buyer asks for the money back: PURCHASE_PROTEST. */
	requestRefund(transaction: string): Promise<void>;
	/** A refund request is taken back: PURCHASE_APPROVED. */
	withdrawRefund(transaction: string): Promise<void>;
	/**
	 * PURCHASE_REFUNDED, and SUBSCRIPTION_CANCELLATION when it was the first recurrence. With an amount below the price only
	 * that part goes back: the sale is PARTIALLY_REFUNDED and nothing else changes.
	 */
	refund(transaction: string, amount?: number): Promise<void>;
	/** PURCHASE_CHARGEBACK, and SUBSCRIPTION_CANCELLATION when it was the first recurrence. */
	chargeback(transaction: string): Promise<void>;
	/** The refund period is over: PURCHASE_COMPLETE. */
	complete(transaction: string): Promise<void>;
	/** SWITCH_PLAN; the next charge is the new plan's. */
	switchPlan(subscriberCode: string, planId: number): Promise<void>;
	/** UPDATE_SUBSCRIPTION_CHARGE_DATE. */
	changeBillingDay(subscriberCode: string, dueDay: number): Promise<void>;
	/** The subscriber accepts the reactivation that was asked for by the API; PURCHASE_APPROVED if it charges. */
	acceptReactivation(subscriberCode: string): Promise<void>;
	/** A reactivation with charge, asked for and accepted: PURCHASE_APPROVED. */
	reactivate(subscriberCode: string): Promise<void>;
	/** The agreed number of charges is over: status OVERDUE, no webhook. */
	expire(subscriberCode: string): Promise<void>;
	/** CLUB_FIRST_ACCESS. */
	firstAccess(email: string, productId: number): Promise<void>;
	/** CLUB_MODULE_COMPLETED; default the first module. */
	completeModule(email: string, productId: number, moduleId?: string): Promise<void>;
	/** PURCHASE_OUT_OF_SHOPPING_CART. */
	abandonCart(order: Order): Promise<void>;
	/** ORDER_FULFILLMENT of a paid sale: one line for each product of the sale, of its combo and of its order bumps. */
	fulfillOrder(transaction: string): Promise<void>;
	/** The dashboard's test button: the fixed sample of an event to every active webhook that wants it. */
	testButton(event: string): Promise<void>;
}

/**
 * Names of the life operations with their arguments in order, for callers that have them by name (the control API).
 * `order`: the operation takes the whole object of named arguments.
 */
export const LIFE_OPERATIONS: Record<keyof LifeOperations, 'order' | string[]> = {
	buy: 'order',
	printBillet: 'order',
	refuse: 'order',
	pay: ['transaction'],
	expirePayment: ['transaction'],
	renew: ['subscriberCode'],
	failCharge: ['subscriberCode'],
	cancel: ['subscriberCode', 'by'],
	requestRefund: ['transaction'],
	withdrawRefund: ['transaction'],
	refund: ['transaction', 'amount'],
	chargeback: ['transaction'],
	complete: ['transaction'],
	switchPlan: ['subscriberCode', 'planId'],
	changeBillingDay: ['subscriberCode', 'dueDay'],
	acceptReactivation: ['subscriberCode'],
	reactivate: ['subscriberCode'],
	expire: ['subscriberCode'],
	firstAccess: ['email', 'productId'],
	completeModule: ['email', 'productId', 'moduleId'],
	abandonCart: 'order',
	fulfillOrder: ['transaction'],
	testButton: ['event'],
};

/** An emulated creator account: its state, what can happen to it, and its webhooks. */
export interface HotmartAccount extends LifeOperations {
	readonly products: Product[];
	/** Without the bulk records of `seedSubscriptions` that nothing has touched yet. */
	readonly subscriptions: Subscription[];
	/** Likewise. */
	readonly sales: Sale[];
	/** What the API was told to do, oldest first, so that tests can count what was done twice. */
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

	readonly webhooks: Webhook[];
	/** Oldest first. */
	readonly deliveries: Delivery[];
	/** Without `events`: all of them. A version 1.0.0 webhook gets only the events that exist there. */
	registerWebhook(webhook: {
		url: string;
		events?: string[];
		productId?: number;
		version?: '1.0.0' | '2.0.0';
	}): Webhook;
	removeWebhook(id: number): boolean;
	/** Sends a delivery once more: the same body and event id, unless `newId`. */
	redeliver(deliveryId: number, options?: { newId?: boolean }): Promise<Delivery>;
	/** From now on deliveries wait for `release`. */
	hold(): void;
	/** Sends what was held, one after the other: in order, reversed, or as listed (indexes; what is not listed is lost). */
	release(order?: 'fifo' | 'reverse' | number[]): Promise<void>;
	/** Settles when no delivery is under way, e.g. those caused by an API request. */
	settled(): Promise<void>;
}
