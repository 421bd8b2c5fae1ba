import { sleep } from 'n8n-workflow';

import { FAULTS } from '../emulator';
import { DEMO } from '../emulator/seed';
import type { ScriptedFailure } from '../emulator/types';
import { runNode, type OneNode } from './n8n';
import { demoCredentials, hurry, useEmulator } from './setup';

const emulator = useEmulator({ hotmart: { rateLimitPerMinute: 100_000 }, teachable: { rateLimitPerMinute: 100_000 } });

const { guitar } = DEMO.courses;
const SUBSCRIPTIONS = '/payments/api/v1/subscriptions';
const LOGIN = '/security/oauth/token';

const hotmart = (resource: string, operation: string, parameters = {}): OneNode => ({
	node: 'hotmart',
	parameters: { resource, operation, ...parameters },
	credentials: demoCredentials(emulator()),
});
const list = () => hotmart('subscription', 'getAll', { returnAll: true });
const enroll = (email: string): OneNode => ({
	node: 'teachable',
	parameters: {
		resource: 'enrollment',
		operation: 'enroll',
		email,
		courseId: { __rl: true, mode: 'id', value: guitar },
	},
	credentials: demoCredentials(emulator()),
});

const html: ScriptedFailure = { kind: 'html' };
/** Said to be over at once, so that no test waits. */
const unavailable: ScriptedFailure = { kind: 'status', status: 503, headers: { 'retry-after': '0' } };
const count = (path: string, method?: string) => emulator().count({ path, method });

/** All that happens by chance, made quick: what makes a client wait says for how long, or ends. */
const faults = FAULTS.map((fault) => {
	const headers = fault.status === 429 ? { 'retry-after': '0' } : fault.headers;
	return { ...fault, headers, ...(fault.kind === 'hang' && { cutAfterMs: 50 }) };
});

describe('the token endpoint', () => {
	let logins = 0;
	/** Credentials without a token, which this process has not asked one for before either. */
	const withoutToken = () => {
		logins += 1;
		return demoCredentials(emulator(), { hotmartApi: { tokenUrl: `${emulator().hotmart.tokenUrl}?login=${logins}` } });
	};

	test.each(faults)('a $name is not seen', async (failure) => {
		emulator().fail({ ...failure, path: LOGIN });
		const { error } = await runNode({ ...list(), credentials: withoutToken() });
		expect(error).toBeUndefined();
		expect(count(LOGIN)).toBe(2);
	});

	test('executions that ask at the same time share the attempts', async () => {
		emulator().fail({ ...unavailable, path: LOGIN });
		const credentials = withoutToken();
		const runs = await Promise.all(Array.from({ length: 5 }, async () => await runNode({ ...list(), credentials })));
		expect(runs.map(({ error }) => error)).toEqual(runs.map(() => undefined));
		expect(count(LOGIN)).toBe(2);
	});

	test('what Hotmart refuses is not asked again', async () => {
		emulator().fail({ kind: 'status', status: 401, path: LOGIN });
		expect((await runNode({ ...list(), credentials: withoutToken() })).error?.message).toMatch(
			/Hotmart refused the Client ID/,
		);
		expect(count(LOGIN)).toBe(1);
	});
});

describe('reads', () => {
	test('a web page is asked about twice more, whatever came before it', async () => {
		for (const failure of [unavailable, html, unavailable, html]) emulator().fail({ ...failure, path: SUBSCRIPTIONS });
		expect((await runNode(list())).error).toBeUndefined();
		expect(count(SUBSCRIPTIONS)).toBe(5);
		emulator().fail({ ...html, path: SUBSCRIPTIONS, times: 9 });
		const { error } = await runNode(list());
		expect(count(SUBSCRIPTIONS)).toBe(5 + 3);
		expect(error?.message).toMatch(/Hotmart has nothing at the address/);
		expect(error?.description).toMatch(/[Tt]ry again in (some|a few) minutes/);
	});

	test('an answer without a body is not taken for an empty list at once', async () => {
		emulator().hotmart.seedSubscriptions(3);
		emulator().fail({ kind: 'empty', path: SUBSCRIPTIONS });
		expect((await runNode(list())).json).toHaveLength(3);
		expect(count(SUBSCRIPTIONS)).toBe(2);
	});

	test('nor for the end of a list', async () => {
		emulator().hotmart.seedSubscriptions(1200);
		const body = { items: [{ subscriber_code: 'FIRST000' }], page_info: { next_page_token: 'more' } };
		emulator().fail({ kind: 'status', status: 200, body, path: SUBSCRIPTIONS });
		emulator().fail({ kind: 'empty', path: SUBSCRIPTIONS, times: 9 });
		const { error } = await runNode(list());
		expect(error?.message).toMatch(/stopped in the middle of the list/);
	});
});

describe('a new student', () => {
	test.each(faults)('is enrolled in spite of a $name', async (failure) => {
		for (const path of ['/v1/users', '/v1/enroll']) emulator().fail({ ...failure, path, method: 'POST' });
		const { json, error } = await runNode(enroll('ana@example.com'));
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ email: 'ana@example.com', enrolled: true, created: true }]);
		expect(emulator().teachable.users.filter(({ email }) => email === 'ana@example.com')).toHaveLength(1);
		expect(emulator().teachable.isEnrolled('ana@example.com', guitar)).toBe(true);
	});

	test.each([
		{ kind: 'empty', status: 201 },
		{ kind: 'status', status: 502 },
	] as const)('is created once, and searched for before Teachable is asked again ($kind)', async (failure) => {
		emulator().fail({ ...failure, path: '/v1/users', method: 'POST', times: 2, when: 'after' });
		const { json } = await runNode(enroll('ana@example.com'));
		expect(json).toMatchObject([{ email: 'ana@example.com', enrolled: true, created: true }]);
		// Each request may send the student a mail
		expect(emulator().count({ path: '/v1/users', method: 'POST' })).toBe(1);
	});

	test('an answer that does not say who was created is not believed', async () => {
		emulator().fail({ kind: 'empty', status: 201, path: '/v1/users', method: 'POST', times: 9 });
		const { error } = await runNode(enroll('ana@example.com'));
		expect(error?.message).toMatch(/did not say which user it created for ana@example.com. Run it again/);
		expect(count('/v1/enroll')).toBe(0);
	});

	test('is looked up when no answer says who was created', async () => {
		emulator().fail({ kind: 'empty', path: '/v1/users', method: 'POST', times: 9, when: 'after' });
		const { json } = await runNode(enroll('ana@example.com'));
		expect(json).toMatchObject([{ email: 'ana@example.com', enrolled: true }]);
		expect(emulator().teachable.isEnrolled('ana@example.com', guitar)).toBe(true);
	});

	test('of a change that may be repeated the error says so', async () => {
		emulator().fail({ ...unavailable, path: '/v1/enroll', times: 99 });
		const { error } = await runNode(enroll('ana@example.com'));
		expect(error?.message).toMatch(/did not confirm the change, so it may or may not have been made \(HTTP 503\)/);
		expect(error?.description).toMatch(/again/);
		expect(error?.description).not.toMatch(/could then happen twice/);
		expect(count('/v1/enroll')).toBe(1 + 20);
	});
});

describe('two minutes in which Teachable answers nothing but 503', () => {
	/** Here a hundredth of that. */
	const OUTAGE = 1200;
	const down = [{ name: '503', kind: 'status', status: 503 }] as const;
	const outage = () => emulator().chaos({ share: 1, seed: 1, faults: [...down] });
	const hintsOf = ({ run }: Awaited<ReturnType<typeof runNode>>) =>
		(run.data.resultData.runData.Teachable?.[0]?.hints ?? []).map(({ message }) => message);
	const sell = async (email: string, signal?: AbortSignal) =>
		await runNode({
			...enroll('unused'),
			parameters: {
				resource: 'enrollment',
				operation: 'applyAccess',
				courseId: { __rl: true, mode: 'id', value: guitar },
			},
			input: [{ access: { decision: 'grant' }, student: { email, name: 'Ana' } }],
			signal,
		});

	test('delay eleven sales and lose none, and each says that it waited', async () => {
		const known = ['a@example.com', 'b@example.com', 'c@example.com'];
		for (const email of known) emulator().teachable.addUser({ email });
		const emails = [...known, ...Array.from({ length: 8 }, (_unused, index) => `new${index}@example.com`)];
		outage();
		const runs = await hurry(async () => {
			const selling = Promise.all(emails.map(async (email) => await sell(email)));
			// The clock of the test is the quick one, too
			await sleep(OUTAGE * 100);
			emulator().chaos(null);
			return await selling;
		});
		expect(runs.map(({ error }) => error?.message)).toEqual(emails.map(() => undefined));
		expect(emulator().teachable.enrolledEmails(guitar)).toEqual([...emails].sort());
		for (const run of runs)
			expect(hintsOf(run)).toEqual([expect.stringMatching(/API did not answer .* this run waited \d{2,3} s in all/)]);
		// The waits grow: a handful of requests each
		expect(emulator().count({ status: 503 })).toBeLessThanOrEqual(11 * 12);
	}, 30_000);

	test('that do not end are an error in the end, after which the item can run again', async () => {
		outage();
		const { error } = await hurry(async () => await sell('a@example.com'));
		expect(error?.message).toMatch(/^Teachable did not|HTTP 503/);
		expect(emulator().requests.length).toBeGreaterThan(10);
		expect(emulator().requests.length).toBeLessThanOrEqual(21);
		emulator().chaos(null);
		expect((await sell('a@example.com')).json).toMatchObject([{ result: 'enrolled' }]);
	}, 30_000);

	test('end at once for a run that is canceled', async () => {
		outage();
		const stop = new AbortController();
		const selling = sell('a@example.com', stop.signal);
		while (emulator().requests.length < 2) await sleep(5);
		const started = Date.now();
		stop.abort();
		await selling;
		await sleep(50);
		const { length } = emulator().requests;
		await sleep(1500);
		expect(emulator().requests).toHaveLength(length);
		expect(Date.now() - started).toBeLessThan(3000);
	}, 30_000);
});

describe('an item that fails', () => {
	test.each(['continueErrorOutput', 'continueRegularOutput'] as const)('says what to do, too (%s)', async (onError) => {
		emulator().fail({ ...unavailable, path: `${SUBSCRIPTIONS}/cancel`, times: 1 });
		const { items, failed } = await runNode({
			...hotmart('subscription', 'cancel', { subscriberCode: '={{ $json.code }}' }),
			onError,
			input: [{ code: 'AB12CD34' }, { code: 'EF56GH78' }],
		});
		const [told, others] = onError === 'continueErrorOutput' ? [failed, items] : [items, failed];
		expect(others).toEqual([]);
		expect(told.map(({ json }) => json)).toMatchObject(
			[0, 1].map((index) => ({
				error: expect.stringMatching(new RegExp(`^Hotmart did not confirm .* \\(HTTP 503\\) \\[item ${index}\\]$`)),
				message: expect.stringMatching(/^Check in Hotmart whether the change was made/),
			})),
		);
		expect(told.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
	});
});
