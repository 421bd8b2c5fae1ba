import { sleep, type IDataObject } from 'n8n-workflow';

import { DEMO } from '../emulator/seed';
import { runNode, type OneNode } from './n8n';
import { demoCredentials, useEmulator } from './setup';

const emulator = useEmulator({ teachable: { rateLimitPerMinute: 1_000_000 } });

const { guitar, songwriting, masterclass } = DEMO.courses;
const chosen = (value: unknown) => ({ __rl: true, mode: 'id', value });

const set = async (
	input: IDataObject[],
	{ options, ...parameters }: IDataObject = {},
	extra: Partial<OneNode> & { signal?: AbortSignal } = {},
) =>
	await runNode({
		node: 'teachable',
		parameters: {
			resource: 'enrollment',
			operation: 'setStudents',
			email: '={{ $json.email }}',
			courseId: chosen(guitar),
			dryRun: false,
			options: { includeSummary: true, ...(options as IDataObject) },
			...parameters,
		} as OneNode['parameters'],
		credentials: demoCredentials(emulator()),
		...extra,
		input,
	});
const people = (emails: string[]) => emails.map((email) => ({ email }));
const students = () => emulator().teachable.enrolledEmails(guitar);
const writes = () => emulator().requests.filter(({ method }) => method !== 'GET').length;
const of = (json: IDataObject[], type: string) => json.filter((item) => item.type === type);
const withStatus = (json: IDataObject[], status: string) => json.filter((item) => item.status === status);
const hintsOf = ({ run }: Awaited<ReturnType<typeof runNode>>) =>
	(run.data.resultData.runData.Teachable![0]!.hints ?? []).map(({ message }) => message);
/** A course with so many students; requests are counted from here. */
const fill = (count: number) => {
	const emails = emulator().teachable.seedStudents(guitar, count);
	emulator().requests.length = 0;
	return emails;
};

describe('Set Students', () => {
	test('is a dry run by default, which tells all and changes nothing', async () => {
		const emails = fill(30);
		const input = people([...emails.slice(2), 'new@example.com']);
		const { json, run } = await set(input, { dryRun: undefined });
		const ofChange = { change: null, status: null, userId: null, email: null, name: null, created: null, reason: null };
		expect(json[0]).toEqual({
			...ofChange,
			type: 'summary',
			courseId: guitar,
			courseName: 'Guitar from Zero',
			dryRun: true,
			wanted: 29,
			enrolled: 30,
			enroll: 1,
			unenroll: 2,
			held: 0,
			done: 0,
			failed: 0,
			kept: [],
			skipped: 0,
			duplicates: 0,
			removalLimit: 3,
			removalsRefused: null,
		});
		expect(of(json, 'change').map(({ change, status, email }) => [change, status, email])).toEqual(
			expect.arrayContaining([
				['unenroll', 'planned', emails[0]],
				['unenroll', 'planned', emails[1]],
				['enroll', 'planned', 'new@example.com'],
			]),
		);
		expect(json).toHaveLength(4);
		expect(writes()).toBe(0);
		expect(students()).toEqual([...emails].sort());
		const { hints } = run.data.resultData.runData.Teachable![0]!;
		expect(hints).toMatchObject([
			{
				message: expect.stringMatching(
					/Guitar from Zero: This was a dry run. Turn it off to get: 1 enrolled, 2 unenrolled/,
				),
			},
		]);
	});

	test('makes it so, with one item a change that belongs to its input item, and a second run has nothing to do', async () => {
		const emails = fill(30);
		const input = people([...emails.slice(2), 'New@Example.com', ' new@example.com', emails[5]!.toUpperCase()]);
		const { json, items } = await set(input, { name: 'Ana', options: { src: 'hotmart' } });
		expect(json[0]).toMatchObject({ enroll: 1, unenroll: 2, done: 3, failed: 0, duplicates: 2, wanted: 29 });
		expect(
			items
				.map(({ json: { change, status, email }, pairedItem }) => [
					change,
					status,
					email,
					(pairedItem as { item: number }).item,
				])
				.slice(1),
		).toEqual([
			['unenroll', 'done', emails[0], 0],
			['unenroll', 'done', emails[1], 0],
			['enroll', 'done', 'New@Example.com', 28],
		]);
		expect(students()).toEqual([...emails.slice(2), 'New@Example.com'].sort());
		expect(emulator().teachable.findUser('new@example.com')).toMatchObject({ name: 'Ana', src: 'hotmart' });
		emulator().requests.length = 0;
		const again = await set(input);
		expect(again.json).toEqual([expect.objectContaining({ type: 'summary', enroll: 0, unenroll: 0, done: 0 })]);
		expect(writes()).toBe(0);
	});

	test('costs a page of enrollments and of users each, and two calls a change', async () => {
		const emails = fill(300);
		emulator().teachable.addUser({ email: 'known@example.com' });
		await set(people([...emails.slice(3), 'known@example.com', 'new@example.com']));
		// 3 pages of enrollments; 4 of users (305 with the demo's); 3 removals and one enrollment of a known user are read first.
		expect(emulator().requests).toHaveLength(3 + 4 + 2 * 3 + 2 + 2);
	});

	test('without changes costs each page of enrollments and of users once, however often it runs', async () => {
		const emails = fill(450);
		for (let run = 0; run < 2; run++) {
			emulator().requests.length = 0;
			const { json } = await set(people(emails));
			expect(json).toEqual([expect.objectContaining({ type: 'summary', wanted: 450, enroll: 0, unenroll: 0 })]);
			// 450 students in pages of 100; 452 users with the demo's, in pages of 100, which alone have the addresses.
			expect(
				emulator()
					.requests.map(({ path }) => path.replace(/\d{4,}/, '#'))
					.sort(),
			).toEqual([...Array(5).fill('/v1/courses/#/enrollments'), ...Array(5).fill('/v1/users')]);
		}
	});

	test('searches for single addresses where the list of users is longer than the input', async () => {
		emulator().teachable.seedStudents(songwriting, 1000);
		const emails = fill(3);
		await set(people(emails));
		expect(emulator().requests.map(({ path, query }) => [path, 'email' in query])).toEqual([
			['/v1/users', false],
			[`/v1/courses/${guitar}/enrollments`, false],
			['/v1/users', true],
			['/v1/users', true],
			['/v1/users', true],
		]);
	});

	test('takes user IDs, which cost no lookup', async () => {
		const emails = fill(20);
		const ids = emails.map((email) => emulator().teachable.findUser(email)!.id);
		const { json } = await set(
			ids.slice(1).map((id) => ({ id })),
			{ findBy: 'id', userId: chosen('={{ $json.id }}') },
		);
		expect(json[0]).toMatchObject({ enroll: 0, unenroll: 1, done: 1 });
		expect(students()).toEqual(emails.slice(1).sort());
		expect(emulator().requests.map(({ path }) => path.replace(/\d{4,}/, '#'))).toEqual([
			'/v1/courses/#/enrollments',
			'/v1/users/#',
			'/v1/unenroll',
		]);
	});
});

describe('what keeps Set Students from emptying a school', () => {
	test('more removals than the limit: nobody is removed, who is missing comes in, and the summary says so', async () => {
		const emails = fill(50);
		const { json, run } = await set(people([...emails.slice(6), 'new@example.com']));
		expect(json[0]).toMatchObject({
			removalLimit: 5,
			unenroll: 6,
			enroll: 1,
			done: 1,
			removalsRefused: expect.stringMatching(/6 of 50 students would be removed .* The limit of 10% allows 5/),
		});
		expect(of(json, 'change').filter(({ status }) => status === 'refused')).toHaveLength(6);
		expect(students()).toEqual([...emails, 'new@example.com'].sort());
		expect(run.data.resultData.runData.Teachable![0]!.hints).toMatchObject([
			{ message: expect.stringMatching(/The limit of 10% allows 5, so nobody was/) },
		]);
		expect((await set(people(emails.slice(6)), { removalLimit: 14 })).json[0]).toMatchObject({
			done: 7,
			removalsRefused: null,
		});
		expect(students()).toEqual(emails.slice(6).sort());
	});

	test('or nothing at all is changed, and the run fails, where the user wants that', async () => {
		const emails = fill(50);
		const { error } = await set(people([...emails.slice(6), 'new@example.com']), { options: { ifRefused: 'error' } });
		expect(error?.message).toMatch(
			/Guitar from Zero: 6 of 50 students would be removed .*The limit of 10% allows 5, so nothing was changed/,
		);
		expect(writes()).toBe(0);
	});

	test('an upstream that has lost almost everyone costs a handful of requests', async () => {
		const emails = fill(500);
		const { json } = await set(people(emails.slice(0, 2)));
		expect(json[0]).toMatchObject({ unenroll: 498, done: 0, removalLimit: 50 });
		expect(students()).toHaveLength(500);
		expect(emulator().requests.length).toBeLessThan(70);
	});

	test.each([[[{}]], [[{ email: '' }]], [[{ email: 'not an address' }, { email: null }]]])(
		'nobody is removed for the input %j, whatever the limit',
		async (input) => {
			fill(5);
			const { json, error } = await set(input as IDataObject[], { removalLimit: 100 });
			expect(error).toBeUndefined();
			expect(of(json, 'summary')).toMatchObject([
				{ wanted: 0, unenroll: 5, removalsRefused: expect.any(String), skipped: input.length },
			]);
			expect(withStatus(json, 'skipped')).toHaveLength(input.length);
			expect(students()).toHaveLength(5);
			expect(writes()).toBe(0);
		},
	);

	test('one item that cannot be read keeps everyone in, and is told', async () => {
		const emails = fill(20);
		const { json, items } = await set(people([...emails.slice(2), 'student2(at)students.example']), {
			removalLimit: 100,
		});
		expect(json[0]).toMatchObject({
			skipped: 1,
			done: 0,
			removalsRefused: expect.stringMatching(/1 item of the input could not be matched/),
		});
		const skipped = items.find((item) => item.json.status === 'skipped')!;
		expect(skipped).toMatchObject({
			json: { reason: expect.stringMatching(/not an e-mail address/) },
			pairedItem: { item: 18 },
		});
		expect(students()).toHaveLength(20);
	});

	test('a user ID that the school does not know keeps everyone in', async () => {
		const emails = fill(20);
		const ids = [...emails.slice(2).map((email) => emulator().teachable.findUser(email)!.id), 42];
		const { json } = await set(
			ids.map((id) => ({ id })),
			{ findBy: 'id', userId: chosen('={{ $json.id }}'), removalLimit: 100 },
		);
		expect(json[0]).toMatchObject({ skipped: 1, removalsRefused: expect.any(String) });
		expect(students()).toHaveLength(20);
	});

	test('staff is neither removed nor enrolled', async () => {
		const emails = fill(20);
		emulator().teachable.addEnrollment({ email: 'helena@guitarfromzero.example', courseId: guitar });
		const { json } = await set(people([...emails, 'caio@guitarfromzero.example']), { removalLimit: 100 });
		expect(json).toHaveLength(1);
		expect(json[0]).toMatchObject({ enroll: 0, unenroll: 0, done: 0 });
		expect((json[0]!.kept as IDataObject[]).map(({ email, reason }) => [email, reason])).toEqual([
			['caio@guitarfromzero.example', 'staff'],
			['helena@guitarfromzero.example', 'staff'],
		]);
		expect(writes()).toBe(0);
	});

	test('an affiliate is a student like any other', async () => {
		const emails = fill(20);
		for (const email of [emails[0]!, 'sells@example.com', 'bought@example.com'])
			Object.assign(emulator().teachable.findUser(email) ?? emulator().teachable.addUser({ email }), {
				role: 'affiliate',
			});
		emulator().teachable.addEnrollment({ email: 'sells@example.com', courseId: guitar });
		const { json } = await set(people([...emails, 'bought@example.com']), { removalLimit: 100 });
		expect(json[0]).toMatchObject({ enroll: 1, unenroll: 1, done: 2, kept: [] });
		expect(students()).toEqual([...emails, 'bought@example.com'].sort());
	});

	test('people on the keep list are left alone, by address or by ID, in or out', async () => {
		const emails = fill(20);
		const { id } = emulator().teachable.findUser(emails[1]!)!;
		const keep = `${emails[0]!.toUpperCase()}, ${id}\nguest@example.com`;
		const { json } = await set(people([...emails.slice(3), 'guest@example.com']), {
			removalLimit: 100,
			options: { keep },
		});
		expect(json[0]).toMatchObject({
			enroll: 0,
			unenroll: 1,
			done: 1,
			kept: [{ reason: 'keepList' }, { reason: 'keepList' }, { reason: 'keepList' }],
		});
		expect(students()).toEqual([emails[0], emails[1], ...emails.slice(3)].sort());
		const wrong = await set(people(emails), { options: { keep: 'guest@example.com, Guest' } });
		expect(wrong.error?.message).toMatch(/"Keep" has an entry that is no e-mail address and no user ID: guest/);
	});

	test('people who are never removed come in as the input says and do not go out, by address or by ID', async () => {
		const emails = fill(20);
		const { id } = emulator().teachable.findUser(emails[1]!)!;
		const neverRemove = `${emails[0]!.toUpperCase()}, ${id}\nbuyer@example.com`;
		const { json } = await set(people([...emails.slice(3), 'buyer@example.com']), {
			removalLimit: 100,
			options: { neverRemove },
		});
		expect(json[0]).toMatchObject({
			enroll: 1,
			unenroll: 1,
			done: 2,
			kept: [{ reason: 'neverRemove' }, { reason: 'neverRemove' }],
		});
		expect(students()).toEqual([emails[0], emails[1], ...emails.slice(3), 'buyer@example.com'].sort());
	});

	test('people who are never removed do not count where removals are refused', async () => {
		const emails = fill(20);
		const { json } = await set(people(emails.slice(10)), { options: { neverRemove: emails.slice(0, 9) } });
		expect(json[0]).toMatchObject({ unenroll: 1, done: 1, removalsRefused: null });
		expect(students()).toEqual([...emails.slice(0, 9), ...emails.slice(10)].sort());
		const nobody = await set([], { options: { neverRemove: emails.slice(0, 9) } });
		expect(nobody.json).toEqual([]);
		const wrong = await set(people(emails), { options: { neverRemove: 'Guest' } });
		expect(wrong.error?.message).toMatch(/"Never Remove" has an entry that is no e-mail address and no user ID: guest/);
	});

	test('who was enrolled a moment ago can be kept', async () => {
		const emails = fill(20);
		emulator().teachable.addEnrollment({ email: 'buyer@example.com', courseId: guitar });
		const { json } = await set(people(emails), { options: { keepMinutes: 60 } });
		expect(json[0]).toMatchObject({ unenroll: 0, kept: [{ email: 'buyer@example.com', reason: 'recent' }] });
		expect((await set(people(emails))).json[0]).toMatchObject({ unenroll: 1, done: 1 });
	});

	test('a student whom the list of users does not show yet is not mistaken for a stranger', async () => {
		emulator().teachable.switches.searchLagSeconds = 3600;
		emulator().teachable.addEnrollment({ email: 'Fresh@example.com', courseId: guitar });
		const emails = fill(20);
		const { json } = await set(people([...emails, 'fresh@example.com']), { removalLimit: 100 });
		expect(json).toEqual([expect.objectContaining({ type: 'summary', enroll: 0, unenroll: 0 })]);
		expect(writes()).toBe(0);
	});

	test('a list that says nothing is not an empty course, and an error on the way is no permission', async () => {
		const emails = fill(20);
		for (const kind of ['empty', 'html'] as const) {
			emulator().fail({ path: /enrollments/, kind, times: 9 });
			expect((await set(people(emails.slice(1)))).error).toBeDefined();
			expect(writes()).toBe(0);
			emulator().reset();
			fill(20);
		}
	});
});

describe('a wrong input, night after night', () => {
	const others = (count: number) => Array.from({ length: count }, (_unused, index) => `other${index}@example.com`);

	test.each([
		['of 600 people', 50, 600, 10, ''],
		['of 600 people, with an item that cannot be read', 50, 600, 10, 'no address'],
		['of 40 people at a limit of a third', 12, 40, 33, ''],
		['at a limit of 1 %', 3, 250, 1, ''],
	])('%s removes nobody', async (_name, students0, count, removalLimit, broken) => {
		const emails = fill(students0);
		for (let night = 1; night <= 3; night++) {
			const unreadable = night === 1 && broken ? [broken] : [];
			const { json, error } = await set(people([...others(count), ...unreadable]), { removalLimit });
			expect(error).toBeUndefined();
			expect(json[0]).toMatchObject({ unenroll: students0, removalsRefused: expect.any(String) });
			expect(students()).toEqual(expect.arrayContaining(emails));
			expect(emulator().count({ path: '/v1/unenroll' })).toBe(0);
		}
		// Who may not come in is told
		const { json } = await set(people(others(count)), { removalLimit });
		expect(withStatus(json, 'refused').filter(({ change }) => change === 'enroll').length).toBeGreaterThan(0);
		expect(json[0]!.held).toBe(withStatus(json, 'refused').filter(({ change }) => change === 'enroll').length);
	});

	test('lets new students in as long as the limit stays what it is', async () => {
		const emails = fill(8);
		const { json } = await set(people([...emails.slice(2), ...others(15)]));
		expect(json[0]).toMatchObject({ unenroll: 2, enroll: 11, held: 4, done: 11, removalLimit: 1 });
		expect(students()).toHaveLength(19);
		// The list was right: the owner raises the limit, and all come and go
		expect((await set(people([...emails.slice(2), ...others(15)]), { removalLimit: 20 })).json[0]).toMatchObject({
			removalsRefused: null,
			done: 6,
		});
		expect(students()).toHaveLength(21);
	});
});

describe('an address that the school does not know, with Create Users off', () => {
	const options = { createUsers: false };

	test('keeps everyone in, as it may be a student under another address', async () => {
		const emails = fill(20);
		const { json, ...outcome } = await set(people([...emails.slice(1), 'unknown@example.com']), {
			removalLimit: 100,
			options,
		});
		expect(json[0]).toMatchObject({ enroll: 0, unenroll: 1, skipped: 1, done: 0 });
		expect(hintsOf({ json, ...outcome })).toEqual([
			expect.stringMatching(/1 of 20 students would be removed \(Student 1 <student1@students.example>\)\. 1 item/),
		]);
		expect(withStatus(json, 'skipped')).toMatchObject([
			{ email: 'unknown@example.com', reason: expect.stringMatching(/no user with this address/) },
		]);
		expect(students()).toHaveLength(20);
		expect(writes()).toBe(0);
	});

	test('does not, when it is on the keep list or stored in another spelling', async () => {
		emulator().teachable.switches.emailFilter = 'exact';
		const emails = fill(20);
		emulator().teachable.addEnrollment({ email: 'Bia@Example.com', courseId: guitar });
		const { json } = await set(people([...emails.slice(1), 'guest@example.com', 'bia@example.com']), {
			removalLimit: 100,
			options: { ...options, keep: 'guest@example.com' },
		});
		expect(json[0]).toMatchObject({ enroll: 0, unenroll: 1, skipped: 0, done: 1, removalsRefused: null });
		expect(students()).toEqual(['Bia@Example.com', ...emails.slice(1)].sort());
	});
});

describe('what Set Students says', () => {
	test('is one kind of item, with the same columns, and the numbers as a hint', async () => {
		const emails = fill(20);
		const outcome = await set(people([...emails.slice(1), 'new@example.com', 'no address']), {
			options: { includeSummary: false, keep: emails[0] },
		});
		expect(outcome.json.map(({ status, change }) => [status, change])).toEqual([
			['done', 'enroll'],
			['skipped', 'enroll'],
		]);
		for (const item of outcome.json)
			expect(Object.keys(item)).toEqual([
				'type',
				'change',
				'status',
				'userId',
				'email',
				'name',
				'courseId',
				'courseName',
				'created',
				'reason',
			]);
		const [hint] = hintsOf(outcome);
		expect(hint).toMatch(/: 1 enrolled, 0 unenrolled, 1 left alone\.$/);
		const [nothing] = hintsOf(
			await set(people([...emails, 'new@example.com']), { options: { includeSummary: false } }),
		);
		expect(nothing).toMatch(/: 0 enrolled, 0 unenrolled\.$/);
	});

	test('names people also when it refuses', async () => {
		const emails = fill(7);
		const { json, ...outcome } = await set(people(emails.slice(0, 1)));
		expect(hintsOf({ json, ...outcome })).toEqual([
			expect.stringMatching(
				/6 of 7 students would be removed \(Student 2 .* and 3 more\)\. The limit of 10% allows 1, so nobody was\./,
			),
		]);
		expect(
			withStatus(json, 'refused')
				.map(({ email }) => email)
				.sort(),
		).toEqual(emails.slice(1).sort());
	});

	test('gives each new user the name of the own item', async () => {
		await set(
			[
				{ email: 'a@example.com', name: 'Ana' },
				{ email: 'b@example.com', name: 'Bia' },
			],
			{
				name: '={{ $json.name }}',
			},
		);
		expect(['a@example.com', 'b@example.com'].map((email) => emulator().teachable.findUser(email)!.name)).toEqual([
			'Ana',
			'Bia',
		]);
	});
});

describe('a run that is cut short', () => {
	const changed = () => {
		const emails = fill(100);
		return people([...emails.slice(8), ...Array.from({ length: 6 }, (_unused, index) => `new${index}@example.com`)]);
	};

	test.each([1, 5, 9, 13, 18, 22, 27])(
		'after %p requests can be repeated, and ends as it would have',
		async (count) => {
			const input = changed();
			const stop = new AbortController();
			const running = set(input, {}, { signal: stop.signal });
			while (emulator().requests.length < count) await sleep(1);
			stop.abort();
			await running;
			const { json, error } = await set(input);
			expect(error).toBeUndefined();
			expect(json[0]).toMatchObject({ failed: 0, removalsRefused: null });
			expect(students()).toEqual(input.map(({ email }) => email).sort());
		},
	);

	test('an answer that everyone would get ends the run at once, and says so', async () => {
		const input = changed();
		for (const path of ['/v1/enroll', '/v1/unenroll']) {
			emulator().requests.length = 0;
			emulator().fail({ path, kind: 'status', status: 403, body: { message: 'The key was limited' } });
			const { error } = await set(input);
			expect(error?.message).toMatch(/The key was limited/);
			expect(emulator().count({ path })).toBe(1);
		}
		expect((await set(input)).json[0]).toMatchObject({ enroll: 0, unenroll: 8, done: 8 });
	});

	test('a person whom Teachable refuses fails alone', async () => {
		const emails = fill(20);
		emulator().fail({
			path: '/v1/enroll',
			kind: 'status',
			status: 422,
			times: 1,
			body: { message: 'Student limit reached' },
		});
		const { json, failed } = await set(
			people([...emails.slice(1), 'a@example.com', 'b@example.com']),
			{},
			{ onError: 'continueErrorOutput' },
		);
		expect(json[0]).toMatchObject({ failed: 1, done: 2 });
		expect(failed).toMatchObject([
			{ pairedItem: { item: 19 }, json: { error: expect.stringMatching(/Student limit reached/) } },
		]);
		expect(students()).toEqual([...emails.slice(1), 'b@example.com'].sort());
	});
});

describe('several courses in one run', () => {
	const rows = [
		{ value: 'monthly', course: chosen([guitar, songwriting]) },
		{ value: 'annual', course: chosen(songwriting) },
		{ value: 'lifetime', course: chosen(masterclass) },
	];
	const mapped = { courseFrom: 'table', tableValue: '={{ $json.plan }}', table: { rows }, removalLimit: 100 };

	test('each gets the people of its values; one that nobody leads to loses nobody', async () => {
		emulator().teachable.addEnrollment({ email: 'old@example.com', courseId: guitar });
		const input = [
			{ email: 'ana@example.com', plan: 'monthly' },
			{ email: 'bia@example.com', plan: 'annual' },
			{ email: 'ana@example.com', plan: 'annual' },
		];
		const { json } = await set(input, mapped);
		expect(of(json, 'summary')).toMatchObject([
			{ courseId: guitar, wanted: 1, enroll: 1, unenroll: 1, done: 2 },
			{ courseId: songwriting, wanted: 2, enroll: 2, done: 2, duplicates: 1 },
			{
				courseId: masterclass,
				wanted: 0,
				unenroll: 1,
				done: 0,
				removalsRefused: expect.stringMatching(/input has nobody/),
			},
		]);
		expect(students()).toEqual(['ana@example.com']);
		expect(emulator().teachable.enrolledEmails(songwriting)).toEqual(['ana@example.com', 'bia@example.com']);
		expect(emulator().teachable.enrolledEmails(masterclass)).toEqual(['rosa@students.example']);
		expect(emulator().count({ method: 'POST', path: '/v1/users' })).toBe(2);
	});

	test('twenty courses without changes cost each page of their enrollments, and of the users once for all', async () => {
		const { teachable } = emulator();
		const courses = Array.from({ length: 20 }, (_unused, index) => teachable.addCourse({ name: `Course ${index}` }));
		const input = courses.flatMap(({ id }) => {
			const emails = teachable.seedStudents(id, 130);
			return emails.map((email) => ({ email, plan: String(id) }));
		});
		const table = { rows: courses.map(({ id }) => ({ value: String(id), course: chosen(id) })) };
		emulator().requests.length = 0;
		const { json } = await set(input, { ...mapped, table });
		expect(json).toHaveLength(20);
		expect(json.every(({ wanted, enroll, unenroll }) => wanted === 130 && enroll === 0 && unenroll === 0)).toBe(true);
		// Teachable serves 100 records a page at most, and only the list of users has addresses.
		const pages = (count: number) => Math.ceil(count / 100);
		const paths = emulator().requests.map(({ path }) => path);
		expect(paths.filter((path) => path === '/v1/users')).toHaveLength(pages(teachable.users.length));
		expect(paths.filter((path) => path.endsWith('/enrollments'))).toHaveLength(20 * pages(130));
		expect(paths).toHaveLength(pages(teachable.users.length) + 20 * pages(130));
	});

	test('an item whose course is not known keeps everyone in, everywhere', async () => {
		emulator().teachable.addEnrollment({ email: 'old@example.com', courseId: guitar });
		const input = [
			{ email: 'ana@example.com', plan: 'monthly' },
			{ email: 'bia@example.com', plan: 'unknown' },
		];
		const { json, failed } = await set(input, mapped, { onError: 'continueErrorOutput' });
		expect(of(json, 'summary')).toMatchObject([
			{ courseId: guitar, removalsRefused: expect.any(String) },
			{ courseId: songwriting },
		]);
		expect(failed).toMatchObject([{ pairedItem: { item: 1 } }]);
		expect(students()).toEqual(['ana@example.com', 'old@example.com']);
		// A value that is empty is a mistake on the way, unlike one that has no row
		const empty = await set(
			[input[0]!, { email: 'bia@example.com', plan: null }],
			{ ...mapped, ifNoRow: 'skip' },
			{ onError: 'continueErrorOutput' },
		);
		expect(empty.failed).toMatchObject([{ pairedItem: { item: 1 } }]);
		expect(students()).toEqual(['ana@example.com', 'old@example.com']);
		const { json: skipping } = await set(input, { ...mapped, ifNoRow: 'skip' });
		expect(withStatus(skipping, 'skipped')).toMatchObject([
			{ email: 'bia@example.com', reason: expect.stringMatching(/No row of the table/) },
		]);
		expect(students()).toEqual(['ana@example.com']);
	});
});

describe('whatever Teachable does where its documentation is silent', () => {
	const switches = {
		enrollTwice: [204, 422],
		unenrollAbsent: [204, 404],
		createExisting: [201, 200, 400],
		emailFilter: ['caseInsensitive', 'exact', 'substring'],
		userBody: ['flat', 'wrapped'],
		maxPer: [100, 20],
		enrollmentPages: ['honored', 'ignored', 'uncounted'],
		rateHeaders: ['all', 'only429'],
		errorMessage: ['string', 'list'],
	};
	const cases = Object.entries(switches).flatMap(([name, values]) => values.map((value) => [name, value] as const));

	test.each(cases)('%s = %p: the students are those of the input', async (name, value) => {
		Object.assign(emulator().teachable.switches, { [name]: value });
		const emails = fill(130);
		const input = people([...emails.slice(5), 'New@example.com', 'rosa@students.example', 'ivo@students.example']);
		const { json, error } = await set(input);
		expect(error).toBeUndefined();
		expect(json[0]).toMatchObject({ enrolled: 130, enroll: 3, unenroll: 5, done: 8, failed: 0 });
		expect(students()).toEqual(input.map(({ email }) => email).sort());
		expect((await set(input)).json).toHaveLength(1);
	});
});
