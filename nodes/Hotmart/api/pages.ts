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
	/** How many records the whole list has; not every list says so (Hotmart §2.3). */
	total?: number;
}

/** Largest page of subscription and sales lists; Hotmart silently lowers a larger number (Hotmart §2.3). */
const PAGE_SIZE = 500;

/** A list with more records is read in several ranges of time at once, but in at most about so many ranges. */
const LONG = 5_000;
const RANGES = 6;

/** Records that are read in one go while the next page is under way. */
const READ_AT_ONCE = 100;

/** Understands the answer to the request for a page. @throws UserError when it is not a list */
export function toPage(body: unknown, { path, query }: ListRequest): Page {
	// The first page of an empty list may have no body (Hotmart §2.6). A page that the previous one announced has a body.
	if (!body && query?.page_token !== undefined)
		throw new UserError(
			`Hotmart stopped in the middle of the list at the address ${path}. Run the node again in a few minutes.`,
		);
	if (Array.isArray(body)) return { records: body as IDataObject[] };
	const { items, page_info: info, ...others }: IDataObject = isRecord(body) ? body : {};
	const nextPageToken = isRecord(info) ? ((info.next_page_token as string | null) ?? undefined) : undefined;
	const total = isRecord(info) && typeof info.total_results === 'number' ? info.total_results : undefined;
	if (Array.isArray(items)) return { records: items as IDataObject[], nextPageToken, total };
	// A list without records, or a `select` that matches nothing (Hotmart §2.5, §9.16).
	const isEmpty = isRecord(info) || (items === undefined && Object.keys(others).length === 0);
	if (isEmpty) return { records: [], nextPageToken };
	throw new UserError(
		`Hotmart did not answer with a list at the address ${path}. Look at the answer with an API call.`,
	);
}

/** A list as it is being read. */
interface Reading<T> extends Pick<ListOptions<T>, 'read' | 'isPatient'> {
	request: ListRequest;
	readPage(request: HttpRequest): Promise<Page>;
	/** How many records the whole list has, where Hotmart says so. */
	total?: number;
	/** Why it cannot be read. Then no more of it is requested. */
	failure?: Error;
}

/** A part of a list: at most `limit` records of a query. */
interface Part {
	query: IDataObject;
	limit: number;
}

/** A part of a list whose first page was read. */
interface BegunPart extends Part {
	first: Page;
}

/**
 * Follows the cursor of a list and reads its records. A time range in the query (see `allTimes`) is split in halves where it is
 * too wide for Hotmart, and where the whole of a long list is read: its halves are then read at the same time.
 *
 * @param readPage decides how many requests run at the same time
 */
export async function readAllPages<T>(
	readPage: (request: HttpRequest) => Promise<Page>,
	request: ListRequest,
	{ limit, ...options }: ListOptions<T>,
): Promise<T[]> {
	const reading: Reading<T> = { ...options, request, readPage };
	return await readPart(reading, { query: request.query ?? {}, limit }).catch((error: Error) => {
		reading.failure = error;
		throw error;
	});
}

async function readPart<T>(reading: Reading<T>, part: Part, begun?: Page): Promise<T[]> {
	const queries = halves(reading.request.path, part.query);
	if (!queries) return await readPages(reading, { ...part, first: begun ?? (await ask(reading, part, [])) }, []);
	const first = begun ?? (await ask(reading, part, [502]).catch(unlessTooWide));
	const both = first && (await beginHalves(reading, { ...part, first }, queries));
	if (both) return await readBoth(reading, first, both);
	const found = first && (await readPages(reading, { ...part, first }, [502]).catch(unlessTooWide));
	// The halves repeat the pages that were read before one took too long.
	return found ?? (await readInTurn(reading, queries, part.limit));
}

/** If a range is too wide, its two halves are requested instead (Hotmart §2.6). */
function unlessTooWide(error: Error): undefined {
	if (!(error instanceof RequestError && error.status === 502)) throw error;
}

async function readInTurn<T>(reading: Reading<T>, queries: IDataObject[], limit: number): Promise<T[]> {
	const found: T[][] = [];
	for (const query of queries) {
		const left = limit - found.flat().length;
		if (left > 0) found.push(await readPart(reading, { query, limit: left }));
	}
	return found.flat();
}

/** The first pages of the halves of a long list; undefined if page after page is better. */
async function beginHalves<T>(
	reading: Reading<T>,
	{ limit, first }: BegunPart,
	queries: IDataObject[],
): Promise<BegunPart[] | undefined> {
	if (reading.isPatient || limit !== Infinity || first.total === undefined) return undefined;
	reading.total ??= first.total;
	if (first.total <= Math.max(LONG, reading.total / RANGES)) return undefined;
	const begin = async (query: IDataObject) => ({ query, limit, first: await ask(reading, { query, limit }, []) });
	const both = await Promise.all(queries.map(begin));
	// If the halves do not have as many records as the whole, the list has changed, or Hotmart reads dates differently.
	const together = both.reduce((sum, part) => sum + sizeOf(part.first), 0);
	return together === first.total ? both : undefined;
}

const sizeOf = ({ total, records, nextPageToken }: Page) => total ?? (nextPageToken ? NaN : records.length);

/** Reads both halves at the same time. Their order is that of the whole list, which Hotmart does not document. */
async function readBoth<T>(reading: Reading<T>, whole: Page, halfParts: BegunPart[]): Promise<T[]> {
	const [earlier, later] = await Promise.all(halfParts.map(async (part) => await readPart(reading, part, part.first)));
	const [isOldestFirst, isNewestFirst] = halfParts.map(({ first }) => beginsAlike(whole, first));
	return isNewestFirst && !isOldestFirst ? later!.concat(earlier!) : earlier!.concat(later!);
}

/** Whether two pages have the same records as far as both go. */
function beginsAlike({ records }: Page, other: Page): boolean {
	const length = Math.min(records.length, other.records.length);
	return JSON.stringify(records.slice(0, length)) === JSON.stringify(other.records.slice(0, length));
}

async function ask<T>(reading: Reading<T>, { query, limit }: Part, noRetryOn: number[], token?: string) {
	if (reading.failure) throw reading.failure;
	const page = { ...query, max_results: Math.min(limit, PAGE_SIZE), page_token: token };
	return await reading.readPage({ ...reading.request, query: page, noRetryOn });
}

async function readPages<T>(reading: Reading<T>, part: BegunPart, noRetryOn: number[]): Promise<T[]> {
	const { limit, first } = part;
	const found: T[] = [];
	const seen = new Set<string>();
	let nextPage: Promise<Page> | undefined = Promise.resolve(first);
	while (nextPage) {
		const { records, nextPageToken: token }: Page = await nextPage;
		if (token && seen.has(token))
			throw new UserError('Hotmart sends the same page of the list again and again. Narrow the filters.');
		if (token) seen.add(token);
		nextPage = token && found.length + records.length < limit ? ask(reading, part, noRetryOn, token) : undefined;
		await readRecords(reading, records, { found, limit, next: nextPage });
	}
	return found;
}

/** Reads the records of a page while the next one is under way. If that one fails, the error appears when its turn comes. */
async function readRecords<T>(
	{ read }: Reading<T>,
	records: IDataObject[],
	{ found, limit, next }: { found: T[]; limit: number; next: Promise<Page> | undefined },
): Promise<void> {
	for (const [index, record] of records.entries()) {
		if (next && index % READ_AT_ONCE === 0) await Promise.race([next.catch(() => undefined), sleep(0)]);
		if (found.length < limit) found.push(read(record));
	}
}
