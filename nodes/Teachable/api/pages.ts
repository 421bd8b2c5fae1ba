import { UserError, type IDataObject } from 'n8n-workflow';

import type { ListOptions, ListRequest } from '../../shared/client';
import { isRecord } from '../../shared/record';
import { addresses } from './addresses';

/** A page of a list. */
export interface Page {
	records: IDataObject[];
	isLast: boolean;
	/** Number of pages as the answer says it, of the size that was really served; NaN when it says nothing. */
	count: number;
	/** Records before and in this page, by its number and size. */
	reached: number;
}

/** Reads a page of a list, from 1. */
export type ReadPage = (request: ListRequest, number: number) => Promise<Page>;

/** The largest page that Teachable is known to serve; it may serve less without a word (Teachable §1.6). */
export const PAGE_SIZE = 100;

/** How far page numbers reach in the list of users; only `search_after` gets to those behind (Teachable §1.6). */
const SEARCH_WINDOW = 10_000;

/** The names that Teachable's lists have in their answers; each is also how the address of the list ends (Teachable §2). */
const LIST_NAMES = ['courses', 'enrollments', 'events', 'pricing_plans', 'transactions', 'users', 'webhooks'];

/** Understands the answer to the request for a page. @throws UserError when it is not a list */
export function toPage(body: IDataObject, path: string, number: number): Page {
	const name = path.slice(path.lastIndexOf('/') + 1);
	const records = LIST_NAMES.includes(name) ? body[name] : Object.values(body).find(Array.isArray);
	// To take it for an empty list would make Set Students believe that nobody is there.
	if (!Array.isArray(records))
		throw new UserError(`Teachable answered without a list at the address ${path}. Try again in a few minutes.`);
	const meta = isRecord(body.meta) ? body.meta : {};
	// Seen to be without the size of its pages (Teachable §1.6): then only the number of records says how many there are.
	const pages = Number(meta.number_of_pages) || Math.ceil(Number(meta.total ?? NaN) / records.length);
	const count = records.length === 0 ? 0 : pages;
	return {
		records: records as IDataObject[],
		// A short page proves nothing, as the school may serve smaller pages than asked for.
		isLast: !(number < count),
		count,
		reached: number * (Number(meta.per_page) || records.length),
	};
}

/** The pages of a list, one after the other, until the caller has enough. */
export async function* followPages(readPage: ReadPage, request: ListRequest): AsyncGenerator<Page> {
	const { path, query = {} } = request;
	const seen = new Set<string>();
	let after = query.search_after;
	for (let number = 1; ; number++) {
		const isFar = after !== undefined;
		const found = await readPage(
			isFar ? { ...request, query: { ...query, search_after: after } } : request,
			isFar ? 1 : number,
		);
		const last = found.records.at(-1);
		// A list that ignores its page numbers answers each with the same records.
		const first = JSON.stringify(found.records[0]);
		if (last === undefined || seen.has(first)) return;
		seen.add(first);
		yield found;
		if (path === addresses.users && (isFar || found.reached >= SEARCH_WINDOW)) after = last.id;
		else if (found.isLast) return;
	}
}

/** Reads the records of a list, page after page. */
export async function readAllPages<T>(
	readPage: ReadPage,
	{ query, ...request }: ListRequest,
	{ limit, read }: ListOptions<T>,
): Promise<T[]> {
	const found: T[] = [];
	const sized = { ...request, query: { per: Math.min(limit, PAGE_SIZE), ...query } };
	for await (const { records } of followPages(readPage, sized)) {
		for (const record of records) if (found.length < limit) found.push(read(record));
		if (found.length >= limit) break;
	}
	return found;
}
