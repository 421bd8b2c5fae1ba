import { UserError, type IDataObject } from 'n8n-workflow';

import type { ListRequest } from '../../shared/client';
import { isRecord } from '../../shared/record';
import { addresses } from './addresses';

/** A page of a list. */
export interface Page {
	records: IDataObject[];
	isLast: boolean;
	/** Number of pages of the size that was really served; null when the answer does not say it. */
	count: number | null;
	/** Number of records in the whole list; null when the answer does not say it. */
	total: number | null;
	/** Records before and in this page, by its number and size. */
	reached: number;
}

/** Reads a page of a list, from 1. */
export type ReadPage = (request: ListRequest, number: number) => Promise<Page>;

/** The largest page that Teachable is known to serve; it may silently serve less (Teachable §1.6). */
export const PAGE_SIZE = 100;

/** How far page numbers reach. After that the list of users goes on with `search_after` (Teachable §1.6), others in parts (Teachable §2.16). */
const SEARCH_WINDOW = 10_000;

/** The names that Teachable's lists have in their answers; each is also how the address of the list ends (Teachable §2). */
const LIST_NAMES = ['courses', 'enrollments', 'events', 'pricing_plans', 'transactions', 'users', 'webhooks'];

/** A list by its address without slashes at the ends, the version and the query: `courses/1/enrollments`. */
export const listName = (path: string): string =>
	path
		.replace(/^https?:\/\/[^/]+/i, '')
		.replace(/[?#].*$/, '')
		.replace(/^\/*(?:v1\/)?/, '')
		.replace(/\/+$/, '');

/** Understands the answer to the request for a page. @throws UserError when it is not a list */
export function toPage(body: IDataObject, path: string, number: number): Page {
	const list = listName(path);
	const name = list.slice(list.lastIndexOf('/') + 1);
	const isOfVersion1 = LIST_NAMES.includes(name) && !/^v\d+\//.test(list);
	const records = isOfVersion1 ? body[name] : Object.values(body).find(Array.isArray);
	// If this counted as an empty list, Set Students would believe that the course is empty.
	if (!Array.isArray(records))
		throw new UserError(`Teachable answered without a list at the address ${path}. Try again in a few minutes.`);
	const meta = isRecord(body.meta) ? body.meta : {};
	const total = numberOf(meta.total ?? meta.total_count);
	// This list was seen without its page size (Teachable §1.6): then only the number of records says how long it is.
	const pages = numberOf(meta.number_of_pages ?? meta.total_pages) ?? (total && Math.ceil(total / records.length));
	const count = records.length === 0 ? 0 : pages;
	return {
		records: records as IDataObject[],
		// A short page proves nothing, as the school may serve smaller pages than asked for.
		isLast: count === null || number >= count,
		count,
		total,
		reached: number * (numberOf(meta.per_page) ?? records.length),
	};
}

/** A number above zero, or null. */
function numberOf(value: unknown): number | null {
	const number = Number(value);
	return number > 0 && Number.isFinite(number) ? number : null;
}

/**
 * The pages of a list by their numbers. Users behind the last number are asked for by the one before them.
 *
 * @throws UserError when the list ends where page numbers do, as there may be more
 */
export async function* followNumbers(readPage: ReadPage, request: ListRequest, first: Page): AsyncGenerator<Page> {
	const { path, query = {} } = request;
	const isUsers = listName(path) === listName(addresses.users);
	const seen = new Set<string>();
	let [found, number, shown, after] = [first, 1, 0, query.search_after];
	for (;;) {
		const last = found.records.at(-1);
		// A list that ignores its page numbers answers each with the same records.
		const key = JSON.stringify(found.records[0]);
		if (last === undefined || seen.has(key)) break;
		seen.add(key);
		shown += found.records.length;
		yield found;
		if (isUsers && (after !== undefined || found.reached >= SEARCH_WINDOW)) after = last.id;
		else if (found.isLast) break;
		if (after === undefined) found = await readPage(request, ++number);
		else found = await readPage({ ...request, query: { ...query, search_after: after } }, 1);
	}
	if (after === undefined && shown <= SEARCH_WINDOW && (first.total ?? shown) >= SEARCH_WINDOW)
		throw new UserError(
			`Teachable shows no more than ${shown} records of the list ${path}, and it may have more. Narrow the list with filters, or with a Limit below ${SEARCH_WINDOW}.`,
		);
}
