import type { IDataObject } from 'n8n-workflow';

import { allTimes } from '../../api/client';
import type { SaleFacts, SubscriptionFacts } from '../../access/verdict';
import type { HotmartCall } from '../../api/fields';
import { asBoolean, asMillis, asNumber, asOfferCode, asText, Reader } from '../../vocabulary/reader';
import { purchaseStatus, subscriptionStatus } from '../../vocabulary/status';
import { SALE_STATUSES } from '../../vocabulary/choices';
import { SUBSCRIPTIONS } from '../subscription/shape';

const SALES = '/payments/api/v1/sales/history';

/** Who a record is about. */
export interface Owner {
	email: string;
	name: string | null;
}

export type Subscription = SubscriptionFacts & Owner;
export type Sale = SaleFacts & Owner;

/** All states: without any Hotmart lists approved and complete sales only (Hotmart §3.2). */
export const ALL_SALES = Object.keys(SALE_STATUSES);

/** States of sales whose money came in at some time, and of installments that did not come. */
export const PAID_SALES = [
	'APPROVED',
	'CHARGEBACK',
	'COMPLETE',
	'OVERDUE',
	'PARTIALLY_REFUNDED',
	'PROTESTED',
	'REFUNDED',
];

/** Reads subscriptions of all times and in all states, of which only what decides is held. */
export async function readSubscriptions({ api }: HotmartCall, query: IDataObject): Promise<Subscription[]> {
	const read = (record: IDataObject) => toSubscription(record) as unknown as IDataObject;
	const found = await api.list(SUBSCRIPTIONS, allTimes(SUBSCRIPTIONS, query), Infinity, { read });
	return found as unknown as Subscription[];
}

/** Reads sales of all times likewise, the payments of subscriptions among them. */
export async function readSales({ api }: HotmartCall, query: IDataObject, statuses: string[]): Promise<Sale[]> {
	const read = (record: IDataObject) => toSale(record) as unknown as IDataObject;
	const complete = { ...allTimes(SALES, query), transaction_status: statuses };
	return (await api.list(SALES, complete, Infinity, { read })) as unknown as Sale[];
}

/** Finds a subscription by its code. */
export async function findByCode(call: HotmartCall, code: string): Promise<Subscription | undefined> {
	const found = await readSubscriptions(call, { subscriber_code: code });
	return found.find((subscription) => subscription.subscriberCode.toUpperCase() === code.toUpperCase());
}

/** Reads an entry of the list of subscriptions (Hotmart §3.1.1). */
function toSubscription(record: IDataObject): Subscription {
	const reader = new Reader(record);
	const status = reader.peek('status', asText);
	return {
		email: reader.peek('subscriber.email', asText) ?? '',
		name: reader.peek('subscriber.name', asText),
		subscriberCode: reader.peek('subscriber_code', asText) ?? '',
		transaction: reader.peek('transaction', asText),
		productId: reader.peek('product.id', asNumber),
		productName: reader.peek('product.name', asText),
		planId: reader.peek('plan.id', asNumber),
		planName: reader.peek('plan.name', asText),
		status: subscriptionStatus(status, 'rest'),
		statusRaw: status,
		requestedAt: reader.peek('request_date', asMillis) ?? reader.peek('accession_date', asMillis),
		canceledAt: reader.peek('end_accession_date', asMillis),
		nextChargeAt: reader.peek('date_next_charge', asMillis),
	};
}

/** Reads an entry of the sales history (Hotmart §3.2.1). */
function toSale(record: IDataObject): Sale {
	const reader = new Reader(record);
	const status = reader.peek('purchase.status', asText);
	return {
		email: reader.peek('buyer.email', asText) ?? '',
		name: reader.peek('buyer.name', asText),
		transaction: reader.peek('purchase.transaction', asText) ?? '',
		productId: reader.peek('product.id', asNumber),
		productName: reader.peek('product.name', asText),
		offerCode: reader.peek('purchase.offer.code', asOfferCode),
		status: purchaseStatus(status),
		statusRaw: status,
		recurrence: reader.peek('purchase.recurrency_number', asNumber),
		// Installments that Hotmart charges one by one have the mode of a subscription, and are none (Hotmart §3.2.1, §3.3.1).
		isSubscription:
			reader.peek('purchase.is_subscription', asBoolean) ??
			reader.peek('purchase.offer.payment_mode', asText) === 'SUBSCRIPTION',
		orderedAt: reader.peek('purchase.order_date', asMillis),
	};
}
