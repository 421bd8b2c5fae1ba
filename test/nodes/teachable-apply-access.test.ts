import type { IDataObject } from 'n8n-workflow';

import type { AccessItem } from '../../nodes/shared/accessItem';
import { DEMO } from '../emulator/seed';
import { runNode, type OneNode } from './n8n';
import { demoCredentials, useEmulator } from './setup';

const emulator = useEmulator({ teachable: { rateLimitPerMinute: 100_000 } });

const { guitar, songwriting, masterclass } = DEMO.courses;
const NAMES: Record<number, string> = {
	[guitar]: 'Guitar from Zero',
	[songwriting]: 'Songwriting Workshop',
	[masterclass]: 'Guitar Masterclass',
};
const picked = (value: number) => ({ __rl: true, mode: 'list', value, cachedResultName: NAMES[value]! });
const EMAIL = 'ana@example.com';
const DAY = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY).toISOString();

/** An item as the Hotmart Trigger makes it. */
const item = (
	decision: AccessItem['access']['decision'],
	{ effectiveAt = null, ...changes }: Partial<AccessItem> & { effectiveAt?: string | null } = {},
) =>
	({
		access: { decision, reason: 'purchaseApproved', effectiveAt, until: null },
		student: { email: EMAIL, name: 'Ana Souza' },
		product: { id: 7_295_817, ucode: 'fb056612-bcc6-4217-9e6d-2a5d1110ac2f', name: 'Curso de Violão' },
		plan: { id: 1_276_872, name: 'Anual', previousId: null, previousName: null },
		offer: { code: 'iscvy6s8' },
		...changes,
	}) satisfies AccessItem as unknown as IDataObject;

const apply = async (input: IDataObject[], parameters: IDataObject = {}, extra: Partial<OneNode> = {}) =>
	await runNode({
		node: 'teachable',
		parameters: {
			resource: 'enrollment',
			operation: 'applyAccess',
			courseId: picked(guitar),
			...parameters,
		} as OneNode['parameters'],
		credentials: demoCredentials(emulator()),
		...extra,
		input,
	});
const table = (...rows: Array<[value: string, course: number]>): IDataObject => ({
	courseFrom: 'table',
	table: { rows: rows.map(([value, course]) => ({ value, course: picked(course) })) },
});
const calls = () =>
	emulator().requests.map(({ method, path }) => `${method} ${path.replace(/^\/v1/, '').replace(/\d{4,}/g, '#')}`);
const coursesOf = (email = EMAIL) =>
	[guitar, songwriting, masterclass].filter((id) => emulator().teachable.isEnrolled(email, id));
const enroll = (...courses: number[]) => {
	for (const courseId of courses) emulator().teachable.addEnrollment({ email: EMAIL, courseId });
	emulator().requests.length = 0;
};
const hintsOf = ({ run }: Awaited<ReturnType<typeof runNode>>) =>
	(run.data.resultData.runData.Teachable![0]!.hints ?? []).map(({ message }) => message);

describe('Apply Access to the incoming item', () => {
	test('grant creates the user and enrolls, with three requests and no expression', async () => {
		const { json, items } = await apply([item('grant')]);
		expect(calls()).toEqual(['GET /users', 'POST /users', 'POST /enroll']);
		expect(json).toEqual([
			{
				decision: 'grant',
				reason: 'purchaseApproved',
				result: 'enrolled',
				message: 'Ana Souza is enrolled in Guitar from Zero.',
				userId: emulator().teachable.findUser(EMAIL)!.id,
				email: EMAIL,
				name: 'Ana Souza',
				courseId: guitar,
				courseName: 'Guitar from Zero',
				created: true,
				effectiveAt: null,
			},
		]);
		expect(items[0]!.pairedItem).toEqual({ item: 0 });
		expect(coursesOf()).toEqual([guitar]);
	});

	test('a renewal costs two requests, and again changes nothing', async () => {
		enroll(guitar);
		for (let time = 1; time <= 2; time++) {
			emulator().requests.length = 0;
			const { json } = await apply([item('grant')]);
			expect(calls()).toEqual(['GET /users', 'POST /enroll']);
			expect(json).toMatchObject([{ result: 'enrolled', created: false }]);
		}
		expect(coursesOf()).toEqual([guitar]);
		expect(emulator().teachable.users.filter(({ email }) => email === EMAIL)).toHaveLength(1);
	});

	test('revoke unenrolls with two requests, and again changes nothing', async () => {
		enroll(guitar, songwriting);
		for (let time = 1; time <= 2; time++) {
			emulator().requests.length = 0;
			const { json } = await apply([item('revoke')]);
			expect(calls()).toEqual(['GET /users', 'POST /unenroll']);
			expect(json).toMatchObject([{ result: 'unenrolled', courseName: 'Guitar from Zero', email: EMAIL }]);
		}
		expect(coursesOf()).toEqual([songwriting]);
	});

	test('revoke of nobody creates nobody, and says so after it has looked at everyone', async () => {
		const { json } = await apply([item('revoke')]);
		expect(json).toMatchObject([{ result: 'noUser', userId: null, email: EMAIL, courseId: guitar }]);
		expect(emulator().count({ method: 'POST' })).toBe(0);
		emulator().teachable.switches.emailFilter = 'exact';
		emulator().teachable.addEnrollment({ email: 'Ana@Example.com', courseId: guitar });
		expect((await apply([item('revoke')])).json).toMatchObject([{ result: 'unenrolled', email: 'Ana@Example.com' }]);
		expect(coursesOf()).toEqual([]);
	});

	test('none does nothing, whoever it is about, and says why', async () => {
		const { json } = await apply([item('none'), item('none', { student: { email: null, name: null } })]);
		expect(json).toMatchObject([
			{ result: 'nothing', message: expect.stringMatching(/\(purchaseApproved\)/) },
			{ result: 'nothing', email: null },
		]);
		expect(calls()).toEqual([]);
	});

	test('several courses are one item each', async () => {
		const options = { moreCourses: { courses: [{ course: picked(songwriting) }, { course: picked(guitar) }] } };
		const { json } = await apply([item('grant')], { options });
		expect(json.map(({ courseName }) => courseName)).toEqual(['Guitar from Zero', 'Songwriting Workshop']);
		expect(calls()).toEqual(['GET /users', 'POST /users', 'POST /enroll', 'POST /enroll']);
	});

	test('an address with characters that nobody sees is the same person', async () => {
		enroll(guitar);
		await apply([item('revoke', { student: { email: `${EMAIL}\u200B`, name: null } })]);
		expect(coursesOf()).toEqual([]);
	});

	test('many items are looked up together, each person once', async () => {
		const emails = emulator().teachable.seedStudents(songwriting, 30);
		emulator().requests.length = 0;
		const input = [...emails, emails[0]!].map((email) => item('grant', { student: { email, name: null } }));
		const { json } = await apply(input);
		expect(json).toHaveLength(31);
		expect(emulator().count({ method: 'GET' })).toBe(1);
		expect(emulator().requests).toHaveLength(32);
	});
});

describe('the table', () => {
	test.each([
		['a product ID', '7295817'],
		["a product's ucode", 'FB056612-bcc6-4217-9e6d-2a5d1110ac2f'],
		['a product name, in any case and with é as two signs', 'curso de viola\u0303o'],
		['a plan ID', ' 1276872 '],
		['a plan name', 'ANUAL'],
		['an offer code', 'ISCVY6S8'],
	])('finds %s', async (_name, value) => {
		const { json, error } = await apply([item('grant')], table(['other', masterclass], [value, songwriting]));
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ result: 'enrolled', courseName: 'Songwriting Workshop' }]);
		expect(coursesOf()).toEqual([songwriting]);
	});

	test('opens what every row with a value opens, once', async () => {
		const rows = table(['7295817', guitar], ['Anual', songwriting], ['iscvy6s8', guitar]);
		expect((await apply([item('grant')], rows)).json).toHaveLength(2);
		expect(coursesOf()).toEqual([guitar, songwriting]);
		expect(calls()).toEqual(['GET /users', 'POST /users', 'POST /enroll', 'POST /enroll']);
	});

	test('finds an ID that is text in the item and a number in the row', async () => {
		const product = { id: ' 7295817 ', ucode: null, name: null } as unknown as AccessItem['product'];
		const rows = { rows: [{ value: '={{ 7295817 }}', course: picked(songwriting) }] };
		const { json } = await apply([item('grant', { product, plan: null })], { courseFrom: 'table', table: rows });
		expect(json).toMatchObject([{ result: 'enrolled', courseId: songwriting }]);
	});

	test('opens all courses of a combo', async () => {
		const products = [
			{ id: 1, ucode: null, name: 'Combo' },
			{ id: 2, ucode: null, name: 'Violão' },
			{ id: 3, ucode: null, name: 'Canto' },
		];
		await apply([item('grant', { product: products[0]!, products })], table(['2', guitar], ['Canto', masterclass]));
		expect(coursesOf()).toEqual([guitar, masterclass]);
	});

	test('a value without a row: skip with a hint, error, or a default course', async () => {
		const rows = table(['other', guitar]);
		const outcome = await apply([item('grant'), item('revoke')], rows);
		expect(outcome.json).toMatchObject([
			{ result: 'noCourse', courseId: null, email: EMAIL },
			{ result: 'noCourse', decision: 'revoke' },
		]);
		expect(hintsOf(outcome)).toEqual([expect.stringMatching(/No row of the table has 7295817, .*add a row/)]);
		expect(calls()).toEqual([]);
		expect((await apply([item('grant')], { ...rows, ifNoRow: 'error' })).error?.message).toMatch(/No row of the table/);
		await apply([item('grant')], { ...rows, ifNoRow: 'default', defaultCourseId: picked(masterclass) });
		expect(coursesOf()).toEqual([masterclass]);
	});

	test('an item without anything to look up is an error', async () => {
		const nothing = { product: null, plan: null, offer: null };
		const { error } = await apply([item('revoke', nothing)], table(['x', guitar]));
		expect(error?.message).toMatch(/names no product, plan or offer/);
	});
});

describe('a switch', () => {
	const plan = { id: 2, name: 'Annual', previousId: 1, previousName: 'Monthly' };
	const rows = table(['1', guitar], ['Monthly', songwriting], ['Annual', songwriting], ['2', masterclass]);

	test('enters the new courses, then leaves the old ones, and keeps those of both', async () => {
		enroll(guitar, songwriting);
		const { json } = await apply([item('switch', { plan })], rows);
		expect(json.map(({ result, courseId }) => [result, courseId])).toEqual([
			['enrolled', songwriting],
			['enrolled', masterclass],
			['unenrolled', guitar],
		]);
		expect(calls()).toEqual(['GET /users', 'POST /enroll', 'POST /enroll', 'POST /unenroll']);
		expect(coursesOf()).toEqual([songwriting, masterclass]);
	});

	test('that takes effect later enters now and leaves then', async () => {
		enroll(guitar, songwriting);
		const effectiveAt = inDays(20);
		const { json } = await apply([item('switch', { plan, effectiveAt })], rows);
		expect(json.map(({ result, courseId }) => [result, courseId])).toEqual([
			['enrolled', songwriting],
			['enrolled', masterclass],
			['notYet', guitar],
		]);
		expect(json[2]).toMatchObject({ effectiveAt, message: expect.stringContaining(effectiveAt) });
		expect(coursesOf()).toEqual([guitar, songwriting, masterclass]);
		await apply([item('switch', { plan, effectiveAt: inDays(-1) })], rows);
		expect(coursesOf()).toEqual([songwriting, masterclass]);
	});

	test('leaves nothing for who could not get in, nor for a plan that opens nothing', async () => {
		enroll(guitar);
		emulator().fail({ path: '/v1/enroll', kind: 'status', status: 422, times: 2 });
		expect((await apply([item('switch', { plan })], rows)).error).toBeDefined();
		expect(coursesOf()).toEqual([guitar]);
		const { json } = await apply([item('switch', { plan })], table(['1', guitar]));
		expect(json).toMatchObject([{ result: 'noCourse' }]);
		expect(coursesOf()).toEqual([guitar]);
	});

	test('leaves the default course for a known plan without a row, but not where no previous plan is told', async () => {
		const byDefault = { ...table(['2', masterclass]), ifNoRow: 'default', defaultCourseId: picked(guitar) };
		enroll(guitar);
		const unknown = { ...plan, previousId: null, previousName: null };
		expect((await apply([item('switch', { plan: unknown })], byDefault)).json).toMatchObject([{ result: 'enrolled' }]);
		expect(coursesOf()).toEqual([guitar, masterclass]);
		const { json } = await apply([item('switch', { plan })], byDefault);
		expect(json.map(({ result, courseId }) => [result, courseId])).toEqual([
			['enrolled', masterclass],
			['unenrolled', guitar],
		]);
	});

	test('of a new user, or in one chosen course, only enters', async () => {
		const { json } = await apply([item('switch', { plan })], rows);
		expect(json.map(({ result }) => result)).toEqual(['enrolled', 'enrolled']);
		expect((await apply([item('switch', { plan })])).json).toMatchObject([{ result: 'enrolled', courseId: guitar }]);
		expect(emulator().count({ path: '/v1/unenroll' })).toBe(0);
	});
});

describe('a decision that takes effect later', () => {
	test.each(['grant', 'revoke'] as const)('is not carried out early (%s)', async (decision) => {
		if (decision === 'revoke') enroll(guitar);
		const before = coursesOf();
		const effectiveAt = inDays(3);
		const { json } = await apply([item(decision, { effectiveAt })]);
		expect(json).toMatchObject([
			{ result: 'notYet', effectiveAt, courseName: 'Guitar from Zero', message: expect.stringContaining(effectiveAt) },
		]);
		expect(calls()).toEqual([]);
		expect(coursesOf()).toEqual(before);
	});

	test('a clock that is some minutes late puts nothing off', async () => {
		await apply([item('grant', { effectiveAt: new Date(Date.now() + 2 * 60_000).toISOString() })]);
		expect(coursesOf()).toEqual([guitar]);
	});

	test.each([
		['text', '$now.plus({ days: DAYS }).toISO()'],
		['a DateTime', '$now.plus({ days: DAYS })'],
		['a Date', '$now.plus({ days: DAYS }).toJSDate()'],
		['milliseconds', '$now.plus({ days: DAYS }).toMillis()'],
		['seconds', 'Math.round($now.plus({ days: DAYS }).toSeconds())'],
	])('is told by %s, and one of the past is carried out', async (_name, expression) => {
		enroll(guitar);
		const revoke = async (days: number) => {
			const effectiveAt = `={{ ${expression.replace('DAYS', String(days))} }}`;
			const order = { readFrom: 'fields', decision: 'revoke', email: EMAIL, options: { effectiveAt } };
			return (await apply([{}], order)).json;
		};
		expect(await revoke(3)).toMatchObject([{ result: 'notYet', effectiveAt: expect.stringMatching(/Z$/) }]);
		expect(coursesOf()).toEqual([guitar]);
		expect(await revoke(-3)).toMatchObject([{ result: 'unenrolled' }]);
		expect(coursesOf()).toEqual([]);
	});

	test('a Date in the item, as a Code node makes it, counts as its time', async () => {
		const at = (days: number) => ({
			...item('grant'),
			access: { decision: 'grant', effectiveAt: new Date(inDays(days)) },
		});
		const { json } = await apply([at(2), at(-2)] as unknown as IDataObject[]);
		expect(json.map(({ result }) => result)).toEqual(['notYet', 'enrolled']);
	});

	test('a time that cannot be read ends no access', async () => {
		enroll(guitar);
		const { error } = await apply([item('revoke', { effectiveAt: 'next week' })]);
		expect(error?.message).toMatch(/"access.effectiveAt" is not a date: next week/);
		expect(coursesOf()).toEqual([guitar]);
	});
});

describe('what is no order', () => {
	test.each([
		[{}, /The incoming item has no decision/],
		[{ access: { decision: null } }, /The incoming item has no decision/],
		[
			{ access: { decision: 'maybe' } },
			/a decision that is not known: "maybe". It must have .* grant, revoke, switch or/,
		],
		[{ access: { decision: 'Grant' } }, /a decision that is not known: "Grant"/],
		[{ access: { decision: ['revoke'] } }, /a decision that is not known: \["revoke"\]/],
		[{ access: 'grant' }, /The incoming item has no decision/],
		// What a Set node makes that does not follow the shape
		[{ decision: 'grant', email: EMAIL }, /no decision. It must have access.decision .* or set Read From to Fields/],
		[{ access: { decision: 'grant' }, email: EMAIL }, /student.email of the incoming item is empty/],
		[{ access: { decision: 'grant' }, student: EMAIL }, /student.email of the incoming item is empty/],
		[item('grant', { student: { email: null, name: 'Ana' } }), /The decision is grant, but nobody is named/],
		[item('revoke', { student: { email: ' ', name: null } }), /The decision is revoke, but nobody is named/],
		[
			item('switch', { student: { email: 'ana(at)example', name: null } }),
			/student.email of the incoming item is not an e-mail address: ana\(at\)example/,
		],
	])('is an error that says what to do: %j', async (input, words) => {
		const { error } = await apply([input as IDataObject]);
		expect(error?.message).toMatch(words);
		expect(calls()).toEqual([]);
	});

	test.each([
		[{ courseId: { __rl: true, mode: 'id', value: '={{ "" }}' } }, /No course is chosen/],
		[{ courseFrom: 'table', table: {} }, /The table has no rows. Add one/],
	])('nor is a node without courses: %j', async (parameters, words) => {
		for (const decision of ['grant', 'none'] as const)
			expect((await apply([item(decision)], parameters)).error?.message).toMatch(words);
		expect(calls()).toEqual([]);
	});

	test('one course that is gone neither stops nor hides the others', async () => {
		const options = { moreCourses: { courses: [{ course: picked(999_999) }, { course: picked(songwriting) }] } };
		const { json, failed } = await apply([item('grant')], { options }, { onError: 'continueErrorOutput' });
		expect(json.map(({ courseId }) => courseId)).toEqual([guitar, songwriting]);
		expect(failed).toMatchObject([{ json: { error: expect.stringMatching(/HTTP 404/) }, pairedItem: { item: 0 } }]);
		const stopped = await apply([item('grant')], { options });
		expect(stopped.error?.message).toMatch(/Course not found/);
		expect(coursesOf()).toEqual([guitar, songwriting]);
	});

	test('fails for its item alone', async () => {
		const { json, failed } = await apply([item('grant'), {}, item('revoke')], {}, { onError: 'continueErrorOutput' });
		expect(json.map(({ result }) => result)).toEqual(['enrolled', 'unenrolled']);
		expect(failed).toMatchObject([{ pairedItem: { item: 1 } }]);
	});
});

describe('Apply Access from fields', () => {
	const fields = {
		readFrom: 'fields',
		decision: '={{ $json.todo }}',
		email: '={{ $json.who }}',
		name: '={{ $json.called }}',
	};

	test('does the same', async () => {
		const { json, error } = await apply([{ todo: 'grant', who: ' ANA@example.com', called: 'Ana' }], fields);
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ result: 'enrolled', name: 'Ana', created: true, reason: null }]);
		const gone = await apply([{ todo: 'revoke', who: EMAIL }], fields);
		expect(gone.json).toMatchObject([{ result: 'unenrolled' }]);
	});

	test('with a table, a previous value and a time', async () => {
		enroll(guitar);
		const parameters = {
			...fields,
			...table(['monthly', guitar], ['annual', masterclass]),
			value: '={{ $json.plan }}',
			previousValue: '={{ $json.before }}',
			options: { effectiveAt: '={{ $json.at }}' },
		};
		const order = { todo: 'switch', who: EMAIL, plan: ['Annual'], before: 'MONTHLY' };
		expect((await apply([{ ...order, at: inDays(2) }], parameters)).json.map(({ result }) => result)).toEqual([
			'enrolled',
			'notYet',
		]);
		expect((await apply([order], parameters)).json.map(({ result }) => result)).toEqual(['enrolled', 'unenrolled']);
		expect(coursesOf()).toEqual([masterclass]);
	});

	test('refuses another word for the decision', async () => {
		const { error } = await apply([{ todo: 'delete', who: EMAIL }], fields);
		expect(error?.message).toMatch(/"Decision" cannot be "delete"/);
	});
});

describe('Apply Access to what Access: Check says', () => {
	const { guitar: product, songwriting: other } = DEMO.products;
	const ask = async (operation: string, parameters: IDataObject) => {
		const { json, error } = await runNode({
			node: 'hotmart',
			parameters: { resource: 'access', operation, ...parameters } as OneNode['parameters'],
			credentials: demoCredentials(emulator()),
		});
		expect(error?.message).toBeUndefined();
		return json;
	};
	const check = async (parameters: IDataObject = {}) =>
		await ask('check', { findBy: 'email', email: EMAIL, ...parameters });
	const rows = table([String(product), guitar], [String(other), songwriting]);
	const buy = async (productId: number) =>
		await emulator().hotmart.buy({
			email: EMAIL,
			name: 'Ana Souza',
			productId,
			planId: productId === product ? DEMO.plans.monthly : undefined,
		});

	test('lets a buyer in, and out again after the cancellation', async () => {
		const { subscriberCode } = await buy(product);
		await apply(await check(), rows);
		expect(coursesOf()).toEqual([guitar]);
		await emulator().hotmart.cancel(subscriberCode!);
		const { json } = await apply(await check(), rows);
		expect(json).toMatchObject([{ decision: 'revoke', reason: 'subscriptionCanceled', result: 'unenrolled' }]);
		expect(coursesOf()).toEqual([]);
	});

	test('lets into the courses of all products that give access, and of no other', async () => {
		const { subscriberCode } = await buy(product);
		await buy(other);
		await apply(await check(), rows);
		expect(coursesOf()).toEqual([guitar, songwriting]);
		await emulator().hotmart.cancel(subscriberCode!);
		enroll(masterclass);
		await apply(await check({ productId: String(product) }), rows);
		expect(coursesOf()).toEqual([songwriting, masterclass]);
	});

	test('leaves those alone who never had access by a purchase', async () => {
		enroll(guitar);
		const { json: unknown } = await apply(await check(), rows);
		expect(unknown).toMatchObject([{ decision: 'none', reason: 'notFound' }]);
		await emulator().hotmart.printBillet({ email: EMAIL, productId: product, paymentType: 'PIX' });
		const { json: waiting } = await apply(await check(), rows);
		expect(waiting).toMatchObject([{ decision: 'none' }]);
		expect(coursesOf()).toEqual([guitar]);
	});

	test('takes the items of Get Many as well', async () => {
		const { subscriberCode } = await buy(product);
		const everyone = async () =>
			await ask('getAll', { productId: String(product), returnAll: true, includeWithoutAccess: true });
		await apply(await everyone(), rows);
		expect(coursesOf()).toEqual([guitar]);
		await emulator().hotmart.cancel(subscriberCode!);
		await apply(await everyone(), rows);
		expect(coursesOf()).toEqual([]);
	});
});
