import { UserError, type IDataObject } from 'n8n-workflow';

import { asIs, type Client } from '../../shared/client';
import { createSend, type HttpRequest, type RequestContext } from '../../shared/http';
import { createProgress } from '../../shared/progress';
import { isRecord } from '../../shared/record';
import { addresses } from './addresses';
import { explain } from './errors';
import { readAllPages, toPage, type Page } from './pages';
import { createTurns } from './turns';

/** A product of the account as the list of products shows it. */
export type Product = IDataObject & { ucode: string };

export interface HotmartClient extends Client {
	/** One page of a list. `page_token` in the query continues an earlier one. */
	page(request: HttpRequest): Promise<Page>;
	/**
	 * The product with this ID or ucode. Asked for once a run.
	 *
	 * @throws UserError when the account has no such product
	 */
	product(id: string | number): Promise<Product>;
}

/** Hotmart ends a query with 502 after 30 s; a repetition would take as long (Hotmart §2.6). */
const QUERY_TIME_LIMIT = 25_000;

/** How many pages are requested at the same time until the rate limit is near: others share it (Hotmart §2.2). */
const PAGES_AT_ONCE = 3;

/** Connects to the API of the Hotmart account of the node's credential. */
export function connect(context: RequestContext, progress = createProgress(context)): HotmartClient {
	const send = createSend(
		context,
		{
			credential: 'hotmartApi',
			hasToken: true,
			timeout: 65_000,
			explain,
			asksTooMuch: (status, elapsed) => status === 502 && elapsed > QUERY_TIME_LIMIT,
		},
		progress,
	);
	const page = async (request: HttpRequest) => toPage((await send(request)).body, request);
	const inTurn = createTurns(() => (progress.isLimited() ? 1 : PAGES_AT_ONCE));
	const pageInTurn = async (request: HttpRequest) => await inTurn(async () => await page(request));
	const client: HotmartClient = {
		async request(request) {
			const { body } = await send(request);
			return (isRecord(body) || Array.isArray(body) ? body : {}) as IDataObject | IDataObject[];
		},
		page,
		list: async (request, options) => await readAllPages(pageInTurn, request, options),
		product: rememberProducts(async (id) => await findProduct(client, id)),
	};
	return client;
}

function rememberProducts(find: (id: string) => Promise<Product>): HotmartClient['product'] {
	const found = new Map<string, Promise<Product>>();
	return async (id) => {
		const key = String(id).trim();
		const product = found.get(key) ?? find(key);
		found.set(key, product);
		return await product;
	};
}

async function findProduct({ list }: HotmartClient, id: string): Promise<Product> {
	const isUcode = id.includes('-');
	const request = { path: addresses.products, query: isUcode ? {} : { id } };
	const products = await list(request, { limit: isUcode ? Infinity : 1, read: asIs });
	const found = products.find((product) => String(isUcode ? product.ucode : product.id) === id);
	if (!found) throw new UserError(`This Hotmart account has no product ${id}. Choose one from the list.`);
	return found as Product;
}
