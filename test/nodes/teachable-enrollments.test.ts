import type { IDataObject } from 'n8n-workflow';

import { DEMO } from '../emulator/seed';
import { runNode, type OneNode } from './n8n';
import { demoCredentials, useEmulator } from './setup';

const emulator = useEmulator({ teachable: { rateLimitPerMinute: 100_000 } });

const { guitar, songwriting, masterclass } = DEMO.courses;
const chosen = (value: unknown) => ({ __rl: true, mode: 'id', value });
const picked = (value: number, name: string) => ({ __rl: true, mode: 'list', value, cachedResultName: name });
const beside = (...ids: number[]) => ({ moreCourses: { courses: ids.map((id) => ({ course: chosen(id) })) } });

const enrollment = (operation: string, parameters = {}): OneNode => ({
	node: 'teachable',
	parameters: {
		resource: 'enrollment',
		operation,
		email: '={{ $json.email }}',
		courseId: chosen(guitar),
		...parameters,
	} as OneNode['parameters'],
	credentials: demoCredentials(emulator()),
});
const calls = () =>
	emulator().requests.map(({ method, path }) => `${method} ${path.replace(/^\/v1/, '').replace(/\d{4,}/g, '#')}`);
const coursesOf = (email: string) =>
	[guitar, songwriting, masterclass].filter((id) => emulator().teachable.isEnrolled(email, id));
const rows = [
	{ value: '558688', course: picked(guitar, 'Guitar from Zero') },
	{ value: '558688', course: chosen(songwriting) },
	{ value: '558689', course: chosen(`${songwriting}, ${masterclass}`) },
];
const mapping = { courseFrom: 'table', tableValue: '={{ $json.plan }}', table: { rows } };

describe('several courses', () => {
	test('are one item each, from one lookup and one status', async () => {
		emulator().teachable.addUser({ email: 'ana@example.com' });
		const node = enrollment('enroll', { options: beside(songwriting, masterclass, guitar) });
		const { json, items } = await runNode({ ...node, input: [{ email: 'ana@example.com' }] });
		expect(json.map(({ courseId }) => courseId)).toEqual([guitar, songwriting, masterclass]);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 0 }, { item: 0 }]);
		expect(calls()).toEqual(['GET /users', 'GET /users/#', 'POST /enroll', 'POST /enroll', 'POST /enroll']);
		expect(coursesOf('ana@example.com')).toEqual([guitar, songwriting, masterclass]);
	});

	test('given by an expression, as a list or as text', async () => {
		for (const course of [[guitar, songwriting], `${guitar},${songwriting}`]) {
			const { json } = await runNode({
				...enrollment('enroll', { courseId: chosen('={{ $json.course }}') }),
				input: [{ email: 'a@example.com', course }],
			});
			expect(json.map(({ courseId }) => courseId)).toEqual([guitar, songwriting]);
		}
	});

	test('the way to say which is given by an expression: no field of another operation is asked for', async () => {
		const { json } = await runNode({
			...enrollment('enroll', { ...mapping, courseFrom: '={{ $json.from }}' }),
			input: [
				{ email: 'a@example.com', from: 'chosen', plan: '558688' },
				{ email: 'b@example.com', from: 'table', plan: '558689' },
			],
		});
		expect(json.map(({ email, courseId }) => [email, courseId])).toEqual([
			['a@example.com', guitar],
			['b@example.com', songwriting],
			['b@example.com', masterclass],
		]);
	});

	test('one that fails neither stops nor hides the others', async () => {
		const node = enrollment('enroll', { options: beside(999_999, songwriting) });
		const { json, failed } = await runNode({
			...node,
			onError: 'continueErrorOutput',
			input: [{ email: 'ana@example.com' }],
		});
		expect(json.map(({ courseId }) => courseId)).toEqual([guitar, songwriting]);
		expect(failed).toHaveLength(1);
		expect(failed[0]!.json.error).toMatch(/Course not found/);
		const stopped = await runNode({ ...node, input: [{ email: 'ana@example.com' }] });
		expect(stopped.error?.message).toMatch(/Course not found \(HTTP 404/);
	});
});

describe('the fewest requests', () => {
	test('a new user costs three, the same address again only its enrollment', async () => {
		const { json } = await runNode({
			...enrollment('enroll'),
			input: ['ana@example.com', 'ANA@example.com '].map((email) => ({ email })),
		});
		expect(calls()).toEqual(['GET /users', 'POST /users', 'POST /enroll', 'POST /enroll']);
		expect(json).toMatchObject([
			{ created: true, alreadyEnrolled: false },
			{ created: false, alreadyEnrolled: true },
		]);
	});

	test('a user who is there is looked up and read once a run, nobody is searched for twice', async () => {
		emulator().teachable.addUser({ email: 'ana@example.com' });
		await runNode({
			...enrollment('enroll'),
			input: ['ana@example.com', 'Ana@example.com'].map((email) => ({ email })),
		});
		expect(calls()).toEqual(['GET /users', 'GET /users/#', 'POST /enroll', 'POST /enroll']);
		emulator().requests.length = 0;
		await runNode({
			...enrollment('unenroll'),
			input: ['nobody@example.com', 'NOBODY@example.com'].map((email) => ({ email })),
		});
		// One search, and the list of the users before it is said that nobody is there
		expect(calls()).toEqual(['GET /users', 'GET /users']);
	});

	test('by user ID one to read and one to enroll', async () => {
		const { id } = emulator().teachable.addUser({ email: 'ana@example.com', name: 'Ana' });
		const node = { findBy: 'id', userId: { __rl: true, mode: 'list', value: id } };
		const { json } = await runNode(enrollment('enroll', node));
		expect(calls()).toEqual(['GET /users/#', 'POST /enroll']);
		expect(json).toEqual([
			{
				userId: id,
				email: 'ana@example.com',
				name: 'Ana',
				courseId: guitar,
				courseName: null,
				enrolled: true,
				alreadyEnrolled: false,
				created: false,
				skipped: false,
			},
		]);
		expect((await runNode(enrollment('unenroll', node))).json).toMatchObject([
			{ alreadyUnenrolled: false, notFound: false },
		]);
	});

	test('an unknown user ID is an error to enroll and nothing to do to unenroll', async () => {
		const node = { findBy: 'id', userId: chosen(12_345_678) };
		expect((await runNode(enrollment('enroll', node))).error?.message).toMatch(/no user with the ID 12345678/);
		expect((await runNode(enrollment('unenroll', node))).json).toMatchObject([
			{ userId: 12_345_678, notFound: true, alreadyUnenrolled: true },
		]);
		expect(emulator().count({ method: 'POST' })).toBe(0);
	});
});

describe('many items', () => {
	const pages = (count: number) => Math.ceil(count / 100);
	const users = () => emulator().teachable.users.length;
	const run = async (operation: string, emails: string[], parameters = {}) => {
		emulator().requests.length = 0;
		const { json, error } = await runNode({
			...enrollment(operation, parameters),
			input: emails.map((email) => ({ email })),
		});
		expect(error).toBeUndefined();
		return json;
	};

	test('1,000 new students cost two requests each, and the pages of the users to know that they are new', async () => {
		const expected = pages(users()) + 2000;
		const json = await run(
			'enroll',
			Array.from({ length: 1000 }, (_unused, index) => `new${index}@example.com`),
		);
		expect(emulator().requests).toHaveLength(expected);
		expect(json.filter(({ created, alreadyEnrolled }) => created && !alreadyEnrolled)).toHaveLength(1000);
	}, 180_000);

	test('1,000 known students cost one request each, and the pages of the users and of the course', async () => {
		const emails = emulator().teachable.seedStudents(songwriting, 1000);
		for (const email of emails.slice(0, 150)) emulator().teachable.addEnrollment({ email, courseId: guitar });
		const inside = emulator().teachable.enrolledEmails(guitar).length;
		const json = await run('enroll', emails);
		expect(emulator().requests).toHaveLength(pages(users()) + pages(inside) + 1000);
		expect(json.map(({ alreadyEnrolled }) => alreadyEnrolled)).toEqual(emails.map((_email, index) => index < 150));
		const gone = await run('unenroll', [...emails, emails[0]!.toUpperCase(), 'nobody@example.com']);
		expect(emulator().count({ path: '/v1/unenroll' })).toBe(1001);
		expect(gone.slice(-2)).toMatchObject([{ alreadyUnenrolled: true, notFound: false }, { notFound: true }]);
	}, 180_000);

	test('a list that is longer than the input is not read, nor is a course with more pages than there are students to look for', async () => {
		const emails = emulator().teachable.seedStudents(songwriting, 1000).slice(-3);
		await run('enroll', emails);
		expect(calls()).toEqual(['GET /users', ...emails.flatMap(() => ['GET /users', 'GET /users/#', 'POST /enroll'])]);
		await run('enroll', emulator().teachable.seedStudents(guitar, 500).slice(0, 12), {
			courseId: chosen(songwriting),
			options: beside(guitar),
		});
		expect(calls().filter((call) => call === 'GET /users/#')).toHaveLength(12);
	});

	test('what cannot be looked up for all is asked for each', async () => {
		emulator().teachable.seedStudents(songwriting, 10);
		emulator().fail({ path: '/v1/users', method: 'GET', kind: 'status', status: 403 });
		const json = await run('enroll', ['student1@students.example', 'student2@students.example', 'new@example.com']);
		expect(json.map(({ created }) => created)).toEqual([false, false, true]);
	});

	test('an item that says nobody fails for itself alone', async () => {
		emulator().teachable.seedStudents(songwriting, 10);
		const input = ['student1@students.example', '', 'student2@students.example'].map((email) => ({ email }));
		const { json, failed } = await runNode({ ...enrollment('enroll'), onError: 'continueErrorOutput', input });
		expect(json.map(({ email }) => email)).toEqual(['student1@students.example', 'student2@students.example']);
		expect(failed).toHaveLength(1);
	});
});

test.each([204, 422] as const)(
	"a course that is not published is Teachable's decision (%p)",
	async (enrollUnpublished) => {
		Object.assign(emulator().teachable.switches, { enrollUnpublished });
		const { id } = emulator().teachable.courses.find(({ isPublished }) => !isPublished)!;
		const { json, error } = await runNode({
			...enrollment('enroll', { courseId: chosen(id) }),
			input: [{ email: 'ana@example.com' }],
		});
		if (enrollUnpublished === 204) expect(json).toMatchObject([{ enrolled: true, alreadyEnrolled: false }]);
		else expect(error?.message).toMatch(/Course is not published \(HTTP 422/);
	},
);

describe('the table', () => {
	test('leads each item to the courses of its value', async () => {
		const input = [
			{ email: 'ana@example.com', plan: 558_688 },
			{ email: 'bia@example.com', plan: '558689' },
		];
		const { json, items } = await runNode({ ...enrollment('enroll', mapping), input });
		expect(json.map(({ email, courseId }) => [email, courseId])).toEqual([
			['ana@example.com', guitar],
			['ana@example.com', songwriting],
			['bia@example.com', songwriting],
			['bia@example.com', masterclass],
		]);
		expect(items.map(({ pairedItem }) => (pairedItem as { item: number }).item)).toEqual([0, 0, 1, 1]);
		const gone = await runNode({ ...enrollment('unenroll', mapping), input: input.slice(0, 1) });
		expect(gone.json).toMatchObject([
			{ courseId: guitar, unenrolled: true },
			{ courseId: songwriting, unenrolled: true },
		]);
		expect(coursesOf('ana@example.com')).toEqual([]);
	});

	test.each(['enroll', 'unenroll'])(
		'%s of a value without a row: skip, error, or the default course',
		async (operation) => {
			const input = [{ email: 'ana@example.com', plan: 'other' }];
			const run = async (ifNoRow: string, extra = {}) =>
				await runNode({ ...enrollment(operation, { ...mapping, ifNoRow, ...extra }), input });
			expect((await run('skip')).json).toMatchObject([
				{ email: 'ana@example.com', courseId: null, skipped: true, [`${operation}ed`]: false },
			]);
			expect((await run('error')).error?.message).toMatch(/No row of the table has other/);
			expect(calls()).toEqual([]);
			expect((await run('default', { defaultCourseId: chosen(masterclass) })).json).toMatchObject([
				{ courseId: masterclass },
			]);
			expect((await run('default', { defaultCourseId: chosen('={{ "" }}') })).error?.message).toMatch(
				/Choose one in the field "Default Course"/,
			);
		},
	);

	test('an unmapped value stops the item by default, an empty one says so', async () => {
		const { error } = await runNode({
			...enrollment('enroll', mapping),
			input: [{ email: 'ana@example.com', plan: null }],
		});
		expect(error?.message).toMatch(/The field "Value" is empty/);
	});

	test.each([
		[{ value: '', course: chosen(guitar) }, /Row 1 .* needs a value and a course/],
		[{ value: 'x', course: chosen('') }, /Row 1 .* needs a value and a course/],
		[{ value: 'x' }, /Row 1 .* needs a value and a course/],
		[{ value: 'x', course: chosen('abc') }, /"Table, row 1" is not an ID: abc/],
	])('a row that is not complete is named: %p', async (row, words) => {
		const { error } = await runNode({
			...enrollment('enroll', { ...mapping, table: { rows: [row] } } as object),
			input: [{ email: 'a@example.com', plan: 'x' }],
		});
		expect(error?.message).toMatch(words);
		expect(calls()).toEqual([]);
	});
});

describe('Move', () => {
	const move = async (oldValue: string | number, newValue: string | number, extra: IDataObject = {}) =>
		await runNode({
			...enrollment('move', {
				courseFrom: 'table',
				table: { rows },
				oldValue: '={{ $json.from }}',
				newValue: '={{ $json.to }}',
				ifNoRow: 'skip',
				...extra,
			}),
			input: [{ email: 'ana@example.com', from: oldValue, to: newValue }],
		});
	const enroll = () => {
		for (const courseId of [guitar, songwriting])
			emulator().teachable.addEnrollment({ email: 'ana@example.com', courseId });
		emulator().requests.length = 0;
	};

	test('goes in, then out, and never leaves a course of both', async () => {
		enroll();
		const { json } = await move(558_688, 558_689);
		expect(json).toMatchObject([
			{ change: 'keep', courseId: songwriting, alreadyEnrolled: true },
			{ change: 'enroll', courseId: masterclass, alreadyEnrolled: false },
			{ change: 'unenroll', courseId: guitar, alreadyUnenrolled: false },
		]);
		expect(
			emulator()
				.requests.filter(({ path }) => path.endsWith('enroll'))
				.map(({ path, body }) => [path, (body as IDataObject).course_id]),
		).toEqual([
			['/v1/enroll', songwriting],
			['/v1/enroll', masterclass],
			['/v1/unenroll', guitar],
		]);
		expect(coursesOf('ana@example.com')).toEqual([songwriting, masterclass]);
		expect((await move(558_688, 558_689)).json).toMatchObject([
			{ alreadyEnrolled: true },
			{ alreadyEnrolled: true },
			{ alreadyUnenrolled: true },
		]);
	});

	test('whoever cannot come in keeps the old courses', async () => {
		enroll();
		emulator().fail({ path: '/v1/enroll', kind: 'status', status: 422, times: 2 });
		expect((await move(558_688, 558_689)).error).toBeDefined();
		expect(coursesOf('ana@example.com')).toEqual([guitar, songwriting]);
	});

	test('creates a new person and unenrolls nobody', async () => {
		const { json } = await move(558_688, 558_689);
		expect(json).toMatchObject([{ created: true, courseId: songwriting }, { courseId: masterclass }]);
		expect(emulator().count({ path: '/v1/unenroll' })).toBe(0);
	});

	test('a value without a row is left out on its side', async () => {
		enroll();
		expect((await move(558_688, 'none')).json.map(({ change }) => change)).toEqual(['unenroll', 'unenroll']);
		expect((await move('none', 558_688)).json.map(({ change }) => change)).toEqual(['enroll', 'enroll']);
		expect((await move('none', 'other')).json).toMatchObject([{ skipped: true, email: 'ana@example.com' }]);
		expect((await move('none', 558_688, { ifNoRow: 'error' })).error?.message).toMatch(/No row of the table has none/);
	});

	test('an empty value moves nobody, not even out of the default course', async () => {
		enroll();
		for (const ifNoRow of ['skip', 'default', 'error']) {
			const extra = { ifNoRow, defaultCourseId: chosen(guitar) };
			expect((await move('', 558_689, extra)).error?.message).toMatch(/The field "Old Value" is empty/);
			expect((await move(558_689, '', extra)).error?.message).toMatch(/The field "New Value" is empty/);
		}
		expect(calls()).toEqual([]);
		expect(coursesOf('ana@example.com')).toEqual([guitar, songwriting]);
	});

	test('creates nobody only to be in no course', async () => {
		expect((await move(558_688, 'none')).json).toMatchObject([{ notFound: true, skipped: true }]);
		expect(emulator().count({ method: 'POST' })).toBe(0);
	});
});

describe('the rate limit', () => {
	test('500 enrollments take the time that it allows, end without an error, and say how long they waited', async () => {
		// So few requests in so long that a slow machine has to wait, too
		const [limit, windowMs] = [250, 8000];
		emulator().teachable.seedStudents(songwriting, 500);
		Object.assign(emulator().teachable.switches, { rateLimitPerMinute: limit, rateWindowMs: windowMs });
		const input = emulator()
			.teachable.users.filter(({ src }) => src === 'seed')
			.map(({ id }) => ({ id }));
		const node = enrollment('enroll', { findBy: 'id', userId: chosen('={{ $json.id }}') });
		const started = Date.now();
		const { json, error, run } = await runNode({ ...node, input });
		expect(error).toBeUndefined();
		expect(json.filter(({ enrolled }) => enrolled)).toHaveLength(500);
		expect(emulator().teachable.enrolledEmails(guitar)).toHaveLength(500);
		expect(emulator().requests).toHaveLength(1000);
		expect(emulator().count({ status: 429 })).toBe(0);
		// 3 windows to wait for, and the time of 1,000 requests on a slow machine.
		expect(Date.now() - started).toBeLessThan(3 * windowMs + 60_000);
		expect(run.data.resultData.runData.Teachable![0]!.hints).toMatchObject([
			{ message: expect.stringMatching(/made this run wait \d+ s in all/) },
		]);
	});

	test('a limit that is told only when it is exceeded is kept as well', async () => {
		Object.assign(emulator().teachable.switches, {
			rateLimitPerMinute: 40,
			rateWindowMs: 1000,
			rateHeaders: 'only429',
		});
		const input = Array.from({ length: 40 }, (_unused, index) => ({ email: `new${index}@example.com` }));
		const { json, error } = await runNode({ ...enrollment('enroll'), input });
		expect(error).toBeUndefined();
		expect(json).toHaveLength(40);
		expect(emulator().count({ status: 429 })).toBeLessThanOrEqual(4);
		expect(emulator().teachable.enrolledEmails(guitar)).toHaveLength(40);
	}, 60_000);
});

describe('characters that nobody sees', () => {
	const marks = ['\u200B', '\uFEFF', '\u00A0', '\u00AD', '\u200E', '\u2060', '\u202C'];

	test.each(marks)('in an address lead to the same person (%j)', async (mark) => {
		emulator().teachable.addUser({ email: 'ana@example.com' });
		const input = [`ana@example.com${mark}`, `${mark}ana@example.com`].map((email) => ({ email }));
		const { json } = await runNode({ ...enrollment('enroll'), input });
		expect(json).toMatchObject([{ email: 'ana@example.com', created: false }, { email: 'ana@example.com' }]);
		expect(coursesOf('ana@example.com')).toEqual([guitar]);
		const gone = await runNode({ ...enrollment('unenroll'), input: input.slice(0, 1) });
		expect(gone.json).toMatchObject([{ alreadyUnenrolled: false, notFound: false }]);
	});

	test('are not sent when a user is created', async () => {
		await runNode({ ...enrollment('enroll'), input: [{ email: 'a\u00ADna@exam\u200Bple.com\u200B' }] });
		expect(emulator().teachable.users.at(-1)!.email).toBe('ana@example.com');
	});
});

describe('a user whose address is stored in another case, when Teachable searches exactly', () => {
	const stored = 'Bia@Example.com';
	const byEmail = { findBy: 'email', email: 'bia@example.com' };
	const run = async (resource: string, operation: string, parameters: IDataObject = {}) =>
		await runNode({
			node: 'teachable',
			parameters: { resource, operation, ...byEmail, ...parameters } as OneNode['parameters'],
			credentials: demoCredentials(emulator()),
		});

	beforeEach(() => {
		emulator().teachable.switches.emailFilter = 'exact';
		emulator().teachable.addEnrollment({ email: stored, courseId: guitar });
		emulator().teachable.addUser({ email: 'BIA@other.example' });
	});

	test('is unenrolled', async () => {
		const { json } = await run('enrollment', 'unenroll', { courseId: chosen(guitar) });
		expect(json).toMatchObject([{ unenrolled: true, alreadyUnenrolled: false, notFound: false, email: stored }]);
		expect(coursesOf(stored)).toEqual([]);
	});

	test.each([201, 200, 400] as const)(
		'is enrolled and not made twice (creating answers %p)',
		async (createExisting) => {
			emulator().teachable.switches.createExisting = createExisting;
			const before = emulator().teachable.users.length;
			const { json } = await run('enrollment', 'enroll', { courseId: chosen(songwriting) });
			expect(json).toMatchObject([{ created: false, email: stored }]);
			expect(coursesOf(stored)).toEqual([guitar, songwriting]);
			const moved = await run('enrollment', 'move', { fromCourseId: chosen(guitar), toCourseId: chosen(masterclass) });
			expect(moved.json).toMatchObject([{ change: 'enroll' }, { change: 'unenroll', alreadyUnenrolled: false }]);
			expect(emulator().teachable.users).toHaveLength(before);
		},
	);

	test.each([
		['user', 'get', {}],
		['user', 'update', { fields: { name: 'Bia' } }],
		['user', 'upsert', { fields: { name: 'Bia' } }],
		['course', 'getProgress', { courseId: chosen(guitar) }],
	])('is found by %s: %s', async (resource, operation, parameters) => {
		const { id } = emulator().teachable.findUser(stored)!;
		const { json, error } = await run(resource, operation, parameters);
		expect(error).toBeUndefined();
		expect(json[0]!.userId ?? json[0]!.user_id).toBe(id);
	});

	test('is not said to be created', async () => {
		const { error } = await run('user', 'create');
		expect(error?.message).toMatch(/The school has a user with the e-mail address bia@example.com/);
		emulator().teachable.enrollments.length = 0;
		expect((await run('user', 'create')).error?.message).toMatch(/The school has a user/);
	});

	test('is nobody only when the list has nobody either', async () => {
		const { json } = await run('enrollment', 'unenroll', { email: 'nobody@example.com', courseId: chosen(guitar) });
		expect(json).toMatchObject([{ notFound: true }]);
		expect((await run('user', 'get', { email: 'nobody@example.com' })).error?.message).toMatch(/no user/);
	});
});

describe('Move between chosen courses', () => {
	test('goes in, then out, with the names that the lists showed', async () => {
		emulator().teachable.addEnrollment({ email: 'ana@example.com', courseId: guitar });
		const { json } = await runNode({
			...enrollment('move', {
				fromCourseId: picked(guitar, 'Guitar from Zero'),
				toCourseId: picked(songwriting, 'Songwriting Workshop'),
			}),
			input: [{ email: 'ana@example.com' }],
		});
		expect(json).toMatchObject([
			{ change: 'enroll', courseName: 'Songwriting Workshop' },
			{ change: 'unenroll', courseName: 'Guitar from Zero' },
		]);
		expect(coursesOf('ana@example.com')).toEqual([songwriting]);
		const unset = { fromCourseId: chosen('={{ null }}'), toCourseId: chosen(songwriting) };
		const { error } = await runNode({ ...enrollment('move', unset), input: [{ email: 'ana@example.com' }] });
		expect(error?.message).toMatch(/No course is chosen. Choose one in the field "From Course"/);
	});
});

describe('the set-up undone', () => {
	test.each([
		[{ courseId: chosen('={{ "" }}') }, /No course is chosen. Choose one in the field "Course"/],
		[{ ...mapping, table: {} }, /The table has no rows. Add one/],
	])('says what to enter: %j', async (parameters, words) => {
		for (const operation of ['enroll', 'unenroll', 'setStudents']) {
			const { error } = await runNode({
				...enrollment(operation, parameters),
				input: [{ email: 'ana@example.com', plan: 'x' }],
			});
			expect(error?.message).toMatch(words);
		}
		expect(emulator().count({ method: 'POST' })).toBe(0);
	});
});
