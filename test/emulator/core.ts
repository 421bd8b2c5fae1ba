import { createHash } from 'node:crypto';

import formbody from '@fastify/formbody';
import { fastify } from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sleep } from 'n8n-workflow';

import type { Chaos, Clock, Core, Fault, Mail, RecordedRequest, RequestFilter, ScriptedFailure, Vendor } from './types';

/** A deep copy of plain data, as it would look after a journey over the wire. */
export const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** How a filter compares e-mail addresses. */
export const emailFilters = {
	caseInsensitive: (email: string, asked: string) => email.toLowerCase() === asked.toLowerCase(),
	exact: (email: string, asked: string) => email === asked,
	substring: (email: string, asked: string) => email.toLowerCase().includes(asked.toLowerCase()),
};

export type EmailFilter = keyof typeof emailFilters;

const escapeRegExp = (text: string) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');

function matches(filter: RequestFilter, request: RecordedRequest): boolean {
	const { vendor, method, path, status } = filter;
	const pattern = typeof path === 'string' ? new RegExp(`^${escapeRegExp(path).replace(/\*/g, '.*')}$`) : path;
	return (
		(vendor === undefined || vendor === request.vendor) &&
		(method === undefined || method.toUpperCase() === request.method) &&
		(status === undefined || status === request.status) &&
		// search() ignores a `g` flag's lastIndex, test() does not
		(pattern === undefined || request.path.search(pattern) !== -1)
	);
}

/**
 * What goes wrong with APIs. A 429 is played before the request is carried out, as refusing is what it says, and an empty
 * success after it, as no client could tell it from the empty answer that several writes have.
 */
export const FAULTS: Fault[] = [
	{ name: '429 with Retry-After', kind: 'status', status: 429, headers: { 'retry-after': '1' } },
	// Without a word of how long, clients wait a whole minute
	{ name: '429', kind: 'status', status: 429, limit: 6 },
	{ name: '500', kind: 'status', status: 500 },
	{ name: '500 after', kind: 'status', status: 500, when: 'after' },
	{ name: '502 with HTML', kind: 'html', status: 502 },
	{ name: '502 after', kind: 'status', status: 502, when: 'after' },
	{ name: '503', kind: 'status', status: 503 },
	{ name: '503 without a body', kind: 'empty', status: 503 },
	{ name: 'hang', kind: 'hang', limit: 2 },
	{ name: 'hang, then reset', kind: 'hang', cutAfterMs: 2000 },
	{ name: 'hang, then reset, after', kind: 'hang', cutAfterMs: 2000, when: 'after' },
	{ name: 'reset', kind: 'reset' },
	{ name: 'reset after', kind: 'reset', when: 'after' },
	{ name: 'HTML', kind: 'html' },
	{ name: 'HTML after', kind: 'html', when: 'after' },
	{ name: 'empty after', kind: 'empty', when: 'after' },
];

/** A source of faults: the same seed and the same requests of a path give the same faults. */
function createChaos({ share, seed, faults = FAULTS }: Chaos) {
	const seen = new Map<string, number>();
	const left = new Map(faults.map((fault): [Fault, number] => [fault, fault.limit ?? Infinity]));
	return ({ vendor, method, path }: RecordedRequest): Fault | undefined => {
		const key = `${vendor} ${method} ${path}`;
		const number = (seen.get(key) ?? 0) + 1;
		seen.set(key, number);
		const hash = createHash('sha256').update(`${seed} ${key} ${number}`).digest();
		const [fate, choice] = [hash.readUInt32BE(0) / 2 ** 32, hash.readUInt32BE(4) / 2 ** 32] as const;
		if (fate >= share) return undefined;
		const chosen = Math.floor(choice * faults.length);
		const fault = [...faults.slice(chosen), ...faults.slice(0, chosen)].find((entry) => left.get(entry)! > 0);
		if (fault === undefined) return undefined;
		left.set(fault, left.get(fault)! - 1);
		return fault;
	};
}

/** The state both vendors share; see `Core`. */
export function createCore(): Core {
	let offset = 0;
	let failures: Array<ScriptedFailure & { left: number }> = [];
	let strike: ReturnType<typeof createChaos> = () => undefined;
	const requests: RecordedRequest[] = [];
	const mails: Mail[] = [];
	const clock: Clock = {
		now: () => Date.now() + offset,
		advance: (ms) => {
			offset += ms;
		},
	};
	return {
		clock,
		requests,
		mails,
		fail: (failure) => {
			failures.push({ ...failure, left: failure.times ?? 1 });
		},
		chaos: (chaos) => {
			strike = chaos ? createChaos(chaos) : () => undefined;
		},
		takeFailure: (request) => {
			const failure = failures.find(({ vendor, method, path }) => matches({ vendor, method, path }, request));
			if (failure !== undefined && --failure.left <= 0) {
				failures = failures.filter((other) => other !== failure);
			}
			if (failure !== undefined) return failure;
			const fault = strike(request);
			if (fault !== undefined) request.fault = fault.name;
			return fault;
		},
		count: (filter) => requests.filter((request) => matches(filter, request)).length,
		reset: () => {
			requests.length = 0;
			mails.length = 0;
			failures = [];
			strike = () => undefined;
			offset = 0;
		},
		snapshot: () => ({ offset, mails: copyOf(mails) }),
		restore: (snapshot) => {
			const state = snapshot as { offset: number; mails?: Mail[] };
			offset = state.offset;
			mails.splice(0, mails.length, ...copyOf(state.mails ?? []));
		},
	};
}

/** What is left of a client's allowance after a request. */
export interface RateState {
	allowed: boolean;
	limit: number;
	remaining: number;
	/** Whole seconds until the window ends, at least 1. */
	resetSeconds: number;
}

/**
 * A limiter with fixed windows, one per key (client). The windows follow the emulator's clock; a changed limit starts new ones.
 * How the state is told to the client (which headers) is each vendor's own business.
 */
export function createRateLimiter(clock: Clock, switches: { rateLimitPerMinute: number; rateWindowMs: number }) {
	const windows = new Map<string, { endsAt: number; used: number }>();
	let counted = '';
	return {
		take(key: string): RateState {
			const now = clock.now();
			const { rateLimitPerMinute: limit, rateWindowMs: windowMs } = switches;
			if (counted !== `${limit} ${windowMs}`) windows.clear();
			counted = `${limit} ${windowMs}`;
			let window = windows.get(key);
			if (window === undefined || window.endsAt <= now || window.endsAt > now + windowMs) {
				window = { endsAt: now + windowMs, used: 0 };
				windows.set(key, window);
			}
			window.used += 1;
			return {
				allowed: window.used <= limit,
				limit,
				remaining: Math.max(0, limit - window.used),
				resetSeconds: Math.max(1, Math.ceil((window.endsAt - now) / 1000)),
			};
		},
		reset: () => windows.clear(),
	};
}

const never = async () => await new Promise<never>(() => {});

async function playFailure(
	failure: ScriptedFailure,
	reply: FastifyReply,
	errorBody: (status: number) => unknown,
): Promise<string> {
	const { kind, body, headers = {}, cutAfterMs } = failure;
	if (kind === 'hang' && cutAfterMs !== undefined) await sleep(cutAfterMs);
	if (kind === 'reset' || cutAfterMs !== undefined) reply.raw.socket?.resetAndDestroy();
	// A cut connection needs no answer either; a client that gives up closes its socket, the end closes all
	if (kind === 'hang' || kind === 'reset') return await never();

	const status = failure.status ?? (kind === 'status' ? 500 : 200);
	const payload = kind === 'status' ? (body ?? errorBody(status)) : (body ?? '<!doctype html><title>Error</title>');
	const text = kind === 'empty' ? '' : typeof payload === 'string' ? payload : JSON.stringify(payload);
	void reply
		.code(status)
		.removeHeader('content-length')
		.header('content-type', kind === 'html' ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8')
		.headers(headers);
	return text;
}

/**
 * A Fastify server that records every request in `core.requests` and plays scripted failures; it knows nothing else.
 * Failures are played before any `preHandler` hook that the vendor adds (credentials, rate limits), so they also hit unknown
 * paths and refused clients.
 * JSON bodies may be empty (clients send the JSON content type without a body), forms are parsed, anything else is text.
 * @param errorBody the vendor's error body for a scripted status
 */
export function createVendorServer(
	vendor: Vendor,
	core: Core,
	errorBody: (status: number) => unknown,
): FastifyInstance {
	const app = fastify({
		forceCloseConnections: true,
		exposeHeadRoutes: false,
		routerOptions: { maxParamLength: 1000 },
	});
	const records = new WeakMap<FastifyRequest, RecordedRequest>();
	const lostAnswers = new WeakMap<FastifyRequest, ScriptedFailure>();

	void app.register(formbody);
	const parseJson = app.getDefaultJsonParser('error', 'error');
	app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
		if (body === '') done(null, undefined);
		else void parseJson(request, body as string, done);
	});
	app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));

	app.addHook('onRequest', async (request) => {
		const record: RecordedRequest = {
			vendor,
			method: request.method,
			path: request.url.split('?')[0] ?? '',
			query: { ...(request.query as RecordedRequest['query']) },
			headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
			body: undefined,
			status: 0,
			at: core.clock.now(),
		};
		records.set(request, record);
		core.requests.push(record);
	});

	app.addHook('preHandler', async (request, reply) => {
		const record = records.get(request);
		if (record === undefined) return;
		record.body = request.body;
		const failure = core.takeFailure(record);
		if (failure?.when === 'after') lostAnswers.set(request, failure);
		else if (failure) return await reply.send(await playFailure(failure, reply, errorBody));
	});

	app.addHook('onSend', async (request, reply, payload) => {
		const failure = lostAnswers.get(request);
		if (failure === undefined) return payload;
		// Only the body is lost: a refusal without its words must not look like a success
		const status = failure.status ?? (failure.kind === 'empty' ? reply.statusCode : undefined);
		return await playFailure({ ...failure, status }, reply, errorBody);
	});

	app.addHook('onResponse', async (request, reply) => {
		const record = records.get(request);
		if (record) record.status = reply.statusCode;
	});
	return app;
}
