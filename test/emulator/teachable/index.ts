import { randomUUID } from 'node:crypto';

import type { FastifyInstance, FastifyRequest } from 'fastify';

import { copyOf } from '../shared/core';
import { createSender } from '../shared/deliveries';
import { createRateLimiter } from '../shared/rateLimiter';
import { createVendorServer } from '../shared/server';
import type { Core, EmulatedVendor, Seed } from '../types';
import type { Payload } from './events';
import { ApiError } from './http';
import type { Call, Routes } from './http';
import { lifeOf } from './life';
import { passTime } from './life/learning';
import { commerceRoutes } from './routes/commerce';
import { courseRoutes } from './routes/courses';
import { enrollmentRoutes } from './routes/enrollments';
import { lectureRoutes } from './routes/lectures';
import { userRoutes } from './routes/users';
import { webhookRoutes } from './routes/webhooks';
import type { School } from './school';
import {
	activeIn,
	addCourse,
	addEnrollment,
	addUser,
	createState,
	findUser,
	isActive,
	resetState,
	restoreState,
	seedStudents,
	snapshotOf,
} from './state';
import { defaultSwitches } from './switches';
import type { TeachableSwitches } from './switches';
import type { TeachableSchool } from './types';
import { giveNewId, registerWebhook, tell } from './webhooks';

export { TEACHABLE_EVENTS } from './events';
export type { TeachableEvent } from './events';
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

/** Texts of the gateway (Kong) in front of the school; its errors carry nothing else (Teachable §1.5). */
const gateway = {
	noKey: 'No API key found in request',
	wrongKey: 'Invalid authentication credentials',
	noRoute: 'no Route matched with those values',
	tooMany: 'API rate limit exceeded',
};

/** The gateway knows its routes first, then the keys, then counts. */
function addGateway(app: FastifyInstance, { state, switches }: School, limiter: ReturnType<typeof createRateLimiter>) {
	app.setNotFoundHandler(async (_request, reply) => await reply.code(404).send({ message: gateway.noRoute }));
	app.addHook('preHandler', async (request, reply) => {
		if (request.is404) return;
		const { apikey: key } = request.headers;
		if (!key || !state.apiKeys.includes(String(key))) {
			return await reply.code(401).send({ message: key ? gateway.wrongKey : gateway.noKey });
		}

		const { allowed, limit, remaining, resetSeconds } = limiter.take('school');
		const all = switches.rateHeaders === 'all';
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
}

/** Errors of the school itself. */
function addErrors(app: FastifyInstance, { switches }: School): void {
	app.setErrorHandler<Error & { statusCode?: number }>(async (error, _request, reply) => {
		const { errorMessage, errorRequestId } = switches;
		const [status, messages] =
			error instanceof ApiError ? [error.status, error.messages] : [error.statusCode ?? 500, [error.message]];
		return await reply.code(status).send({
			message: errorMessage === 'list' || messages.length > 1 ? messages : messages[0],
			...(errorRequestId && { request_id: randomUUID() }),
		});
	});
}

const record = (value: unknown) =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

function callOf(school: School, request: FastifyRequest, emit: Call['emit']): Call {
	const json = /^application\/json/.test(request.headers['content-type'] ?? '');
	if (request.body !== undefined && request.body !== null && !json) {
		throw new ApiError(400, 'Content-Type must be application/json');
	}
	const now = school.clock.now();
	return {
		school,
		params: request.params as Call['params'],
		query: Object.fromEntries(
			// The last of a repeated key counts
			Object.entries(record(request.query)).map(([name, value]) => [name, String([value].flat().at(-1))]),
		),
		body: record(request.body),
		now,
		asOf: now - school.switches.readLagSeconds * 1000,
		emit,
	};
}

function serve(app: FastifyInstance, school: School): void {
	for (const [route, answer] of Object.entries(routes)) {
		const [method = '', path] = route.split(' ');
		app.route({
			method,
			url: `/v1${path}`,
			handler: async (request, reply) => {
				passTime(school);
				const events: Payload[] = [];
				const { status, body } = answer(callOf(school, request, (payloads) => void events.push(...payloads)));
				void reply.code(status);
				await (status === 204 ? reply.send() : reply.send(body));
				void tell(school, events);
				return reply;
			},
		});
	}
}

/** The school as tests and the page see it; its lists keep their identity. */
function shownOf(school: School): TeachableSchool {
	const { state, clock, switches, sender } = school;
	const { removeWebhook, redeliver, hold, release, settled } = sender;
	return {
		...(Object.fromEntries(Object.entries(state).filter(([name]) => name !== 'lastId')) as Omit<
			typeof state,
			'lastId'
		>),
		...lifeOf(school),
		...{ removeWebhook, redeliver, hold, release, settled, switches },
		get webhooks() {
			return sender.webhooks;
		},
		get deliveries() {
			return sender.deliveries;
		},
		findUser: (email) => findUser(state, email),
		isActive: (enrollment) => isActive(enrollment, clock.now()),
		isEnrolled: (email, courseId) => {
			const id = findUser(state, email)?.id;
			return activeIn(state, courseId, clock.now()).some(({ userId }) => userId === id);
		},
		enrolledEmails: (courseId) => {
			const inside = new Set(activeIn(state, courseId, clock.now()).map(({ userId }) => userId));
			return state.users
				.filter(({ id }) => inside.has(id))
				.map(({ email }) => email)
				.sort();
		},
		addUser: (user) => addUser(state, clock, user),
		addEnrollment: (enrollment) => addEnrollment(state, clock, enrollment),
		addCourse: (course) => addCourse(state, clock, course),
		seedStudents: (courseId, who) => seedStudents(state, clock, courseId, who),
		registerWebhook: (webhook) => registerWebhook(school, webhook),
	};
}

/**
 * Teachable's admin API v1, with the school behind it.
 * @see TeachableSchool for what can happen in the school
 */
export function createTeachable(
	core: Core,
	given: Partial<TeachableSwitches>,
	seed: Seed,
): EmulatedVendor & { school: TeachableSchool } {
	const { clock } = core;
	const switches = { ...defaultSwitches, ...given };
	const sender: School['sender'] = createSender(clock, switches, (delivery) => giveNewId(school, delivery));
	const school: School = { clock, switches, state: createState(), sender };
	resetState(school.state, clock, seed);
	const limiter = createRateLimiter(clock, switches);
	const app = createVendorServer('teachable', core, (status) => ({
		message: status === 429 ? gateway.tooMany : `Scripted failure ${status}`,
	}));
	addGateway(app, school, limiter);
	addErrors(app, school);
	serve(app, school);

	return {
		app,
		school: shownOf(school),
		reset: () => {
			Object.assign(switches, defaultSwitches, given);
			resetState(school.state, clock, seed);
			limiter.reset();
			sender.reset();
		},
		snapshot: () => ({
			state: snapshotOf(school.state),
			deliveries: sender.snapshot(),
			switches: copyOf(switches),
		}),
		restore: (snapshot) => {
			const saved = snapshot as {
				state: unknown;
				switches: TeachableSwitches;
				deliveries: ReturnType<typeof sender.snapshot>;
			};
			restoreState(school.state, saved.state);
			sender.restore(saved.deliveries);
			Object.assign(switches, saved.switches);
		},
		stop: sender.stop,
	};
}
