import type { IDataObject } from 'n8n-workflow';

import { DAY } from '../../../shared/dates';
import { doubtfulRefund, isFirst, namedOwner, paymentsOf, wasNeverPaid } from '../../access/payments';
import type { AccessPolicy } from '../../access/policy';
import { isGivenBack, purchaseReason, wasPaid } from '../../access/rules';
import { inOrder } from '../../access/verdict';
import type { HotmartCall } from '../../api/operation';
import { asMillis, asNumber, asText, Reader } from '../../vocabulary/reader';
import { purchaseStatus } from '../../vocabulary/status';
import { readRefundDate, readSale, readSubscriptions, type Owner, type Sale, type Subscription } from './purchases';
import { addresses } from '../../api/addresses';
import { RequestError } from '../../../shared/http';

/*
 * Hotmart keeps a subscription under the address of the subscriber and its payments under that of the payer, who may be somebody
 * else (Hotmart §5.6.8). Events of purchases name the payer, so both have the access that the subscription gives.
 */

interface Bought {
	subscriptions: Subscription[];
	sales: Sale[];
}

const isPayment = ({ isSubscription }: Sale) => isSubscription;

/** Completes the purchases of one person. Costs nothing if subscriptions and payments come together, as they mostly do. */
export async function completePerson(call: HotmartCall, bought: Bought, policy: AccessPolicy, now: number) {
	await addPaymentsOfOthers(call, bought);
	await addPaidForOthers(call, bought);
	await askForDoubts(call, bought, policy, now);
}

/** Asks what a guess could get wrong: which subscription a payment is for, and when money went back. */
export async function askForDoubts(call: HotmartCall, bought: Bought, policy: AccessPolicy, now: number) {
	await nameSubscriptions(call, bought);
	const { subscriptions, sales } = inOrder(bought);
	for (const [subscription, payments] of paymentsOf(subscriptions, sales.filter(isPayment))) {
		const sale = doubtfulRefund(subscription, payments, policy, now);
		if (sale) sale.givenBackAt = await readRefundDate(call, sale.transaction);
	}
}

/** Adds the subscriptions of others that the person pays for. */
async function addPaidForOthers(call: HotmartCall, bought: Bought): Promise<void> {
	const strange = unexplained(bought);
	for (const productId of new Set(strange.map((sale) => sale.productId))) {
		const payments = strange.filter((sale) => sale.productId === productId);
		// Whether Hotmart knows a subscription by its first or by its latest payment is not documented (Hotmart §3.1.1).
		const telling = [...payments.filter(isFirst), payments.at(-1)!];
		for (const transaction of new Set(telling.map((sale) => sale.transaction))) {
			if (bought.subscriptions.some((entry) => entry.transaction === transaction)) continue;
			const found = await readSubscriptions(call, { transaction });
			const isNew = ({ subscriberCode, productId: product }: Subscription) =>
				product === productId && bought.subscriptions.every((entry) => entry.subscriberCode !== subscriberCode);
			bought.subscriptions.push(...found.filter(isNew));
		}
	}
}

/** Payments that none of the person's own subscriptions explains, oldest first. */
function unexplained(bought: Bought): Sale[] {
	const { subscriptions, sales } = inOrder(bought);
	// Each subscription has one first payment, which is ordered together with it.
	const started = new Set(sales.filter(isFirst).map((sale) => namedOwner(subscriptions, sale)));
	const namedCodes = new Set(sales.map(({ subscriberCode }) => subscriberCode));
	return sales.filter((sale) => {
		if (!isPayment(sale) || !wasPaid(purchaseReason(sale.status)) || namedOwner(subscriptions, sale)) return false;
		const orderedAt = sale.orderedAt ?? 0;
		const fits = (entry: Subscription) => {
			const age = orderedAt - (entry.requestedAt ?? 0);
			if (entry.productId !== sale.productId || wasNeverPaid(entry) || namedCodes.has(entry.subscriberCode))
				return false;
			if (isFirst(sale)) return Math.abs(age) < DAY && !started.has(entry);
			return age > -DAY && (entry.canceledAt === null || entry.canceledAt >= orderedAt);
		};
		const owner = subscriptions.find(fits);
		if (isFirst(sale)) started.add(owner);
		return owner === undefined;
	});
}

/** Adds the payments of the person's own subscriptions that others make: those whose transaction is no sale to the person. */
async function addPaymentsOfOthers(call: HotmartCall, bought: Bought): Promise<void> {
	const { subscriptions, sales } = inOrder(bought);
	const transactions = new Set(sales.map(({ transaction }) => transaction));
	for (const [subscription, payments] of paymentsOf(subscriptions, sales.filter(isPayment))) {
		if (wasNeverPaid(subscription)) continue;
		const isOfOther = subscription.transaction !== null && !transactions.has(subscription.transaction);
		if (isOfOther || payments.length === 0) bought.sales.push(...(await readPayments(call, subscription)));
	}
}

/** The payments of a subscription by Hotmart (Hotmart §3.1.4): none if Hotmart does not know it. */
async function purchasesOf({ api }: HotmartCall, subscriberCode: string): Promise<IDataObject[]> {
	if (subscriberCode === '') return [];
	const request = { path: addresses.subscriptionPurchases(subscriberCode) };
	const answer = await api.request(request).catch((error: Error) => {
		if (error instanceof RequestError && error.status === 404) return [];
		throw error;
	});
	return [answer].flat() as IDataObject[];
}

/** The payments of one subscription by any payer, as sales. Only the last one has its offer, which is another request. */
async function readPayments(call: HotmartCall, subscription: Subscription): Promise<Sale[]> {
	const { email, name, productId, productName, subscriberCode } = subscription;
	const payments = (await purchasesOf(call, subscriberCode)).map((record): Sale => {
		const reader = new Reader(record);
		const status = reader.peek('status', asText);
		const approvedAt = reader.peek('approved_date', asMillis);
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
			orderedAt: approvedAt,
			approvedAt,
			subscriberCode,
		};
	});
	const last = payments.filter(({ status }) => wasPaid(purchaseReason(status))).at(-1) ?? payments.at(-1);
	if (last) last.offerCode = (await readSale(call, last.transaction))?.offerCode ?? null;
	return payments;
}

/**
 * Asks which subscription each payment is for, where a guess could end or keep the wrong one: when a person has several of one
 * product and money of one went back. Only the payments of a single subscription tell (Hotmart §3.1.4), a request each.
 */
async function nameSubscriptions(call: HotmartCall, { subscriptions, sales }: Bought): Promise<void> {
	for (const product of new Set(subscriptions.map(({ productId }) => productId))) {
		const ofProduct = subscriptions.filter(({ productId }) => productId === product);
		const codes = new Set(ofProduct.map(({ subscriberCode }) => subscriberCode));
		const payments = sales.filter((sale) => isPayment(sale) && sale.productId === product);
		const wentBack = payments.some(({ status }) => isGivenBack(purchaseReason(status)));
		if (codes.size < 2 || !wentBack || payments.every((sale) => namedOwner(ofProduct, sale))) continue;
		for (const code of codes) {
			const transactions = new Set((await purchasesOf(call, code)).map(({ transaction }) => transaction));
			for (const sale of payments) if (transactions.has(sale.transaction)) sale.subscriberCode = code;
		}
	}
}

/** Adds the subscriptions that payers pay for, and the payments that others make for subscribers, from complete lists. */
export async function linkPayers(call: HotmartCall, people: Array<Bought & Owner>): Promise<void> {
	const byTransaction = new Map(
		people.flatMap((owner) =>
			owner.subscriptions.map((subscription) => [subscription.transaction, { owner, subscription }] as const),
		),
	);
	const payers = people.map((payer) => ({ payer, payments: payer.sales.filter(isPayment) }));
	const buyers = new Map(
		payers.flatMap(({ payer, payments }) => payments.map((sale) => [sale.transaction, payer] as const)),
	);
	for (const { payer, payments } of payers) {
		const others = new Map(
			payments.flatMap(({ transaction }) => {
				const entry = byTransaction.get(transaction);
				return entry && entry.owner !== payer ? [[entry.subscription.subscriberCode, entry] as const] : [];
			}),
		);
		if (others.size === 0) continue;
		const isOwn = ({ transaction }: Subscription) => (buyers.get(transaction ?? '') ?? payer) === payer;
		const paid = [
			...payer.subscriptions.filter(isOwn),
			...[...others.values()].map(({ subscription }) => subscription),
		];
		payer.subscriptions.push(...paid.filter((subscription) => !payer.subscriptions.includes(subscription)));
		const all = { subscriptions: paid, sales: payments };
		await nameSubscriptions(call, all);
		const { subscriptions, sales } = inOrder(all);
		for (const [{ subscriberCode }, charges] of paymentsOf(subscriptions, sales)) {
			for (const sale of charges) sale.subscriberCode = subscriberCode;
			others.get(subscriberCode)?.owner.sales.push(...charges);
		}
	}
}
