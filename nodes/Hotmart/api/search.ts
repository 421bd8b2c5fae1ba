import {
	UserError,
	type IDataObject,
	type ILoadOptionsFunctions,
	type INodeListSearchResult,
	type INodePropertyOptions,
} from 'n8n-workflow';

import { asIs } from '../../shared/client';
import { isRecord } from '../../shared/record';
import { besides, searchPages, type Entry, type Search } from '../../shared/search';
import { asMillis, asText, Reader } from '../vocabulary/reader';
import { purchaseStatus, subscriptionStatus, SUBSCRIPTION_STATUSES } from '../vocabulary/status';
import { addresses } from './addresses';
import { connect } from './client';
import { allTimes } from './ranges';

/** Records of a page: enough to look through, few enough to show. */
const PAGE_SIZE = 100;

/** Shows a list of the account. */
async function search(
	context: ILoadOptionsFunctions,
	path: string,
	query: IDataObject,
	toEntry: (record: IDataObject) => Entry,
	paging: [filter?: string, token?: string],
): Promise<INodeListSearchResult> {
	const { page } = connect(context);
	const readPage = async (token?: string) => {
		const pageQuery = { ...allTimes(path, query), max_results: PAGE_SIZE, page_token: token };
		const { records, nextPageToken } = await page({ path, query: pageQuery });
		return { records, next: nextPageToken };
	};
	return await searchPages(readPage, toEntry, paging);
}

const money = (price: unknown) =>
	isRecord(price) ? ` – ${String(price.value)} ${String(price.currency_code ?? '')}`.trimEnd() : '';

const productEntry = ({ id, name, status }: IDataObject): Entry => ({
	name: status === 'ACTIVE' ? String(name) : `${String(name)} (${String(status).toLowerCase()})`,
	value: Number(id),
});

/** Puts what distinguishes subscriptions first, because the editor cuts off long names. */
const subscriptionEntry = ({ subscriber, product, status, subscriber_code: code }: IDataObject): Entry => {
	const { name = '', email = '' } = (subscriber ?? {}) as IDataObject;
	const state = subscriptionStatus(status, 'rest');
	const label = state ? SUBSCRIPTION_STATUSES[state].label : String(status);
	const sold = String((product as IDataObject | undefined)?.name ?? '');
	return { name: [label, name, sold, email].filter(Boolean).join(' · '), value: String(code) };
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
		const price = [reader.peek('purchase.price.value', asText), reader.peek('purchase.price.currency_code', asText)];
		const at = reader.peek('purchase.approved_date', asMillis) ?? reader.peek('purchase.order_date', asMillis);
		const date = at === null ? null : new Intl.DateTimeFormat('en-CA', { timeZone }).format(at);
		const parts = [name ?? email, reader.peek('product.name', asText), price.filter(Boolean).join(' '), date];
		return {
			name: [...parts, name && email].filter(Boolean).join(' · '),
			value: reader.peek('purchase.transaction', asText) ?? '',
		};
	};

/** A search for offers or plans, which Hotmart finds by the product's ucode. */
const ofProduct = (
	part: 'offers' | 'plans',
	findProduct: (context: ILoadOptionsFunctions) => Promise<string>,
	toEntry: (record: IDataObject) => Entry,
): Search =>
	async function (...paging) {
		const { ucode } = await connect(this).product(await findProduct(this));
		return await search(this, addresses[part](ucode), {}, toEntry, paging);
	};

const chosenProduct = async (context: ILoadOptionsFunctions) => besides(context, 'productId', 'Product');

async function productOfSubscription(context: ILoadOptionsFunctions): Promise<string> {
	const code = besides(context, 'subscriberCode', 'Subscriber Code');
	const path = addresses.subscriptions;
	const query = allTimes(path, { subscriber_code: code });
	const [found] = await connect(context).list({ path, query }, { limit: 1, read: asIs });
	if (!found) throw new UserError(`This Hotmart account has no subscription with the code ${code}.`);
	return String((found.product as IDataObject).ucode);
}

/** Lists of the account for the editor's searchable fields. */
export const listSearch = {
	async searchProducts(...paging) {
		return await search(this, addresses.products, {}, productEntry, paging);
	},

	async searchEvents(...paging) {
		return await search(this, addresses.products, { format: 'ETICKET' }, productEntry, paging);
	},

	searchOffers: ofProduct('offers', chosenProduct, ({ code, name, price }) => ({
		name: `${name ? String(name) : 'Offer'} (${String(code)})${money(price)}`,
		value: String(code),
	})),

	searchPlans: ofProduct('plans', chosenProduct, ({ name, price }) => ({
		name: `${String(name)}${money(price)}`,
		value: String(name),
	})),

	searchPlansOfSubscription: ofProduct('plans', productOfSubscription, ({ code, name, price }) => ({
		name: `${String(name)}${money(price)}`,
		value: String(code),
	})),

	/** A filter that is an e-mail address or a subscriber code is looked up by Hotmart, other text in the pages read. */
	async searchSubscriptions(filter, token) {
		const text = filter?.trim() ?? '';
		const exact = /^\S+@\S+\.\S+$/.test(text)
			? { subscriber_email: text }
			: /^[A-Za-z0-9]{8}$/.test(text) && { subscriber_code: text.toUpperCase() };
		if (exact) {
			const found = await search(this, addresses.subscriptions, exact, subscriptionEntry, [undefined, token]);
			if (found.results.length > 0) return found;
		}
		return await search(this, addresses.subscriptions, {}, subscriptionEntry, [text, exact ? undefined : token]);
	},

	/**
	 * Approved and complete sales, which are those that can be refunded and what Hotmart lists without a status (Hotmart §3.2). An
	 * e-mail address or a transaction is looked up by Hotmart, other text in the pages read.
	 */
	async searchSales(filter, token) {
		const [text, entry] = [filter?.trim() ?? '', saleEntry(this.getTimezone())];
		if (/^\S+@\S+\.\S+$/.test(text))
			return await search(this, addresses.sales, { buyer_email: text }, entry, [undefined, token]);
		if (/^HP\d+$/i.test(text)) {
			// With a transaction Hotmart shows a sale in any state (Hotmart §3.2).
			const path = addresses.sales;
			const query = allTimes(path, { transaction: text.toUpperCase() });
			const found = await connect(this).list({ path, query }, { limit: 1, read: asIs });
			return { results: found.filter(canBeRefunded).map(entry) };
		}
		return await search(this, addresses.sales, {}, entry, [text, token]);
	},

	async searchCoupons(...paging) {
		const address = addresses.coupons(besides(this, 'productId', 'Product'));
		const entry = ({ id, coupon_code: code, discount }: IDataObject) => ({
			name: `${String(code)} (${Math.round(Number(discount) * 10_000) / 100} %)`,
			value: Number(id),
		});
		return await search(this, address, {}, entry, paging);
	},
} satisfies Record<string, Search>;

/** All products of the account, for a field in which several can be chosen. */
export async function getProducts(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	// The field says what it needs. An error would greet a user who has just added the node.
	if (!this.getNode().credentials?.hotmartApi) return [];
	const products = await connect(this).list({ path: addresses.products }, { limit: Infinity, read: asIs });
	return products.map(({ id, name }) => ({ name: String(name), value: String(id) }));
}
