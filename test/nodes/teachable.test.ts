import { DEMO } from '../emulator/seed';
import { demoCredentials, useEmulator } from './setup';
import { runNode, searchList, type OneNode } from './n8n';

const emulator = useEmulator({ teachable: { rateLimitPerMinute: 1000 } });

const { guitar } = DEMO.courses;

const enrollment = (operation: 'enroll' | 'unenroll', extra = {}, changes = {}): OneNode => ({
	node: 'teachable',
	parameters: {
		resource: 'enrollment',
		operation,
		email: '={{ $json.email }}',
		courseId: { __rl: true, mode: 'id', value: guitar },
		...extra,
	},
	credentials: demoCredentials(emulator(), changes),
});

const calls = () => emulator().requests.map(({ method, path }) => `${method} ${path}`);

describe('Enroll', () => {
	test('creates a user who is not there, enrolls and says so', async () => {
		const { json, items } = await runNode({
			...enrollment('enroll', { name: 'Ana Souza', options: { src: 'hotmart' } }),
			input: [{ email: ' Ana+1@Example.com ' }],
		});
		const user = emulator().teachable.findUser('ana+1@example.com');
		expect(user).toMatchObject({ name: 'Ana Souza', src: 'hotmart' });
		expect(json).toEqual([
			{
				userId: user!.id,
				email: 'Ana+1@Example.com',
				name: 'Ana Souza',
				courseId: guitar,
				courseName: null,
				enrolled: true,
				alreadyEnrolled: false,
				created: true,
				skipped: false,
			},
		]);
		expect(items[0]!.pairedItem).toEqual({ item: 0 });
		expect(emulator().teachable.isEnrolled('ana+1@example.com', guitar)).toBe(true);
	});

	test('finds a user whatever the case of the address and reports an enrollment that exists', async () => {
		const first = await runNode({ ...enrollment('enroll'), input: [{ email: 'ana@example.com' }] });
		const second = await runNode({ ...enrollment('enroll'), input: [{ email: 'ANA@EXAMPLE.COM' }] });
		expect(second.json).toEqual([
			{
				...first.json[0],
				courseName: 'Guitar from Zero',
				created: false,
				alreadyEnrolled: true,
				email: 'ana@example.com',
			},
		]);
		expect(emulator().count({ method: 'POST', path: '/v1/users' })).toBe(1);
	});

	test('counts a past enrollment as none', async () => {
		await runNode({ ...enrollment('enroll'), input: [{ email: 'ana@example.com' }] });
		await runNode({ ...enrollment('unenroll'), input: [{ email: 'ana@example.com' }] });
		const { json } = await runNode({ ...enrollment('enroll'), input: [{ email: 'ana@example.com' }] });
		expect(json[0]).toMatchObject({ created: false, alreadyEnrolled: false });
		expect(emulator().teachable.isEnrolled('ana@example.com', guitar)).toBe(true);
	});

	test.each(['', 'not an address', null, 42])(
		'refuses %p as an e-mail address before anything is sent',
		async (email) => {
			const { error } = await runNode({ ...enrollment('enroll'), input: [{ email }] });
			expect(error?.message).toMatch(/The field "Email" is/);
			expect(calls()).toEqual([]);
		},
	);

	test('names the item and the remedy when the course is not known, and keeps the other items', async () => {
		const node = enrollment('enroll', { courseId: { __rl: true, mode: 'id', value: '={{ $json.course }}' } });
		const { json, failed } = await runNode({
			...node,
			onError: 'continueErrorOutput',
			input: [
				{ email: 'a@example.com', course: guitar },
				{ email: 'b@example.com', course: 999 },
				{ email: 'c@example.com', course: 'x' },
				{ email: 'd@example.com', course: String(guitar) },
			],
		});
		expect(json.map(({ email }) => email)).toEqual(['a@example.com', 'd@example.com']);
		expect(failed.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 1 }, { item: 2 }]);
		expect(failed[0]!.json.error).toMatch(/HTTP 404.*\/enroll/);
		expect(failed[1]!.json.error).toMatch(/The field "Course" is not an ID: x/);
	});
});

describe('Unenroll', () => {
	test('never creates a user and succeeds when there is nothing to do', async () => {
		const { json } = await runNode({ ...enrollment('unenroll'), input: [{ email: 'nobody@example.com' }] });
		expect(json).toEqual([
			{
				userId: null,
				email: 'nobody@example.com',
				name: null,
				courseId: guitar,
				courseName: null,
				unenrolled: true,
				alreadyUnenrolled: true,
				notFound: true,
				skipped: false,
			},
		]);
		expect(emulator().count({ method: 'POST' })).toBe(0);
	});

	test('ends an enrollment and says whether there was one', async () => {
		await runNode({ ...enrollment('enroll'), input: [{ email: 'ana@example.com' }] });
		const first = await runNode({ ...enrollment('unenroll'), input: [{ email: 'Ana@example.com' }] });
		const second = await runNode({ ...enrollment('unenroll'), input: [{ email: 'Ana@example.com' }] });
		expect(first.json[0]).toMatchObject({ unenrolled: true, alreadyUnenrolled: false, notFound: false });
		expect(second.json[0]).toMatchObject({ unenrolled: true, alreadyUnenrolled: true, notFound: false });
		expect(emulator().teachable.isEnrolled('ana@example.com', guitar)).toBe(false);
	});
});

describe('whatever Teachable does where its documentation is silent', () => {
	const { enrollTwice, unenrollAbsent, createExisting, emailFilter, userBody } = {
		enrollTwice: [204, 422],
		unenrollAbsent: [204, 404],
		createExisting: [201, 200, 400],
		emailFilter: ['caseInsensitive', 'exact', 'substring'],
		userBody: ['flat', 'wrapped'],
	} as const;

	const combinations = enrollTwice.flatMap((again) =>
		unenrollAbsent.flatMap((absent) =>
			createExisting.flatMap((existing) =>
				emailFilter.flatMap((filter) =>
					userBody.map((body) => ({
						enrollTwice: again,
						unenrollAbsent: absent,
						createExisting: existing,
						emailFilter: filter,
						userBody: body,
					})),
				),
			),
		),
	);

	test('in and out, twice each, end in the right state and are told rightly', async () => {
		const run = async (operation: 'enroll' | 'unenroll', email: string) =>
			(await runNode({ ...enrollment(operation), input: [{ email }] })).json[0];
		for (const [index, switches] of combinations.entries()) {
			Object.assign(emulator().teachable.switches, { rateLimitPerMinute: 100_000, ...switches });
			const email = `student${index}@example.com`;
			// A longer address that contains this one, which a loose filter finds as well.
			emulator().teachable.addUser({ email: `x${email}` });
			expect([switches, await run('unenroll', email)]).toMatchObject([switches, { notFound: true }]);
			expect(await run('enroll', email)).toMatchObject({ created: true, alreadyEnrolled: false });
			expect(await run('enroll', email.toUpperCase())).toMatchObject({ created: false, alreadyEnrolled: true });
			expect(await run('unenroll', email)).toMatchObject({ alreadyUnenrolled: false, notFound: false });
			expect(await run('unenroll', email)).toMatchObject({ alreadyUnenrolled: true, notFound: false });
			expect(emulator().teachable.isEnrolled(email, guitar)).toBe(false);
		}
	});

	test('a user whom the search does not list yet is found after a while', async () => {
		emulator().teachable.switches.createExisting = 400;
		emulator().teachable.switches.searchLagSeconds = 2;
		emulator().teachable.addUser({ email: 'new@example.com' });
		const { json } = await runNode({ ...enrollment('enroll'), input: [{ email: 'new@example.com' }] });
		expect(json[0]).toMatchObject({ created: false, enrolled: true });
		expect(emulator().teachable.isEnrolled('new@example.com', guitar)).toBe(true);
	});

	test('a change of seconds ago that is not shown yet does not mislead', async () => {
		const run = async (operation: 'enroll' | 'unenroll') =>
			await runNode({ ...enrollment(operation), input: [{ email: 'ana@example.com' }] });
		await run('enroll');
		emulator().teachable.switches.readLagSeconds = 60;
		await run('unenroll');
		await run('enroll');
		expect(emulator().teachable.isEnrolled('ana@example.com', guitar)).toBe(true);
		await run('unenroll');
		expect(emulator().teachable.isEnrolled('ana@example.com', guitar)).toBe(false);
	});
});

describe('lists', () => {
	test.each([
		['course', 'courses'],
		['user', 'users'],
	])('Get Many of %s stops at the limit and can return all', async (resource, key) => {
		const parameters = { resource, operation: 'getAll', returnAll: false, limit: 2, filters: {} };
		const credentials = demoCredentials(emulator());
		emulator().teachable.seedStudents(guitar, 250);
		const some = await runNode({ node: 'teachable', parameters, credentials });
		const all = await runNode({ node: 'teachable', parameters: { ...parameters, returnAll: true }, credentials });
		expect(some.json).toHaveLength(2);
		const total = key === 'users' ? emulator().teachable.users.length : emulator().teachable.courses.length;
		expect(all.json).toHaveLength(total);
		expect(new Set(all.json.map(({ id }) => id)).size).toBe(total);
	});

	test('the editor finds courses by a part of their name', async () => {
		const { results } = await searchList({ ...enrollment('enroll'), method: 'searchCourses', filter: 'guitar' });
		expect(results).toContainEqual({ name: 'Guitar from Zero', value: guitar });
		expect(results.every(({ name }) => name.toLowerCase().includes('guitar'))).toBe(true);
	});
});

describe('a Read Only credential', () => {
	test('reads, and refuses what changes something before it is sent', async () => {
		const changes = { teachableApi: { accessMode: 'readOnly' } };
		const { error } = await runNode({ ...enrollment('enroll', {}, changes), input: [{ email: 'ana@example.com' }] });
		expect(error?.message).toMatch(/Teachable credential is Read Only/);
		expect(calls().filter((call) => !call.startsWith('GET'))).toEqual([]);
	});
});
