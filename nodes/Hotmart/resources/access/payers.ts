import { NodeApiError, type IDataObject } from 'n8n-workflow';

import { path } from '../../../shared/http';
import { isGivenBack, purchaseReason } from '../../access/rules';
import type { Person } from '../../access/verdict';
import type { HotmartCall } from '../../api/fields';
import { asMillis, asNumber, asText, Reader } from '../../vocabulary/reader';
import { purchaseStatus } from '../../vocabulary/status';
import { readSubscriptions, type Owner, type Sale, type Subscription } from './purchases';

/*
 * Hotmart keeps a subscription under the address of the subscriber and its payments under that of the payer, who may be somebody
 * else (Hotmart §5.6.8). Events of purchases name the payer, so both have the access that the subscription gives.
 */

interface Bought {
	subscriptions: Subscription[];
	sales: Sale[];
}

/**
 * Payments of subscriptions without a subscription of their product beside them, newest first.
 *
 * @param counts which subscriptions the payments may be of
 */
const paidForOthers = (
	{ subscriptions, sales }: Bought,
	counts: (subscription: Subscription) => boolean = () => true,
): Sale[] => {
	const own = new Set(subscriptions.filter(counts).map(({ productId }) => productId));
	return sales
		.filter(({ isSubscription, productId }) => isSubscription && !own.has(productId))
		.sort((a, b) => (b.orderedAt ?? 0) - (a.orderedAt ?? 0));
};

/**
 * Completes what one person bought: subscriptions that the person pays for somebody, and payments that somebody makes for the
 * person. Costs nothing where running subscriptions and their payments stand side by side, as they mostly do.
 */
export async function completePerson(call: HotmartCall, bought: Bought): Promise<void> {
	// Beside a subscription that has ended there may be another one, of somebody else.
	const known = new Set(bought.subscriptions.map(({ transaction }) => transaction));
	const strange = paidForOthers(bought, ({ status }) => status === 'active' || status === 'overdue').filter(
		({ transaction }) => !known.has(transaction),
	);
	for (const productId of new Set(strange.map((sale) => sale.productId))) {
		const payments = strange.filter((sale) => sale.productId === productId);
		// Whether Hotmart knows a subscription by its first or by its latest payment is not documented (Hotmart §3.1.1).
		for (const transaction of new Set([payments[0]!.transaction, payments.at(-1)!.transaction])) {
			const found = await readSubscriptions(call, { transaction });
			bought.subscriptions.push(...found.filter((entry) => entry.productId === productId));
		}
	}
	const paid = new Set(bought.sales.filter(({ isSubscription }) => isSubscription).map(({ productId }) => productId));
	const unpaid = bought.subscriptions.filter(({ productId }) => !paid.has(productId));
	const byCode = new Map(unpaid.map((subscription) => [subscription.subscriberCode, subscription]));
	for (const subscription of byCode.values()) bought.sales.push(...(await readPayments(call, subscription)));
}

/** What Hotmart says of the payments of a subscription (Hotmart §3.1.4): nothing of one that it does not know. */
async function purchasesOf({ api }: HotmartCall, subscriberCode: string): Promise<IDataObject[]> {
	if (subscriberCode === '') return [];
	const request = { path: path`/payments/api/v1/subscriptions/${subscriberCode}/purchases` };
	const answer = await api.request(request).catch((error: Error) => {
		if (error instanceof NodeApiError && error.httpCode === '404') return [];
		throw error;
	});
	return [answer].flat() as IDataObject[];
}

/**
 * Asks which subscription each payment is for, where a guess could end or keep the wrong one: when a person has several of one
 * product and money of one went back. Only the payments of a single subscription tell (Hotmart §3.1.4), a request each.
 */
export async function nameSubscriptions(call: HotmartCall, { subscriptions, sales }: Person): Promise<void> {
	const known = new Set(subscriptions.map(({ transaction }) => transaction));
	for (const product of new Set(subscriptions.map(({ productId }) => productId))) {
		const codes = new Set(
			subscriptions.filter(({ productId }) => productId === product).map(({ subscriberCode }) => subscriberCode),
		);
		const payments = sales.filter(({ isSubscription, productId }) => isSubscription && productId === product);
		const wentBack = payments.some(({ status }) => isGivenBack(purchaseReason(status)));
		if (codes.size < 2 || !wentBack || payments.every(({ transaction }) => known.has(transaction))) continue;
		for (const code of codes) {
			const own = new Set((await purchasesOf(call, code)).map(({ transaction }) => transaction));
			for (const sale of payments) if (own.has(sale.transaction)) sale.subscriberCode = code;
		}
	}
}

/** The payments of one subscription, whoever makes them, as sales. */
async function readPayments(call: HotmartCall, subscription: Subscription): Promise<Sale[]> {
	const { email, name, productId, productName, subscriberCode } = subscription;
	return (await purchasesOf(call, subscriberCode)).map((record) => {
		const reader = new Reader(record);
		const status = reader.peek('status', asText);
		return {
			email,
			name,
			transaction: reader.peek('transaction', asText) ?? '',
			productId,
			productName,
			offerCode: null,
			status: purchaseStatus(status),
			statusRaw: status,
			recurrence: reader.peek('recurrency_number', asNumber),
			isSubscription: true,
			orderedAt: reader.peek('approved_date', asMillis),
			subscriberCode,
		};
	});
}

/** The same for everybody at once, out of the complete lists of a product: without any request. */
export function completePeople(people: Array<Bought & Owner>): void {
	const byTransaction = new Map(
		people.flatMap((owner) =>
			owner.subscriptions.map((subscription) => [subscription.transaction, { owner, subscription }] as const),
		),
	);
	const payers = people.map((payer) => ({
		payer,
		payments: payer.sales.filter(({ isSubscription }) => isSubscription),
		strange: new Set(paidForOthers(payer)),
	}));
	for (const { payer, payments, strange } of payers) {
		const found = new Map(
			payments.flatMap(({ transaction }) => {
				const entry = byTransaction.get(transaction);
				return entry && entry.owner !== payer ? [[entry.subscription.subscriberCode, entry] as const] : [];
			}),
		);
		for (const [subscriberCode, { owner, subscription }] of found) {
			payer.subscriptions.push(subscription);
			// Which of several subscriptions a renewal is for cannot be told from the lists; the payment that names one can.
			const isIts = (sale: Sale) =>
				sale.transaction === subscription.transaction || (found.size === 1 && strange.has(sale));
			owner.sales.push(...payments.filter(isIts).map((sale) => ({ ...sale, subscriberCode })));
		}
	}
}
