import { UserError, type IDataObject } from 'n8n-workflow';

import { PAYMENT_TYPES } from '../vocabulary/choices';
import { definitionOf, EVENTS, type PayloadKind } from './events';
import type { HotmartItem } from './item';
import { ALL_EVENTS } from './outputs';
import type { PurchaseKind } from './purchase';

/** The filters for the chosen events, each entry in the form that is compared. An empty list means all. */
export interface EventFilters {
	/** IDs, ucodes and names of products. */
	products: string[];
	/** IDs or names. */
	plans: string[];
	offerCodes: string[];
	kinds: string[];
	paymentTypes: string[];
	orderBumps: OrderBumps;
}

type OrderBumps = 'all' | 'exclude' | 'only';

/** Reads a parameter of the node; returns the fallback if the node does not have it. */
export type Param = (name: string, fallback: unknown) => unknown;

const FIELDS: Record<string, string> = {
	events: 'Events',
	products: 'Products',
	selectedProducts: 'Product Names or IDs',
	productIds: 'Product IDs',
	filters: 'Filters',
};

const isNothing = (value: unknown) =>
	value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

/** The expressions within a text, as n8n finds them. */
const EXPRESSIONS = /(?<!\\)\{\{[\s\S]*?(?<!\\)\}\}/g;

/**
 * Checks that the expressions among the filters give something: n8n makes nothing of most that fail, and no filter lets every
 * event pass.
 *
 * @param parameters as they are stored, with their expressions
 * @param evaluate evaluates one expression; where n8n cannot, only whole fields are checked
 * @throws UserError that names the field
 */
export function checkExpressions(
	parameters: IDataObject,
	param: Param,
	evaluate?: (expression: string) => unknown,
): void {
	const stored = [
		...Object.entries(FIELDS).map(([name, label]) => [label, parameters[name], name] as const),
		...Object.entries((parameters.filters ?? {}) as IDataObject).map(
			([name, value]) => [`Filters > ${name}`, value, `filters.${name}`] as const,
		),
	];
	for (const [label, value, name] of stored) {
		if (typeof value !== 'string' || !value.startsWith('=')) continue;
		const parts = evaluate ? (value.match(EXPRESSIONS) ?? []).map((part) => evaluate(part)) : [];
		if ([param(name, ''), ...parts].some(isNothing))
			throw new UserError(`The expression of the field "${label}" gives nothing, so no event can pass. Check it.`);
	}
}

/** Payloads that say something about each property; an event of another payload passes the property's filter. */
const CARRIED_BY: Record<'plan' | 'offer' | 'purchase', PayloadKind[]> = {
	plan: ['purchase', 'cancellation', 'switchPlan', 'chargeDate'],
	offer: ['purchase', 'switchPlan', 'chargeDate', 'cart', 'order'],
	purchase: ['purchase'],
};

/** A text in the form that is compared: every encoding of a letter is the same, and upper and lower case do not count. */
const comparable = (value: unknown) => String(value).normalize('NFC').trim().toLowerCase();

/** Webhooks were seen to write CASHPAYMENT for what the API calls CASH_PAYMENT (Hotmart §4.3). */
const spelled = (type: string) => comparable(type).replaceAll('_', '');

/** What may separate the entries of a list, ordered from the one that is rarest within a name to the most common one. */
const SEPARATORS = [/\n/, /[\n;]/, /[\n;,]/];

/**
 * Reads a list: as an expression gives it, or as text with commas, semicolons or line breaks. A name may have a comma itself, so
 * the text as a whole is an entry, too.
 */
function listOf(value: unknown): string[] {
	const given = [value].flat().filter((entry) => entry !== null && entry !== undefined);
	const entries = given.flatMap((entry) => {
		const text = String(entry);
		return [text, ...SEPARATORS.flatMap((separator) => text.split(separator))];
	});
	return [...new Set(entries.map(comparable))].filter((entry) => entry !== '');
}

/** The entries of a list, without those that only join other entries. */
const partsOf = (entries: string[]) => entries.filter((entry) => !/[\n;,]/.test(entry));

const ID = /^0*[1-9]\d*$/;
const UCODE = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const KINDS: string[] = ['oneTime', 'first', 'renewal'] satisfies PurchaseKind[];
const ORDER_BUMPS: string[] = ['all', 'exclude', 'only'] satisfies OrderBumps[];

/**
 * Reads the filters of the node.
 *
 * @throws UserError for values that can never match: the workflow would silently ignore every event
 */
export function readFilters(param: Param): EventFilters {
	const given = param('filters', {}) as IDataObject;
	const orderBumps = given.orderBumps ?? 'all';
	const kinds = [given.kinds ?? []].flat() as string[];
	checkChoices('Order Bumps', [orderBumps as string], ORDER_BUMPS);
	checkChoices('Purchase Kinds', kinds, KINDS);
	const offerCodes = partsOf(listOf(given.offerCodes));
	for (const code of offerCodes)
		if (/\s/.test(code))
			throw new UserError(
				`The filter "Offer Codes" cannot match "${code}". Enter codes such as ab12cd34, separated by commas.`,
			);
	return {
		products: readProducts(param, given.productNames),
		plans: listOf(given.plans),
		offerCodes,
		kinds,
		paymentTypes: readPaymentTypes(given.paymentTypes),
		orderBumps: orderBumps as OrderBumps,
	};
}

/**
 * Reads which events start the workflow. An expression may name one that Hotmart adds later.
 *
 * @throws UserError for what is no name of an event
 */
export function readEvents(param: Param): string[] {
	const events = [param('events', [ALL_EVENTS])].flat().map((event) => String(event).trim().toUpperCase());
	if (events.length === 0) throw new UserError('Choose the events, or All Events');
	for (const event of events)
		if (event !== ALL_EVENTS && !/^[A-Z]+(_[A-Z\d]+)+$/.test(event))
			throw new UserError(
				`The field "Events" cannot match "${event}". Enter names such as ${Object.keys(EVENTS)[0]}, or * for all.`,
			);
	return events;
}

function readProducts(param: Param, names: unknown): string[] {
	const mode = param('products', 'all');
	checkChoices('Products', [mode as string], ['all', 'selected']);
	if (mode === 'all') return listOf(names);
	const ids = [param('selectedProducts', []), param('productIds', '')].flatMap((value) => partsOf(listOf(value)));
	for (const id of ids)
		if (!ID.test(id) && !UCODE.test(id))
			throw new UserError(
				`The field "Product IDs" cannot match "${id}". Enter the number or the ucode of a product; names belong into the filter "Product Names".`,
			);
	const products = [...ids.map((id) => id.replace(/^0+/, '')), ...listOf(names)];
	if (products.length > 0) return products;
	throw new UserError('Choose the products, or All', {
		description: 'The Hotmart Trigger has "Products" set to Selected, and none is chosen.',
	});
}

/** Hotmart extends the list of payment types: an expression may give any word that looks like one. */
function readPaymentTypes(value: unknown): string[] {
	const types = partsOf(listOf(value));
	for (const type of types)
		if (!/^[a-z]+(_[a-z]+)*$/.test(type))
			throw new UserError(
				`The filter "Payment Types" cannot match "${type}". Enter words such as ${Object.keys(PAYMENT_TYPES)[0]}.`,
			);
	return types.map(spelled);
}

function checkChoices(field: string, given: string[], allowed: string[]) {
	for (const value of given)
		if (!allowed.includes(value))
			throw new UserError(`The filter "${field}" cannot be "${String(value)}". Enter one of: ${allowed.join(', ')}.`);
}

/** Whether a value is among the wanted ones. An empty list means all. */
const matches = (wanted: string[], values: unknown[]) =>
	wanted.length === 0 ||
	values.some((value) => value !== null && value !== undefined && wanted.includes(comparable(value)));

/**
 * Whether an event passes the filters. A filter holds back only events that carry its property: a cancellation has no payment
 * type, and a filter by payment type must not keep a student in a course. But what a product is has to be known: an event of
 * another product must not end access.
 *
 * @param offerCodes the offers that the event is about: of a switch of plans the old one, too, whose course the student leaves
 */
export function passes(item: HotmartItem, filters: EventFilters, offerCodes: string[]): boolean {
	const payload = definitionOf(item.event, item.source)?.payload ?? null;
	const carries = (property: keyof typeof CARRIED_BY) => payload !== null && CARRIED_BY[property].includes(payload);
	const { products, plan, purchase } = item;
	return (
		matches(
			filters.products,
			products.flatMap(({ id, ucode, name }) => [id, ucode, name]),
		) &&
		(!carries('plan') || !hasPlan(item) || matches(filters.plans, plan ? Object.values(plan) : [])) &&
		(!carries('offer') || offerCodes.length === 0 || matches(filters.offerCodes, offerCodes)) &&
		(!carries('purchase') || purchase === null || passesPurchase(purchase, filters))
	);
}

/** Whether the plan of the event is known: a subscription without a plan comes from an old payload (Hotmart §5.6.1). */
const hasPlan = ({ plan, subscription }: HotmartItem) => plan !== null || subscription === null;

function passesPurchase(purchase: NonNullable<HotmartItem['purchase']>, filters: EventFilters): boolean {
	const { kind, paymentType, orderBump } = purchase;
	return (
		(kind === null || filters.kinds.length === 0 || filters.kinds.includes(kind)) &&
		(paymentType === null || matches(filters.paymentTypes, [spelled(paymentType)])) &&
		(filters.orderBumps === 'all' || (orderBump === true) === (filters.orderBumps === 'only'))
	);
}
