import { RESOURCES } from '../../nodes/Teachable/resources';
import { DEMO } from '../emulator/seed';
import { isReading, pathOf, readSchemas } from '../operations';
import { WITHOUT_PREVIEW } from '../operations/hotmart';
import { SAMPLES } from '../operations/teachable';
import { runNode, type OneNode } from './n8n';
import { demoCredentials, useEmulator } from './setup';

const emulator = useEmulator({ teachable: { rateLimitPerMinute: 100_000 } });

const OPERATIONS = RESOURCES.flatMap(({ value: resource, operations }) =>
	operations.map((operation) => ({ key: `${resource}/${operation.value}`, ...operation })),
);

const prepare = async (key: string, changes = {}): Promise<OneNode> => {
	const [resource, operation] = key.split('/');
	const parameters = { resource: resource!, operation: operation!, ...(await SAMPLES[key]!(emulator())) };
	emulator().requests.length = 0;
	return { node: 'teachable', parameters, credentials: demoCredentials(emulator(), changes) };
};

test('every operation has a sample', () => {
	expect(Object.keys(SAMPLES).sort()).toEqual(OPERATIONS.map(({ key }) => key).sort());
});

test('the output previews are what the operations return (npm run docs)', async () => {
	const schemas = await readSchemas('teachable');
	expect([...schemas.keys(), ...WITHOUT_PREVIEW].sort()).toEqual(Object.keys(SAMPLES).sort());
	for (const [key, schema] of schemas) {
		const shipped = jest.requireActual<object>(`../../nodes/${pathOf(key, 'teachable')}`);
		expect([key, shipped]).toEqual([key, schema]);
		const simple = OPERATIONS.find((operation) => operation.key === key)!.fields.some(
			({ name }) => name === 'simplify',
		);
		if (simple) expect([key, Object.keys(schema.properties!).length <= 10]).toEqual([key, true]);
	}
});

test('all 21 calls of the API are made by an operation', async () => {
	const seen = new Set<string>();
	for (const { key } of OPERATIONS) {
		const node = await prepare(key);
		await runNode(node);
		for (const { method, path } of emulator().requests) seen.add(`${method} ${path.replace(/\d{3,}/g, '#')}`);
		emulator().reset();
	}
	const quiz = 'GET /v1/courses/#/lectures/#/quizzes';
	expect([...seen].sort()).toEqual(
		[
			'GET /v1/courses',
			'GET /v1/courses/#',
			'GET /v1/courses/#/enrollments',
			'GET /v1/courses/#/progress',
			'GET /v1/courses/#/lectures/#',
			'POST /v1/courses/#/lectures/#/mark_complete',
			'GET /v1/courses/#/lectures/#/videos/#',
			quiz,
			`${quiz}/#`,
			`${quiz}/#/responses`,
			'POST /v1/enroll',
			'POST /v1/unenroll',
			'GET /v1/users',
			'POST /v1/users',
			'GET /v1/users/#',
			'PATCH /v1/users/#',
			'GET /v1/pricing_plans',
			'GET /v1/pricing_plans/#',
			'GET /v1/transactions',
			'GET /v1/webhooks',
			'GET /v1/webhooks/#/events',
		].sort(),
	);
});

describe.each(OPERATIONS)('$key', ({ key, description }) => {
	test('tells what it changes, and whether that can be undone', () => {
		const says = /undone|what it changes|\(upsert\)/i;
		expect([description, isReading(description) || says.test(description)]).toEqual([description, true]);
	});

	test('keeps what Teachable says when it refuses', async () => {
		const node = await prepare(key);
		const body = { message: ['Your plan has no API access', 'Upgrade'] };
		emulator().fail({ vendor: 'teachable', kind: 'status', status: 403, times: 9, body });
		const { error } = await runNode(node);
		expect(error?.message).toContain(`Your plan has no API access. Upgrade (HTTP 403, `);
		expect(error).toMatchObject({ httpCode: '403', description: expect.stringMatching(/must include API access/) });
	});

	test('takes an empty answer for no answer, and above all not for an empty school', async () => {
		const node = await prepare(key);
		emulator().fail({ vendor: 'teachable', method: 'GET', kind: 'empty', times: 9 });
		const { json, error } = await runNode(node);
		// A raw call shows what came; Mark Complete reads nothing when the user is found at once.
		if (key === 'apiCall/send') expect(json).toEqual([{}]);
		else expect(error?.message).toMatch(/answered without|sent an empty answer/);
		expect(emulator().count({ path: '/v1/unenroll' })).toBe(0);
	});

	test('is read only, or refused with a Read Only credential', async () => {
		const { error } = await runNode(await prepare(key, { teachableApi: { accessMode: 'readOnly' } }));
		expect(emulator().requests.filter(({ method }) => method !== 'GET')).toEqual([]);
		if (error)
			expect(error.message).toMatch(/Teachable credential is Read Only, so this (POST|PATCH) request was not sent/);
		else expect(isReading(description) || /what it changes/i.test(description)).toBe(true);
	});
});

describe('shapes of answers that the documentation and the live API do not share', () => {
	const read = async (key: string, shapes: 'live' | 'documented', extra = {}) => {
		emulator().reset();
		emulator().teachable.switches.shapes = shapes;
		const node = await prepare(key);
		const { json, error } = await runNode({ ...node, parameters: { ...node.parameters, ...extra } });
		expect(error).toBeUndefined();
		return json;
	};

	test.each(['lecture/getQuiz', 'lecture/getQuizResponses'])('%s gives the same for both', async (key) => {
		const live = await read(key, 'live');
		expect(live).not.toEqual([]);
		expect(await read(key, 'documented')).toEqual(live);
	});

	test('who answered a quiz has percents from 0 to 100', async () => {
		expect(await read('lecture/getQuizResponses', 'live')).toMatchObject([
			{ percent_correct: 100 },
			{ percent_correct: 100 },
		]);
	});

	test('the progress has the same sections and lectures for both', async () => {
		const [live] = await read('course/getProgress', 'live');
		const [documented] = await read('course/getProgress', 'documented');
		expect(documented!.lecture_sections).toEqual(live!.lecture_sections);
		expect(live!.lecture_sections).toMatchObject([{ lectures: [{ is_completed: true }, {}, {}, {}] }]);
	});

	test('progress in several pages comes as one', async () => {
		const { teachable } = emulator();
		const lectures = Array.from({ length: 250 }, (_unused, index) => `Lecture ${index}`);
		const { id, sections } = teachable.addCourse({ name: 'Long', lectures });
		const user = teachable.addUser({ email: 'ana@example.com' });
		teachable.addEnrollment({ email: 'ana@example.com', courseId: id });
		teachable.completions.push({ userId: user.id, lectureId: sections[1]!.lectures[249]!.id, at: Date.now() });
		const parameters = { resource: 'course', operation: 'getProgress', findBy: 'id', courseId: id, userId: user.id };
		const { json } = await runNode({ node: 'teachable', parameters, credentials: demoCredentials(emulator()) });
		const [{ lectures: shown }] = json[0]!.lecture_sections as [
			{ lectures: Array<{ name: string; is_completed: boolean }> },
		];
		expect(shown.map(({ name }) => name)).toEqual(lectures);
		expect(shown.filter((lecture) => lecture.is_completed)).toHaveLength(1);
		expect(emulator().count({ path: /progress/ })).toBe(3);
	});
});

test.each([
	[400, {}, 'Teachable does not accept a value of this request', /^Check the fields of the node\.$/],
	[404, { error: 'course_not_found' }, 'Course not found', /Check the IDs/],
	[404, { message: [] }, 'Teachable has no such record', /Check the IDs/],
	[409, {}, 'Teachable cannot do this in the current state', /Something else prevents this change\. Check the fields/],
	[401, { message: 'Unauthorized' }, 'Teachable does not accept the credential', /API key/],
	[413, { message: 'Too much' }, 'Too much', /Check the fields/],
	[422, { message: [{ deep: 1 }, 'Email is invalid'] }, 'Email is invalid', /check the fields of the node/],
	[422, { error: 'invalid', error_description: 'Not now' }, 'Not now', /check the fields of the node/],
])('%i %j leads with words and says what to do', async (status, body, message, remedy) => {
	emulator().fail({ vendor: 'teachable', kind: 'status', status, times: 9, body });
	const { error } = await runNode(await prepare('course/getAll'));
	expect(error?.message).toBe(`${message} (HTTP ${status}, GET /courses)`);
	expect(error?.description).toMatch(remedy);
});

test.each([
	['course/getAll', '/courses', 'the fields of the node'],
	['user/create', '/users', 'the e-mail address and the other fields of the node'],
	['enrollment/enroll', '/enroll', 'the course and the user'],
	['enrollment/unenroll', '/unenroll', 'the course and the user'],
	['lecture/markComplete', '/mark_complete', 'the fields of the node'],
])('%s says what to check when Teachable refuses %s', async (operation, path, words) => {
	const node = await prepare(operation);
	for (const status of [400, 422]) {
		emulator().fail({ vendor: 'teachable', path: new RegExp(`${path}$`), kind: 'status', status, times: 1, body: {} });
		expect((await runNode(node)).error?.description).toMatch(new RegExp(`heck ${words}\\.$`));
	}
});

describe('Mark Complete', () => {
	test('says whether it was complete before, and surfaces a refusal that is about something else', async () => {
		const node = await prepare('lecture/markComplete');
		expect((await runNode(node)).json).toMatchObject([{ completed: true, alreadyCompleted: false }]);
		expect((await runNode(node)).json).toMatchObject([{ completed: true, alreadyCompleted: true }]);
		emulator().teachable.completions.pop();
		emulator().fail({ path: /mark_complete/, kind: 'status', status: 409, body: { message: 'Watch the video first' } });
		expect((await runNode(node)).error?.message).toMatch(/Watch the video first \(HTTP 409/);
	});
});

describe('User', () => {
	const user = (operation: string, parameters = {}): OneNode => ({
		node: 'teachable',
		parameters: { resource: 'user', operation, ...parameters },
		credentials: demoCredentials(emulator()),
	});
	const rosa = { findBy: 'email', email: 'ROSA@students.example' };

	test('Get finds by address and by ID, simplified or whole, whatever wraps the record', async () => {
		const { id } = emulator().teachable.findUser('rosa@students.example')!;
		const [byEmail] = (await runNode(user('get', rosa))).json;
		emulator().teachable.switches.userBody = 'wrapped';
		const [byId] = (await runNode(user('get', { findBy: 'id', userId: { __rl: true, mode: 'list', value: id } }))).json;
		expect(byId).toEqual(byEmail);
		expect(byId).toMatchObject({
			userId: id,
			email: 'rosa@students.example',
			activeCourseIds: [DEMO.courses.masterclass],
			tags: [],
		});
		const [whole] = (await runNode(user('get', { ...rosa, simplify: false }))).json;
		expect(whole).toMatchObject({ id, courses: [{ is_active_enrollment: true }] });
	});

	test.each([
		[{ findBy: 'email', email: 'nobody@example.com' }, /no user with the e-mail address nobody@example.com/],
		[{ findBy: 'id', userId: 999 }, /no user with the ID 999/],
		[{ findBy: 'id', userId: 'x' }, /"User" is not an ID: x/],
	])('Get says whom it cannot find: %p', async (parameters, words) => {
		expect((await runNode(user('get', parameters))).error?.message).toMatch(words);
	});

	test.each([201, 200, 400] as const)(
		'Create refuses an address that is taken (when Teachable answers %p)',
		async (createExisting) => {
			emulator().teachable.switches.createExisting = createExisting;
			const { error } = await runNode(user('create', { email: 'Rosa@students.example' }));
			expect(error?.message).toMatch(/has a user with the e-mail address Rosa@students.example \(ID \d+\)/);
			expect(emulator().count({ method: 'POST' })).toBe(0);
		},
	);

	test('an answer without a user is none', async () => {
		const { id } = emulator().teachable.findUser('rosa@students.example')!;
		emulator().fail({ vendor: 'teachable', method: 'GET', path: `/v1/users/${id}`, kind: 'empty', times: 9 });
		for (const [resource, operation] of [
			['user', 'get'],
			['enrollment', 'unenroll'],
		] as const) {
			const parameters = {
				findBy: 'id',
				userId: id,
				courseFrom: 'chosen',
				courseId: { __rl: true, mode: 'id', value: String(DEMO.courses.masterclass) },
			};
			const { error } = await runNode({
				...user(operation, parameters),
				parameters: { resource, operation, ...parameters },
			});
			expect(error?.message).toMatch(/Teachable sent an empty answer/);
		}
	});

	test('Create refuses a user whom the search did not show', async () => {
		emulator().fail({
			vendor: 'teachable',
			method: 'GET',
			path: '/v1/users',
			kind: 'status',
			status: 200,
			body: { users: [], meta: {} },
		});
		const { error } = await runNode(user('create', { email: 'rosa@students.example' }));
		expect(error?.message).toMatch(/has a user with the e-mail address rosa@students.example/);
	});

	test("Create keeps the vendor's words about a bad password", async () => {
		const { error } = await runNode(user('create', { email: 'new@example.com', fields: { password: '123' } }));
		expect(error?.message).toMatch(/Password is too short/);
	});

	test('Update changes what is given, and refuses to change nothing', async () => {
		await runNode(user('update', { ...rosa, fields: { name: '', src: 'crm-1' } }));
		expect(emulator().teachable.findUser('rosa@students.example')).toMatchObject({
			name: 'Rosa Menezes',
			src: 'crm-1',
		});
		expect((await runNode(user('update', rosa))).error?.message).toMatch(/nothing to update/);
	});

	test.each([201, 200, 400] as const)(
		'Create or Update does either (when an existing address is answered with %p)',
		async (createExisting) => {
			Object.assign(emulator().teachable.switches, { createExisting });
			const upsert = async (name: string) =>
				(await runNode(user('upsert', { email: 'Ana@example.com', fields: { name, password: 'secret99' } }))).json;
			expect(await upsert('Ana')).toMatchObject([{ name: 'Ana', created: true }]);
			expect(await upsert('Ana Lima')).toMatchObject([{ name: 'Ana Lima', created: false }]);
			expect(emulator().count({ method: 'POST' })).toBe(1);
		},
	);
});

describe('API Call', () => {
	test('reads pages of any list', async () => {
		emulator().teachable.seedStudents(DEMO.courses.guitar, 230);
		const path = `/courses/${DEMO.courses.guitar}/enrollments`;
		const parameters = {
			resource: 'apiCall',
			operation: 'send',
			method: 'GET',
			path,
			readPages: true,
			returnAll: true,
		};
		const { json } = await runNode({ node: 'teachable', parameters, credentials: demoCredentials(emulator()) });
		expect(json).toHaveLength(230);
	});
});
