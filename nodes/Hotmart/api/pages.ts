import { sleep, UserError, type IDataObject } from 'n8n-workflow';

import type { ListOptions, ListRequest } from '../../shared/client';
import { RequestError, type HttpRequest } from '../../shared/http';
import { isRecord } from '../../shared/record';
import { halves } from './ranges';

/** A page of a list. */
export interface Page {
	records: IDataObject[];
	/** Opaque; undefined on the last page. */
	nextPageToken?: string;
}

/** Largest page of subscription and sales lists; a larger wish is clamped by Hotmart without a word (Hotmart §2.3). */
const PAGE_SIZE = 500;

/** Records that are read in one go while the next page is under way. */
const READ_AT_ONCE = 100;

/** Understands the answer to the request for a page. @throws UserError when it is not a list */
export function toPage(body: unknown, { path, query }: ListRequest): Page {
	// The first page of a list without records may have no body (Hotmart §2.6), one that the page before it promised has.
	if (!body && query?.page_token !== undefined)
		throw new UserError(
			`Hotmart stopped in the middle of the list at the address ${path}. Run the node again in a few minutes.`,
		);
	if (Array.isArray(body)) return { records: body as IDataObject[] };
	const { items, page_info: info, ...others }: IDataObject = isRecord(body) ? body : {};
	const nextPageToken = isRecord(info) ? ((info.next_page_token as string | null) ?? undefined) : undefined;
	if (Array.isArray(items)) return { records: items as IDataObject[], nextPageToken };
	// A list without records, or a `select` that matches nothing (Hotmart §2.5, §9.16).
	const isEmpty = isRecord(info) || (items === undefined && Object.keys(others).length === 0);
	if (isEmpty) return { records: [], nextPageToken };
	throw new UserError(
		`Hotmart did not answer with a list at the address ${path}. Look at the answer with an API call.`,
	);
}

/** A list as it is being read. */
interface Reading<T> extends ListOptions<T> {
	request: ListRequest;
	readPage(request: HttpRequest): Promise<Page>;
	found: T[];
}

/**
 * Follows the cursor of a list and reads its records. A time range in the query (see `allTimes`) that is too wide for Hotmart is
 * split, however often that takes.
 */
export async function readAllPages<T>(
	readPage: (request: HttpRequest) => Promise<Page>,
	request: ListRequest,
	options: ListOptions<T>,
): Promise<T[]> {
	const reading = { ...options, request, readPage, found: [] };
	await readRange(reading, request.query ?? {});
	return reading.found;
}

async function readRange<T>(reading: Reading<T>, query: IDataObject): Promise<void> {
	const { request, found, limit } = reading;
	const parts = halves(request.path, query);
	if (!parts) return await readPages(reading, query, []);
	const start = found.length;
	// Of a range that is too wide its halves are asked for instead (Hotmart §2.6).
	const isDone = await readPages(reading, query, [502]).then(
		() => true,
		(error: Error) => {
			if (error instanceof RequestError && error.status === 502) return false;
			throw error;
		},
	);
	if (isDone) return;
	// The halves bring the pages again that were read before one took too long.
	found.length = start;
	for (const half of parts) if (found.length < limit) await readRange(reading, half);
}

async function readPages<T>(reading: Reading<T>, query: IDataObject, noRetryOn: number[]): Promise<void> {
	const { request, readPage, found, limit } = reading;
	const seen = new Set<string>();
	const ask = async (token?: string) => {
		const page = { ...query, max_results: Math.min(limit, PAGE_SIZE), page_token: token };
		return await readPage({ ...request, query: page, noRetryOn });
	};
	let nextPage: Promise<Page> | undefined = ask();
	while (nextPage) {
		const { records, nextPageToken: token }: Page = await nextPage;
		if (token && seen.has(token))
			throw new UserError('Hotmart sends the same page of the list again and again. Narrow the filters.');
		if (token) seen.add(token);
		nextPage = token && found.length + records.length < limit ? ask(token) : undefined;
		await readRecords(reading, records, nextPage);
	}
}

/** Reads the records of a page while the next one is under way; should that fail, it is heard when its turn comes. */
async function readRecords<T>(
	{ found, limit, read }: Reading<T>,
	records: IDataObject[],
	next: Promise<Page> | undefined,
): Promise<void> {
	for (const [index, record] of records.entries()) {
		if (next && index % READ_AT_ONCE === 0) await Promise.race([next.catch(() => undefined), sleep(0)]);
		if (found.length < limit) found.push(read(record));
	}
}
