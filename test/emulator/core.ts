import formbody from '@fastify/formbody';
import { fastify } from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { Clock, Core, RecordedRequest, RequestFilter, ScriptedFailure, Vendor } from './types';

/** A deep copy of plain data, as it would look after a journey over the wire. */
export const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const escapeRegExp = (text: string) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');

function matches(filter: RequestFilter, request: RecordedRequest): boolean {
	const { vendor, method, path, status } = filter;
	const pattern =
		typeof path === 'string' ? new RegExp(`^${escapeRegExp(path).replace(/\*/g, '.*')}$`) : path;
	return (
		(vendor === undefined || vendor === request.vendor) &&
		(method === undefined || method.toUpperCase() === request.method) &&
		(status === undefined || status === request.status) &&
		// search() ignores a `g` flag's lastIndex, test() does not
		(pattern === undefined || request.path.search(pattern) !== -1)
	);
}

/** The state both vendors share; see `Core`. */
export function createCore(): Core {
	let offset = 0;
	let failures: Array<ScriptedFailure & { left: number }> = [];
	const requests: RecordedRequest[] = [];
	const clock: Clock = {
		now: () => Date.now() + offset,
		advance: (ms) => {
			offset += ms;
		},
	};
	return {
		clock,
		requests,
		fail: (failure) => {
			failures.push({ ...failure, left: failure.times ?? 1 });
		},
		takeFailure: (request) => {
			const failure = failures.find(({ vendor, method, path }) =>
				matches({ vendor, method, path }, request),
			);
			if (failure !== undefined && --failure.left <= 0) {
				failures = failures.filter((other) => other !== failure);
			}
			return failure;
		},
		count: (filter) => requests.filter((request) => matches(filter, request)).length,
		reset: () => {
			requests.length = 0;
			failures = [];
			offset = 0;
		},
		snapshot: () => ({ offset }),
		restore: (snapshot) => {
			({ offset } = snapshot as { offset: number });
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
 * A limiter with fixed windows, one per key (client). The windows follow the emulator's clock.
 * How the state is told to the client (which headers) is each vendor's own business.
 */
export function createRateLimiter(clock: Clock, limit: number, windowMs: number) {
	const windows = new Map<string, { endsAt: number; used: number }>();
	return {
		take(key: string): RateState {
			const now = clock.now();
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
	const { kind, body, headers = {} } = failure;
	if (kind === 'reset') reply.raw.socket?.resetAndDestroy();
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
	const app = fastify({ forceCloseConnections: true, exposeHeadRoutes: false, routerOptions: { maxParamLength: 1000 } });
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
			headers: Object.fromEntries(
				Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
			),
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
		return failure ? await playFailure(failure, reply, errorBody) : payload;
	});

	app.addHook('onResponse', async (request, reply) => {
		const record = records.get(request);
		if (record) record.status = reply.statusCode;
	});
	return app;
}
