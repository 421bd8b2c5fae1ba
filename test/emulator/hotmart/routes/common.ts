import { isPaid } from '../life/common';
import type { Account } from '../account';
import { findProduct, productOf } from '../state';
import { notFound } from '../http';
import type { Call } from '../http';
import type { Money, Product, Sale, SaleStatus, Subscription, SubscriptionStatus, Write } from '../types';

/** REST vocabulary of filters (Hotmart §4.1). */
export const SUBSCRIPTION_STATUSES: SubscriptionStatus[] = [
	'ACTIVE',
	'INACTIVE',
	'DELAYED',
	'CANCELLED_BY_CUSTOMER',
	'CANCELLED_BY_SELLER',
	'CANCELLED_BY_ADMIN',
	'STARTED',
	'OVERDUE',
];

/** REST vocabulary of filters (Hotmart §4.2); the emulator does not bring sales into all of them. */
export const SALE_STATUSES: Array<SaleStatus | string> = [
	'APPROVED',
	'BLOCKED',
	'CANCELLED',
	'CHARGEBACK',
	'COMPLETE',
	'EXPIRED',
	'NO_FUNDS',
	'OVERDUE',
	'PARTIALLY_REFUNDED',
	'PRE_ORDER',
	'PRINTED_BILLET',
	'PROCESSING_TRANSACTION',
	'PROTESTED',
	'REFUNDED',
	'STARTED',
	'UNDER_ANALISYS',
	'WAITING_PAYMENT',
];

/** Days of a period in the words of plans and transactions (Hotmart §4.9). */
export const PERIODICITY: Record<number, string> = {
	7: 'WEEKLY',
	30: 'MONTHLY',
	60: 'BIMONTHLY',
	90: 'QUARTERLY',
	180: 'BIANNUAL',
	360: 'ANNUAL',
};

export const billingOf = ({ smartInstallments }: Subscription) =>
	smartInstallments === undefined ? 'SUBSCRIPTION' : 'SMART_INSTALLMENT';

export const moneyJson = ({ value, currency }: Money) => ({
	value: Math.round(value * 100) / 100,
	currency_code: currency,
});

/** Id and name, as most answers name a product. */
export function productPart({ account }: Call, { productId }: { productId: number }) {
	const { id, name } = productOf(account.state, productId);
	return { id, name };
}

/** The product of a path or query, or 404. */
export function productNumbered({ account }: Call, id: unknown): Product {
	const found = findProduct(account.state, Number(id));
	if (found === undefined) throw notFound(`Product ${String(id)}`);
	return found;
}

export const isOutOfTrial = (sale: Sale, owner: Subscription | undefined) => isPaid(sale) && owner?.trial !== true;

/** Records what API calls have done. */
export const note = ({ state, clock }: Account, write: Omit<Write, 'at'>) =>
	void state.writes.push({ ...write, at: clock.now() });
