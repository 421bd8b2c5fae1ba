import formbody from '@fastify/formbody';
import { fastify } from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sleep } from 'n8n-workflow';

import type { Core, RecordedRequest, ScriptedFailure, Vendor } from '../types';

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
