import type { Account } from '../account';
import type { PurchaseEvent } from '../events';
import { saleOf } from '../state';
import type { Sale, SaleStatus } from '../types';
import { tell } from '../webhooks';
import { demand, isCancelable, isPaid, ownerOf, purchase } from './common';
import { end } from './subscriptions';

async function setStatus(
	account: Account,
	transaction: string,
	from: SaleStatus[],
	status: SaleStatus,
	event: PurchaseEvent,
): Promise<void> {
	const sale = saleOf(account.state, transaction);
	demand(from.includes(sale.status), `Sale ${transaction} is ${sale.status}`);
	sale.status = status;
	await tell(account, [purchase(account, event, sale)]);
}

/** The buyer asks for the money back: PURCHASE_PROTEST. */
export const requestRefund = async (account: Account, transaction: string) =>
	await setStatus(account, transaction, ['APPROVED', 'COMPLETE'], 'PROTESTED', 'PURCHASE_PROTEST');

/** A refund request is taken back: PURCHASE_APPROVED. */
export const withdrawRefund = async (account: Account, transaction: string) =>
	await setStatus(account, transaction, ['PROTESTED'], 'APPROVED', 'PURCHASE_APPROVED');

/** The refund period is over: PURCHASE_COMPLETE. */
export const complete = async (account: Account, transaction: string) =>
	await setStatus(account, transaction, ['APPROVED'], 'COMPLETE', 'PURCHASE_COMPLETE');

/** Sales that can give money back although they are not simply paid. */
const GIVABLE: SaleStatus[] = ['PROTESTED', 'PARTIALLY_REFUNDED'];

function readGivable(account: Account, transaction: string): Sale {
	const sale = saleOf(account.state, transaction);
	demand(isPaid(sale) || GIVABLE.includes(sale.status), `Sale ${transaction} is ${sale.status}`);
	return sale;
}

/** All the money goes back, and a first recurrence takes its subscription with it (Hotmart §6.4). */
async function giveAllBack(account: Account, sale: Sale, event: 'PURCHASE_REFUNDED' | 'PURCHASE_CHARGEBACK') {
	const refunded = event === 'PURCHASE_REFUNDED';
	Object.assign(sale, { status: refunded ? 'REFUNDED' : 'CHARGEBACK', refundDate: account.clock.now() });
	const subscription = ownerOf(account, sale);
	const ends = subscription?.transaction === sale.transaction && isCancelable(subscription);
	const payloads = ends ? [end(account, subscription, refunded ? 'customer' : 'admin')] : [];
	await tell(account, [purchase(account, event, sale), ...payloads]);
}

/**
 * PURCHASE_REFUNDED, and SUBSCRIPTION_CANCELLATION when it was the first recurrence. With an amount below the price only that
 * part goes back: the sale is PARTIALLY_REFUNDED and nothing else changes.
 */
export async function refund(account: Account, transaction: string, amount = Infinity): Promise<void> {
	const sale = readGivable(account, transaction);
	demand(amount > 0, 'The amount to give back must be more than 0');
	if (amount >= sale.price.value) return await giveAllBack(account, sale, 'PURCHASE_REFUNDED');
	Object.assign(sale, { status: 'PARTIALLY_REFUNDED', refundDate: account.clock.now() });
	await tell(account, [purchase(account, 'PURCHASE_REFUNDED', sale)]);
}

/** PURCHASE_CHARGEBACK, and SUBSCRIPTION_CANCELLATION when it was the first recurrence. */
export const chargeback = async (account: Account, transaction: string) =>
	await giveAllBack(account, readGivable(account, transaction), 'PURCHASE_CHARGEBACK');
