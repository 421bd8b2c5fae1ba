import {
	UserError,
	type IDataObject,
	type ILoadOptionsFunctions,
	type INodeListSearchResult,
	type INodePropertyOptions,
} from 'n8n-workflow';

import { asIs } from '../../shared/client';
import { isRecord } from '../../shared/record';
import {
	besides,
	demandCredential,
	distinct,
	labelOf,
	priceOf,
	searchPages,
	type Entry,
	type Search,
} from '../../shared/search';
import { inWords } from '../../shared/http';
import { PRODUCT_STATUSES } from '../vocabulary/choices';
import { asMillis, asText, Reader } from '../vocabulary/reader';
import { purchaseStatus, subscriptionStatus, SUBSCRIPTION_STATUSES } from '../vocabulary/status';
import { addresses } from './addresses';
import { connect, type HotmartClient } from './client';
import { isWithoutPlans } from './errors';
import { allTimes } from './ranges';

/** Records of a page: enough to look through, few enough to show. */
const PAGE_SIZE = 100;

/** What the editor says of a list that has nothing to choose. */
const EMPTY = {
	products: 'This Hotmart account has no products. A Sandbox credential shows only those of the sandbox.',
	events: 'This Hotmart account has no product that sells tickets (format ETICKET).',
	offers: 'This product has no offers.',
	plans: 'This product has no plans. Only products that are sold by subscription have them.',
	namedPlans:
		'This product has no plan with a name. Enter the ID of a plan in the mode By ID, or choose a product that is sold by subscription.',
	subscriptions: 'This Hotmart account has no subscriptions yet.',
	sales:
		'This Hotmart account has no sale that can be refunded: Hotmart refunds approved and complete sales within their refund period.',
	coupons: 'This product has no coupons. Products that are sold by subscription cannot have any.',
};

/** Connects to the account from which a list comes. @throws UserError when the node has no credential */
function open(context: ILoadOptionsFunctions): HotmartClient {
	demandCredential(context, 'hotmartApi', 'Hotmart API');
	return connect(context);
}

/** Shows a list of the account. `whenEmpty`: why there may be nothing to choose. */
async function search(
	context: ILoadOptionsFunctions,
	{ path, query = {}, whenEmpty }: { path: string; query?: IDataObject; whenEmpty?: string },
	toEntry: (record: IDataObject) => Entry,
	paging: [filter?: string, token?: string],
): Promise<INodeListSearchResult> {
	const { page } = open(context);
	const readPage = async (token?: string) => {
		const pageQuery = { ...allTimes(path, query), max_results: PAGE_SIZE, page_token: token };
		const { records, nextPageToken } = await page({ path, query: pageQuery });
		return { records, next: nextPageToken };
	};
	return await searchPages(readPage, toEntry, paging, whenEmpty);
}

const money = (price: unknown) =>
	isRecord(price) && typeof price.value === 'number' ? priceOf(price.value, String(price.currency_code ?? '')) : '';

/** A word of Hotmart's for a state, in words; nothing for the usual one. */
const stateOf = (raw: unknown, usual: string, labels: Record<string, string> = {}) => {
	const word = typeof raw === 'string' && raw !== '' ? raw : usual;
	return word === usual ? '' : (labels[word] ?? inWords(word));
};

const productEntry = ({ id, name, status }: IDataObject): Entry => ({
	name: labelOf(asText(name) ?? `Product ${String(id)}`, stateOf(status, 'ACTIVE', PRODUCT_STATUSES)),
	value: Number(id),
});

const offerEntry = ({ code, name, price, is_main_offer: isMain }: IDataObject): Entry => ({
	name: labelOf(asText(name) ?? (isMain === true ? 'Main offer' : ''), money(price), asText(code)),
	value: asText(code) ?? '',
});

/** A plan by its name, which is all that lists of subscriptions know of it. One without a name is entered by its ID. */
const planEntry = ({ name, price }: IDataObject): Entry => ({
	name: labelOf(asText(name), money(price)),
	value: asText(name) ?? '',
});

const planOfOfferEntry = ({ code, name, price }: IDataObject): Entry => ({
	name: labelOf(asText(name) ?? asText(code), money(price)),
	value: asText(code) ?? '',
});

/** A day as lists show it, in the time zone of the workflow. */
const dayOf = (millis: number, timeZone: string) => new Intl.DateTimeFormat('en-CA', { timeZone }).format(millis);

/** A coupon with its discount, and whether buyers can use it now. */
const couponEntry =
	(timeZone: string) =>
	({ id, coupon_code: code, discount, active, status, start_date: start, end_date: end }: IDataObject): Entry => {
		const [from, until] = [asMillis(start), asMillis(end)];
		const state =
			(active === false ? 'Not active' : '') ||
			(until !== null && until < Date.now() ? `Ended ${dayOf(until, timeZone)}` : '') ||
			(from !== null && from > Date.now() ? `Starts ${dayOf(from, timeZone)}` : '') ||
			stateOf(status, 'valid');
		const percent = `${Math.round(Number(discount) * 10_000) / 100}%`;
		return { name: labelOf(String(code), percent, state), value: Number(id) };
	};

const subscriptionEntry = ({ subscriber, product, status, subscriber_code: code }: IDataObject): Entry => {
	const { name, email } = (subscriber ?? {}) as IDataObject;
	const state = subscriptionStatus(status, 'rest');
	const label = state ? SUBSCRIPTION_STATUSES[state].label : String(status);
	const sold = String((product as IDataObject | undefined)?.name ?? '');
	return { name: labelOf(label, asText(name), sold, asText(email)), value: String(code) };
};

/** Hotmart refunds approved and complete sales (Hotmart §3.2.6). */
const canBeRefunded = (record: IDataObject) =>
	['approved', 'complete'].includes(new Reader(record).peek('purchase.status', purchaseStatus) ?? '');

/** Who bought what, for how much and when, in that order. Dates are those of the time zone of the workflow. */
const saleEntry =
	(timeZone: string) =>
	(record: IDataObject): Entry => {
		const reader = new Reader(record);
		const [name, email] = [reader.peek('buyer.name', asText), reader.peek('buyer.email', asText)];
		const price = reader.peek('purchase.price', (raw) => money(raw));
		const at = reader.peek('purchase.approved_date', asMillis) ?? reader.peek('purchase.order_date', asMillis);
		const date = at === null ? null : dayOf(at, timeZone);
		return {
			name: labelOf(name ?? email, reader.peek('product.name', asText), price, date, name && email),
			value: reader.peek('purchase.transaction', asText) ?? '',
		};
	};

/** A search for offers or plans, which Hotmart finds by the product's ucode. */
const ofProduct = (
	part: 'offers' | 'plans',
	findProduct: (context: ILoadOptionsFunctions) => Promise<string>,
	toEntry: (record: IDataObject) => Entry,
	whenEmpty: string = EMPTY[part],
): Search =>
	async function (...paging) {
		const { ucode } = await open(this).product(await findProduct(this));
		const list = { path: addresses[part](ucode), whenEmpty };
		return await search(this, list, toEntry, paging).catch((error: Error) => {
			throw part === 'plans' && isWithoutPlans(error) ? new UserError(EMPTY.plans) : error;
		});
	};

const chosenProduct = async (context: ILoadOptionsFunctions) => besides(context, 'productId', 'Product');

async function productOfSubscription(context: ILoadOptionsFunctions): Promise<string> {
	const code = besides(context, 'subscriberCode', 'Subscriber Code');
	const path = addresses.subscriptions;
	const query = allTimes(path, { subscriber_code: code });
	const [found] = await open(context).list({ path, query }, { limit: 1, read: asIs });
	if (!found) throw new UserError(`This Hotmart account has no subscription with the code ${code}.`);
	return String((found.product as IDataObject).ucode);
}

/** Lists of the account for the editor's searchable fields. */
export const listSearch = {
	async searchProducts(...paging) {
		return await search(this, { path: addresses.products, whenEmpty: EMPTY.products }, productEntry, paging);
	},

	async searchEvents(...paging) {
		const list = { path: addresses.products, query: { format: 'ETICKET' }, whenEmpty: EMPTY.events };
		return await search(this, list, productEntry, paging);
	},

	searchOffers: ofProduct('offers', chosenProduct, offerEntry),
	searchPlans: ofProduct('plans', chosenProduct, planEntry, EMPTY.namedPlans),
	searchPlansOfSubscription: ofProduct('plans', productOfSubscription, planOfOfferEntry),

	/** A filter that is an e-mail address or a subscriber code is looked up by Hotmart, other text in the pages read. */
	async searchSubscriptions(filter, token) {
		const text = filter?.trim() ?? '';
		const exact = /^\S+@\S+\.\S+$/.test(text)
			? { subscriber_email: text }
			: /^[A-Za-z0-9]{8}$/.test(text) && { subscriber_code: text.toUpperCase() };
		const list = { path: addresses.subscriptions, whenEmpty: EMPTY.subscriptions };
		if (exact) {
			const found = await search(this, { path: list.path, query: exact }, subscriptionEntry, [undefined, token]);
			if (found.results.length > 0) return found;
		}
		return await search(this, list, subscriptionEntry, [text, exact ? undefined : token]);
	},

	/**
	 * Approved and complete sales, which are those that can be refunded and what Hotmart lists without a status (Hotmart §3.2). An
	 * e-mail address or a transaction is looked up by Hotmart, other text in the pages read.
	 */
	async searchSales(filter, token) {
		const [text, entry] = [filter?.trim() ?? '', saleEntry(this.getTimezone())];
		const list = { path: addresses.sales, whenEmpty: EMPTY.sales };
		if (/^\S+@\S+\.\S+$/.test(text))
			return await search(this, { path: list.path, query: { buyer_email: text } }, entry, [undefined, token]);
		if (/^HP\d+$/i.test(text)) {
			// With a transaction Hotmart shows a sale in any state (Hotmart §3.2).
			const path = addresses.sales;
			const query = allTimes(path, { transaction: text.toUpperCase() });
			const found = await open(this).list({ path, query }, { limit: 1, read: asIs });
			return { results: found.filter(canBeRefunded).map(entry) };
		}
		return await search(this, list, entry, [text, token]);
	},

	async searchCoupons(...paging) {
		const path = addresses.coupons(besides(this, 'productId', 'Product'));
		return await search(this, { path, whenEmpty: EMPTY.coupons }, couponEntry(this.getTimezone()), paging);
	},
} satisfies Record<string, Search>;

/** All products of the account, for a field in which several can be chosen. */
export async function getProducts(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	// The field says what it needs. An error would greet a user who has just added the node.
	if (!this.getNode().credentials?.hotmartApi) return [];
	const products = await connect(this).list({ path: addresses.products }, { limit: Infinity, read: productEntry });
	return distinct(products.map(({ name, value }) => ({ name, value: String(value) })));
}
