import { createHash, randomUUID } from 'node:crypto';

import type { Account } from './account';
import { DAY } from './calendar';
import type { HotmartSwitches } from './switches';
import type { Range } from './table';

/** An error answer of the API: `{ error, error_description }`. */
export class HotmartError extends Error {
	constructor(
		readonly status: number,
		readonly error: string,
		description: string,
	) {
		super(description);
	}

	get body(): Record<string, string> {
		return { error: this.error, error_description: this.message };
	}
}

export const notFound = (what: string) => new HotmartError(404, 'not_found', `${what} not found.`);
export const invalid = (what: string) => new HotmartError(400, 'invalid_parameter', what);

/** The codes of errors that a status alone decides (scripted failures). */
export const errorOf = (status: number): Record<string, string> => {
	const codes: Record<number, string> = {
		400: 'invalid_parameter',
		401: 'invalid_token',
		403: 'unauthorized_client',
		404: 'not_found',
		405: 'method_not_allowed',
		429: 'too_many_requests',
	};
	return {
		error: codes[status] ?? 'internal_server_error',
		error_description: `The request could not be completed (${status}).`,
	};
};

/** A request's query string, read strictly: what Hotmart could not read is answered 400. */
export function readQuery(raw: Record<string, string | string[]>) {
	const list = (name: string): string[] | undefined => {
		const value = raw[name];
		return value === undefined ? undefined : [value].flat();
	};
	const text = (name: string) => list(name)?.[0];
	const parsed = <T>(name: string, pattern: RegExp, convert: (value: string) => T): T | undefined => {
		const value = text(name);
		if (value === undefined) return undefined;
		if (!pattern.test(value)) {
			throw new HotmartError(400, 'invalid_value_parameter', `The value of ${name} is invalid: ${value}`);
		}
		return convert(value);
	};
	return {
		raw,
		list,
		text,
		/** Ids, numbers and dates (milliseconds). */
		number: (name: string) => parsed(name, /^-?\d+$/, Number),
		boolean: (name: string) => parsed(name, /^(true|false)$/, (value) => value === 'true'),
		/** One or more values of an enum. */
		oneOf: (name: string, allowed: readonly string[]) => {
			const values = list(name);
			const wrong = values?.find((value) => !allowed.includes(value));
			if (wrong !== undefined) throw invalid(`The value of ${name} is not allowed: ${wrong}`);
			return values;
		},
	};
}

export type Query = ReturnType<typeof readQuery>;

/** A date range with the default that the endpoint has; a range that is too wide is slow (switch `slowBeyondDays`). */
export function readRange({ query, account: { clock, switches } }: Call, [fromName, toName]: [string, string]): Range {
	const { slowBeyondDays } = switches;
	const to = query.number(toName) ?? clock.now();
	const from = query.number(fromName) ?? clock.now() - 30 * DAY;
	if (slowBeyondDays !== null && to - from > slowBeyondDays * DAY) {
		throw new HotmartError(502, 'internal_server_error', 'The query took longer than 30 seconds.');
	}
	return { from, to };
}

/** Of several values of a repeated key perhaps only one counts (Hotmart §2.4). */
export const countedStatuses = (values: string[] | undefined, { transactionStatuses }: HotmartSwitches) =>
	transactionStatuses === 'all' ? values : values?.slice(...(transactionStatuses === 'first' ? [0, 1] : [-1]));

export type Predicate<T> = (row: T) => boolean;

/** A predicate for each filter that was given; the others are left out. */
export function filters<T>(...parts: Array<[value: unknown, predicate: Predicate<T>]>): Array<Predicate<T>> {
	return parts.filter(([value]) => value !== undefined).map(([, predicate]) => predicate);
}

export const includesText = (text: string, part: string | undefined) =>
	text.toLowerCase().includes((part ?? '').toLowerCase());
export const sameText = (a: string, b: string | undefined) => a.toLowerCase() === b?.toLowerCase();

/** Records with their positions, from a position on; see `Table.walk`. */
export type Walk<T> = (start: number) => Iterable<[number, T]>;

export const walkArray =
	<T>(rows: T[]): Walk<T> =>
	(start) =>
		rows.map((row, index): [number, T] => [index, row]).slice(start);

interface PageOptions<T> {
	walk: Walk<T>;
	/** How many records the walk has, if that is known without walking. */
	count?: () => number;
	/** All of them must hold. */
	keep?: Array<Predicate<T>>;
	render(row: T): object;
	/** [default, maximum]; more than the maximum is clamped without a word. */
	size: [number, number];
	/** `total_results` in `page_info`; not every endpoint has it. */
	total?: boolean;
	/** Shape of the tokens: 64 hexadecimal digits, or base64 of JSON. */
	token?: 'hex' | 'base64';
}

/** Where a page token leads. */
export interface Cursor {
	position: number;
	/** Token of the page before this one. */
	previous?: string;
	/** Size of the whole list and the filters it was counted for, so that a long list is counted once. */
	total?: { count: number; filters: string };
}

function issue({ cursors }: Account, cursor: Cursor, shape: 'hex' | 'base64', page: object): string {
	const id = randomUUID();
	const token =
		shape === 'hex'
			? createHash('sha256').update(id).digest('hex')
			: Buffer.from(JSON.stringify({ ...page, id: id.slice(0, 8) })).toString('base64');
	cursors.set(token, cursor);
	return token;
}

/** The rows of one page, and the position of the next. */
function read<T>(start: number, rows: number, { walk, keep = [], render }: PageOptions<T>) {
	const items: object[] = [];
	for (const [position, row] of walk(start)) {
		if (!keep.every((predicate) => predicate(row))) continue;
		if (items.length === rows) return { items, next: position };
		items.push(render(row));
	}
	return { items, next: undefined };
}

function countOnce<T>({ query }: Call, { walk, count: known, keep = [] }: PageOptions<T>, cursor: Cursor) {
	const wanted = JSON.stringify({ ...query.raw, page_token: undefined, max_results: undefined });
	if (cursor.total?.filters === wanted) return cursor.total;
	if (known && keep.length === 0) return { count: known(), filters: wanted };
	let count = 0;
	for (const [, row] of walk(0)) if (keep.every((predicate) => predicate(row))) count += 1;
	return { count, filters: wanted };
}

/** Cursor paging as Hotmart does it. Tokens are opaque and must come from an answer: any other gives 400 `invalid_token`. */
export function page<T>(call: Call, options: PageOptions<T>) {
	const { query, account } = call;
	const { size, total, token: shape = 'hex' } = options;
	const asked = query.number('max_results') ?? size[0];
	if (asked < 1) throw new HotmartError(400, 'invalid_value_parameter', 'max_results must be positive.');
	const rows = Math.min(asked, size[1]);
	const token = query.text('page_token');
	const cursor = token === undefined ? { position: 0 } : account.cursors.get(token);
	if (cursor === undefined) throw new HotmartError(400, 'invalid_token', 'The page token is invalid.');

	const { items, next } = read(cursor.position, rows, options);
	const counted = total ? countOnce(call, options, cursor) : undefined;
	const first = next === undefined ? undefined : { position: 0, total: counted };
	const current = token ?? (first && issue(account, first, shape, { page: 1, rows }));
	return {
		items,
		page_info: {
			...(counted && { total_results: counted.count }),
			...(next !== undefined && {
				next_page_token: issue(account, { position: next, previous: current, total: counted }, shape, {
					page: 2,
					rows,
				}),
			}),
			...(cursor.previous !== undefined && { prev_page_token: cursor.previous }),
			results_per_page: items.length,
		},
	};
}

function pick(value: unknown, paths: string[][]): unknown {
	if (Array.isArray(value)) {
		const picked = value.map((entry: unknown) => pick(entry, paths)).filter((entry) => entry !== undefined);
		return picked.length > 0 ? picked : undefined;
	}
	if (typeof value !== 'object' || value === null) return undefined;
	const entries = Object.entries(value).flatMap(([key, inner]): Array<[string, unknown]> => {
		const below = paths.filter(([head]) => head === key).map(([, ...rest]) => rest);
		if (below.length === 0) return [];
		const kept: unknown = below.some((rest) => rest.length === 0) ? inner : pick(inner, below);
		return kept === undefined ? [] : [[key, kept]];
	});
	return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** Sparse fields: `select` is a comma list of attributes, dots for nested ones. On pages it applies to the items. */
export function select(payload: unknown, fields: string): unknown {
	const paths = fields.split(',').map((path) => path.trim().split('.'));
	if (typeof payload === 'object' && payload !== null && 'items' in payload) {
		const items = pick(payload.items, paths);
		return items === undefined ? {} : { ...payload, items };
	}
	return pick(payload, paths) ?? {};
}

/** One request as a route sees it. */
export interface Call {
	account: Account;
	query: Query;
	params: Record<string, string>;
	body: Record<string, unknown>;
}

/**
 * A family of endpoints: `METHOD /path` with what it answers. An object or array is JSON with status 200, undefined an empty
 * body; errors are thrown as `HotmartError`.
 */
export type Routes = Record<string, (call: Call) => unknown>;
