import type { IDataObject } from 'n8n-workflow';

import type { Envelope } from '../trigger/delivery';
import { asBoolean, asMillis, asNumber, asText, Reader } from '../vocabulary/reader';
import { subscriptionStatus, type SubscriptionStatus } from '../vocabulary/status';
import type { PolledEvent } from './events';

/** A sale of the list of sales, with what changes are seen by. */
export interface SaleFacts {
	transaction: string;
	word: string;
	orderedAt: number;
	approvedAt: number | null;
	record: IDataObject;
}

/** A subscription likewise. */
export interface SubscriptionFacts {
	code: string;
	status: SubscriptionStatus | null;
	planId: number | null;
	planName: string | null;
	canceledAt: number | null;
	nextChargeAt: number | null;
	record: IDataObject;
}

/** Reads an entry of the sales history (Hotmart §3.2.1). */
export function toSale(record: IDataObject): SaleFacts {
	const reader = new Reader(record);
	return {
		transaction: reader.peek('purchase.transaction', asText) ?? '',
		word: (reader.peek('purchase.status', asText) ?? '').toUpperCase(),
		orderedAt: reader.peek('purchase.order_date', asMillis) ?? 0,
		approvedAt: reader.peek('purchase.approved_date', asMillis),
		record,
	};
}

/** Reads an entry of the list of subscriptions (Hotmart §3.1.1). */
export function toSubscription(record: IDataObject): SubscriptionFacts {
	const reader = new Reader(record);
	return {
		code: reader.peek('subscriber_code', asText) ?? '',
		status: reader.peek('status', (raw) => subscriptionStatus(raw, 'rest')),
		planId: reader.peek('plan.id', asNumber),
		planName: reader.peek('plan.name', asText),
		canceledAt: reader.peek('end_accession_date', asMillis),
		nextChargeAt: reader.peek('date_next_charge', asMillis),
		record,
	};
}

/** Something that happened, as the API shows it. */
export type Change = { event: PolledEvent; at: number | null; count: number } & (
	| { kind: 'sale'; sale: SaleFacts; isAgain: boolean }
	| { kind: 'subscription'; subscription: SubscriptionFacts; previousPlan: { id: number; name: string | null } | null }
);

/** Where the buyer came from, under the names of webhooks. */
const ORIGINS: Array<[from: string, to: string]> = [
	['source', 'src'],
	['source_sck', 'sck'],
	['external_code', 'xcod'],
];

/** What of a purchase webhooks have under another name, or not at all. */
const RENAMED = ['recurrency_number', 'is_subscription', 'warranty_expire_date', 'price', 'tracking'];

/** The sale as a webhook would have it; what the list does not tell is not there. */
export function saleData({ record }: SaleFacts, subscription: SubscriptionFacts | undefined): IDataObject {
	const { product, buyer, purchase, ...others } = record as Record<string, IDataObject>;
	const { price, tracking } = (purchase ?? {}) as Record<string, IDataObject>;
	const rest = Object.fromEntries(Object.entries(purchase ?? {}).filter(([name]) => !RENAMED.includes(name)));
	const origin = Object.fromEntries(ORIGINS.map(([from, to]) => [to, tracking?.[from] ?? null]));
	const subscriptionRecord = subscription?.record;
	return {
		...others,
		product: {
			...product,
			...(subscriptionRecord && { ucode: (subscriptionRecord.product as IDataObject)?.ucode }),
			warranty_date: purchase?.warranty_expire_date,
		},
		buyer,
		purchase: {
			...rest,
			recurrence_number: purchase?.recurrency_number,
			...(price && { price: { value: price.value, currency_value: price.currency_code } }),
			origin,
			...(subscriptionRecord && { date_next_charge: subscriptionRecord.date_next_charge }),
		},
		...(subscriptionRecord && {
			subscription: {
				id: subscriptionRecord.subscription_id,
				status: restWord(subscriptionRecord.status),
				plan: planOf(subscriptionRecord),
				subscriber: personOf(subscriptionRecord),
			},
		}),
	};
}

const planOf = ({ plan }: IDataObject) => ({ id: (plan as IDataObject)?.id, name: (plan as IDataObject)?.name });

const personOf = ({ subscriber, subscriber_code: code }: IDataObject) => ({
	code,
	name: (subscriber as IDataObject)?.name,
	email: (subscriber as IDataObject)?.email,
});

/** What the list calls OVERDUE has ended; webhooks call late what they call so (Hotmart §4.1). */
const restWord = (status: unknown) => (status === 'OVERDUE' ? 'EXPIRED' : (status as string));

/** A subscription as the webhook of the event would have it. */
function subscriptionData(change: Extract<Change, { kind: 'subscription' }>): IDataObject {
	const { record, planId, planName } = change.subscription;
	const { product, date_next_charge: nextCharge, subscription_id: id, status } = record;
	const { code, ...user } = personOf(record);
	if (change.event === 'SWITCH_PLAN')
		return {
			subscription: {
				id,
				subscriber_code: code,
				status: restWord(status),
				date_next_charge: nextCharge,
				product,
				user,
			},
			plans: [
				{ id: planId, name: planName, current: true },
				...(change.previousPlan ? [{ ...change.previousPlan, current: false }] : []),
			],
		};
	return {
		...(change.event === 'SUBSCRIPTION_CANCELLATION' && { cancellation_date: record.end_accession_date }),
		date_next_charge: nextCharge,
		product,
		subscriber: { code, ...user },
		subscription: { id, status: restWord(status), plan: planOf(record) },
	};
}

/** Whether the sale is a payment of a subscription, as far as the list says. */
export const isOfSubscription = ({ record }: SaleFacts): boolean => {
	const reader = new Reader(record);
	return (
		reader.peek('purchase.is_subscription', asBoolean) ??
		reader.peek('purchase.offer.payment_mode', asText) === 'SUBSCRIPTION'
	);
};

/** The event as if Hotmart had sent it. */
export function toEnvelope(change: Change, now: number, subscription?: SubscriptionFacts): Envelope {
	const isSale = change.kind === 'sale';
	return {
		event: change.event,
		id: null,
		version: '',
		source: 'api',
		...(isSale && { isAgain: change.isAgain }),
		createdAt: change.at,
		receivedAt: now,
		data: isSale ? saleData(change.sale, subscription) : subscriptionData(change),
		others: {},
	};
}
