import { EVENTS } from '../../../nodes/Hotmart/trigger/events';
import type { LifeOperations } from '../hotmart/life';
import type {
	HotmartDelivery,
	Plan,
	Product,
	Sale,
	SaleStatus,
	Subscription,
	SubscriptionStatus,
} from '../hotmart/types';
import { DEMO } from '../seed';
import type { Emulator } from '../types';

/** Color of a status, by access: the person is in, is in for now, has lost it, is out. */
type Tone = 'good' | 'wait' | 'bad' | 'over';

/** A button: what it is called and what it posts to `/control/hotmart/<operation>`. */
interface Action {
	name: string;
	label: string;
	/** What the status line says when it is done. */
	done: string;
	operation: keyof LifeOperations;
	args: Record<string, string | number>;
}

/** A subscription, or a purchase of something that is sold once. Times are ISO 8601 UTC, here and below. */
export interface SubscriberRow {
	/** Subscriber code, or the transaction of a single purchase. */
	key: string;
	subscriberCode: string | null;
	/** The purchase that Refund and Chargeback are about: the newest that was paid. */
	transaction: string;
	name: string;
	email: string;
	product: string;
	plan: string | null;
	/** Last paid recurrence. */
	recurrence: number | null;
	/** In a person's words; of a subscription one of the eight statuses. */
	status: string;
	tone: Tone;
	/** Status of the newest charge, where it says more than the subscription's status does. */
	payment: string | null;
	date: { label: string; at: string } | null;
	actions: Action[];
}

/** Everything that the page shows. */
export interface PageState {
	now: string;
	n8nUrl: string | null;
	/** Events of the test button, by the trigger's names. */
	events: Array<{ event: string; label: string }>;
	products: Array<{
		id: number;
		name: string;
		/** `course`: name of the course that the demo's workflow gives for it; null: none is known. */
		plans: Array<{ id: number; name: string; price: string; course: string | null }>;
		price: string;
		course: string | null;
	}>;
	/** Newest first, like the lists below. */
	subscribers: SubscriberRow[];
	courses: Array<{
		id: number;
		name: string;
		isPublished: boolean;
		students: Array<{ key: string; userId: number; email: string; name: string | null; enrolledAt: string }>;
	}>;
	webhooks: Array<{ id: number; url: string; events: string[]; version: string; active: boolean }>;
	deliveries: Array<{
		id: number;
		event: string;
		eventId: string;
		email: string | null;
		url: string;
		at: string;
		/** As `Delivery.status`. */
		status: number;
		answer: string;
		/** The same as a part of a sentence. */
		said: string;
		tone: Tone;
		attempts: number;
	}>;
	/** What the page lists of the e-mails; null where no mail server hands them over. `id` counts from 1. */
	mails: Array<{ id: number; at: string; to: string; subject: string; attachments: number }> | null;
	/** What a credential needs to use this emulator by hand. */
	connection: Record<string, string>;
}

const subscriptionStatus: Record<SubscriptionStatus, [string, Tone]> = {
	STARTED: ['Initiated', 'wait'],
	ACTIVE: ['Active', 'good'],
	INACTIVE: ['Inactive', 'over'],
	DELAYED: ['Overdue', 'wait'],
	CANCELLED_BY_CUSTOMER: ['Canceled by Customer', 'over'],
	CANCELLED_BY_SELLER: ['Canceled by Seller', 'over'],
	CANCELLED_BY_ADMIN: ['Canceled by Admin', 'over'],
	OVERDUE: ['Expired', 'over'],
};

const saleStatus: Record<SaleStatus, [string, Tone]> = {
	APPROVED: ['Approved', 'good'],
	CANCELLED: ['Payment refused', 'over'],
	CHARGEBACK: ['Chargeback', 'bad'],
	COMPLETE: ['Complete', 'good'],
	EXPIRED: ['Payment expired', 'over'],
	OVERDUE: ['Payment missed', 'wait'],
	PARTIALLY_REFUNDED: ['Partially refunded', 'wait'],
	PRINTED_BILLET: ['Waiting for payment', 'wait'],
	PROTESTED: ['Refund requested', 'wait'],
	REFUNDED: ['Refunded', 'bad'],
	WAITING_PAYMENT: ['Waiting for payment', 'wait'],
};

const GIVEN_BACK: SaleStatus[] = ['REFUNDED', 'CHARGEBACK'];
const isPaid = ({ status }: Sale) => ['APPROVED', 'COMPLETE', 'PROTESTED', 'PARTIALLY_REFUNDED'].includes(status);
const isWaiting = ({ status }: Sale) => ['PRINTED_BILLET', 'WAITING_PAYMENT'].includes(status);

const iso = (at: number) => new Date(at).toISOString();
const money = ({ value, currency }: { value: number; currency: string }) => `${currency} ${value.toFixed(2)}`;

const action = (label: string, operation: keyof LifeOperations, args: Action['args'], done: string): Action => ({
	name: operation,
	label,
	done,
	operation,
	args,
});

/** What can happen to a purchase's money. */
function saleActions(sale: Sale | undefined): Action[] {
	if (!sale) return [];
	const args = { transaction: sale.transaction };
	if (isWaiting(sale))
		return [action('Pay', 'pay', args, 'paid'), action('Let it expire', 'expirePayment', args, 'did not pay in time')];
	return isPaid(sale)
		? [
				action('Refund', 'refund', args, 'got the money back'),
				action('Chargeback', 'chargeback', args, 'got the money back from the card issuer'),
			]
		: [];
}

function subscriptionActions(subscription: Subscription, plans: Plan[], now: number): Action[] {
	const args = { subscriberCode: subscription.code };
	const renew = [
		action(subscription.status === 'DELAYED' ? 'Pay missed charge' : 'Renew', 'renew', args, 'paid the next charge'),
		action('Fail charge', 'failCharge', args, 'could not be charged'),
		action('Cancel', 'cancel', args, 'canceled'),
	];
	const switches = plans
		.filter(({ id }) => id !== subscription.planId)
		.map(({ id, name, price }) => {
			// A cheaper plan begins with the next charge (Hotmart §3.1.10)
			const when = price.value < subscription.price.value ? ' from the next charge' : '';
			return action(`Switch to ${name}`, 'switchPlan', { ...args, planId: id }, `switched to the plan ${name}${when}`);
		});
	const accept =
		subscription.reactivation && subscription.reactivation.expiresAt > now
			? [action('Accept reactivation', 'acceptReactivation', args, 'accepted the reactivation')]
			: [];
	const reactivate = [...accept, action('Reactivate', 'reactivate', args, 'came back')];
	const possible: Partial<Record<SubscriptionStatus, Action[]>> = {
		ACTIVE: [...renew, ...switches],
		DELAYED: [...renew, ...accept],
		CANCELLED_BY_CUSTOMER: reactivate,
		CANCELLED_BY_SELLER: reactivate,
		CANCELLED_BY_ADMIN: reactivate,
	};
	return possible[subscription.status] ?? [];
}

function dateOf({ status, nextCharge }: Subscription): SubscriberRow['date'] {
	if (nextCharge === undefined) return null;
	const labels: Partial<Record<SubscriptionStatus, string>> = {
		ACTIVE: 'Next charge',
		DELAYED: 'Missed charge',
		OVERDUE: 'Ended',
	};
	return { label: labels[status] ?? 'Paid until', at: iso(nextCharge) };
}

/**
 * The color of a subscription: what was paid last and went back ends access whatever the status, and what is paid for lasts until
 * its end.
 */
function toneOf({ status, nextCharge = 0 }: Subscription, given: Sale | undefined, now: number): Tone {
	if (given && GIVEN_BACK.includes(given.status)) return 'bad';
	const [, tone] = subscriptionStatus[status];
	return tone === 'over' && status !== 'INACTIVE' && nextCharge > now ? 'wait' : tone;
}

function planText(product: Product | undefined, { planId, nextPlanId }: Subscription): string | null {
	const nameOf = (id: number | undefined) => product?.plans.find((plan) => plan.id === id)?.name;
	const name = nameOf(planId) ?? null;
	return nextPlanId === undefined ? name : `${name}, ${nameOf(nextPlanId)} from the next charge`;
}

function subscriberRows({ hotmart, clock }: Emulator): SubscriberRow[] {
	const products = new Map(hotmart.products.map((product) => [product.id, product]));
	const salesOf = new Map<string, Sale[]>();
	const single: Sale[] = [];
	for (const sale of hotmart.sales) {
		if (sale.subscriberCode === undefined) single.push(sale);
		else salesOf.set(sale.subscriberCode, [...(salesOf.get(sale.subscriberCode) ?? []), sale]);
	}

	const rows = hotmart.subscriptions.map((subscription) => {
		const { code, productId, subscriber, requestDate } = subscription;
		const product = products.get(productId);
		const sales = salesOf.get(code) ?? [];
		// A missed charge is not what gets refunded: the newest payment is
		const sale = sales.filter((candidate) => isPaid(candidate) || isWaiting(candidate)).at(-1) ?? sales.at(-1);
		const [status] = subscriptionStatus[subscription.status];
		const given = sales.filter(({ approvedDate }) => approvedDate !== undefined).at(-1);
		const last = sales.at(-1);
		const [payment] = last && !isPaid(last) ? saleStatus[last.status] : [null];
		return {
			at: requestDate,
			row: {
				key: code,
				subscriberCode: code,
				transaction: sale?.transaction ?? subscription.transaction,
				name: subscriber.name,
				email: subscriber.email,
				product: product?.name ?? String(productId),
				plan: planText(product, subscription),
				recurrence: subscription.recurrence,
				status,
				tone: toneOf(subscription, given, clock.now()),
				payment,
				// What was refunded is no longer paid for
				date: given && GIVEN_BACK.includes(given.status) ? null : dateOf(subscription),
				actions: [...subscriptionActions(subscription, product?.plans ?? [], clock.now()), ...saleActions(sale)],
			},
		};
	});
	const purchases = single.map((sale) => {
		const [status, tone] = saleStatus[sale.status];
		return {
			at: sale.orderDate,
			row: {
				key: sale.transaction,
				subscriberCode: null,
				transaction: sale.transaction,
				name: sale.buyer.name,
				email: sale.buyer.email,
				product: products.get(sale.productId)?.name ?? String(sale.productId),
				plan: null,
				recurrence: null,
				status,
				tone,
				payment: null,
				date: { label: 'Bought', at: iso(sale.orderDate) },
				actions: saleActions(sale),
			},
		};
	});
	return [...rows, ...purchases].sort((a, b) => b.at - a.at).map(({ row }) => row);
}

/** What answers without words mean. */
const WORDS: Record<number, string> = {
	200: 'taken',
	401: 'refused, the token is wrong',
	404: 'nothing listens at this address',
};

/** The words of an answer: the `message` of a JSON body, as n8n sends it, or the text itself. */
function wordsOf({ status, answer }: HotmartDelivery): string {
	// Also of a body that was cut off
	const [quoted = ''] = /(?<="message"\s*:\s*)"(?:[^"\\]|\\.)*"/.exec(answer) ?? [];
	const text = answer.startsWith('{') ? String(JSON.parse(quoted || '""')) : answer;
	const words = text.startsWith('<') ? '' : text.trim().slice(0, 120);
	return words || (WORDS[status] ?? (status < 300 ? 'taken' : 'failed'));
}

/** What a delivery without an answer shows, its color, and the same as a part of a sentence. */
const UNANSWERED: Record<number, [string, Tone, string]> = {
	0: ['Under way', 'wait', 'n8n has not answered yet'],
	408: ['No answer in time', 'bad', 'n8n did not answer in time'],
	[-1]: ['Not reached', 'bad', 'n8n was not reached'],
};

function answerOf(delivery: HotmartDelivery): [string, Tone, string] {
	const { status } = delivery;
	const unanswered = UNANSWERED[status];
	if (unanswered) return unanswered;
	const answer = `${status}: ${wordsOf(delivery)}`;
	return [answer, status < 300 ? 'good' : 'bad', `n8n answered ${answer}`];
}

/** The person that an event is about; the events name them in different places. */
function emailOf(body: Record<string, unknown>): string | null {
	const at = (path: string) =>
		path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], body);
	const places = [
		'data.buyer.email',
		'data.subscriber.email',
		'data.user.email',
		'data.subscription.user.email',
		'email',
	];
	const found = places.map(at).find((value) => typeof value === 'string');
	return (found as string | undefined) ?? null;
}

/** The name of the course that the demo's workflow gives for a plan, or for a product without plans. */
function courseFor({ teachable }: Emulator, key: { planId?: number; productId?: number }): string | null {
	const found = DEMO.leadsTo.find(({ planId, productId }) => planId === key.planId && productId === key.productId);
	return teachable.courses.find(({ id }) => id === found?.courseId)?.name ?? null;
}

const productRows = (emulator: Emulator): PageState['products'] =>
	emulator.hotmart.products.map(({ id, name, plans, offers }) => ({
		id,
		name,
		plans: plans.map((plan) => ({
			id: plan.id,
			name: plan.name,
			price: money(plan.price),
			course: courseFor(emulator, { planId: plan.id }),
		})),
		price: offers[0] ? money(offers[0].price) : '',
		course: courseFor(emulator, { productId: id }),
	}));

function courseRows({ teachable }: Emulator): PageState['courses'] {
	const users = new Map(teachable.users.map((user) => [user.id, user]));
	return teachable.courses.map(({ id, name, isPublished }) => ({
		id,
		name,
		isPublished,
		students: teachable.enrollments
			.filter((enrollment) => enrollment.courseId === id && teachable.isActive(enrollment))
			.map((enrollment) => ({
				key: String(enrollment.id),
				userId: enrollment.userId,
				email: users.get(enrollment.userId)?.email ?? '',
				name: users.get(enrollment.userId)?.name ?? null,
				enrolledAt: iso(enrollment.enrolledAt),
			}))
			.reverse(),
	}));
}

const deliveryRows = ({ hotmart }: Emulator): PageState['deliveries'] =>
	hotmart.deliveries
		.map((delivery) => {
			const { id, event, eventId, url, at, status, attempts } = delivery;
			const [answer, tone, said] = answerOf(delivery);
			const email = emailOf(delivery.body);
			return { id, event, eventId, email, url, at: iso(at), status, answer, said, tone, attempts };
		})
		.reverse();

const mailRows = ({ mails }: Emulator): PageState['mails'] =>
	mails
		.map(({ at, to, subject, attachments }, index) => ({
			id: index + 1,
			at: iso(at),
			to: to.join(', '),
			subject,
			attachments: attachments.length,
		}))
		.reverse();

/** The emulator's state as the page shows it. */
export function pageState(emulator: Emulator): PageState {
	const { hotmart, teachable, clock, mailServer, n8nUrl = null, connection } = emulator;
	return {
		now: iso(clock.now()),
		n8nUrl,
		events: Object.entries(EVENTS).map(([event, { label }]) => ({ event, label })),
		products: productRows(emulator),
		subscribers: subscriberRows(emulator),
		courses: courseRows(emulator),
		webhooks: hotmart.webhooks.map(({ id, url, events, version, active }) => ({ id, url, events, version, active })),
		deliveries: deliveryRows(emulator),
		mails: mailServer ? mailRows(emulator) : null,
		connection: {
			'Hotmart API URL': hotmart.url,
			'Hotmart token URL': hotmart.tokenUrl,
			'Client ID': DEMO.hotmart.clientId,
			'Client Secret': DEMO.hotmart.clientSecret,
			'Webhook token (hottok)': DEMO.hotmart.hottok,
			'Teachable API URL': teachable.url,
			'Teachable API key': DEMO.teachable.apiKey,
			...(mailServer && { 'SMTP server': mailServer }),
			...connection,
		},
	};
}
