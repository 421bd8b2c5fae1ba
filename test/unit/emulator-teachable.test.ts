import axios from 'axios';
import type { AxiosRequestConfig } from 'axios';
import { fastify } from 'fastify';
import type { FastifyInstance } from 'fastify';

import { createCore } from '../emulator/shared/core';
import { DEMO, startEmulator } from '../emulator';
import type { Emulator } from '../emulator';
import { TEACHABLE_EVENTS, createTeachable } from '../emulator/teachable';
import type { TeachableSwitches } from '../emulator/teachable';

const { guitar, songwriting, masterclass } = DEMO.courses;
const unpublished = 2_966_498;

/** A JSON answer; each test knows what it asked for. */
type Json = Record<string, unknown>;

const closing: Array<() => Promise<void>> = [];
afterEach(async () => {
	await Promise.all(closing.splice(0).map(async (close) => await close()));
});

/** A school of its own, ended with the test. */
function open(switches: Partial<TeachableSwitches> = {}) {
	const core = createCore();
	const vendor = createTeachable(core, switches, 'demo');
	const { app } = vendor;
	const listening = app.listen({ host: '127.0.0.1', port: 0 });
	closing.push(async () => {
		// A server that is closed while it starts stays open
		await listening;
		await app.close();
	});
	const request = async (
		method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
		path: string,
		data?: object | string,
		headers: Record<string, string> = { apiKey: DEMO.teachable.apiKey },
	) => {
		const {
			status,
			headers: sent,
			data: text,
		} = await axios.request<string>({
			method,
			url: `${await listening}/v1${path}`,
			data,
			headers,
			responseType: 'text',
			transformResponse: (body: string) => body,
			validateStatus: () => true,
		});
		return { status, headers: sent, text, body: (text.startsWith('{') ? JSON.parse(text) : {}) as Json };
	};
	return {
		...vendor,
		core,
		request,
		get: async (path: string) => await request('GET', path),
		post: async (path: string, body?: object) => await request('POST', path, body),
	};
}

type Opened = ReturnType<typeof open>;

/** A student and the two calls about them. */
function withStudent(school: Opened, courseId: number = guitar) {
	const { id: user_id } = school.school.addUser({ email: 'Mia@Example.com', name: 'Mia' });
	const body = { user_id, course_id: courseId };
	return {
		user_id,
		enroll: async () => (await school.post('/enroll', body)).status,
		unenroll: async () => (await school.post('/unenroll', body)).status,
		courses: async () => (await school.get(`/users/${user_id}`)).body.courses as object[],
	};
}

describe('the gateway', () => {
	it.each([
		['no key', {}, 'No API key found in request'],
		['a wrong key', { apiKey: 'other' }, 'Invalid authentication credentials'],
	])('answers 401 to %s', async (_case, headers, message) => {
		const answer = await open().request('GET', '/courses', undefined, headers as Record<string, string>);
		expect(answer).toMatchObject({ status: 401, body: { message } });
		expect(answer.headers).not.toHaveProperty('ratelimit-limit');
	});

	it.each([
		['GET', '/users/1/enrollments'],
		['GET', '/enrollments'],
		['GET', '/me'],
		['GET', '/sales'],
		['DELETE', '/users/130706781'],
		['POST', '/webhooks'],
		['PUT', '/courses'],
	] as const)('has no route %s %s, with or without a key', async (method, path) => {
		const school = open();
		for (const headers of [undefined, {}]) {
			const answer = await school.request(method, path, undefined, headers);
			expect(answer).toMatchObject({ status: 404, text: '{"message":"no Route matched with those values"}' });
		}
	});

	it('refuses the request after the last allowed one until the window ends', async () => {
		const school = open({ rateLimitPerMinute: 2 });
		expect((await school.get('/courses')).headers).toMatchObject({
			'ratelimit-limit': '2',
			'ratelimit-remaining': '1',
			'x-ratelimit-limit-minute': '2',
		});
		await school.get('/courses');
		const refused = await school.get('/courses');
		expect(refused).toMatchObject({ status: 429, text: '{"message":"API rate limit exceeded"}' });
		const seconds = Number(refused.headers['ratelimit-reset']);
		expect(refused.headers).toMatchObject({ 'ratelimit-remaining': '0', 'retry-after': String(seconds) });
		expect(seconds).toBeGreaterThan(50);
		school.core.clock.advance(seconds * 1000);
		expect((await school.get('/courses')).status).toBe(200);
	});

	it('counts anew when limit or window change at run time', async () => {
		const school = open({ rateLimitPerMinute: 1 });
		await school.get('/courses');
		school.school.switches.rateLimitPerMinute = 5;
		expect((await school.get('/courses')).headers).toMatchObject({ 'ratelimit-remaining': '4' });
		Object.assign(school.school.switches, { rateLimitPerMinute: 1, rateWindowMs: 1000 });
		await school.get('/courses');
		expect((await school.get('/courses')).headers).toMatchObject({ 'ratelimit-reset': '1' });
	});

	it('sends rate headers only on a 429 when switched so', async () => {
		const school = open({ rateHeaders: 'only429', rateLimitPerMinute: 1 });
		expect((await school.get('/courses')).headers).not.toHaveProperty('ratelimit-limit');
		const { headers } = await school.get('/courses');
		expect(headers).toMatchObject({ 'ratelimit-limit': '1', 'ratelimit-remaining': '0' });
		expect(headers).toHaveProperty('ratelimit-reset');
		expect(headers).not.toHaveProperty('retry-after');
	});
});

describe('lists', () => {
	it('tell in meta where they are', async () => {
		const { get } = open();
		const { body } = await get('/courses?page=2&per=3');
		expect(body.courses).toHaveLength(1);
		expect(body.meta).toEqual({ total: 4, page: 2, from: 4, to: 4, per_page: 3, number_of_pages: 2 });
	});

	it('cut a large page down and have default sizes', async () => {
		const { school, get } = open();
		school.seedStudents(guitar, 150);
		const shown = async (path: string) => (await get(path)).body.meta as { per_page: number };
		expect(await shown('/users?per=500')).toMatchObject({ per_page: 100, number_of_pages: 2 });
		expect(await shown('/users')).toMatchObject({ per_page: 20 });
		expect(await shown('/pricing_plans')).toMatchObject({ per_page: 5 });
		Object.assign(school.switches, { maxPer: 20, defaultPer: 25 });
		expect(await shown('/users?per=100')).toMatchObject({ per_page: 20 });
		school.switches.maxPer = 100;
		expect(await shown('/users')).toMatchObject({ per_page: 25 });
		expect(await shown('/pricing_plans')).toMatchObject({ per_page: 25 });
	});
});

describe('courses', () => {
	it('are filtered and have the documented fields', async () => {
		const { get } = open();
		expect((await get('/courses?name=guitar%20from')).body.courses).toEqual([
			{
				id: guitar,
				name: 'Guitar from Zero',
				heading: 'Your first song in a week',
				description: '<p>Chords, rhythm and <em>twelve songs</em>.</p>',
				is_published: true,
				image_url: null,
			},
		]);
		expect((await get('/courses?is_published=false')).body.courses).toMatchObject([{ id: unpublished }]);
	});

	it('have sections that are not in order and lectures without names', async () => {
		const { get } = open();
		const { course } = (await get(`/courses/${guitar}`)).body as {
			course: { lecture_sections: Array<{ position: number; lectures: object[] }>; author_bio: object };
		};
		expect(course.lecture_sections.map(({ position }) => position)).toEqual([2, 1]);
		expect(Object.keys(course.lecture_sections[0]?.lectures[0] ?? {})).toEqual(['id', 'position', 'is_published']);
		expect(course.author_bio).toMatchObject({ user_id: null });
		expect(await get('/courses/99')).toMatchObject({ status: 404, body: { message: 'Course not found' } });
	});

	it('list active enrollments, pages honored and per_page 0', async () => {
		const { school, get } = open();
		school.seedStudents(guitar, 7);
		school.addEnrollment({ email: 'gone@example.com', courseId: guitar, endedAt: 1 });
		const { body } = await get(`/courses/${guitar}/enrollments?page=2&per=5&sort_direction=desc`);
		const rows = body.enrollments as Array<Record<string, unknown>>;
		expect(rows).toHaveLength(2);
		expect(Object.keys(rows[0] ?? {})).toEqual([
			'user_id',
			'enrolled_at',
			'expires_at',
			'completed_at',
			'percent_complete',
		]);
		expect(body.meta).toEqual({ total: 7, page: 2, from: 6, to: 7, per_page: 0, number_of_pages: 2 });
		const first = rows[0]?.enrolled_at as string;
		expect(Date.parse(first)).toBeGreaterThan(Date.parse(rows[1]?.enrolled_at as string));
		expect((await get(`/courses/${guitar}/enrollments?enrolled_in_after=${first}`)).body.meta).toMatchObject({
			total: 5,
		});
	});

	it('ignore page and per there when switched so', async () => {
		const { school, get } = open({ enrollmentPages: 'ignored' });
		school.seedStudents(guitar, 45);
		const { body } = await get(`/courses/${guitar}/enrollments?page=3&per=5`);
		expect(body.enrollments).toHaveLength(45);
		expect(body.meta).toMatchObject({ total: 45, page: 1, per_page: 0, number_of_pages: 3 });
	});
});

describe('users', () => {
	it('include the staff', async () => {
		const { get } = open();
		const { body } = await get('/users?email=helena@guitarfromzero.example');
		const [owner] = body.users as Array<{ id: number }>;
		expect(Object.keys(owner ?? {})).toEqual(['id', 'email', 'name']);
		expect((await get(`/users/${owner?.id}`)).body).toMatchObject({ role: 'owner', courses: [] });
	});

	it.each([
		['caseInsensitive', { 'MIA@example.com': 1, 'Mia@Example.com': 1, 'mia@': 0 }],
		['exact', { 'MIA@example.com': 0, 'Mia@Example.com': 1, 'mia@': 0 }],
		['substring', { 'MIA@example.com': 2, 'Mia@Example.com': 2, 'mia@': 2 }],
	] as const)('are found by address: %s', async (emailFilter, found) => {
		const { school, get } = open({ emailFilter });
		school.addUser({ email: 'notmia@example.com' });
		school.addUser({ email: 'Mia@Example.com' });
		for (const [email, count] of Object.entries(found)) {
			expect((await get(`/users?email=${encodeURIComponent(email)}`)).body.users).toHaveLength(count);
		}
	});

	it('are found after the search has caught up, and by id at once', async () => {
		const { core, get, post } = open({ searchLagSeconds: 5 });
		const { body } = await post('/users', { email: 'new@example.com' });
		expect((await get('/users?email=new@example.com')).body.users).toEqual([]);
		expect((await get(`/users/${body.id}`)).status).toBe(200);
		core.clock.advance(5_000);
		expect((await get('/users?email=new@example.com')).body.users).toHaveLength(1);
	});

	it('beyond 10,000 come only with search_after', async () => {
		const { school, get } = open({ rateLimitPerMinute: 10_000 });
		school.seedStudents(guitar, 10_150);
		const { total, number_of_pages: last } = (await get('/users?per=100')).body.meta as Record<string, number>;
		expect(total).toBe(school.users.length);
		expect((await get(`/users?per=100&page=${last}`)).body.users).toEqual([]);
		const ids = new Set<number>();
		for (let after = 0; ;) {
			const { users } = (await get(`/users?per=100&page=1&search_after=${after}`)).body as {
				users: Array<{ id: number }>;
			};
			users.forEach(({ id }) => ids.add(id));
			const next = users.at(-1)?.id;
			if (next === undefined) break;
			after = next;
		}
		expect(ids.size).toBe(total);
	});

	it('are created with 201 and the flat shape', async () => {
		const { school, post } = open();
		const answer = await post('/users', { email: 'ada+x@example.com', name: 'Ada', src: 'HP-1' });
		expect(answer.status).toBe(201);
		expect(answer.body).toEqual({
			id: expect.any(Number),
			email: 'ada+x@example.com',
			name: 'Ada',
			role: 'student',
			last_sign_in_ip: null,
			src: 'HP-1',
			last_sign_in_at: null,
			sign_in_count: 0,
			courses: [],
			tags: [],
		});
		expect(school.findUser('ADA+x@example.com ')).toMatchObject({ hasPassword: false });
	});

	it('are inside { user } when switched so', async () => {
		const { school, get, post } = open({ userBody: 'wrapped' });
		const { body } = await post('/users', { email: 'ada@example.com' });
		expect(body).toMatchObject({ user: { email: 'ada@example.com' } });
		expect((await get(`/users/${school.users[0]?.id}`)).body).toMatchObject({ user: { role: 'owner' } });
	});

	it('are changed in name and src alone', async () => {
		const school = open();
		const { user_id: id } = withStudent(school);
		const change = { name: 'M', src: 's', email: 'x@y.zz', role: 'owner' };
		const { status, body } = await school.request('PATCH', `/users/${id}`, change);
		expect({ status, ...body }).toMatchObject({
			status: 200,
			name: 'M',
			src: 's',
			email: 'Mia@Example.com',
			role: 'student',
		});
	});

	it.each([
		[{}, "Email can't be blank"],
		[{ email: 'nonsense' }, 'Email is invalid'],
		[{ email: 'a@b.cc', password: '12345' }, 'Password is too short (minimum is 6 characters)'],
	])('are refused with 400: %j', async (body, message) => {
		expect(await open().post('/users', body)).toMatchObject({ status: 400, body: { message } });
	});

	it.each([201, 200, 400] as const)('that exist already: %d', async (createExisting) => {
		const school = open({ createExisting });
		const { user_id: id, enroll } = withStudent(school);
		await enroll();
		const before = school.school.users.length;
		const { status, body } = await school.post('/users', { email: 'mia@example.com', name: 'Other' });
		expect(status).toBe(createExisting);
		expect(body).toMatchObject(
			createExisting === 400 ? { message: expect.any(String) } : { id, name: 'Mia', courses: [{ course_id: guitar }] },
		);
		expect(school.school.users).toHaveLength(before);
	});

	it('take the new name when switched so', async () => {
		const school = open({ createUpdatesName: true });
		withStudent(school);
		expect((await school.post('/users', { email: 'mia@example.com', name: 'Other' })).body).toMatchObject({
			name: 'Other',
		});
	});
});

describe('enrollments', () => {
	it('go in and out with 204 and nothing in the body, and past ones stay', async () => {
		const school = open();
		const student = withStudent(school);
		const answer = await school.post('/enroll', { user_id: student.user_id, course_id: guitar });
		expect(answer).toMatchObject({ status: 204, text: '' });
		expect(answer.headers).not.toHaveProperty('content-type');
		expect(school.school.isEnrolled('MIA@example.com', guitar)).toBe(true);
		expect(school.school.enrolledEmails(guitar)).toEqual(['Mia@Example.com']);

		expect(await student.unenroll()).toBe(204);
		expect(await student.enroll()).toBe(204);
		expect(await student.courses()).toMatchObject([
			{ course_id: guitar, course_name: 'Guitar from Zero', is_active_enrollment: false, percent_complete: 0 },
			{ course_id: guitar, is_active_enrollment: true },
		]);
	});

	it.each([204, 422] as const)('twice: %d, and never two of them', async (enrollTwice) => {
		const school = open({ enrollTwice });
		const { enroll, courses } = withStudent(school);
		await enroll();
		expect(await enroll()).toBe(enrollTwice);
		expect(await courses()).toHaveLength(1);
	});

	it.each([204, 422] as const)('in an unpublished course: %d', async (enrollUnpublished) => {
		const school = open({ enrollUnpublished });
		expect(await withStudent(school, unpublished).enroll()).toBe(enrollUnpublished);
		expect(school.school.isEnrolled('mia@example.com', unpublished)).toBe(enrollUnpublished === 204);
	});

	it.each([204, 404] as const)('ended when there is none: %d', async (unenrollAbsent) => {
		expect(await withStudent(open({ unenrollAbsent })).unenroll()).toBe(unenrollAbsent);
	});

	it.each([
		[{ user_id: 1, course_id: guitar }, 404, 'User not found'],
		[{ user_id: 130_706_781, course_id: 1 }, 404, 'Course not found'],
		[{ user_id: '130706781', course_id: guitar }, 422, 'user_id must be an integer'],
		[{ user_id: 130_706_781 }, 422, 'course_id must be an integer'],
	])('of %j: %d', async (body, status, message) => {
		for (const path of ['/enroll', '/unenroll']) {
			expect(await open().post(path, body)).toMatchObject({ status, body: { message } });
		}
	});

	it('show late in both directions when reads lag', async () => {
		const school = open({ readLagSeconds: 3 });
		const { enroll, unenroll, courses } = withStudent(school);
		await enroll();
		expect(await courses()).toEqual([]);
		expect((await school.get(`/courses/${guitar}/enrollments`)).body.enrollments).toEqual([]);
		expect(school.school.isEnrolled('mia@example.com', guitar)).toBe(true);
		school.core.clock.advance(3_000);
		expect(await courses()).toMatchObject([{ is_active_enrollment: true }]);
		await unenroll();
		expect(await courses()).toMatchObject([{ is_active_enrollment: true }]);
		school.core.clock.advance(3_000);
		expect(await courses()).toMatchObject([{ is_active_enrollment: false }]);
	});

	it('take JSON alone', async () => {
		const school = open();
		const answer = await school.request('POST', '/users', 'email=a@b.cc', {
			apiKey: DEMO.teachable.apiKey,
			'content-type': 'application/x-www-form-urlencoded',
		});
		expect(answer.status).toBe(400);
		expect(school.school.findUser('a@b.cc')).toBeUndefined();
	});
});

describe('lectures', () => {
	/** The first lecture of a course, its quiz and its video. */
	function lectureOf({ school }: Opened, courseId: number) {
		const lecture = school.courses.find(({ id }) => id === courseId)?.sections[1]?.lectures[0];
		const idOf = (kind: string) => lecture?.attachments.find((attachment) => attachment.kind === kind)?.id;
		return { path: `/courses/${courseId}/lectures/${lecture?.id}`, quiz: idOf('quiz'), video: idOf('video') };
	}

	it('are completed once, which shows in the progress', async () => {
		const school = open();
		const { path } = lectureOf(school, guitar);
		const { user_id, enroll } = withStudent(school);
		const complete = async () => (await school.post(`${path}/mark_complete`, { user_id })).status;
		expect(await complete()).toBe(404);
		await enroll();
		const progress = async () => (await school.get(`/courses/${guitar}/progress?user_id=${user_id}`)).body;
		expect(await progress()).toMatchObject({ course_progress: { lecture_sections: [] }, meta: { total: 0 } });
		expect([await complete(), await complete()]).toEqual([204, 409]);
		const live = { lecture_sections: [{ lectures: [{ is_completed: true }, { is_completed: false }, {}] }] };
		expect(await progress()).toMatchObject({
			course_progress: { percent_complete: 33.33, ...live },
			meta: { total: 3 },
		});
		school.school.switches.shapes = 'documented';
		expect(await progress()).toMatchObject({
			course_progress: {
				lecture_sections: [
					{ lecture_section_progress: { lectures: [{ lecture_progress: { is_completed: true } }, {}, {}] } },
				],
			},
		});
		expect((await school.get(`/courses/${guitar}/progress`)).status).toBe(400);
	});

	it('have a video and a quiz with responses, in both shapes', async () => {
		const school = open();
		const { path, quiz, video } = lectureOf(school, masterclass);
		expect((await school.get(path)).body).toMatchObject({
			lecture: { attachments: [{ kind: 'text' }, { kind: 'video' }, {}] },
		});
		expect((await school.get(`${path}/videos/${video}`)).body).toMatchObject({ video: { id: video, status: 'READY' } });
		expect((await school.get(`${path}/videos/${quiz}`)).status).toBe(404);
		expect((await school.get(`${path}/quizzes`)).body).toEqual({ quiz_ids: [quiz] });
		const shapes = async () => [
			(await school.get(`${path}/quizzes/${quiz}`)).body,
			(await school.get(`${path}/quizzes/${quiz}/responses`)).body,
		];
		const responses = (percent_correct: number) => ({
			responses: [{ student_name: 'Rosa Menezes', percent_correct }, {}],
		});
		expect(await shapes()).toMatchObject([{ quiz: { quiz: { type: 'Quiz' } } }, { quiz_responses: responses(1) }]);
		school.school.switches.shapes = 'documented';
		expect(await shapes()).toMatchObject([{ id: quiz, kind: 'quiz' }, responses(100)]);
	});
});

describe('what the school sells', () => {
	it('is listed short and shown in full', async () => {
		const { get } = open();
		const { pricing_plans: plans } = (await get('/pricing_plans')).body as {
			pricing_plans: Array<{ id: number }>;
		};
		expect(Object.keys(plans[0] ?? {})).not.toContain('frequency');
		expect((await get(`/pricing_plans/${plans[0]?.id}`)).body).toMatchObject({
			pricing_plan: { frequency: { type: 'one_time_payment' } },
		});
		expect((await get('/transactions?is_fully_refunded=true')).body.transactions).toMatchObject([
			{ amount_refunded: 29_900 },
		]);
		expect((await get('/transactions?start=2024-05-06T12:00:00Z')).body.transactions).toEqual([]);
	});
});

describe('errors', () => {
	it.each([
		['string', true],
		['list', false],
	] as const)('have a %s as message, request_id: %s', async (errorMessage, errorRequestId) => {
		const { body } = await open({ errorMessage, errorRequestId }).get('/courses/9');
		const message = 'Course not found';
		expect(body).toEqual({
			message: errorMessage === 'list' ? [message] : message,
			...(errorRequestId && { request_id: expect.any(String) }),
		});
	});

	it('are a list where several things are wrong', async () => {
		const { body } = await open().post('/users', { email: 'x', password: 'y' });
		expect(body.message).toHaveLength(2);
	});

	it('can be scripted, also so that only the answer is lost', async () => {
		const school = open();
		school.core.fail({ path: '/v1/enroll', kind: 'status', status: 502, when: 'after' });
		school.core.fail({ path: '/v1/courses', kind: 'status', status: 429 });
		expect(await school.get('/courses')).toMatchObject({ status: 429, body: { message: 'API rate limit exceeded' } });
		expect(await withStudent(school).enroll()).toBe(502);
		expect(school.school.isEnrolled('mia@example.com', guitar)).toBe(true);
	});
});

describe('webhooks that Teachable sends', () => {
	let receiver: FastifyInstance;
	let received: unknown[];
	let status: number;
	let url: string;
	beforeEach(async () => {
		[received, status] = [[], 200];
		receiver = fastify({ forceCloseConnections: true });
		receiver.post('/', async (request, reply) => {
			received.push(request.body);
			return await reply.code(status).send();
		});
		url = await receiver.listen({ host: '127.0.0.1', port: 0 });
	});
	afterEach(async () => await receiver.close());

	it.each(['array', 'object'] as const)('have an %s as body', async (webhookBody) => {
		const school = open({ webhookBody });
		const { id } = school.school.registerWebhook({ url, events: ['Enrollment.created'] });
		const { enroll, unenroll } = withStudent(school);
		await enroll();
		await unenroll();
		await school.school.settled();
		const envelope = { type: 'Enrollment.created', object: { course_id: guitar, user: { email: 'Mia@Example.com' } } };
		expect(received).toMatchObject([webhookBody === 'array' ? [envelope] : envelope]);
		expect((await school.get('/webhooks')).body).toMatchObject({
			webhooks: [{ id, workflow_state: 'verified', webhook_events_count: 1 }],
		});
		expect((await school.get(`/webhooks/${id}/events`)).body).toMatchObject({
			events: [{ attempt_count: 1, response_http_status: 200, object_type: 'Enrollment' }],
			meta: { total: 1 },
		});
	});

	it('tell of everything that happens in the school, by each of its 20 names', async () => {
		const { school, core } = open();
		school.registerWebhook({ url, asArray: true });
		const email = 'lia@example.com';
		const planId = school.pricingPlans[0]!.id;
		const subscription = structuredClone(school.pricingPlans[0]!);
		Object.assign(subscription, { id: 77, course_id: songwriting });
		Object.assign(subscription.detail.frequency, { type: 'subscription', billing_interval: 'month' });
		school.pricingPlans.push(subscription);
		await school.createUser({ email, name: 'Lia' });
		await school.updateUser(email, { name: 'Lia Reis' });
		await school.setMarketing(email, true);
		await school.setMarketing(email, false);
		await school.addTag(email, 'vip');
		await school.removeTag(email, 'vip');
		await school.leaveEmail('lead@example.com');
		await school.abandonOrder(email, planId);
		const { saleId, transactionId } = await school.buy({ email, pricingPlanId: 77, courseIds: [guitar] });
		for (let lecture = 0; lecture < 2; lecture += 1) await school.completeLecture(email, songwriting);
		await school.answerQuiz(email, songwriting);
		await school.comment(email, songwriting, 'Good');
		await school.renew(saleId);
		await school.refund(transactionId!);
		await school.setAdmission(email, true);
		await school.setAdmission(email, false);
		const types = (received as Array<[{ type: string }]>).map(([{ type }]) => type);
		expect(new Set(types)).toEqual(new Set(Object.keys(TEACHABLE_EVENTS)));
		expect(types.filter((type) => type === 'Enrollment.created')).toHaveLength(2);
		expect(types.slice(types.indexOf('Transaction.refunded'))).toEqual([
			'Transaction.refunded',
			'Enrollment.disabled',
			'Sale.subscription_canceled',
			'Enrollment.disabled',
			'Admission.created',
			'Admission.disabled',
		]);
		const guessed = school.deliveries.filter(({ isPublic }) => !isPublic).map(({ event }) => event);
		expect(guessed).toEqual(expect.arrayContaining(['UserTag.created', 'Admission.disabled', 'Response.created']));
		expect(school.deliveries.find(({ event }) => event === 'Transaction.created')).toMatchObject({
			isPublic: true,
			body: [{ object: { user: { email }, final_price: 29_900, sale: { product: { is_recurring: true } } } }],
		});
		await expect(school.refund(transactionId!)).rejects.toThrow('refunded already');
		expect(core.clock.now()).toBeGreaterThan(0);
	});

	it('end an enrollment whose access limit is over', async () => {
		const school = open();
		school.school.registerWebhook({ url, events: ['Enrollment.disabled'], asArray: false });
		const [plan] = school.school.pricingPlans;
		Object.assign(plan!.detail.frequency, { access_limit_interval: 'day', access_limit_duration: 30 });
		await school.school.buy({ email: 'lia@example.com', pricingPlanId: plan!.id });
		expect(school.school.isEnrolled('lia@example.com', masterclass)).toBe(true);
		school.core.clock.advance(30 * 86_400_000);
		await school.get('/courses');
		await school.school.settled();
		expect(received).toMatchObject([{ type: 'Enrollment.disabled', object: { is_active: false } }]);
	});

	it('are not registered twice for one event of an address', () => {
		const { school } = open();
		school.registerWebhook({ url, events: ['User.created'] });
		school.registerWebhook({ url, events: ['User.updated'] });
		expect(() => school.registerWebhook({ url, events: ['User.created'] })).toThrow('sends User.created to');
		expect(() => school.registerWebhook({ url, events: ['User.flew'] })).toThrow('no event User.flew');
	});

	it('are sent again, held, and given another id', async () => {
		const { school } = open();
		school.registerWebhook({ url, asArray: false });
		school.hold();
		await school.createUser({ email: 'a@b.cc' });
		await school.updateUser('a@b.cc', { name: 'A' });
		expect(received).toEqual([]);
		await school.release('reverse');
		expect(received).toMatchObject([{ type: 'User.updated' }, { type: 'User.created' }]);
		const [first] = school.deliveries;
		await school.redeliver(first!.id);
		expect(received[2]).toEqual(received[1]);
		await school.redeliver(first!.id, { newId: true });
		expect(received[3]).not.toEqual(received[1]);
		expect(received[3]).toMatchObject({ hook_event_id: first!.eventId, object: { email: 'a@b.cc' } });
	});

	it('make no sale of an enrollment where the switch says so', async () => {
		const school = open({ saleOfEnrollment: false, webhookBody: 'object' });
		school.school.registerWebhook({ url });
		await withStudent(school).enroll();
		await school.school.settled();
		expect(received).toMatchObject([{ type: 'Enrollment.created', object: { sale_id: null } }]);
	});

	it('end after four failures', async () => {
		status = 500;
		const school = open();
		school.school.registerWebhook({ url });
		await school.post('/users', { email: 'a@b.cc' });
		await school.school.settled();
		await school.post('/users', { email: 'b@b.cc' });
		await school.school.settled();
		expect(received).toHaveLength(4);
		expect(school.school.webhooks).toMatchObject([{ active: false }]);
		expect((await school.get('/webhooks')).body).toMatchObject({ webhooks: [{ workflow_state: 'failed' }] });
	});
});

describe('state', () => {
	it('survives a restart and goes back to the seed', async () => {
		const school = open();
		const { users, switches } = school.school;
		const before = JSON.stringify(school.snapshot());
		await withStudent(school).enroll();
		switches.enrollTwice = 422;
		const kept = JSON.parse(JSON.stringify(school.snapshot())) as unknown;

		const restarted = open();
		restarted.restore(kept);
		expect(restarted.school.enrolledEmails(guitar)).toEqual(['Mia@Example.com']);
		expect(restarted.school.addUser({ email: 'next@example.com' }).id).toBeGreaterThan(users.at(-1)?.id ?? Infinity);

		school.reset();
		expect(JSON.stringify(school.snapshot())).toBe(before);
		expect(school.school.users).toBe(users);
		expect(switches.enrollTwice).toBe(204);
	});

	it('has students by the thousand', () => {
		const { school } = open();
		const emails = [...school.seedStudents(guitar, 2_000), ...school.seedStudents(guitar, 1)];
		expect(new Set(school.enrolledEmails(guitar))).toEqual(new Set(emails));
		expect(emails).toHaveLength(2_001);
	});
});

describe('the page', () => {
	let emulator: Emulator;
	const control = async (path: string, body?: object, config: AxiosRequestConfig = {}) => {
		const { status, data } = await axios.request<Json>({
			url: `${emulator.page.url}/control/${path}`,
			method: body ? 'POST' : 'GET',
			data: body,
			validateStatus: () => true,
			...config,
		});
		return { status, data };
	};
	const state = async () =>
		(await control('state')).data as {
			subscribers: Array<Record<string, unknown> & { actions: Array<{ name: string; done: string }> }>;
			courses: Array<{ id: number; students: object[] }>;
			deliveries: Array<Record<string, unknown>>;
		};
	const order = { email: 'mia@example.com', name: '<b>Mia</b>', productId: DEMO.products.guitar };

	beforeAll(async () => {
		emulator = await startEmulator();
	});
	beforeEach(() => emulator.reset());
	afterAll(async () => await emulator.close());

	it('loads nothing but its own files', async () => {
		const { data, headers } = await axios.get<string>(emulator.page.url);
		expect(headers['content-type']).toMatch('text/html');
		expect(headers['content-security-policy']).toMatch("default-src 'none'");
		const loaded = [...data.matchAll(/(?:src|href)="(?!data:)([^"]*)"/g)].map(([, path]) => path);
		expect(loaded.sort()).toEqual(['page.css', 'page.js']);
		for (const path of loaded) expect((await axios.get(`${emulator.page.url}/${path}`)).status).toBe(200);
		await expect(axios.get(`${emulator.page.url}/..%2findex.ts`)).rejects.toMatchObject({ response: { status: 404 } });
	});

	it('colors by access, and says what n8n answered, and where a plan leads', async () => {
		const receiver = fastify({ forceCloseConnections: true });
		const answers: Array<[number, string, string]> = [
			[200, 'application/json', '{"message":"Workflow was started"}'],
			[404, 'application/json', '{"code":404,"message":"The requested webhook is not \\"registered\\""}'],
			[502, 'text/html', '<html>Bad Gateway</html>'],
		];
		receiver.post('/', async (_request, reply) => {
			const [status, type, text] = answers.shift()!;
			return await reply.code(status).type(type).send(text);
		});
		await control('webhooks', { url: await receiver.listen({ host: '127.0.0.1', port: 0 }) });
		const tone = async () => (await state()).subscribers[0]?.tone;
		const { transaction, subscriberCode } = (await control('hotmart/buy', order)).data;
		expect(await tone()).toBe('good');
		await control('hotmart/cancel', { subscriberCode });
		expect(await tone()).toBe('wait');
		await control('hotmart/refund', { transaction });
		expect(await tone()).toBe('bad');
		await receiver.close();
		expect((await state()).deliveries.map(({ answer }) => answer)).toEqual([
			'502: failed',
			'404: The requested webhook is not "registered"',
			'200: Workflow was started',
		]);
		await control('hotmart/buy', order);
		expect((await state()).deliveries.slice(0, 2)).toMatchObject([
			{ answer: 'Not reached', said: 'n8n was not reached', tone: 'bad' },
			{ said: 'n8n answered 502: failed' },
		]);
		const { products } = (await control('state')).data as { products: Array<{ plans: object[]; course: unknown }> };
		expect(products).toMatchObject([
			{ plans: [{ course: 'Guitar from Zero' }, { course: 'Guitar Masterclass' }] },
			{ course: 'Songwriting Workshop' },
			{ course: 'Songwriting Workshop' },
		]);
	});

	it('lives a subscription with only the buttons that make sense', async () => {
		const names = async () => (await state()).subscribers[0]?.actions.map(({ name }) => name);
		const { data } = await control('hotmart/buy', { ...order, planId: DEMO.plans.monthly });
		const { subscriberCode, transaction } = data;
		expect((await state()).subscribers).toMatchObject([
			{
				subscriberCode,
				email: order.email,
				name: order.name,
				product: 'Guitar from Zero',
				plan: 'Monthly',
				status: 'Active',
			},
		]);
		expect(await names()).toEqual(['renew', 'failCharge', 'cancel', 'switchPlan', 'refund', 'chargeback']);
		await control('hotmart/failCharge', { subscriberCode });
		expect((await state()).subscribers).toMatchObject([{ status: 'Overdue', payment: 'Payment missed', transaction }]);
		await control('hotmart/renew', { subscriberCode });
		const done = async () => (await state()).subscribers[0]?.actions.find(({ name }) => name === 'switchPlan')?.done;
		expect(await done()).toBe('switched to the plan Annual');
		await control('hotmart/switchPlan', { subscriberCode, planId: DEMO.plans.annual });
		expect(await done()).toBe('switched to the plan Monthly from the next charge');
		expect((await state()).subscribers).toMatchObject([{ status: 'Active', plan: 'Annual', recurrence: 2 }]);
		await control('hotmart/cancel', { subscriberCode, by: 'seller' });
		expect((await state()).subscribers).toMatchObject([{ status: 'Canceled by Seller' }]);
		expect(await names()).toEqual(['reactivate', 'refund', 'chargeback']);
		await control('hotmart/reactivate', { subscriberCode });
		expect((await state()).subscribers).toMatchObject([{ status: 'Active' }]);
	});

	it('shows purchases of what is sold once, slips, and students', async () => {
		await control('hotmart/printBillet', { ...order, productId: DEMO.products.songwriting });
		emulator.teachable.addEnrollment({ email: order.email, courseId: songwriting });
		const { subscribers, courses } = await state();
		expect(subscribers).toMatchObject([
			{ subscriberCode: null, status: 'Waiting for payment', actions: [{ name: 'pay' }, { name: 'expirePayment' }] },
		]);
		expect(courses.find(({ id }) => id === songwriting)?.students).toMatchObject([{ email: order.email }]);
	});

	it('registers, removes and redelivers webhooks', async () => {
		const receiver = fastify({ forceCloseConnections: true });
		receiver.post('/', async () => ({}));
		const url = await receiver.listen({ host: '127.0.0.1', port: 0 });
		const added = await control('webhooks', { url });
		expect(added.status).toBe(201);
		await control('hotmart/buy', order);
		const { deliveries } = await state();
		expect(deliveries).toMatchObject([{ event: 'PURCHASE_APPROVED', status: 200, email: order.email, tone: 'good' }]);
		expect(await control('redeliver', { deliveryId: emulator.hotmart.deliveries[0]?.id })).toMatchObject({
			status: 200,
		});
		expect(await control('test-button', { event: 'SWITCH_PLAN' })).toMatchObject({ status: 200 });
		await receiver.close();
		const remove = async () => await control(`webhooks/${added.data.id}`, undefined, { method: 'DELETE' });
		expect([(await remove()).status, (await remove()).status]).toEqual([200, 404]);
	});

	it.each([
		['hotmart/fly', {}, 404, /Unknown operation 'fly'/],
		['hotmart/toString', {}, 404, /Unknown operation/],
		['hotmart/cancel', {}, 400, /'subscriberCode' must be a non-empty string/],
		['hotmart/cancel', { subscriberCode: 'NOBODY' }, 400, /NOBODY/],
		['hotmart/cancel', { subscriberCode: 'X', by: 'me' }, 400, /customer, seller or admin/],
		['hotmart/buy', { email: 'a@b.cc', productId: '1' }, 400, /'productId' must be a number/],
		['hotmart/buy', { email: 'a@b.cc', productId: 1, plan: 2 }, 400, /Unknown argument 'plan'/],
		['hotmart/buy', [], 400, /JSON object/],
		['webhooks', { url: 'ftp://x' }, 400, /http or https/],
		['webhooks', { url: 'http://x', version: '3' }, 400, /'version'/],
		['redeliver', { deliveryId: 99 }, 404, /No delivery 99/],
		['snapshot', { core: {} }, 400, /'hotmart' must be/],
		['fail', { kind: 'explode' }, 400, /'kind' must be one of/],
		['fail', { kind: 'hang', path: 5 }, 400, /'path' must be/],
	])('answers %s %j with %d', async (path, body, status, message) => {
		expect(await control(path, body)).toMatchObject({ status, data: { error: expect.stringMatching(message) } });
	});

	it('names the operations it knows', async () => {
		const { data } = await control('hotmart/fly', {});
		expect(data.known).toEqual(expect.arrayContaining(['buy', 'reactivate']));
	});

	it('refuses other origins and other content types', async () => {
		const foreign = async (origin: string) => (await control('reset', {}, { headers: { origin } })).status;
		expect(await foreign('https://evil.example')).toBe(403);
		expect(await foreign('null')).toBe(403);
		expect(await foreign('http://127.0.0.1:1')).toBe(403);
		expect(await foreign(emulator.page.url)).toBe(200);
		expect(await control('reset', {}, { headers: { 'content-type': 'text/plain' } })).toMatchObject({ status: 415 });
	});

	it('scripts failures, lists requests, keeps and resets the state', async () => {
		const api = { headers: { apiKey: DEMO.teachable.apiKey }, validateStatus: () => true };
		await control('fail', {
			vendor: 'teachable',
			path: '/v1/courses',
			kind: 'status',
			status: 503,
			body: { message: 'x' },
		});
		expect(await axios.get(`${emulator.teachable.url}/courses`, api)).toMatchObject({
			status: 503,
			data: { message: 'x' },
		});
		expect((await control('requests')).data).toMatchObject([{ vendor: 'teachable', path: '/v1/courses', status: 503 }]);
		await control('hotmart/buy', order);
		const { data: kept } = await control('snapshot');
		await control('reset', {});
		expect((await state()).subscribers).toEqual([]);
		expect(await control('snapshot', kept)).toMatchObject({ status: 200 });
		expect((await state()).subscribers).toHaveLength(1);
	});
});
