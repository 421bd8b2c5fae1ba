import { DEMO } from '../emulator/seed';
import { runNode, searchList, type OneNode } from './n8n';
import { demoCredentials, useEmulator } from './setup';

const emulator = useEmulator({ teachable: { rateLimitPerMinute: 1_000_000 } });

const { guitar, masterclass } = DEMO.courses;
const chosen = (value: string | number) => ({ __rl: true, mode: 'id', value });

const node = (resource: string, operation: string, parameters = {}): OneNode => ({
	node: 'teachable',
	parameters: { resource, operation, returnAll: true, ...parameters },
	credentials: demoCredentials(emulator()),
});
const queries = () => emulator().requests.map(({ query }) => query);

describe('users beyond the 10,000th', () => {
	test.each([100, 20] as const)(
		'are all listed, each once (pages of %p)',
		async (maxPer) => {
			emulator().teachable.switches.maxPer = maxPer;
			emulator().teachable.seedStudents(guitar, 10_250);
			const { json, error } = await runNode(node('user', 'getAll'));
			expect(error).toBeUndefined();
			expect(new Set(json.map(({ id }) => id)).size).toBe(emulator().teachable.users.length);
			expect(json).toHaveLength(emulator().teachable.users.length);
			expect(
				queries()
					.filter((query) => query.search_after)
					.every(({ page }) => page === '1'),
			).toBe(true);
		},
		60_000,
	);

	test('exactly 10,000 end there', async () => {
		emulator().teachable.seedStudents(guitar, 10_000 - emulator().teachable.users.length);
		expect((await runNode(node('user', 'getAll'))).json).toHaveLength(10_000);
	}, 60_000);

	test('a school with fewer is read by page numbers alone, a limit reads no more than it needs', async () => {
		emulator().teachable.seedStudents(guitar, 250);
		await runNode(node('user', 'getAll'));
		expect(queries().map(({ page, per, search_after: after }) => [page, per, after])).toEqual([
			['1', '100', undefined],
			['2', '100', undefined],
			['3', '100', undefined],
		]);
		emulator().requests.length = 0;
		expect((await runNode(node('user', 'getAll', { returnAll: false, limit: 7 }))).json).toHaveLength(7);
		expect(queries()).toEqual([{ page: '1', per: '7' }]);
	});

	test('the list can be continued behind a user', async () => {
		const emails = emulator().teachable.seedStudents(guitar, 250);
		const { id } = emulator().teachable.findUser(emails[99]!)!;
		const { json } = await runNode(node('user', 'getAll', { filters: { searchAfter: id } }));
		expect(json.map(({ email }) => email)).toEqual(emails.slice(100));
	});
});

describe('transactions beyond the 10,000th', () => {
	const SECOND = 1000;
	const first = Date.UTC(2021, 0, 1);
	/** Sells so often, at times of whole seconds; `at` says when, in seconds since the first one. */
	const sell = (count: number, at: (index: number) => number) => {
		const { transactions } = emulator().teachable;
		const [sample] = transactions;
		transactions.length = 0;
		for (let index = 0; index < count; index++) {
			const time = new Date(first + at(index) * SECOND).toISOString().replace('.000Z', 'Z');
			transactions.push({ ...sample!, id: index + 1, created_at: time, purchased_at: time });
		}
	};
	const list = async (parameters = {}) =>
		await runNode(node('transaction', 'getAll', { simplify: false, ...parameters }));
	const ids = ({ json }: Awaited<ReturnType<typeof list>>) => json.map(({ id }) => Number(id));
	const YEARS = 5 * 365 * 86_400;

	test.each<[string, (index: number) => number]>([
		['oldest first', (index) => index * 6000],
		['newest first', (index) => YEARS - index * 6000],
		['in no order', (index) => (index * 7919 * 997) % YEARS],
		['most of them on one day', (index) => (index % 10 === 0 ? index * 6000 : 40_000_000 + (index % 80_000))],
		['9,000 in one second', (index) => (index < 9000 ? 40_000_000 : index * 6000)],
	])(
		'are all listed, each once: %s',
		async (_name, at) => {
			sell(15_000, at);
			const outcome = await list();
			expect(outcome.error).toBeUndefined();
			expect(ids(outcome).sort((a, b) => a - b)).toEqual(Array.from({ length: 15_000 }, (_unused, index) => index + 1));
			// A page has a hundred; to find the parts costs little
			expect(emulator().requests.length).toBeLessThan(150 + 60);
		},
		60_000,
	);

	test('come in the order of Teachable, as far as it has one', async () => {
		sell(12_000, (index) => YEARS - index * 6000);
		const found = ids(await list());
		expect(found).toEqual([...found].sort((a, b) => a - b));
		expect(ids(await list({ returnAll: false, limit: 11_000 }))).toEqual(found.slice(0, 11_000));
	}, 60_000);

	test('within the times of the filters, and with the other filters', async () => {
		sell(25_000, (index) => index * 60);
		const filters = {
			paidAfter: new Date(first + 1000 * 60 * SECOND).toISOString(),
			paidBefore: new Date(first + 14_000 * 60 * SECOND).toISOString(),
		};
		const found = ids(await list({ filters: { ...filters, planId: chosen(4_411_201) } }));
		expect(found).toEqual(Array.from({ length: 13_000 }, (_unused, index) => index + 1002));
		expect(queries().every(({ pricing_plan_id: plan }) => plan === '4411201')).toBe(true);
	}, 60_000);

	test('a shorter list, or a Limit, is read by page numbers alone', async () => {
		sell(9_500, (index) => index);
		expect((await list()).json).toHaveLength(9_500);
		sell(20_000, (index) => index);
		expect((await list({ returnAll: false, limit: 9_400 })).json).toHaveLength(9_400);
		expect(queries().some(({ start, end }) => start || end)).toBe(false);
	}, 60_000);

	test('of one second are too many: an error, and no silent end', async () => {
		sell(12_000, () => 5000);
		const { error } = await list();
		expect(error?.message).toMatch(/more than 9500 records from the same second .* Narrow the list with filters/);
	}, 60_000);

	test('that no part shows are missed', async () => {
		sell(12_000, (index) => index * 6000);
		// Twenty have a time that no filter finds
		const body = {
			transactions: emulator().teachable.transactions.slice(0, 100),
			meta: { total: 12_020, page: 1, per_page: 100, number_of_pages: 121 },
		};
		emulator().fail({ path: '/v1/transactions', kind: 'status', status: 200, body });
		const { error } = await list();
		expect(error?.message).toMatch(/Teachable has 12020 records in this list and showed 12000 of them/);
	}, 60_000);

	test('by an API call as well', async () => {
		sell(12_000, (index) => index * 6000);
		for (const path of ['/transactions', 'transactions', '/v1/transactions']) {
			const { json, error } = await runNode(
				node('apiCall', 'send', { method: 'GET', path, query: {}, headers: {}, readPages: true }),
			);
			expect(error).toBeUndefined();
			expect(new Set(json.map(({ id }) => id)).size).toBe(12_000);
		}
	}, 60_000);
});

test('another list that ends where page numbers do is not taken for complete', async () => {
	const meta = (page: number) => ({ total: 12_345, page, per_page: 100, number_of_pages: 100 });
	for (let page = 1; page <= 100; page++)
		emulator().fail({
			path: '/v1/courses',
			kind: 'status',
			status: 200,
			body: {
				courses: Array.from({ length: 100 }, (_unused, index) => ({ id: page * 100 + index })),
				meta: meta(page),
			},
		});
	const { error, json } = await runNode(node('course', 'getAll'));
	expect(json).toEqual([]);
	expect(error?.message).toMatch(/shows no more than 10000 records of the list \/courses, and it may have more/);
});

describe('lists that Teachable pages in its own way', () => {
	test.each([
		['honored', 100],
		['honored', 20],
		['ignored', 100],
		['ignored', 20],
		['uncounted', 100],
		['uncounted', 20],
	] as const)('enrollments: paging %s, pages of %p', async (enrollmentPages, maxPer) => {
		Object.assign(emulator().teachable.switches, { enrollmentPages, maxPer });
		const emails = emulator().teachable.seedStudents(guitar, 230);
		const { json } = await runNode(node('course', 'getEnrollments', { courseId: chosen(guitar), addPeople: true }));
		expect(json.map(({ email }) => email)).toEqual(emails);
		expect(json[0]).toMatchObject({ course_id: guitar, name: 'Student 1', percent_complete: 0 });
	});

	test('who the students are costs the list of users or one request each, whichever is less', async () => {
		emulator().teachable.seedStudents(guitar, 1500);
		await runNode(node('course', 'getEnrollments', { courseId: chosen(masterclass), addPeople: true }));
		expect(emulator().requests).toHaveLength(2);
		emulator().requests.length = 0;
		await runNode(node('course', 'getEnrollments', { courseId: chosen(guitar), addPeople: true }));
		expect(emulator().requests).toHaveLength(15 + 16);
	}, 60_000);

	test.each([
		[5, { defaultPer: 20 }],
		[5, { defaultPer: 25, maxPer: 20 }],
	] as const)('more than %p pricing plans, whatever the default size', async (_size, switches) => {
		Object.assign(emulator().teachable.switches, switches);
		const [plan] = emulator().teachable.pricingPlans;
		for (let id = 1; id <= 40; id++) emulator().teachable.pricingPlans.push({ ...plan!, id });
		expect((await runNode(node('pricingPlan', 'getAll'))).json).toHaveLength(41);
	});
});

describe('filters', () => {
	test('dates are meant in the time zone of the workflow', async () => {
		const filters = {
			enrolledAfter: '2024-05-06T08:59:00',
			enrolledBefore: '2024-05-06T09:01:00',
			sortDirection: 'desc',
		};
		const run = async (timezone: string) =>
			await runNode({ ...node('course', 'getEnrollments', { courseId: chosen(masterclass), filters }), timezone });
		// The demo's students were enrolled at 12:00 UTC.
		expect((await run('America/Sao_Paulo')).json).toHaveLength(1);
		expect(queries()[0]).toMatchObject({
			enrolled_in_after: '2024-05-06T11:59:00.000Z',
			enrolled_in_before: '2024-05-06T12:01:00.000Z',
			sort_direction: 'desc',
		});
		const { json, run: outcome } = await run('UTC');
		expect(json).toEqual([]);
		expect(outcome.data.resultData.runData.Teachable![0]!.hints).toMatchObject([
			{
				message:
					'No enrollments match all filters (Enrolled After, Enrolled Before, Sort by Enrollment Date). Remove or widen one of them.',
			},
		]);
	});

	test('every one of a transaction is sent under its name', async () => {
		const filters = {
			affiliateId: '7',
			courseId: { __rl: true, mode: 'list', value: masterclass },
			isChargeback: false,
			isFullyRefunded: true,
			paidAfter: '2024-01-01T00:00:00',
			paidBefore: '',
			planId: chosen(4_411_201),
			userId: chosen('130706785'),
		};
		await runNode(node('transaction', 'getAll', { filters }));
		expect(queries()).toEqual([
			{
				affiliate_id: '7',
				course_id: String(masterclass),
				is_chargeback: 'false',
				is_fully_refunded: 'true',
				start: '2024-01-01T03:00:00.000Z',
				pricing_plan_id: '4411201',
				user_id: '130706785',
				page: '1',
				per: '100',
			},
		]);
	});

	test('the refunded payment alone, simplified or whole', async () => {
		const { json } = await runNode(node('transaction', 'getAll', { filters: { isFullyRefunded: true } }));
		expect(json).toMatchObject([{ amountRefunded: 29_900, currency: 'BRL', hasChargeback: false }]);
		const whole = await runNode(node('transaction', 'getAll', { simplify: false, filters: { isFullyRefunded: true } }));
		expect(Object.keys(whole.json[0]!).length).toBeGreaterThan(15);
	});

	test('what is no date is refused before anything is sent', async () => {
		const { error } = await runNode(
			node('webhook', 'getEvents', { webhookId: 1, filters: { createdAfter: 'tomorrow' } }),
		);
		expect(error?.message).toMatch(/"Created After" is not a date: tomorrow/);
		expect(queries()).toEqual([]);
	});
});

describe('searchable lists of the editor', () => {
	const find = async (method: string, filter?: string, parameters = {}, paginationToken?: string) =>
		await searchList({ ...node('course', 'get', parameters), method, filter, paginationToken });

	test('users by address, by a part of name or address, and page by page', async () => {
		emulator().teachable.seedStudents(guitar, 250);
		expect((await find('searchUsers', 'ROSA@students.example')).results).toMatchObject([
			{ name: 'Rosa Menezes · rosa@students.example' },
		]);
		expect((await find('searchUsers', 'student 243')).results).toMatchObject([
			{ name: 'Student 243 · student243@students.example' },
		]);
		const first = await find('searchUsers');
		const second = await find('searchUsers', undefined, {}, first.paginationToken as string);
		const third = await find('searchUsers', undefined, {}, second.paginationToken as string);
		expect([first, second, third].map(({ results }) => results.length)).toEqual([100, 100, 54]);
		expect(third.paginationToken).toBeUndefined();
	});

	test('plans and webhooks', async () => {
		const { id } = emulator().teachable.registerWebhook({ url: 'https://example.com/hook', events: ['Sale.created'] });
		expect((await find('searchPlans', 'one payment')).results).toEqual([
			{ name: 'Masterclass, one payment · 299 BRL', value: 4_411_201 },
		]);
		expect((await find('searchWebhooks', 'sale')).results).toEqual([
			{ name: 'Sale.created · https://example.com/hook · pending', value: id },
		]);
	});

	test('lectures in their order, then the videos and quizzes of one', async () => {
		const { results } = await find('searchLectures', '', { courseId: chosen(masterclass) });
		const lectures = emulator().teachable.courses.find(({ id }) => id === masterclass)!.sections[1]!.lectures;
		expect(results.map(({ value }) => value)).toEqual(lectures.map(({ id }) => id));
		expect(results[0]!.name).toBe('Lessons · Lecture 1');
		const beside = { courseId: chosen(masterclass), lectureId: chosen(lectures[1]!.id) };
		const [, video, quiz] = lectures[1]!.attachments;
		expect((await find('searchVideos', '', beside)).results).toEqual([
			{ name: 'Left hand · Attachment 2', value: video!.id },
		]);
		expect((await find('searchQuizzes', '', beside)).results).toEqual([
			{ name: 'Quiz of Left hand · Attachment 3', value: quiz!.id },
		]);
	});

	test('courses of equal names and those that are not published are told apart, and results have the name alone', async () => {
		const { courses } = emulator().teachable;
		const added = emulator().teachable.addCourse({ name: 'Guitar from Zero', lectures: [] });
		courses.find(({ id }) => id === added.id)!.isPublished = false;
		emulator().teachable.addCourse({ name: 'Draft · one', lectures: [] }).isPublished = false;
		emulator().teachable.addCourse({ name: 'Guitar Masterclass', lectures: [] });
		const { results } = await find('searchCourses');
		expect(results.map(({ name }) => name)).toEqual([
			'Guitar from Zero',
			'Songwriting Workshop',
			`Guitar Masterclass · ${masterclass}`,
			'Bass Basics · Not published',
			'Guitar from Zero · Not published',
			'Draft · one · Not published',
			expect.stringMatching(/^Guitar Masterclass · \d+$/),
		]);
		for (const [index, name] of [
			[2, 'Guitar Masterclass'],
			[5, 'Draft · one'],
		] as const) {
			const { name: cachedResultName, value } = results[index]!;
			const courseId = { __rl: true, mode: 'list', value, cachedResultName };
			const { json } = await runNode(
				node('enrollment', 'unenroll', { findBy: 'email', email: 'rosa@students.example', courseId }),
			);
			expect(json).toMatchObject([{ courseId: value, courseName: name }]);
		}
	});

	test.each([
		['searchCourses', {}, /school has no courses yet/],
		['searchPlans', {}, /have no pricing plans/],
		['searchWebhooks', {}, /school has no webhooks\. Add one/],
	])('a school with nothing to choose is told in a sentence: %s', async (method, parameters, words) => {
		const { courses, pricingPlans } = emulator().teachable;
		courses.length = 0;
		pricingPlans.length = 0;
		await expect(find(method, '', parameters)).rejects.toThrow(words);
		expect(await find(method, 'nothing like it', parameters)).toMatchObject({ results: [] });
	});

	test('a course without lectures, and a lecture without videos, say so', async () => {
		const { id: courseId } = emulator().teachable.addCourse({ name: 'Empty', lectures: [] });
		await expect(find('searchLectures', '', { courseId: chosen(courseId) })).rejects.toThrow(/course has no lectures/);
		const lecture = emulator().teachable.courses.find(({ id }) => id === masterclass)!.sections[1]!.lectures[0]!;
		lecture.attachments = [];
		const beside = { courseId: chosen(masterclass), lectureId: chosen(lecture.id) };
		await expect(find('searchVideos', '', beside)).rejects.toThrow(/lecture has no video/);
	});

	test.each(['searchCourses', 'searchUsers', 'searchLectures'])(
		'%s without a credential says what to choose',
		async (method) => {
			const options = { ...node('course', 'get', { courseId: chosen(masterclass) }), method };
			await expect(searchList({ ...options, withoutCredentials: true })).rejects.toThrow(
				/Choose a Teachable API credential first/,
			);
		},
	);

	test('a list that needs another field says which', async () => {
		await expect(find('searchLectures', '', { courseId: chosen('') })).rejects.toThrow(/Choose a Course first/);
		await expect(
			find('searchVideos', '', { courseId: chosen(1), lectureId: chosen('={{ $json.id }}') }),
		).rejects.toThrow(/The Lecture is an expression/);
	});
});
