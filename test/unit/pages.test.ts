import fc from 'fast-check';
import { sleep, type IDataObject, type INode } from 'n8n-workflow';

import { addresses } from '../../nodes/Hotmart/api/addresses';
import { readAllPages, type Page } from '../../nodes/Hotmart/api/pages';
import { BEGINNING } from '../../nodes/Hotmart/api/ranges';
import { createTurns } from '../../nodes/Hotmart/api/turns';
import { RequestError, type HttpRequest } from '../../nodes/shared/http';
import type { Failure } from '../../nodes/shared/http/failure';
import { DAY } from '../../nodes/shared/dates';

const END = Date.UTC(2026, 10, 1);
const node = { name: 'Hotmart', type: 'hotmart', parameters: {} } as unknown as INode;

const TOO_WIDE: Failure = {
	request: { path: addresses.subscriptions },
	status: 502,
	code: null,
	body: undefined,
	headers: {},
	text: '',
	unknownOutcome: false,
};

interface Row {
	id: number;
	/** Milliseconds since 1970-01-01 UTC. */
	at: number;
}

interface Account {
	/** Oldest first. */
	rows: Row[];
	isNewestFirst: boolean;
	/** A range of more milliseconds takes too long. */
	tooWide: number;
	/** Whether the list says how many records it has. */
	hasTotal: boolean;
	/** Rows that appear with the request of this number. */
	newcomers: Map<number, Row>;
}

/** So many rows at each of these times: rows of the same time are the hard ones. */
const rowsOf = (clusters: Array<[at: number, count: number]>): Row[] =>
	clusters
		.sort(([a], [b]) => a - b)
		.flatMap(([at, count]) => Array.from({ length: count }, () => at))
		.map((at, id) => ({ id, at }));

/** A list of Hotmart whose tokens name the record before the page, so that newcomers move nothing. */
function serve(account: Account) {
	const requests: IDataObject[] = [];
	let [running, most] = [0, 0];
	const answer = (query: IDataObject): Page => {
		const [from, to] = [Number(query.accession_date), Number(query.end_accession_date)];
		if (to - from > account.tooWide)
			throw new RequestError(node, TOO_WIDE, { message: 'This takes too long.', description: 'Narrow it.' });
		const listed = account.rows.filter(({ at }) => at >= from && at <= to);
		if (account.isNewestFirst) listed.reverse();
		const start =
			query.page_token === undefined ? 0 : listed.findIndex(({ id }) => `after ${id}` === query.page_token) + 1;
		const records = listed.slice(start, start + Number(query.max_results));
		const isLast = start + records.length === listed.length;
		return {
			records: records.map((row) => ({ ...row })),
			nextPageToken: isLast ? undefined : `after ${records.at(-1)!.id}`,
			total: account.hasTotal ? listed.length : undefined,
		};
	};
	const inTurn = createTurns(() => 3);
	const readPage = async (request: HttpRequest) =>
		await inTurn(async () => {
			running += 1;
			most = Math.max(most, running);
			await sleep(0);
			const newcomer = account.newcomers.get(requests.length);
			if (newcomer) {
				account.rows.push(newcomer);
				account.rows.sort((a, b) => a.at - b.at || a.id - b.id);
			}
			requests.push(request.query!);
			running -= 1;
			return answer(request.query!);
		});
	return { readPage, requests, mostAtOnce: () => most };
}

async function read(account: Account, limit = Infinity) {
	const server = serve(account);
	const query = { accession_date: BEGINNING, end_accession_date: END };
	const ids = await readAllPages(
		server.readPage,
		{ path: addresses.subscriptions, query },
		{ limit, read: ({ id }) => id as number },
	);
	return { ids, ...server };
}

const clusters = fc.array(fc.tuple(fc.integer({ min: BEGINNING, max: END }), fc.integer({ min: 1, max: 6_000 })), {
	maxLength: 6,
});
const account = fc.record({
	rows: clusters.map(rowsOf),
	isNewestFirst: fc.boolean(),
	hasTotal: fc.boolean(),
});
const UNBOUNDED = { tooWide: Infinity, newcomers: new Map<number, Row>() };

describe('a long list that is read in ranges', () => {
	test('has the records of the whole list, in its order', async () => {
		await fc.assert(
			fc.asyncProperty(account, async (some) => {
				const ids = some.rows.map(({ id }) => id);
				if (some.isNewestFirst) ids.reverse();
				expect((await read({ ...some, ...UNBOUNDED })).ids).toEqual(ids);
			}),
			{ numRuns: 30 },
		);
	});

	test('has every record once, although ranges are too wide and records are added meanwhile', async () => {
		const newcomers = fc.array(fc.tuple(fc.nat(60), fc.integer({ min: BEGINNING, max: END })), { maxLength: 5 });
		const days = fc.integer({ min: 40, max: 8_000 });
		await fc.assert(
			fc.asyncProperty(account, newcomers, days, async (some, added, width) => {
				const here = some.rows.map(({ id }) => id);
				const { ids } = await read({
					...some,
					rows: [...some.rows],
					tooWide: width * DAY,
					newcomers: new Map(added.map(([request, at], index) => [request, { id: 1_000_000 + index, at }])),
				});
				expect(new Set(ids).size).toBe(ids.length);
				expect(ids.filter((id) => id < 1_000_000).sort((a, b) => a - b)).toEqual(here);
			}),
			{ numRuns: 30 },
		);
	});

	test('ends at the limit, with one request after the other', async () => {
		await fc.assert(
			fc.asyncProperty(account, fc.integer({ min: 1, max: 8_000 }), async (some, limit) => {
				const ids = some.rows.map(({ id }) => id);
				if (some.isNewestFirst) ids.reverse();
				const found = await read({ ...some, ...UNBOUNDED }, limit);
				expect(found.ids).toEqual(ids.slice(0, limit));
				expect(found.mostAtOnce()).toBe(1);
				expect(found.requests.length).toBe(Math.max(1, Math.ceil(found.ids.length / Math.min(limit, 500))));
			}),
			{ numRuns: 30 },
		);
	});

	const years = (count: number) =>
		rowsOf(Array.from({ length: count }, (_, index) => [END - Math.floor((index * 1000 * DAY) / count), 1]));

	test('takes three requests at a time, and few more than one after the other', async () => {
		const { ids, requests, mostAtOnce } = await read({
			...UNBOUNDED,
			rows: years(50_000),
			isNewestFirst: false,
			hasTotal: true,
		});
		expect(ids).toHaveLength(50_000);
		expect(mostAtOnce()).toBe(3);
		expect(requests.length).toBeLessThan(130);
	});

	test('of up to 5,000 records is read one page after the other', async () => {
		const { requests, mostAtOnce } = await read({
			...UNBOUNDED,
			rows: years(5_000),
			isNewestFirst: false,
			hasTotal: true,
		});
		expect([requests.length, mostAtOnce()]).toEqual([10, 1]);
	});
});
