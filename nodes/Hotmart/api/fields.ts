import { jsonParse, UserError, type IDataObject, type INodeProperties, type INodePropertyOptions } from 'n8n-workflow';

import { readFilters, type Filter } from '../../shared/filters';
import { isRecord } from '../../shared/http';
import type { Call, Operation, Resource } from '../../shared/operation';
import { byName } from '../../shared/byName';
import type { HotmartClient } from './client';

export type HotmartCall = Call<HotmartClient>;
export type HotmartOperation = Operation<HotmartClient>;
export type HotmartResource = Resource<HotmartClient>;

/** A field whose value is picked from a list of the account (a method of search.ts) or entered, mostly by expression. */
const locator = (
	field: Pick<INodeProperties, 'displayName' | 'name' | 'description' | 'required' | 'typeOptions'>,
	searchListMethod: string,
	[by, placeholder]: [by: string, placeholder: string],
): INodeProperties => ({
	...field,
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	modes: [
		{ displayName: 'From List', name: 'list', type: 'list', typeOptions: { searchListMethod, searchable: true } },
		{ displayName: by, name: 'id', type: 'string', placeholder },
	],
});

export const subscriberCode = locator(
	{
		displayName: 'Subscriber Code',
		name: 'subscriberCode',
		required: true,
		description:
			'Code of the subscription: subscription.subscriberCode in events, subscriberCode in lists. Search the list by e-mail address, name or code.',
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

/** Hotmart shows the numeric ID of a plan in subscriptions only, so that a plan is chosen by its name (Hotmart §3.3.3). */
export const plan = locator(
	{ displayName: 'Plan', name: 'plan', description: 'The list needs a product', typeOptions: ofProduct },
	'searchPlans',
	['By Name', 'e.g. Annual'],
);

export const planToSwitchTo = locator(
	{
		displayName: 'New Plan',
		name: 'offerCode',
		required: true,
		description:
			'The plan to switch to by the code of its offer. The list has the plans of the product of the subscription.',
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
		description: 'The coupon by its numeric ID, which Get Many shows as id. The list needs a product.',
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

/** Reads a text parameter that must not be empty. */
export function required({ param }: HotmartCall, { name, displayName }: INodeProperties): string {
	const value = String(param<unknown>(name) ?? '').trim();
	if (value === '') throw new UserError(`The field "${displayName}" is empty. Enter a value, or check its expression.`);
	return value;
}

/** Reads a number parameter, also when an expression gives it as text. */
export function numberOf(call: HotmartCall, field: INodeProperties): number {
	const value = Number(required(call, field));
	if (Number.isFinite(value)) return value;
	throw new UserError(`The field "${field.displayName}" is not a number. Enter one, or check its expression.`);
}

/** Reads a list: as an expression gives it, or as text with commas. Undefined when it is empty. */
export function listOf(value: unknown): string[] | undefined {
	const entries = (Array.isArray(value) ? value : String(value ?? '').split(',')).map((entry) => String(entry).trim());
	const given = entries.filter((entry) => entry !== '');
	return given.length > 0 ? given : undefined;
}

/** Reads an object from a JSON field, or undefined when it is empty. */
export function jsonOf(value: unknown, displayName: string): IDataObject | undefined {
	const errorMessage = `The field "${displayName}" is not valid JSON. Check its quotes, commas and brackets.`;
	const object: unknown = typeof value === 'string' && value !== '' ? jsonParse(value, { errorMessage }) : value;
	return isRecord(object) && Object.keys(object).length > 0 ? object : undefined;
}

type Texts = Pick<INodeProperties, 'displayName' | 'name' | 'description' | 'placeholder'>;

export const dateFilter = (query: string, texts: Texts): Filter => ({
	query,
	field: { ...texts, type: 'dateTime', default: '' },
});

export const textFilter = (query: string, texts: Texts): Filter => ({
	query,
	field: { ...texts, type: 'string', default: '' },
});

/** One of Hotmart's words, with its label. */
export const choiceFilter = (query: string, texts: Texts, labels: Record<string, string>): Filter => ({
	query,
	field: { ...texts, type: 'options', default: '', options: choices(labels) },
});

/** Several of Hotmart's words: a repeated key. */
export const choicesFilter = (query: string, texts: Texts, labels: Record<string, string>): Filter => ({
	query,
	field: { ...texts, type: 'multiOptions', default: [], options: choices(labels) },
});

/** Options of Hotmart's words with their labels, in the order of the labels. */
export const choices = (labels: Record<string, string>): INodePropertyOptions[] =>
	Object.entries(labels)
		.map(([value, name]) => ({ name, value }))
		.sort(byName((choice) => choice.name));

/** Turns the filters that are set into query parameters, dates as milliseconds. */
export const queryOf = (call: HotmartCall, filters: Filter[]): IDataObject =>
	readFilters(call, filters, (millis) => millis);
