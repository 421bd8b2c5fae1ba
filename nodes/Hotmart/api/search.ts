import {
	NodeOperationError,
	UserError,
	type IDataObject,
	type ILoadOptionsFunctions,
	type INodeListSearchResult,
	type INodePropertyOptions,
} from 'n8n-workflow';

import { isRecord, path } from '../../shared/http';
import { allTimes, connect } from './client';
import { subscriptionStatus, SUBSCRIPTION_STATUSES } from '../vocabulary/status';

type Entry = INodeListSearchResult['results'][number];
type Search = (
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
) => Promise<INodeListSearchResult>;

/** Hotmart has no search by name: with a filter so many pages are looked through at a time. */
const PAGES = 5;
/** Records of a page: enough to look through, few enough to show. */
const PAGE_SIZE = 100;

/** Reads pages of a list until one has entries that match. */
async function search(
	context: ILoadOptionsFunctions,
	address: string,
	query: IDataObject,
	toEntry: (record: IDataObject) => Entry,
	[filter, token]: [filter?: string, token?: string],
): Promise<INodeListSearchResult> {
	const wanted = (filter ?? '').trim().toLowerCase();
	const { page } = connect(context);
	let next = token;
	const results: Entry[] = [];
	for (let read = 0; read < PAGES && results.length === 0 && (read === 0 || next); read++) {
		const { records, nextPageToken } = await page(address, { ...query, max_results: PAGE_SIZE, page_token: next });
		const entries = records.map(toEntry);
		results.push(...entries.filter(({ name, value }) => `${name} ${String(value)}`.toLowerCase().includes(wanted)));
		next = nextPageToken;
	}
	return { results, paginationToken: next };
}

/** The value that a field beside the one being searched has: of the operation itself, or among its filters. */
function besides(context: ILoadOptionsFunctions, name: string, label: string): string {
	const given = [name, `filters.${name}`].map((at) => context.getCurrentNodeParameter(at) as unknown);
	const values = given
		.map((field) => (isRecord(field) ? field.value : field))
		.map((value) => String(value ?? '').trim());
	const value = values.find((text) => text !== '');
	if (value === undefined) throw new UserError(`Choose a ${label} first: this list has what belongs to it.`);
	if (value.startsWith('='))
		throw new UserError(
			`The ${label} is an expression, so there is no list to choose from. Enter the value here instead.`,
		);
	return value;
}

const money = (price: unknown) =>
	isRecord(price) ? ` – ${String(price.value)} ${String(price.currency_code ?? '')}`.trimEnd() : '';

const productEntry = ({ id, name, status }: IDataObject): Entry => ({
	name: status === 'ACTIVE' ? String(name) : `${String(name)} (${String(status).toLowerCase()})`,
	value: Number(id),
});

const subscriptionEntry = ({ subscriber, product, status, subscriber_code: code }: IDataObject): Entry => {
	const { name = '', email = '' } = (subscriber ?? {}) as IDataObject;
	const state = subscriptionStatus(status, 'rest');
	const label = state ? SUBSCRIPTION_STATUSES[state].label : String(status);
	const sold = String((product as IDataObject | undefined)?.name ?? '');
	return { name: `${String(name)} <${String(email)}>, ${sold} (${label})`, value: String(code) };
};

/** A search of offers or plans, which Hotmart knows by the product's ucode. */
const ofProduct = (
	part: 'offers' | 'plans',
	findProduct: (context: ILoadOptionsFunctions) => Promise<string>,
	toEntry: (record: IDataObject) => Entry,
): Search =>
	async function (...paging) {
		const { ucode } = await connect(this).product(await findProduct(this));
		return await search(this, path`/products/api/v1/products/${ucode}/` + part, {}, toEntry, paging);
	};

const chosenProduct = async (context: ILoadOptionsFunctions) => besides(context, 'productId', 'Product');

async function productOfSubscription(context: ILoadOptionsFunctions): Promise<string> {
	const code = besides(context, 'subscriberCode', 'Subscriber Code');
	const address = '/payments/api/v1/subscriptions';
	const [found] = await connect(context).list(address, allTimes(address, { subscriber_code: code }), 1);
	if (!found) throw new UserError(`This Hotmart account has no subscription with the code ${code}.`);
	return String((found.product as IDataObject).ucode);
}

/** Lists of the account for the editor's searchable fields. */
export const listSearch = {
	async searchProducts(...paging) {
		return await search(this, '/products/api/v1/products', {}, productEntry, paging);
	},

	async searchEvents(...paging) {
		return await search(this, '/products/api/v1/products', { format: 'ETICKET' }, productEntry, paging);
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
		const address = '/payments/api/v1/subscriptions';
		const text = filter?.trim() ?? '';
		const exact = /^\S+@\S+\.\S+$/.test(text)
			? { subscriber_email: text }
			: /^[A-Za-z0-9]{8}$/.test(text) && { subscriber_code: text.toUpperCase() };
		if (exact) {
			const found = await search(this, address, allTimes(address, exact), subscriptionEntry, [undefined, token]);
			if (found.results.length > 0) return found;
		}
		return await search(this, address, allTimes(address, {}), subscriptionEntry, [text, exact ? undefined : token]);
	},

	async searchCoupons(...paging) {
		const address = path`/products/api/v1/coupon/product/${besides(this, 'productId', 'Product')}`;
		const entry = ({ id, coupon_code: code, discount }: IDataObject) => ({
			name: `${String(code)} (${Math.round(Number(discount) * 10_000) / 100} %)`,
			value: Number(id),
		});
		return await search(this, address, {}, entry, paging);
	},
} satisfies Record<string, Search>;

/** All products of the account, for a field in which several can be chosen. */
export async function getProducts(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	if (!this.getNode().credentials?.hotmartApi)
		throw new NodeOperationError(this.getNode(), 'The list of products needs a Hotmart API credential', {
			description: 'Choose one in this node, or enter the IDs in the field Product IDs',
		});
	const products = await connect(this).list('/products/api/v1/products', {}, Infinity);
	return products.map(({ id, name }) => ({ name: String(name), value: String(id) }));
}
