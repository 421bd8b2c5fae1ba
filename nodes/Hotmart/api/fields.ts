import type { INodeProperties } from 'n8n-workflow';

import { locator } from '../../shared/fields';
import { isRecord } from '../../shared/record';

export const subscriberCode = locator(
	{
		displayName: 'Subscriber Code',
		name: 'subscriberCode',
		required: true,
		description: 'Code of the subscription: subscription.subscriberCode in events, subscriberCode in lists',
	},
	'searchSubscriptions',
	['By Code', 'e.g. AB12CD34'],
);

export const product = locator({ displayName: 'Product', name: 'productId' }, 'searchProducts', [
	'By ID',
	'e.g. 1355458',
]);

/** The product that an operation is about. */
export const productField: INodeProperties = { ...product, required: true };

/**
 * Hotmart's lists of offers, plans and coupons are lists of a product: their fields need `productId` beside them, in the
 * operation or in its filters, and are read again when it changes.
 */
const ofProduct = { loadOptionsDependsOn: ['productId.value', 'filters.productId.value'] };

export const offer = locator(
	{ displayName: 'Offer', name: 'offerCode', description: 'The list needs a product', typeOptions: ofProduct },
	'searchOffers',
	['By Code', 'e.g. k0lphun9'],
);

/** The mode in which a plan is entered by its number. */
const PLAN_BY_ID = 'planId';

const planByName = locator(
	{
		displayName: 'Plan',
		name: 'plan',
		description: 'The list needs a product; enter a plan without a name by its ID',
		typeOptions: ofProduct,
	},
	'searchPlans',
	['By Name', 'e.g. Annual'],
);

/** Hotmart shows the numeric ID of a plan only in subscriptions, so the list gives its name (Hotmart §3.3.3). */
export const plan: INodeProperties = {
	...planByName,
	modes: [...planByName.modes!, { displayName: 'By ID', name: PLAN_BY_ID, type: 'string', placeholder: 'e.g. 558689' }],
};

/** Whether a value of the field is the number of a plan, and not its name. */
export const isPlanId = (value: unknown): boolean => isRecord(value) && value.mode === PLAN_BY_ID;

export const planToSwitchTo = locator(
	{
		displayName: 'New Plan',
		name: 'offerCode',
		required: true,
		description: 'The plan to switch to, by the code of its offer',
		typeOptions: { loadOptionsDependsOn: ['subscriberCode.value'] },
	},
	'searchPlansOfSubscription',
	['By Offer Code', 'e.g. k0lphun9'],
);

export const coupon = locator(
	{
		displayName: 'Coupon',
		name: 'couponId',
		required: true,
		description: 'By its numeric ID, which Get Many shows as ID; the list needs a product',
		typeOptions: ofProduct,
	},
	'searchCoupons',
	['By ID', 'e.g. 700001'],
);

export const event = locator(
	{
		displayName: 'Event',
		name: 'eventId',
		required: true,
		description: 'A product that sells tickets (format ETICKET)',
	},
	'searchEvents',
	['By ID', 'e.g. 1355461'],
);

export const transaction: INodeProperties = {
	displayName: 'Transaction',
	name: 'transaction',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. HP17715690036014',
	description: 'Code of the sale: purchase.transaction in events, transaction in lists',
};

/** A sale that Hotmart may refund. The user picks it by the person who paid, not by a code. */
export const saleToRefund = locator(
	{
		displayName: 'Sale',
		name: 'transaction',
		required: true,
		description: 'The list shows approved and complete sales; search for a name, an e-mail address or a transaction',
	},
	'searchSales',
	['By Transaction', 'e.g. HP17715690036014'],
);
