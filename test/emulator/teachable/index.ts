import { randomUUID } from 'node:crypto';

import { createRateLimiter, createVendorServer } from '../core';
import type { CreateTeachableSchool } from '../types';
import { commerceRoutes } from './commerce';
import { courseRoutes } from './courses';
import { enrollmentRoutes } from './enrollments';
import { ApiError } from './http';
import type { Call, Routes } from './http';
import { lectureRoutes } from './lectures';
import { createSchoolState } from './school';
import { userRoutes } from './users';
import { createWebhookSender, webhookRoutes } from './webhooks';

export { defaultSwitches } from './switches';
export type { TeachableSwitches } from './switches';
export type * from './types';

const routes: Routes = {
	...courseRoutes,
	...lectureRoutes,
	...enrollmentRoutes,
	...userRoutes,
	...commerceRoutes,
	...webhookRoutes,
};

/** Texts of the gateway (Kong) in front of the school; its errors carry nothing else. */
const gateway = {
	noKey: 'No API key found in request',
	wrongKey: 'Invalid authentication credentials',
	noRoute: 'no Route matched with those values',
	tooMany: 'API rate limit exceeded',
};

const record = (value: unknown) =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

/**
 * The Teachable admin API v1 (facts: teachable-api.md). `rateLimitPerMinute` and `rateWindowMs` may be changed at run time
 * like every switch; a change starts a new window.
 */
export const createTeachableSchool: CreateTeachableSchool = (core, switches, seed) => {
	const sender = createWebhookSender(core.clock);
	const state = createSchoolState(core.clock, switches, seed, sender);
	const { school } = state;
	const app = createVendorServer('teachable', core, (status) => ({
		message: status === 429 ? gateway.tooMany : `Scripted failure ${status}`,
	}));

	const limiter = createRateLimiter(core.clock, school.switches);

	// The gateway knows its routes first, then the keys, then counts
	app.setNotFoundHandler(async (_request, reply) => await reply.code(404).send({ message: gateway.noRoute }));
	app.addHook('preHandler', async (request, reply) => {
		if (request.is404) return;
		const { apikey: key } = request.headers;
		if (!key || !school.apiKeys.includes(String(key))) {
			return await reply.code(401).send({ message: key ? gateway.wrongKey : gateway.noKey });
		}

		const { allowed, limit, remaining, resetSeconds } = limiter.take('school');
		const all = school.switches.rateHeaders === 'all';
		if (all || !allowed) {
			void reply.headers({
				'RateLimit-Limit': limit,
				'RateLimit-Remaining': remaining,
				'RateLimit-Reset': resetSeconds,
			});
		}
		if (all) {
			void reply.headers({
				'X-RateLimit-Limit-Minute': limit,
				'X-RateLimit-Remaining-Minute': remaining,
				...(!allowed && { 'Retry-After': resetSeconds }),
			});
		}
		if (!allowed) return await reply.code(429).send({ message: gateway.tooMany });
	});

	app.setErrorHandler<Error & { statusCode?: number }>(async (error, _request, reply) => {
		const { errorMessage, errorRequestId } = school.switches;
		const [status, messages] =
			error instanceof ApiError ? [error.status, error.messages] : [error.statusCode ?? 500, [error.message]];
		return await reply.code(status).send({
			message: errorMessage === 'list' || messages.length > 1 ? messages : messages[0],
			...(errorRequestId && { request_id: randomUUID() }),
		});
	});

	for (const [route, answer] of Object.entries(routes)) {
		const [method = '', path] = route.split(' ');
		app.route({
			method,
			url: `/v1${path}`,
			handler: async (request, reply) => {
				const json = /^application\/json/.test(request.headers['content-type'] ?? '');
				if (request.body !== undefined && request.body !== null && !json) {
					throw new ApiError(400, 'Content-Type must be application/json');
				}
				const events: Array<Parameters<Call['emit']>> = [];
				const now = core.clock.now();
				const { status, body } = answer({
					school,
					params: request.params as Call['params'],
					query: Object.fromEntries(
						// The last of a repeated key counts
						Object.entries(record(request.query)).map(([name, value]) => [name, String([value].flat().at(-1))]),
					),
					body: record(request.body),
					now,
					asOf: now - school.switches.readLagSeconds * 1000,
					nextId: state.nextId,
					emit: (...event) => void events.push(event),
				});
				void reply.code(status);
				await (status === 204 ? reply.send() : reply.send(body));
				for (const event of events) sender.emit(state, ...event);
				return reply;
			},
		});
	}

	return {
		app,
		school,
		snapshot: state.snapshot,
		restore: state.restore,
		reset: () => {
			state.reset();
			limiter.reset();
		},
		stop: async () => await sender.stop(),
	};
};
