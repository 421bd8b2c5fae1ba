import type { LifeOperations } from '../hotmart/life';
import type { HotmartDelivery, Sale, SaleStatus, Subscription, SubscriptionStatus } from '../hotmart/types';
import { DEMO } from '../seed';
import type { Emulator } from '../types';

/** Color of a status: in order, waiting for something, went wrong, over. */
type Tone = 'good' | 'wait' | 'bad' | 'over';

/** A button: what it is called and what it posts to `/control/hotmart/<operation>`. */
interface Action {
	name: string;
	label: string;
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
	products: Array<{
		id: number;
		name: string;
		plans: Array<{ id: number; name: string; price: string }>;
		price: string;
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

const isPaid = ({ status }: Sale) => ['APPROVED', 'COMPLETE', 'PROTESTED', 'PARTIALLY_REFUNDED'].includes(status);
const isWaiting = ({ status }: Sale) => ['PRINTED_BILLET', 'WAITING_PAYMENT'].includes(status);

const iso = (at: number) => new Date(at).toISOString();
const money = ({ value, currency }: { value: number; currency: string }) => `${currency} ${value.toFixed(2)}`;

const action = (
	label: string,
	operation: keyof LifeOperations,
	args: Action['args'],
	name: string = operation,
): Action => ({
	name,
	label,
	operation,
	args,
});

/** What can happen to a purchase's money. */
function saleActions(sale: Sale | undefined): Action[] {
	if (!sale) return [];
	const args = { transaction: sale.transaction };
	if (isWaiting(sale)) return [action('Pay', 'pay', args), action('Let it expire', 'expirePayment', args)];
	return isPaid(sale) ? [action('Refund', 'refund', args), action('Chargeback', 'chargeback', args)] : [];
}

function subscriptionActions(
	subscription: Subscription,
	plans: Array<{ id: number; name: string }>,
	now: number,
): Action[] {
	const args = { subscriberCode: subscription.code };
	const renew = [
		action(subscription.status === 'DELAYED' ? 'Pay missed charge' : 'Renew', 'renew', args),
		action('Fail charge', 'failCharge', args),
		action('Cancel', 'cancel', args),
	];
	const switches = plans
		.filter(({ id }) => id !== subscription.planId)
		.map(({ id, name }) => action(`Switch to ${name}`, 'switchPlan', { ...args, planId: id }));
	const accept =
		subscription.reactivation && subscription.reactivation.expiresAt > now
			? [action('Accept reactivation', 'acceptReactivation', args)]
			: [];
	const reactivate = [...accept, action('Reactivate', 'reactivate', args)];
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

function subscriberRows({ hotmart, clock }: Emulator): SubscriberRow[] {
	const products = new Map(hotmart.products.map((product) => [product.id, product]));
	const salesOf = new Map<string, Sale[]>();
	const single: Sale[] = [];
	for (const sale of hotmart.sales) {
		if (sale.subscriberCode === undefined) single.push(sale);
		else salesOf.set(sale.subscriberCode, [...(salesOf.get(sale.subscriberCode) ?? []), sale]);
	}

	const rows = hotmart.subscriptions.map((subscription) => {
		const { code, productId, planId, subscriber, requestDate } = subscription;
		const product = products.get(productId);
		const sales = salesOf.get(code) ?? [];
		// A missed charge is not what gets refunded: the newest payment is
		const sale = sales.filter((candidate) => isPaid(candidate) || isWaiting(candidate)).at(-1) ?? sales.at(-1);
		const [status, tone] = subscriptionStatus[subscription.status];
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
				plan: product?.plans.find(({ id }) => id === planId)?.name ?? null,
				recurrence: subscription.recurrence,
				status,
				tone,
				payment,
				date: dateOf(subscription),
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

function answerOf({ status }: HotmartDelivery): [string, Tone] {
	if (status === 0) return ['Under way', 'wait'];
	if (status === 408) return ['No answer in time', 'bad'];
	if (status === -1) return ['Not reached', 'bad'];
	return [String(status), status < 300 ? 'good' : 'bad'];
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

/** The emulator's state as the page shows it. */
export function pageState(emulator: Emulator): PageState {
	const { hotmart, teachable, clock } = emulator;
	const users = new Map(teachable.users.map((user) => [user.id, user]));
	return {
		now: iso(clock.now()),
		products: hotmart.products.map(({ id, name, plans, offers }) => ({
			id,
			name,
			plans: plans.map((plan) => ({ id: plan.id, name: plan.name, price: money(plan.price) })),
			price: offers[0] ? money(offers[0].price) : '',
		})),
		subscribers: subscriberRows(emulator),
		courses: teachable.courses.map(({ id, name, isPublished }) => ({
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
		})),
		webhooks: hotmart.webhooks.map(({ id, url, events, version, active }) => ({ id, url, events, version, active })),
		deliveries: hotmart.deliveries
			.map((delivery) => {
				const { id, event, eventId, url, at, status, attempts } = delivery;
				const [answer, tone] = answerOf(delivery);
				return { id, event, eventId, email: emailOf(delivery.body), url, at: iso(at), status, answer, tone, attempts };
			})
			.reverse(),
		mails: emulator.mailServer
			? emulator.mails
					.map(({ at, to, subject, attachments }, index) => ({
						id: index + 1,
						at: iso(at),
						to: to.join(', '),
						subject,
						attachments: attachments.length,
					}))
					.reverse()
			: null,
		connection: {
			'Hotmart API URL': hotmart.url,
			'Hotmart token URL': hotmart.tokenUrl,
			'Client ID': DEMO.hotmart.clientId,
			'Client Secret': DEMO.hotmart.clientSecret,
			'Webhook token (hottok)': DEMO.hotmart.hottok,
			'Teachable API URL': teachable.url,
			'Teachable API key': DEMO.teachable.apiKey,
			...(emulator.mailServer && { 'SMTP server': emulator.mailServer }),
		},
	};
}
