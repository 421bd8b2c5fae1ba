import type { Account } from '../account';
import { purchasePayload } from '../events';
import type { Payload, PurchaseEvent } from '../events';
import { contentsOf, newTransaction, nextNumber, planOf, productOf, subscriptionOf } from '../state';
import type { Outcome, Sale, SaleStatus, Subscription, SubscriptionStatus } from '../types';

/** Throws what an operation's caller did wrong. */
export function demand(condition: boolean, what: string): void {
	if (!condition) throw new Error(what);
}

const CANCELABLE: SubscriptionStatus[] = ['ACTIVE', 'DELAYED', 'STARTED'];
const RUNNING: SubscriptionStatus[] = ['ACTIVE', 'DELAYED'];
export const isCancelable = ({ status }: Subscription) => CANCELABLE.includes(status);
export const isRunning = ({ status }: Subscription) => RUNNING.includes(status);
export const isCanceled = ({ status }: Subscription) => status.startsWith('CANCELLED');

const WAITING: SaleStatus[] = ['PRINTED_BILLET', 'WAITING_PAYMENT'];
export const isPaid = ({ status }: Sale) => status === 'APPROVED' || status === 'COMPLETE';
export const isWaiting = ({ status }: Sale) => WAITING.includes(status);

export const ownerOf = ({ state }: Account, { subscriberCode }: Sale) =>
	subscriberCode === undefined ? undefined : subscriptionOf(state, subscriberCode);

export const outcomeOf = ({ transaction, subscriberCode }: Sale): Outcome => ({
	transaction,
	...(subscriberCode !== undefined && { subscriberCode }),
});

/** The payload of a purchase event about a sale, as the records are now. */
export function purchase(account: Account, event: PurchaseEvent, sale: Sale): Payload {
	const { state, switches } = account;
	const product = productOf(state, sale.productId);
	return purchasePayload(event, {
		product,
		contents: contentsOf(state, product),
		sale,
		subscription: ownerOf(account, sale),
		switches,
	});
}

/** What events about a subscription are made of. */
export const factsOf = ({ state, clock }: Account, subscription: Subscription) => ({
	product: productOf(state, subscription.productId),
	subscription,
	plan: planOf(state, subscription),
	at: clock.now(),
});

export function addSale({ state, clock }: Account, sale: Omit<Sale, 'transaction' | 'orderDate'>): Sale {
	const transaction = newTransaction(nextNumber(state));
	return state.sales.add({ ...sale, transaction, orderDate: clock.now() });
}
