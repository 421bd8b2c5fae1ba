import { UserError, type IDataObject } from 'n8n-workflow';

import type { ListOptions, ListRequest } from '../../shared/client';
import { toIso } from '../../shared/dates';
import { addresses } from './addresses';
import { followNumbers, listName, PAGE_SIZE, type Page, type ReadPage } from './pages';

/** How a list is read in parts, by time. */
interface TimeFilter {
	/** Query parameter for records after a time. */
	after: string;
	/** Query parameter for records at a time or before it. */
	before: string;
	/** The field of a record with its time. */
	time: string;
}

/** Lists whose page numbers reach only so far and that can be narrowed by time (Teachable §2.16). */
const TIME_FILTERS: Record<string, TimeFilter | undefined> = {
	[listName(addresses.transactions)]: { after: 'start', before: 'end', time: 'purchased_at' },
};

/** The most records of a part: fewer than page numbers reach, as new ones may come while it is read. */
const MAX_RECORDS = 9_500;

/** All records are between these times, even if the clock of this computer is wrong. */
const [EARLIEST, LATEST] = [0, Date.UTC(2100, 0)];

/** A part of a list: records after one time, up to another, in milliseconds. If one is missing, the request's own bound applies. */
interface Span {
	after?: number;
	before?: number;
}

/**
 * The pages of a list, one after the other, until the caller has enough. A list that is longer than page numbers reach is read
 * in parts.
 *
 * @param limit how many records the caller wants at most
 */
export async function* followPages(readPage: ReadPage, request: ListRequest, limit = Infinity): AsyncGenerator<Page> {
	const first = await readPage(request, 1);
	const filter = TIME_FILTERS[listName(request.path)];
	if (filter && limit > MAX_RECORDS && lengthOf(first) > MAX_RECORDS)
		yield* followParts(readPage, request, filter, first);
	else yield* followNumbers(readPage, request, first);
}

/** How many records a list has, by its first page. */
const lengthOf = ({ total, count, reached }: Page) => total ?? (count ?? 1) * reached;

/** Reads a list in parts, each record once. @param first the first page of the whole list */
async function* followParts(
	readPage: ReadPage,
	request: ListRequest,
	filter: TimeFilter,
	first: Page,
): AsyncGenerator<Page> {
	const seen = new Set<unknown>();
	const isNewestFirst = timeOf(first.records[0]?.[filter.time]) > timeOf(first.records.at(-1)?.[filter.time]);

	async function* read(span: Span, given?: Page): AsyncGenerator<Page> {
		const part = { ...request, query: { ...request.query, ...toQuery(filter, span) } };
		const page = given ?? (await readPage(part, 1));
		if (lengthOf(page) <= MAX_RECORDS) {
			yield* followNumbers(readPage, part, page);
			return;
		}
		const halves = halve(span, request, filter);
		for (const half of isNewestFirst ? halves.reverse() : halves) yield* read(half);
	}

	for await (const page of read({}, first)) {
		// One that lies on a border may be in both parts.
		const records = page.records.filter(({ id }) => !seen.has(id));
		for (const { id } of records) seen.add(id);
		if (records.length > 0) yield { ...page, records };
	}
	if (seen.size < (first.total ?? 0))
		throw new UserError(
			`Teachable has ${first.total} records in this list and showed ${seen.size} of them. Try again in a few minutes, or narrow the list with filters.`,
		);
}

const toQuery = (filter: TimeFilter, { after, before }: Span): IDataObject => ({
	...(after !== undefined && { [filter.after]: toIso(after) }),
	...(before !== undefined && { [filter.before]: toIso(before) }),
});

/** Both halves of a span, the earlier one first. The border is in the middle of a second, as times have whole seconds (Teachable §1.7). */
function halve(span: Span, { query = {} }: ListRequest, filter: TimeFilter): Span[] {
	const after = span.after ?? (timeOf(query[filter.after]) || EARLIEST);
	const before = span.before ?? (timeOf(query[filter.before]) || LATEST);
	const border = Math.floor((after + before) / 2000) * 1000 + 500;
	if (border > after && border < before)
		return [
			{ ...span, before: border },
			{ ...span, after: border },
		];
	throw new UserError(
		`Teachable has more than ${MAX_RECORDS} records from the same second in this list, which is more than it shows. Narrow the list with filters.`,
	);
}

const timeOf = (value: unknown) => Date.parse(String(value));

/** Reads the records of a list, page after page. */
export async function readAllPages<T>(
	readPage: ReadPage,
	{ query, ...request }: ListRequest,
	{ limit, read }: ListOptions<T>,
): Promise<T[]> {
	const found: T[] = [];
	const sized = { ...request, query: { per: Math.min(limit, PAGE_SIZE), ...query } };
	for await (const { records } of followPages(readPage, sized, limit)) {
		for (const record of records) if (found.length < limit) found.push(read(record));
		if (found.length >= limit) break;
	}
	return found;
}
