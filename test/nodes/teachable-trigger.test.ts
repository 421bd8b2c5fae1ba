import axios from 'axios';
import { DataDeduplicationService } from 'n8n-core';
import { sleep, type IDataObject } from 'n8n-workflow';

import { TeachableTrigger } from '../../nodes/Teachable/TeachableTrigger.node';
import { EVENTS, type TeachableEvent } from '../../nodes/Teachable/trigger/events';
import type { TeachableItem } from '../../nodes/Teachable/trigger/item';
import { DEMO } from '../emulator/seed';
import { Deduplicator, deliver, runNode, searchList } from './n8n';
import { demoCredentials, hurry, useEmulator } from './setup';
import { hostTrigger, type TriggerHost } from './trigger-host';

const emulator = useEmulator({ teachable: { rateLimitPerMinute: 10_000 } });
const deduplicator = new Deduplicator();

beforeAll(async () => await DataDeduplicationService.init(deduplicator));

const { webhookUrlEnd: secret } = DEMO.teachable;
const { guitar, songwriting } = DEMO.courses;
const MIA = 'mia@example.com';

let host: TriggerHost;
let url: string;

beforeEach(async () => {
	await deduplicator.clearAllProcessedItems();
	host = await hostTrigger(demoCredentials(emulator()), {}, 'teachableTrigger');
	url = `${host.url}?secret=${secret}`;
});
afterEach(async () => await host.close());

const school = () => emulator().teachable;
const items = () => host.items() as unknown as TeachableItem[];
const register = (options: { events?: string[]; asArray?: boolean } = {}) =>
	school().registerWebhook({ url, ...options });
const post = async (body: unknown, to = url) => await axios.post(to, body, { validateStatus: () => true });
const userId = () => school().addUser({ email: MIA, name: 'Mia' }).id;

const envelope = (type: string, object: IDataObject, changes: IDataObject = {}) => ({
	type,
	id: 1,
	livemode: true,
	created: '2026-05-07T12:34:57.861+00:00',
	hook_event_id: 879_398_686,
	object,
	...changes,
});

/** A delivery about an enrollment that nobody has. */
const forged = (changes: IDataObject = {}, event = 'Enrollment.created') =>
	envelope(event, {
		id: 77,
		user_id: userId(),
		course_id: guitar,
		is_active: true,
		user: { email: 'thief@example.com', name: 'Thief' },
		...changes,
	});

describe('each event', () => {
	const planId = () => school().pricingPlans.find(({ price }) => price > 0)!.id;
	const buy = async () => await school().buy({ email: MIA, name: 'Mia', pricingPlanId: planId() });
	const known = () => void school().addUser({ email: MIA, name: 'Mia' });
	const lectures = (courseId: number) =>
		school()
			.courses.find(({ id }) => id === courseId)!
			.sections.flatMap((section) => section.lectures);

	/** Makes every event happen; the webhook sends only this one. */
	const happen: Record<TeachableEvent, () => Promise<unknown>> = {
		'AbandonedOrder.created': async () => (known(), await school().abandonOrder(MIA, planId())),
		'Admission.created': async () => (known(), await school().setAdmission(MIA, true)),
		'Admission.disabled': async () => (known(), await school().setAdmission(MIA, false)),
		'Comment.created': async () => (known(), await school().comment(MIA, guitar, 'Thanks')),
		'EmailLead.created': async () => await school().leaveEmail(MIA, 'Mia'),
		'Enrollment.created': async () => await school().enroll(MIA, guitar),
		'Enrollment.completed': async () => {
			await school().enroll(MIA, guitar);
			for (const { id } of lectures(guitar)) await school().completeLecture(MIA, guitar, id);
		},
		'Enrollment.disabled': async () => {
			await school().enroll(MIA, guitar);
			await school().unenroll(MIA, guitar);
		},
		'LectureProgress.created': async () => {
			await school().enroll(MIA, guitar);
			await school().completeLecture(MIA, guitar);
		},
		'Response.created': async () => (known(), await school().answerQuiz(MIA, guitar)),
		'Sale.created': async () => await buy(),
		'Sale.subscription_canceled': async () => await school().cancelSubscription((await buy()).saleId),
		'Transaction.created': async () => await buy(),
		'Transaction.refunded': async () => await school().refund((await buy()).transactionId!),
		'User.created': async () => await school().createUser({ email: MIA, name: 'Mia' }),
		'User.updated': async () => (known(), await school().updateUser(MIA, { name: 'Mia' })),
		'User.subscribe_to_marketing_emails': async () => (known(), await school().setMarketing(MIA, true)),
		'User.unsubscribe_from_marketing_emails': async () => (known(), await school().setMarketing(MIA, false)),
		'UserTag.created': async () => (known(), await school().addTag(MIA, 'vip')),
		'UserTag.removed': async () => {
			known();
			await school().addTag(MIA, 'vip');
			await school().removeTag(MIA, 'vip');
		},
	};

	const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
	const cases = (Object.keys(EVENTS) as TeachableEvent[]).flatMap((event) => [
		[event, true] as const,
		[event, false] as const,
	]);

	test.each(cases)('%s becomes the one item (list: %s)', async (event, asArray) => {
		register({ events: [event], asArray });
		await happen[event]();
		const [delivery] = school().deliveries;
		expect(school().deliveries).toHaveLength(1);
		expect(delivery).toMatchObject({ status: 200, isPublic: EVENTS[event].isPublic });
		const [item] = items();
		expect(items()).toHaveLength(1);
		expect(item).toMatchObject({
			event,
			eventId: delivery!.eventId,
			eventKey: `${event}:${delivery!.eventId}`,
			createdAt: expect.stringMatching(ISO),
			live: true,
			confirmed: EVENTS[event].confirmable === 'event',
		});
		expect(item!.student.email).toBe(event === 'EmailLead.created' ? null : MIA);
		const kind = event.split('.')[0]!;
		const parts = {
			Enrollment: 'enrollment',
			LectureProgress: 'lecture',
			Sale: 'sale',
			Transaction: 'transaction',
			Response: 'quiz',
		};
		for (const [of, part] of Object.entries(parts)) expect(item![part as 'sale'] !== null).toBe(of === kind);
		const { object } = [delivery!.body].flat()[0] as { object: IDataObject };
		// What is not public comes whole
		if (!EVENTS[event].isPublic) expect(kind === 'Response' ? item!.quiz : item!.extra).toEqual(object);
		expect(JSON.stringify(item)).not.toContain(secret);
	});

	test('an enrollment, a completed lecture and a completed course', async () => {
		register({ events: ['Enrollment.created', 'Enrollment.completed', 'LectureProgress.created'] });
		await school().enroll(MIA, guitar);
		for (const { id } of lectures(guitar)) await school().completeLecture(MIA, guitar, id);
		const id = userId();
		const course = { id: guitar, name: expect.stringContaining('Guitar') };
		expect(items()[0]).toMatchObject({
			student: { id, email: MIA },
			course,
			enrollment: { isActive: true, percentComplete: 0, completedAt: null, enrolledAt: expect.stringMatching(ISO) },
		});
		expect(items()[1]).toMatchObject({
			course,
			lecture: { id: lectures(guitar)[0]!.id, name: lectures(guitar)[0]!.name, isCompleted: true },
		});
		expect(items().at(-1)).toMatchObject({
			event: 'Enrollment.completed',
			course,
			enrollment: {
				isActive: true,
				percentComplete: 100,
				completedAt: expect.stringMatching(ISO),
				certificateSerialNumber: expect.stringMatching(/^cert_/),
			},
		});
	});

	test('money comes in the currency itself, with none, two or three digits', async () => {
		register({ events: ['Sale.created', 'Transaction.created'] });
		const plan = school().pricingPlans.find(({ price }) => price > 0)!;
		for (const [currency, value] of [
			['BRL', 49.9],
			['JPY', 4990],
			['KWD', 4.99],
		] as const) {
			Object.assign(plan, { price: 4990, currency });
			await school().buy({ email: `${currency}@example.com`, pricingPlanId: plan.id });
			expect(items().at(-2)!.sale!.price).toEqual({ value, currency });
			expect(items().at(-1)!.transaction).toMatchObject({ price: { value, currency }, refunded: null });
		}
	});

	test('a refund says how much was returned, and when', async () => {
		const plan = school().pricingPlans.find(({ price }) => price > 0)!;
		Object.assign(plan, { price: 4990, currency: 'BRL' });
		register({ events: ['Transaction.refunded'] });
		const { transactionId, saleId } = await buy();
		await school().refund(transactionId!, 1050);
		expect(items()).toMatchObject([
			{
				transaction: {
					id: transactionId,
					saleId,
					price: { value: 49.9, currency: 'BRL' },
					refunded: { value: 10.5, currency: 'BRL' },
					refundedAt: expect.stringMatching(ISO),
				},
			},
		]);
	});
});

describe('the secret', () => {
	const body = () => envelope('User.created', { id: userId(), email: MIA });

	test.each([
		['none', () => host.url],
		['an empty one', () => `${host.url}?secret=`],
		['a wrong one', () => `${host.url}?secret=${secret.slice(1)}x`],
		['the beginning', () => `${host.url}?secret=${secret.slice(0, -1)}`],
		['another case', () => `${host.url}?secret=${secret.toUpperCase()}`],
		['two', () => `${url}&secret=${secret}`],
		['one of an object', () => `${host.url}?secret[]=${secret}`],
	])('%s: 401, and no execution', async (_case, to) => {
		expect(await post(body(), to())).toMatchObject({ status: 401 });
		expect(host.executions).toEqual([]);
	});

	test('in the body does not count', async () => {
		expect(await post({ ...body(), secret }, host.url)).toMatchObject({ status: 401 });
	});

	test.each([
		['no', ''],
		['a short', 'a'.repeat(31)],
		['a changed-by-URL', `${'a'.repeat(40)}+`],
	])('%s secret in the credential refuses everything', async (_case, webhookSecret) => {
		host.credentials.stored.teachableWebhookApi = { webhookSecret };
		for (const to of [host.url, `${host.url}?secret=${encodeURIComponent(webhookSecret)}`])
			expect(await post(body(), to)).toMatchObject({ status: 401, data: { message: expect.stringMatching(/secret/) } });
		expect(host.executions).toEqual([]);
	});

	test('the previous one counts while it is in the credential, a new one at once', async () => {
		const next = 'n'.repeat(32);
		host.credentials.stored.teachableWebhookApi = { webhookSecret: next, previousWebhookSecret: secret };
		expect(await post(body(), `${host.url}?secret=${next}`)).toMatchObject({ status: 200 });
		expect(await post(envelope('User.created', { id: userId() }, { hook_event_id: 2 }))).toMatchObject({ status: 200 });
		expect(items()).toHaveLength(2);
	});

	test('is in no item, whatever the body holds', async () => {
		await post(envelope('Comment.created', { body: `look: ${url}`, [secret]: { secret } }));
		expect(items()).toHaveLength(1);
		expect(JSON.stringify(host.executions)).not.toContain(secret);
	});

	test('is in no list of webhooks', async () => {
		school().registerWebhook({ url });
		const options = { node: 'teachable', credentials: demoCredentials(emulator()) } as const;
		const { json } = await runNode({ ...options, parameters: { resource: 'webhook', operation: 'getAll' } });
		const { results } = await searchList({ ...options, method: 'searchWebhooks', parameters: {} });
		expect(json).toMatchObject([{ url: `${host.url}?secret=[hidden]` }]);
		expect(results).toMatchObject([{ name: expect.stringContaining('?secret=[hidden]') }]);
		expect(JSON.stringify([json, results])).not.toContain(secret);
	});

	test.each([
		['', 'Error'],
		['short', 'Error'],
		['a b'.repeat(20), 'Error'],
		[secret, 'OK'],
	])('the test of the credential answers to "%s": %s', async (webhookSecret, status) => {
		const { secretTest } = new TeachableTrigger().methods.credentialTest;
		const result = await secretTest.call({} as never, { id: '1', name: 'x', type: 'x', data: { webhookSecret } });
		expect(result).toMatchObject({ status });
		if (webhookSecret.length > 5) expect(result.message).not.toContain(webhookSecret);
	});
});

describe('everything with the secret is answered 200', () => {
	test.each([
		['text', 'hello'],
		['nothing', {}],
		['null in a list', [null, 1, 'x', []]],
		['no object', { type: 'User.created', object: 'x' }],
		['no type', { object: {} }],
		['an empty list', []],
	])('%s starts nothing', async (_case, body) => {
		expect(await post(body)).toMatchObject({ status: 200 });
		expect(host.executions).toEqual([]);
	});

	test('an event that Teachable added later comes whole', async () => {
		const object = { id: 5, nested: { list: [1, { a: null }] }, user: { id: 3, email: MIA } };
		await post(envelope('Badge.granted', object));
		expect(items()).toMatchObject([
			{ event: 'Badge.granted', confirmed: false, student: { email: MIA }, extra: object },
		]);
	});

	test('an event that is not wanted', async () => {
		host.parameters.events = ['Enrollment.completed'];
		const answer = await post(envelope('Comment.created', {}));
		expect(answer).toMatchObject({ status: 200, data: { message: expect.stringMatching(/does not listen/) } });
		expect(host.executions).toEqual([]);
	});

	test('a setting that cannot be read: the execution says so', async () => {
		host.parameters.filters = { courseIds: 'Guitar' };
		expect(await post(envelope('Comment.created', {}))).toMatchObject({ status: 200 });
		expect(host.errors).toEqual([expect.stringMatching(/"Course IDs" cannot match "guitar"/)]);
		expect(items()).toEqual([]);
	});

	test('a webhook stays on that sends what nobody wants', async () => {
		host.parameters.events = ['Enrollment.completed'];
		const webhook = register();
		for (let count = 0; count < 6; count++) await school().leaveEmail(`lead${count}@example.com`);
		expect(webhook).toMatchObject({ active: true, consecutiveFailures: 0 });
	});

	test('a webhook without the secret is switched off after four failures', async () => {
		school().switches.retries = 0;
		const webhook = school().registerWebhook({ url: host.url });
		for (let count = 0; count < 4; count++) await school().leaveEmail(`lead${count}@example.com`);
		expect(webhook.active).toBe(false);
		expect(host.executions).toEqual([]);
	});
});

describe('lists', () => {
	test('each event becomes an item of one execution; what is not wanted is left out', async () => {
		host.parameters.events = ['Comment.created', 'UserTag.created'];
		await post([
			envelope('Comment.created', { text: 'a' }, { hook_event_id: 1 }),
			envelope('EmailLead.created', {}, { hook_event_id: 2 }),
			envelope('UserTag.created', { text: 'b' }, { hook_event_id: 3 }),
		]);
		expect(host.executions).toHaveLength(1);
		expect(items().map(({ eventId }) => eventId)).toEqual([1, 3]);
	});
});

describe('Confirm with Teachable', () => {
	const down = (kind: 'status' | 'reset' = 'status') =>
		emulator().chaos({ share: 1, seed: 1, faults: [{ name: 'down', kind, status: 503 }] });
	const wrong: Array<[string, () => IDataObject]> = [
		['an enrollment that is not there', () => forged()],
		['an enrollment of nobody', () => forged({ user_id: 999 })],
		['an enrollment in no course', () => forged({ course_id: 999 })],
		['an enrollment without a user', () => forged({ user_id: null, user: null })],
		['an enrollment without a course', () => forged({ course_id: null })],
		[
			'an ended enrollment as a new one',
			() => (school().addEnrollment({ email: MIA, courseId: guitar, endedAt: 1 }), forged()),
		],
		[
			'a running enrollment as ended',
			() => (school().addEnrollment({ email: MIA, courseId: guitar }), forged({}, 'Enrollment.disabled')),
		],
		['the end of what never was', () => forged({}, 'Enrollment.disabled')],
		[
			'an open course as completed',
			() => (school().addEnrollment({ email: MIA, courseId: guitar }), forged({}, 'Enrollment.completed')),
		],
		[
			'a lecture that is not completed',
			() => {
				school().addEnrollment({ email: MIA, courseId: guitar });
				const lecture = school()
					.courses.find(({ id }) => id === guitar)!
					.sections.flatMap(({ lectures }) => lectures)[0]!;
				return forged({ lecture_id: lecture.id, is_completed: true }, 'LectureProgress.created');
			},
		],
		['a payment that is not there', () => forged({ id: 5, final_price: 100, currency: 'BRL' }, 'Transaction.created')],
		['a user who is not there', () => envelope('User.created', { id: 999, email: 'thief@example.com' })],
		['a sale to nobody', () => forged({ user_id: 999 }, 'Sale.created')],
	];
	test.each(wrong)('%s starts nothing', async (_case, body) => {
		const sent = body();
		await hurry(async () => expect(await post(sent)).toMatchObject({ status: 200 }));
		expect(host.errors).toEqual([]);
		expect(items()).toEqual([]);
		// It takes no place of a true one
		expect(await deduplicator.getProcessedDataCount()).toBe(0);
	});

	test("of a payment that is somebody else's starts nothing, and a payment is no refund", async () => {
		const plan = school().pricingPlans.find(({ price }) => price > 0)!;
		const { transactionId } = await school().buy({ email: 'eva@example.com', pricingPlanId: plan.id });
		const eva = school().findUser('eva@example.com')!.id;
		await hurry(async () => {
			await post(forged({ id: transactionId! }, 'Transaction.created'));
			await post(forged({ id: transactionId!, user_id: eva }, 'Transaction.refunded'));
		});
		expect(items()).toEqual([]);
	});

	test('shows what Teachable says instead of what the event says', async () => {
		school().addEnrollment({ email: MIA, courseId: guitar });
		await post(forged({ percent_complete: 99, course: { id: guitar, name: 'Thief School' } }));
		expect(items()).toMatchObject([
			{
				confirmed: true,
				student: { id: userId(), email: MIA, name: null },
				course: { id: guitar, name: expect.stringContaining('Guitar') },
				enrollment: { percentComplete: 0 },
			},
		]);
	});

	test('true events of a list pass a forged one', async () => {
		school().addEnrollment({ email: MIA, courseId: songwriting });
		await hurry(async () => await post([forged(), forged({ course_id: songwriting })]));
		expect(items()).toMatchObject([{ course: { id: songwriting } }]);
	});

	test('waits for what the API does not show yet', async () => {
		school().switches.readLagSeconds = 3600;
		const sent = forged();
		school().addEnrollment({ email: MIA, courseId: guitar });
		await hurry(async () => {
			const answer = post(sent);
			void sleep(5_000).then(() => (school().switches.readLagSeconds = 0));
			await answer;
		});
		expect(items()).toMatchObject([{ confirmed: true, course: { id: guitar } }]);
	});

	test.each([
		['is down', 'status'],
		['closes every connection', 'reset'],
	] as const)('a Teachable that %s fails the execution, which passes when it is retried', async (_case, kind) => {
		school().addEnrollment({ email: MIA, courseId: guitar });
		const sent = forged();
		down(kind);
		await hurry(async () => expect(await post(sent)).toMatchObject({ status: 200 }));
		expect(host.errors).toEqual([expect.stringMatching(/^The events cannot be confirmed: /)]);
		expect(items()).toEqual([]);
		emulator().chaos(null);
		host.mode = 'retry';
		await post(sent);
		expect(items()).toMatchObject([{ confirmed: true }]);
		host.mode = 'webhook';
		await post(sent);
		expect(items()).toHaveLength(1);
	});

	test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'with "%s" an event that cannot be confirmed does not pass either',
		async (onError) => {
			host.onError = onError;
			down();
			await hurry(async () => await post(forged()));
			expect(host.executions.flat(2)).toEqual([{ error: expect.stringMatching(/^The events cannot be confirmed: /) }]);
			expect(JSON.stringify(host.executions)).not.toContain('thief');
		},
	);

	test('an API key that Teachable does not know fails the execution', async () => {
		host.credentials.stored.teachableApi!.apiKey = 'other';
		await post(forged());
		expect(host.errors).toEqual([expect.stringMatching(/cannot be confirmed/)]);
		expect(items()).toEqual([]);
	});

	test('a wrong API URL fails the execution, and drops nothing', async () => {
		host.credentials.stored.teachableApi!.apiUrl += '/v9';
		await post(forged());
		expect(host.errors).toEqual([expect.stringMatching(/cannot be confirmed/)]);
	});

	test('under all shapes of the API', async () => {
		register({ events: ['LectureProgress.created', 'Enrollment.completed'] });
		Object.assign(school().switches, { shapes: 'documented', userBody: 'wrapped' });
		await school().enroll(MIA, guitar);
		await school().completeLecture(MIA, guitar);
		expect(items()).toMatchObject([{ confirmed: true, student: { email: MIA }, lecture: { isCompleted: true } }]);
	});

	test('reads each student once a list', async () => {
		school().addEnrollment({ email: MIA, courseId: guitar });
		const before = emulator().count({ vendor: 'teachable' });
		await post([1, 2, 3].map((id) => ({ ...forged(), hook_event_id: id })));
		expect(items()).toHaveLength(3);
		expect(emulator().count({ vendor: 'teachable' }) - before).toBe(1);
	});

	test('off: the event as it came, marked', async () => {
		host.parameters.confirm = false;
		await post(forged({ final_price: 4990 }));
		expect(items()).toMatchObject([
			{ confirmed: false, student: { email: 'thief@example.com' }, course: { id: guitar } },
		]);
	});
});

describe('duplicates', () => {
	test('are skipped by hook_event_id; a resend with another ID is another event', async () => {
		register({ events: ['Enrollment.created'] });
		await school().enroll(MIA, guitar);
		const { id } = school().deliveries[0]!;
		await school().redeliver(id);
		expect(items()).toHaveLength(1);
		await school().redeliver(id, { newId: true });
		expect(items()).toHaveLength(2);
	});

	test('within one list', async () => {
		await post([envelope('Comment.created', {}), envelope('Comment.created', {})]);
		expect(items()).toHaveLength(1);
	});

	test('the same ID of another event is no duplicate', async () => {
		await post([envelope('Comment.created', {}), envelope('UserTag.created', {})]);
		expect(items()).toHaveLength(2);
	});

	test('pass where the option is off, and in the editor', async () => {
		host.parameters.options = { skipDuplicates: false };
		await post(envelope('Comment.created', {}));
		await post(envelope('Comment.created', {}));
		host.parameters.options = {};
		host.mode = 'manual';
		await post(envelope('Comment.created', {}));
		expect(items()).toHaveLength(3);
	});

	test('are known as far back as the option says', async () => {
		host.parameters.options = { rememberedEvents: 500 };
		const event = (index: number) => envelope('Comment.created', {}, { hook_event_id: 10_000 + index });
		for (const index of [0, 1]) await post(event(index));
		for (let index = 2; index <= 500; index++) await post(event(index));
		expect(items()).toHaveLength(501);
		await post(event(1));
		expect(items()).toHaveLength(501);
		await post(event(0));
		expect(items()).toHaveLength(502);
		host.parameters.options = { rememberedEvents: 20_001 };
		await post(event(600));
		expect(host.errors).toEqual([expect.stringContaining('"Remembered Events" cannot be 20001')]);
	});

	test('an execution that is started again after a crash passes its event', async () => {
		host.inQueueMode = true;
		host.attempts = 2;
		await post(envelope('Comment.created', {}));
		expect(items()).toHaveLength(2);
	});
});

describe('test events', () => {
	const notLive = () => envelope('Comment.created', {}, { livemode: false });

	test('start a published workflow only with the option', async () => {
		expect(await post(notLive())).toMatchObject({ status: 200 });
		expect(host.executions).toEqual([]);
		host.parameters.options = { acceptTestEvents: true };
		await post(notLive());
		expect(items()).toMatchObject([{ live: false }]);
	});

	test('count while the editor listens', async () => {
		host.mode = 'manual';
		await post(notLive());
		expect(items()).toMatchObject([{ live: false }]);
	});
});

describe('filters', () => {
	const enrolled = (courseId: number) =>
		envelope('Comment.created', { course_id: courseId }, { hook_event_id: courseId });
	const sold = (id: number, name: string) =>
		envelope('Sale.created', { user_id: userId(), sale: { product: { id, name } } }, { hook_event_id: id });

	test.each([
		['a list', { courses: [guitar] }],
		['IDs as text', { courseIds: `${guitar}; 1` }],
		['an expression', { courseIds: `={{ ${guitar} }}` }],
	])('by course, with %s', async (_case, filters) => {
		host.parameters.filters = filters;
		await post([enrolled(guitar), enrolled(songwriting), envelope('Comment.created', {}, { hook_event_id: 3 })]);
		expect(items()).toMatchObject([{ eventId: guitar }]);
	});

	test('by course: an event about a person only passes', async () => {
		host.parameters.filters = { courses: [guitar] };
		await post(envelope('User.created', { id: userId(), email: MIA }));
		expect(items()).toHaveLength(1);
	});

	test('by product, with an ID or a name', async () => {
		host.parameters.filters = { products: '11, guitar monthly' };
		await post([sold(11, 'A'), sold(12, 'Guitar Monthly'), sold(13, 'B')]);
		expect(items().map(({ eventId }) => eventId)).toEqual([11, 12]);
	});

	test('by course and product: what names one of them is enough, what contradicts one is not', async () => {
		host.parameters.filters = { courses: [guitar], products: '11' };
		const both = (course: number, product: number) =>
			envelope(
				'Sale.created',
				{ user_id: userId(), course: { id: course }, product: { id: product } },
				{ hook_event_id: course + product },
			);
		await post([both(guitar, 11), both(guitar, 12), both(songwriting, 11), sold(11, 'A'), enrolled(guitar)]);
		expect(items().map(({ eventId }) => eventId)).toEqual([guitar + 11, 11, guitar]);
	});

	test.each([
		['events', { events: '={{ [] }}' }, /"Events" gives nothing/],
		['an unknown form of event', { events: ['enrolled!'] }, /"Events" cannot match "enrolled!"/],
		['courses', { filters: { courses: '={{ undefined }}' } }, /"Course Names or IDs" gives nothing/],
		['products', { filters: { products: '={{ "" }}' } }, /"Products" gives nothing/],
		['the check', { confirm: '={{ undefined }}' }, /"Confirm with Teachable" gives nothing/],
	])('an expression of %s that gives nothing lets no event pass', async (_case, parameters, message) => {
		Object.assign(host.parameters, parameters);
		expect(await post(enrolled(guitar))).toMatchObject({ status: 200 });
		expect(host.errors).toEqual([expect.stringMatching(message)]);
		expect(items()).toEqual([]);
	});
});

describe('hostile bodies', () => {
	const deep = (levels: number): IDataObject => (levels === 0 ? {} : { a: deep(levels - 1) });
	test.each([
		['absurd depth', envelope('Comment.created', deep(300))],
		['a prototype', JSON.parse('{"type":"Comment.created","hook_event_id":1,"object":{"__proto__":{"polluted":1}}}')],
		[
			'wrong types',
			envelope(
				'Enrollment.created',
				{ user_id: {}, course_id: [], user: 'x', course: 5 },
				{ created: {}, hook_event_id: 'x' },
			),
		],
	])('%s: 200, nothing forged', async (_case, body) => {
		await hurry(async () => expect(await post(body)).toMatchObject({ status: 200 }));
		expect(({} as IDataObject).polluted).toBeUndefined();
		expect(host.errors).toEqual([]);
	});
});

describe('when the workflow is published', () => {
	test('a credential that cannot be read is no 401', async () => {
		const credentials = demoCredentials(emulator());
		credentials.getDecrypted = async () => await Promise.reject(new Error('locked'));
		const answer = await deliver({
			node: 'teachableTrigger',
			parameters: {},
			credentials,
			workflowId: 'unreadable',
			request: { headers: {}, body: {}, query: { secret } },
		});
		expect(answer).toMatchObject({ own: { status: 503 } });
		expect(answer.started).toBeUndefined();
	});
});
