import { UserError, type IDataObject } from 'n8n-workflow';

import { allTimes } from '../../api/ranges';
import type { HotmartCall } from '../../api/operation';
import type { SaleFacts, SubscriptionFacts } from '../../access/payments';
import { asBoolean, asMillis, asNumber, asOfferCode, asText, Reader } from '../../vocabulary/reader';
import { purchaseStatus, subscriptionStatus } from '../../vocabulary/status';
import { SALE_STATUSES } from '../../vocabulary/choices';
import { addresses } from '../../api/addresses';

/** Who a record is about. */
export interface Owner {
	email: string;
	name: string | null;
}

export type Subscription = SubscriptionFacts & Owner & { productUcode: string | null };
export type Sale = SaleFacts & Owner;

/**
 * Statuses to ask for, between two that hardly any sale has: with these at the ends `demandAllStatuses` sees at once whether
 * Hotmart heeds more than the first or the last.
 */
const betweenRareOnes = (statuses: string[]) => {
	const [first, last] = ['PRE_ORDER', 'NO_FUNDS'];
	return [first!, ...statuses.filter((status) => status !== first && status !== last), last!];
};

/** All states: without any Hotmart lists approved and complete sales only (Hotmart §3.2). */
export const ALL_SALES = betweenRareOnes(Object.keys(SALE_STATUSES));

/** States of sales that were paid at some time, and of unpaid installments. */
export const PAID_SALES = betweenRareOnes([
	'APPROVED',
	'CHARGEBACK',
	'COMPLETE',
	'OVERDUE',
	'PARTIALLY_REFUNDED',
	'PROTESTED',
	'REFUNDED',
]);

/** Reads subscriptions from all dates and in all states, and keeps only what decides. */
export async function readSubscriptions(
	{ api }: HotmartCall,
	query: IDataObject,
	limit = Infinity,
): Promise<Subscription[]> {
	const path = addresses.subscriptions;
	return await api.list({ path, query: allTimes(path, query) }, { limit, read: toSubscription });
}

/** Reads sales from all dates in the same way, including the payments of subscriptions. */
export async function readSales(call: HotmartCall, query: IDataObject, statuses: string[]): Promise<Sale[]> {
	const sales = await listSales(call, { ...query, transaction_status: statuses });
	await demandAllStatuses(call, query, statuses, sales);
	return sales;
}

/** Reads the sale with a transaction, of any date and in any state. */
export async function readSale(call: HotmartCall, transaction: string): Promise<Sale | undefined> {
	return (await listSales(call, { transaction })).find((sale) => sale.transaction === transaction);
}

async function listSales({ api }: HotmartCall, query: IDataObject, limit = Infinity): Promise<Sale[]> {
	const path = addresses.sales;
	return await api.list({ path, query: allTimes(path, query) }, { limit, read: toSale });
}

/**
 * Notices when Hotmart heeds only the first or the last of several states: it documents only one (Hotmart §2.4), and a list
 * without the approved sales would end the access of everybody who bought. A sale in any other state shows that all count.
 * Without one there must be no sale that Hotmart lists by default, which is an approved or complete one (Hotmart §3.2).
 *
 * @throws UserError when sales are missing
 */
async function demandAllStatuses(
	call: HotmartCall,
	query: IDataObject,
	statuses: string[],
	found: Sale[],
): Promise<void> {
	const ends = [statuses[0], statuses.at(-1)];
	if (found.some(({ statusRaw }) => !ends.includes(statusRaw ?? ''))) return;
	if ((await listSales(call, query, 1)).length === 0) return;
	throw new UserError(
		"Hotmart left out sales that exist, so it is unclear who has access. Do not change anybody's access, and report this to the authors of the node. (transaction_status)",
	);
}

/** Finds a subscription by its code. */
export async function findByCode(call: HotmartCall, code: string): Promise<Subscription | undefined> {
	const found = await readSubscriptions(call, { subscriber_code: code });
	return found.find((subscription) => subscription.subscriberCode.toUpperCase() === code.toUpperCase());
}

/** When the money of a payment went back: only this list says it, up to a day late (Hotmart §3.1.3). In milliseconds. */
export async function readRefundDate({ api }: HotmartCall, transaction: string): Promise<number | undefined> {
	const path = addresses.subscriptionTransactions;
	const dates = await api.list(
		{ path, query: allTimes(path, { transaction }) },
		{
			limit: Infinity,
			read: (row) => new Reader(row).peek('purchase.payment.refund_chargeback_date', asMillis),
		},
	);
	return dates.find((date) => date !== null) ?? undefined;
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
		productUcode: reader.peek('product.ucode', asText),
		productName: reader.peek('product.name', asText),
		planId: reader.peek('plan.id', asNumber),
		planName: reader.peek('plan.name', asText),
		periodDays: reader.peek('plan.recurrency_period', asNumber),
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
		// Installments that Hotmart charges one by one have the mode of a subscription, but are not one (Hotmart §3.2.1, §3.3.1).
		isSubscription:
			reader.peek('purchase.is_subscription', asBoolean) ??
			reader.peek('purchase.offer.payment_mode', asText) === 'SUBSCRIPTION',
		orderedAt: reader.peek('purchase.order_date', asMillis),
		approvedAt: reader.peek('purchase.approved_date', asMillis),
	};
}
