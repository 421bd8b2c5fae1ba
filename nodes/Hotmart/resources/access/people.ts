import type { IDataObject } from 'n8n-workflow';

import { path } from '../../../shared/http';
import { isGivenBack, purchaseReason } from '../../access';
import { allTimes } from '../../client';
import type { Person, SaleFacts, SubscriptionFacts, Verdict } from '../../entitlement';
import type { HotmartCall } from '../../fields';
import { asMillis, asNumber, asOfferCode, asText, Reader } from '../../reader';
import { purchaseStatus, subscriptionStatus } from '../../status';
import { SALE_STATUSES } from '../../words';
import { SUBSCRIPTIONS } from '../subscription/shape';

const SALES = '/payments/api/v1/sales/history';

/** Who a record is about. */
interface Owner {
	email: string;
	name: string | null;
}

type Subscription = SubscriptionFacts & Owner;
type Sale = SaleFacts & Owner;

/** All states: without any Hotmart lists approved and complete sales only (facts §3.2). */
export const ALL_SALES = Object.keys(SALE_STATUSES);

/** States of sales whose money came in at some time, and of instalments that did not come. */
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

/**
 * Asks which subscription each payment is for, where a guess could end or keep the wrong one: when a person has several of one
 * product and money of one went back. Only the payments of a single subscription tell (facts §3.1.4), a request each.
 */
export async function nameSubscriptions({ api }: HotmartCall, { subscriptions, sales }: Person): Promise<void> {
	const known = new Set(subscriptions.map(({ transaction }) => transaction));
	for (const product of new Set(subscriptions.map(({ productId }) => productId))) {
		const codes = new Set(
			subscriptions.filter(({ productId }) => productId === product).map(({ subscriberCode }) => subscriberCode),
		);
		const payments = sales.filter(({ isSubscription, productId }) => isSubscription && productId === product);
		const wentBack = payments.some(({ status }) => isGivenBack(purchaseReason(status)));
		if (codes.size < 2 || !wentBack || payments.every(({ transaction }) => known.has(transaction))) continue;
		for (const code of codes) {
			const purchases = [await api.request({ path: path`/payments/api/v1/subscriptions/${code}/purchases` })].flat() as IDataObject[];
			const own = new Set(purchases.map(({ transaction }) => transaction));
			for (const sale of payments) if (own.has(sale.transaction)) sale.subscriberCode = code;
		}
	}
}

/** Finds a subscription by its code. */
export async function findByCode(call: HotmartCall, code: string): Promise<Subscription | undefined> {
	const found = await readSubscriptions(call, { subscriber_code: code });
	return found.find((subscription) => subscription.subscriberCode.toUpperCase() === code.toUpperCase());
}

/**
 * Reads what the person with an address bought. Whether Hotmart compares addresses exactly or loosely is not documented, so it
 * is asked for the spelling in lower case as well, and what it answers is compared here.
 */
export async function readPurchases(call: HotmartCall, address: string, productId: string) {
	const subscriptions: Subscription[] = [];
	const sales: Sale[] = [];
	const isTheirs = (entry: { email: string }) => sameEmail(entry.email) === sameEmail(address);
	for (const spelling of new Set([address, sameEmail(address)])) {
		const query = { product_id: productId || undefined };
		const found = await readSubscriptions(call, { ...query, subscriber_email: spelling });
		subscriptions.push(...found.filter(isTheirs));
		sales.push(...(await readSales(call, { ...query, buyer_email: spelling }, ALL_SALES)).filter(isTheirs));
	}
	return { subscriptions, sales };
}

/** The same for every spelling of an address that means one person. */
const sameEmail = (email: string) => email.trim().toLowerCase();

/** One person's item. `sources` has what decides first. */
export function toItem(owner: { email: string | null; name: string | null; subscriberCode?: string }, verdict: Verdict): IDataObject {
	const { hasAccess, until, reason, status, sources } = verdict;
	const subscriberCode = owner.subscriberCode ?? sources[0]?.subscriberCode ?? null;
	const item = { email: owner.email, name: owner.name, subscriberCode, hasAccess, until, reason, status };
	return { ...item, sources: sources as unknown as IDataObject[] };
}

/** Everybody's purchases by e-mail address. Records without an address are nobody's. */
export function byPerson(subscriptions: Subscription[], sales: Sale[]): Iterable<Person & Owner> {
	const people = new Map<string, Person & Owner>();
	const personOf = ({ email, name }: Owner) => {
		const key = sameEmail(email);
		const known = people.get(key) ?? { email, name, subscriptions: [], sales: [] };
		people.set(key, known);
		return known;
	};
	for (const subscription of subscriptions) personOf(subscription).subscriptions.push(subscription);
	for (const sale of sales) personOf(sale).sales.push(sale);
	people.delete('');
	return people.values();
}

/** Reads an entry of the list of subscriptions (facts §3.1.1). */
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

/** Reads an entry of the sales history (facts §3.2.1). */
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
		isSubscription:
			reader.peek('purchase.is_subscription', (raw) => raw === true) === true ||
			reader.peek('purchase.offer.payment_mode', asText) === 'SUBSCRIPTION',
		orderedAt: reader.peek('purchase.order_date', asMillis),
	};
}
