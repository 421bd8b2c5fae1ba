import { NodeApiError, sleep, UserError, type IDataObject } from 'n8n-workflow';

import { DAY } from '../../shared/dates';
import {
	createSend,
	explainCommon,
	isRecord,
	type Explanation,
	type Failure,
	type HttpRequest,
	type RequestContext,
} from '../../shared/http';

export interface HotmartClient {
	/** Sends one request and returns the body; an empty answer is an empty object. */
	request(request: HttpRequest): Promise<IDataObject | IDataObject[]>;
	/** One page of a list. `page_token` in the query continues an earlier one. */
	page(path: string, query: IDataObject, options?: Omit<HttpRequest, 'path' | 'query'>): Promise<Page>;
	/**
	 * Follows the cursor of a list and returns its records. A time range in the query (see `allTimes`) that is too wide for
	 * Hotmart is split, however often that takes.
	 *
	 * @param limit at most so many records; Infinity for all
	 */
	list(path: string, query: IDataObject, limit: number, options?: ListOptions): Promise<IDataObject[]>;
	/**
	 * The product with this ID or ucode, as the list of products shows it. Asked for once a run.
	 *
	 * @throws UserError when the account has no such product
	 */
	product(id: string | number): Promise<IDataObject & { ucode: string }>;
}

export interface ListOptions {
	/** Makes a record readable, page by page, so that only what is returned is held twice. */
	read?: (record: IDataObject) => IDataObject;
	headers?: IDataObject;
}

export interface Page {
	records: IDataObject[];
	/** Opaque; undefined on the last page. */
	nextPageToken?: string;
}

const PAYMENTS = '/payments/api/v1';

/** Largest page of subscription and sales lists; a larger wish is clamped by Hotmart without a word (Hotmart §2.3). */
const PAGE_SIZE = 500;

/** Hotmart ends a query that runs for 30 s with 502; to repeat it would take as long again (Hotmart §2.6). */
const QUERY_TIME_LIMIT = 25_000;

/** Before Hotmart existed, in milliseconds. */
export const BEGINNING = Date.UTC(2011, 0, 1);

/** The lists that are about a range of time, with its two query parameters (milliseconds, both included). */
const RANGES: Record<string, [from: string, to: string]> = {
	[`${PAYMENTS}/subscriptions`]: ['accession_date', 'end_accession_date'],
	[`${PAYMENTS}/subscriptions/summary`]: ['accession_date', 'end_accession_date'],
	[`${PAYMENTS}/subscriptions/transactions`]: ['transaction_date', 'end_transaction_date'],
	[`${PAYMENTS}/sales/history`]: ['start_date', 'end_date'],
	[`${PAYMENTS}/sales/summary`]: ['start_date', 'end_date'],
	[`${PAYMENTS}/sales/users`]: ['start_date', 'end_date'],
	[`${PAYMENTS}/sales/commissions`]: ['start_date', 'end_date'],
	[`${PAYMENTS}/sales/price/details`]: ['start_date', 'end_date'],
};

const rangeOf = (path: string) => (Object.hasOwn(RANGES, path) ? RANGES[path]! : []);

/**
 * The query of a list with its time range complete. Left out, Hotmart takes the last 30 days (Hotmart §3.1.1); the end is a day
 * ahead so that clocks that differ hide nothing.
 */
export function allTimes(path: string, query: IDataObject): IDataObject {
	const [from, to] = rangeOf(path);
	if (from === undefined || to === undefined) return query;
	return { ...query, [from]: query[from] ?? BEGINNING, [to]: query[to] ?? Date.now() + DAY };
}

/** The query once for each half of its time range, earlier half first; undefined when there is no range or just a day of it. */
function halves(path: string, query: IDataObject): IDataObject[] | undefined {
	const [from, to] = rangeOf(path);
	if (from === undefined || to === undefined) return undefined;
	const [start, end] = [Number(query[from]), Number(query[to])];
	// False for a bound that is missing, too.
	if (!(end - start > DAY)) return undefined;
	const middle = Math.floor((start + end) / 2);
	return [
		{ ...query, [to]: middle },
		{ ...query, [from]: middle + 1 },
	];
}

const toBody = (body: unknown) => (isRecord(body) || Array.isArray(body) ? body : {}) as IDataObject | IDataObject[];

/** Connects to the API of the Hotmart account of the node's credential. One client shares its waits for rate limits. */
export function connect(context: RequestContext): HotmartClient {
	const send = createSend(context, {
		credential: 'hotmartApi',
		hasToken: true,
		timeout: 65_000,
		explain,
		// An address that does not exist is answered with 200 and a web page (Hotmart §2.6).
		isForeign: ({ body }) => typeof body === 'string' && body.trim() !== '',
		isFinal: (status, elapsed) => status === 502 && elapsed > QUERY_TIME_LIMIT,
	});

	const request = async (options: HttpRequest) => toBody((await send(options)).body);

	const page = async (path: string, query: IDataObject, options: Omit<HttpRequest, 'path' | 'query'> = {}) => {
		const { body: answer } = await send({ path, query, ...options });
		// The first page of a list without records may have no body (Hotmart §2.6), one that the page before it promised has.
		if (!answer && query.page_token !== undefined)
			throw new UserError(
				`Hotmart stopped in the middle of the list at the address ${path}. Run the node again in some minutes.`,
			);
		const body = toBody(answer);
		const { items, page_info: info } = Array.isArray(body) ? { items: body } : body;
		// Empty: a list without records, or a `select` that matches nothing (Hotmart §2.5, §9.16).
		if (!Array.isArray(items) && Object.keys(body).length > 0 && !isRecord(info))
			throw new UserError(
				`Hotmart did not answer with a list at the address ${path}. Look at the answer with an API call.`,
			);
		return {
			records: (Array.isArray(items) ? items : []) as IDataObject[],
			nextPageToken: isRecord(info) ? ((info.next_page_token as string | null) ?? undefined) : undefined,
		};
	};

	const list = async (path: string, query: IDataObject, limit: number, options: ListOptions = {}) => {
		const { read = (record) => record, headers } = options;
		const found: IDataObject[] = [];

		const readPages = async (part: IDataObject, final: number[]) => {
			const seen = new Set<string>();
			const ask = async (token?: string) =>
				await page(path, { ...part, max_results: Math.min(limit, PAGE_SIZE), page_token: token }, { headers, final });
			let asked: Promise<Page> | undefined = ask();
			while (asked) {
				const { records, nextPageToken: token }: Page = await asked;
				if (token && seen.has(token))
					throw new UserError('Hotmart sends the same page of the list again and again. Narrow the filters.');
				if (token) seen.add(token);
				asked = token && found.length + records.length < limit ? ask(token) : undefined;
				for (const [index, record] of records.entries()) {
					// The next page is under way while this one is read; should it fail, that is heard when its turn comes.
					if (asked && index % 100 === 0) await Promise.race([asked.catch(() => undefined), sleep(0)]);
					if (found.length < limit) found.push(read(record));
				}
			}
		};

		const readRange = async (part: IDataObject): Promise<void> => {
			const parts = halves(path, part);
			if (!parts) return await readPages(part, []);
			const start = found.length;
			const isDone = await readPages(part, [502]).then(
				() => true,
				(error: Error) => {
					if (error instanceof NodeApiError && error.httpCode === '502') return false;
					throw error;
				},
			);
			if (isDone) return;
			// The halves bring the pages again that were read before one took too long.
			found.length = start;
			for (const half of parts) if (found.length < limit) await readRange(half);
		};

		await readRange(query);
		return found;
	};

	const products = new Map<string, Promise<IDataObject & { ucode: string }>>();
	const findProduct = async (id: string) => {
		const isUcode = id.includes('-');
		const query = isUcode ? {} : { id };
		const found = (await list('/products/api/v1/products', query, isUcode ? Infinity : 1)).find(
			(entry) => String(isUcode ? entry.ucode : entry.id) === id,
		);
		if (!found) throw new UserError(`This Hotmart account has no product ${id}. Choose one from the list.`);
		return found as IDataObject & { ucode: string };
	};
	const product = async (id: string | number) => {
		const key = String(id).trim();
		const known = products.get(key) ?? findProduct(key);
		products.set(key, known);
		return await known;
	};

	return { request, page, list, product };
}

/** Hotmart's error words that need more than they say, with what to do (Hotmart §2.6). */
const REMEDIES: Record<string, string> = {
	invalid_token: 'The position in the list is not valid any more. Run the node again to read the list from the start.',
	invalid_parameter: 'Check the fields of the node: one of them holds a value that Hotmart does not accept here',
	invalid_value_parameter: 'Check the filters of the node: one of them holds a value that Hotmart does not accept',
	it_can_not_cancel_subscription_status:
		'Only a subscription that is active, overdue or initiated can be canceled: this one has been canceled or has ended before',
	it_can_not_reactivate_subscription:
		'Only a canceled subscription can be reactivated: this one is active, or its period has ended and needs a new purchase',
	subscription_in_trial_period: 'Wait until the trial period is over',
	refund_request_already_exists: 'A refund of this purchase was asked for before: look at its status',
	purchase_not_found: 'Check the transaction code: it starts with HP and belongs to a sale of this account',
	too_many_requests: 'Let fewer workflows use this account at the same time',
	// Of coupons only (Hotmart §2.6).
	internal_error:
		'Hotmart does not do this: a coupon needs a product that is not sold by subscription, and some coupons cannot be deleted',
	'0006': 'Enter the subdomain of the members area: my-course of my-course.club.hotmart.com',
};

const STATUS_REMEDIES: Record<number, string> = {
	400: 'Check the fields of the node',
	401: 'Check that the environment of the credential is the one for which it was created, and test the credential',
	403: 'The Hotmart account of the credential has no right to do this: use one that has',
	404: 'Check the codes and IDs that were entered: Hotmart does not know one of them in this account',
	405: 'Hotmart does not offer this call here: check the method and the path',
	422: 'Hotmart needs one more value for this call: fill in the fields of the node',
	502: 'The query takes Hotmart too long: narrow it by dates or other filters',
};

function explain(failure: Failure): Explanation {
	const common = explainCommon('Hotmart', failure);
	if (common) return common;
	const { status, body, request } = failure;
	if (!isRecord(body)) {
		const isPage = status === 200 || status === 404;
		return {
			message: isPage
				? `Hotmart has nothing at the address ${request.path}`
				: `Hotmart did not answer as its API does (HTTP ${status})`,
			description: isPage
				? 'Check the path if you entered one: addresses start with /payments/api/v1, /products/api/v1, /club/api/v1 ... Otherwise try again in some minutes'
				: 'Try again in some minutes',
		};
	}
	const code = [body.error, body.code].find((word): word is string => typeof word === 'string') ?? '';
	const words = [body.error_description, body.message, code].find((word) => typeof word === 'string' && word !== '');
	const isKnown = status !== 401 && Object.hasOwn(REMEDIES, code);
	return {
		message: `${String(words ?? 'Hotmart refused the request')} (HTTP ${status}${code && code !== words ? `, ${code}` : ''})`,
		description: (isKnown ? REMEDIES[code] : STATUS_REMEDIES[status ?? 0]) ?? 'Try again in some minutes',
	};
}
