import type { Payload } from './events';
import type { School } from './school';

/** A request that reached the school itself: key, rate and route are right. */
export interface Call {
	school: School;
	params: Record<string, string>;
	query: Record<string, string | undefined>;
	/** The JSON object that was sent; empty when there was none. */
	body: Record<string, unknown>;
	/** The emulator's time. */
	now: number;
	/** Up to when reads see changes of enrollments (switch `readLagSeconds`). */
	asOf: number;
	/** Sends Teachable's own webhooks, after the answer. */
	emit(payloads: Payload[]): void;
}

export interface Answer {
	status: number;
	/** Absent: a body of zero length. */
	body?: unknown;
}

/** Handlers by `METHOD /path`, below /v1. */
export type Routes = Record<string, (call: Call) => Answer>;

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const noContent: Answer = { status: 204 };

/** An answer of the school (not of its gateway) that says no. */
export class ApiError extends Error {
	readonly messages: string[];

	constructor(
		readonly status: number,
		...messages: string[]
	) {
		super(messages.join(', '));
		this.messages = messages;
	}
}

/** The record with this id, or 404 with its kind's name. */
export function byId<T extends { id: number }>(kind: string, rows: T[], id: unknown): T {
	const found = rows.find((row) => row.id === Number(id));
	if (!found) throw new ApiError(404, `${kind} not found`);
	return found;
}

/** Ids in bodies are integers; text is refused, since nobody knows whether Teachable takes it. */
export function bodyId(call: Call, name: 'user_id' | 'course_id'): number {
	const id = call.body[name];
	if (!Number.isInteger(id)) throw new ApiError(422, `${name} must be an integer`);
	return id as number;
}

export const iso = (at: number) => new Date(at).toISOString();
export const isoOrNull = (at: number | null) => (at === null ? null : iso(at));

/** The value of a date-time filter; undefined when absent or not a date. */
export function dateFilter(text: string | undefined): number | undefined {
	const at = Date.parse(text ?? '');
	return Number.isNaN(at) ? undefined : at;
}

/** A filter that keeps every row unless the query asks for one value. */
export const wanted = <T>(asked: string | undefined, value: T) => asked === undefined || asked === String(value);

export interface Meta {
	total: number;
	page: number;
	from: number;
	to: number;
	per_page: number;
	number_of_pages: number;
}

/** Page numbers reach this far into the searches behind GET /users and GET /transactions (Teachable §1.6, §2.16). */
export const searchWindow = 10_000;

const positive = (text: string | undefined, otherwise: number) => {
	const number = Number(text);
	return Number.isInteger(number) && number > 0 ? number : otherwise;
};

/** The page that `page` and `per` ask for. A larger `per` than the switch allows is cut down, nonsense is ignored. */
export function paged<T>(
	{ school, query }: Pick<Call, 'school' | 'query'>,
	rows: T[],
	defaultPer: number = school.switches.defaultPer,
): { rows: T[]; meta: Meta } {
	const per = Math.min(positive(query.per, defaultPer), school.switches.maxPer);
	const page = positive(query.page, 1);
	const start = (page - 1) * per;
	const shown = rows.slice(start, start + per);
	return {
		rows: shown,
		meta: {
			total: rows.length,
			page,
			from: shown.length > 0 ? start + 1 : 0,
			to: shown.length > 0 ? start + shown.length : 0,
			per_page: per,
			number_of_pages: Math.ceil(rows.length / per),
		},
	};
}
