import { sleep, type IPairedItemData } from 'n8n-workflow';

import { DEMO } from '../emulator/seed';
import { runNode, searchList, type OneNode } from './n8n';
import { demoCredentials, hurry, useEmulator } from './setup';

const emulator = useEmulator({ hotmart: { rateLimitPerMinute: 10_000 } });

const BASE = '/payments/api/v1/subscriptions';
const DAY = 86_400_000;

const node = (operation: string, parameters = {}, changes = {}): OneNode => ({
	node: 'hotmart',
	parameters: { resource: 'subscription', operation, ...parameters },
	credentials: demoCredentials(emulator(), changes),
});

const call = (parameters = {}, changes = {}): OneNode => ({
	node: 'hotmart',
	parameters: {
		resource: 'apiCall',
		operation: 'send',
		method: 'GET',
		path: '',
		query: {},
		headers: {},
		...parameters,
	},
	credentials: demoCredentials(emulator(), changes),
});

const buy = async (email: string, planId: number = DEMO.plans.monthly) =>
	(await emulator().hotmart.buy({ email, productId: DEMO.products.guitar, planId })).subscriberCode!;

const requests = (path: string) => emulator().requests.filter((request) => request.path === path);

describe('Subscription: Get Many', () => {
	test('lists what is older than the 30 days that Hotmart would show, in all statuses', async () => {
		emulator().clock.advance(-400 * DAY);
		const old = await buy('old@example.com');
		emulator().clock.advance(400 * DAY);
		const canceled = await buy('new@example.com');
		await emulator().hotmart.cancel(canceled);
		const { json } = await runNode(node('getAll', { returnAll: true, filters: {} }));
		expect(json.map(({ subscriberCode }) => subscriberCode).sort()).toEqual([old, canceled].sort());
	});

	test("sends statuses as repeated keys and dates as milliseconds of the workflow's time zone", async () => {
		await runNode({
			...node('getAll', {
				returnAll: true,
				filters: {
					status: ['ACTIVE', 'DELAYED'],
					accessionAfter: '2026-03-01T00:00:00',
					nextChargeBefore: '={{ $json.until }}',
					productId: { __rl: true, mode: 'list', value: DEMO.products.guitar },
					plan: '={{ ["Monthly", "A & B"] }}',
					trial: false,
				},
			}),
			timezone: 'America/Sao_Paulo',
			input: [{ until: '2026-04-01T00:00:00Z' }],
		});
		expect(requests(BASE)[0]!.query).toMatchObject({
			status: ['ACTIVE', 'DELAYED'],
			accession_date: String(Date.UTC(2026, 2, 1, 3)),
			end_date_next_charge: String(Date.UTC(2026, 3, 1)),
			product_id: String(DEMO.products.guitar),
			plan: ['Monthly', 'A & B'],
			trial: 'false',
		});
	});

	test('follows every page and stops at the limit without a page too many', async () => {
		emulator().hotmart.seedSubscriptions(1200);
		const all = await runNode(node('getAll', { returnAll: true, filters: {} }));
		expect(new Set(all.json.map(({ subscriberCode }) => subscriberCode)).size).toBe(1200);
		expect(requests(BASE).map(({ query }) => query.max_results)).toEqual(['500', '500', '500']);
		emulator().requests.length = 0;
		const some = await runNode(node('getAll', { returnAll: false, limit: 1000, filters: {} }));
		expect(some.json).toHaveLength(1000);
		expect(requests(BASE)).toHaveLength(2);
	});

	test('refuses a date that is none before anything is sent', async () => {
		const { error } = await runNode(node('getAll', { returnAll: true, filters: { canceledAfter: 'tomorrow-ish' } }));
		expect(error?.message).toMatch(/The field "Canceled After" is not a date: tomorrow-ish/);
		expect(emulator().requests).toEqual([]);
	});
});

describe('Subscription: Get Purchases', () => {
	test('returns one item a payment', async () => {
		const code = await buy('ana@example.com');
		await emulator().hotmart.renew(code);
		const { items } = await runNode({
			...node('getPurchases', { subscriberCode: '={{ $json.code }}' }),
			input: [{ code }],
		});
		expect(items.map(({ json }) => json.recurrence).sort()).toEqual([1, 2]);
		expect(items.every(({ pairedItem }) => (pairedItem as IPairedItemData).item === 0)).toBe(true);
	});

	test.each(['', '  ', null, '.', '..'])('refuses the code %p before anything is sent', async (code) => {
		const { error } = await runNode({
			...node('getPurchases', { subscriberCode: '={{ $json.code }}' }),
			input: [{ code }],
		});
		expect(error?.message).toMatch(/Subscriber Code|address of a request/);
		expect(emulator().requests).toEqual([]);
	});

	test('a code that contains a path reaches no other address', async () => {
		const { error } = await runNode(node('getPurchases', { subscriberCode: 'X/../../sales?a=1#b' }));
		expect(requests(`${BASE}/X%2F..%2F..%2Fsales%3Fa%3D1%23b/purchases`)).toHaveLength(1);
		expect(error?.httpCode).toBe('404');
	});
});

describe('Subscription: Cancel', () => {
	test('cancels many with one request and pairs each result and each failure with its item', async () => {
		const [first, second, third] = [await buy('a@example.com'), await buy('b@example.com'), await buy('c@example.com')];
		await emulator().hotmart.cancel(second);
		const { items, failed } = await runNode({
			...node('cancel', { subscriberCode: '={{ $json.code }}', sendMail: false }),
			onError: 'continueErrorOutput',
			input: [{ code: first }, { code: second }, { code: '' }, { code: third }, { code: first }],
		});
		expect(items.map(({ json, pairedItem }) => [json.subscriberCode, pairedItem])).toEqual([
			[first, { item: 0 }],
			[third, { item: 3 }],
			[first, { item: 4 }],
		]);
		expect(failed.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 1 }, { item: 2 }]);
		expect(failed[0]!.json.error).toMatch(/^The subscription \w{8} is already canceled or has ended\..*\[item 1\]/);
		expect(failed[1]!.json.error).toMatch(/"Subscriber Code" is empty.*\[item 2\]/);
		expect(requests(`${BASE}/cancel`).map(({ body }) => body)).toEqual([
			{ subscriber_code: [first, second, third], send_mail: false },
		]);
		expect(emulator().hotmart.subscriptions.find(({ code }) => code === third)!.status).toBe('CANCELLED_BY_SELLER');
	});

	test('1,000 items cost 20 requests and one token', async () => {
		emulator().hotmart.seedSubscriptions(1000);
		const listed = await runNode(node('getAll', { returnAll: true, filters: {} }));
		emulator().requests.length = 0;
		expect(listed.json).toHaveLength(1000);
		const { items } = await runNode({
			...node('cancel', { subscriberCode: '={{ $json.subscriberCode }}', sendMail: true }),
			input: listed.json,
		});
		expect(items).toHaveLength(1000);
		expect(requests(`${BASE}/cancel`)).toHaveLength(20);
		expect(emulator().count({ path: '/security/oauth/token' })).toBeLessThanOrEqual(1);
	});

	test('says what was done when a run without Continue On Fail ends with a failure', async () => {
		const code = await buy('a@example.com');
		const { error } = await runNode({
			...node('cancel', { subscriberCode: '={{ $json.code }}' }),
			input: [{ code }, { code: 'NOSUCHCD' }],
		});
		expect(error?.message).toMatch(/NOSUCHCD.*\[item 1\]/);
		expect(error?.description).toMatch(/1 of 2 items were carried out/);
		expect(error?.context).toMatchObject({ itemIndex: 1 });
	});

	test('a write whose outcome is unknown is not repeated, and the error says so', async () => {
		const code = await buy('a@example.com');
		emulator().fail({ path: `${BASE}/cancel`, kind: 'reset', when: 'after' });
		const { error } = await runNode(node('cancel', { subscriberCode: code }));
		expect(error?.message).toMatch(/may or may not have been made \(the connection was closed\)/);
		expect(error?.description).toMatch(/Check in Hotmart/);
		expect(requests(`${BASE}/cancel`)).toHaveLength(1);
	});
});

describe('API Call', () => {
	const entries = (values: Record<string, string>) => ({
		entries: Object.entries(values).map(([name, value]) => ({ name, value })),
	});

	test('sends method, path, query, headers and body', async () => {
		const code = await buy('a@example.com');
		const { json } = await runNode(
			call({
				method: 'POST',
				path: `${BASE}/${code}/cancel`,
				query: entries({ a: '1 & 2' }),
				headers: entries({ 'X-Trace': 'yes', authorization: 'Bearer mine' }),
				body: '{ "send_mail": false }',
			}),
		);
		expect(json[0]).toMatchObject({ subscriber_code: code });
		const [sent] = requests(`${BASE}/${code}/cancel`);
		expect(sent).toMatchObject({ method: 'POST', query: { a: '1 & 2' }, body: { send_mail: false } });
		expect(sent!.headers).toMatchObject({ 'x-trace': 'yes' });
		expect(sent!.headers.authorization).not.toContain('mine');
	});

	test.each([
		'https://evil.example/x',
		'//evil.example/x',
		'/\\evil.example/x',
		'\\\\evil.example/x',
		'http://user:pass@127.0.0.1:1/x',
		'ftp://127.0.0.1/x',
	])('refuses %p, so the token goes nowhere else', async (path) => {
		const { error } = await runNode(call({ path }));
		expect(error?.message).toMatch(/The Hotmart credential is only for http:\/\/127\.0\.0\.1:\d+, so nothing was sent/);
		expect(emulator().requests.filter((request) => !request.path.includes('/oauth/token'))).toEqual([]);
	});

	test('an address after the host does not change the host', async () => {
		await runNode(call({ path: '@evil.example/x' }));
		expect(emulator().count({ path: '/@evil.example/x' })).toBeGreaterThan(0);
	});

	test('a path that Hotmart answers with a web page is told as such', async () => {
		const { error } = await runNode(call({ path: '/no/such/path' }));
		expect(error?.message).toMatch(/Hotmart has nothing at the address \/no\/such\/path/);
	});

	test('reads the pages of a list, exactly as it was asked for', async () => {
		emulator().hotmart.seedSubscriptions(700, { from: Date.now() - 20 * DAY, to: Date.now() });
		const query = entries({ status: 'ACTIVE' });
		const { json } = await runNode(
			call({ path: BASE, query, headers: entries({ 'X-Trace': 'yes' }), readPages: true, returnAll: true }),
		);
		expect(json).toHaveLength(700);
		expect(json[0]).toMatchObject({ subscriber_code: 'Z0000000', status: 'ACTIVE' });
		expect(
			requests(BASE).map(({ query: sent, headers }) => [sent.status, sent.accession_date, headers['x-trace']]),
		).toEqual([
			['ACTIVE', undefined, 'yes'],
			['ACTIVE', undefined, 'yes'],
		]);
		const some = await runNode(call({ path: BASE, query, readPages: true, returnAll: false, limit: 3 }));
		expect(some.json).toHaveLength(3);
		const one = await runNode(call({ path: BASE, query }));
		expect(one.json).toEqual([expect.objectContaining({ page_info: expect.anything() })]);
	});

	test('says which JSON is wrong', async () => {
		const { error } = await runNode(call({ method: 'POST', path: '/x', body: '{ "a": ' }));
		expect(error?.message).toMatch(/"JSON Body" is not valid JSON/);
	});
});

describe('rate limits and failures', () => {
	test('waits as long as a 429 says, and no longer', async () => {
		const headers = { 'RateLimit-Reset': '1' };
		emulator().fail({ path: BASE, kind: 'status', status: 429, times: 2, headers });
		const started = Date.now();
		const { error } = await runNode(node('getAll', { returnAll: true, filters: {} }));
		expect(error).toBeUndefined();
		expect(requests(BASE)).toHaveLength(3);
		expect(Date.now() - started).toBeGreaterThanOrEqual(2000);
		// Twice a second, and not the minute of a 429 that names no time
		expect(Date.now() - started).toBeLessThan(30_000);
	});

	test('reads the end of a limit as a moment, too, whether in seconds or in milliseconds', async () => {
		for (const unit of [1, 1000]) {
			const headers = () => ({
				'RateLimit-Remaining': '0',
				'RateLimit-Reset': String(Math.ceil((Date.now() + 1000) / unit)),
			});
			const started = Date.now();
			emulator().fail({ path: BASE, kind: 'status', status: 429, headers: headers() });
			expect((await runNode(node('getAll', { returnAll: true, filters: {} }))).error).toBeUndefined();
			// A success that was the last one for now: the next page has to wait
			const body = { items: [], page_info: { next_page_token: 'none' } };
			emulator().fail({ path: BASE, kind: 'status', status: 200, body, headers: headers() });
			await runNode(node('getAll', { returnAll: true, filters: {} }));
			expect(requests(BASE)).toHaveLength(unit === 1 ? 4 : 8);
			expect(Date.now() - started).toBeLessThan(30_000);
		}
	});

	test.each(['reset', 'html'] as const)('repeats a read after a failure (%s)', async (kind) => {
		emulator().fail({ path: BASE, kind });
		emulator().fail({ path: BASE, kind: 'status', status: 503 });
		const { error } = await runNode(node('getAll', { returnAll: true, filters: {} }));
		expect(error).toBeUndefined();
		expect(requests(BASE)).toHaveLength(3);
	});

	test("keeps Hotmart's words, the status and the remedy", async () => {
		const body = { error: 'invalid_value_parameter', error_description: 'plan_id must be a number' };
		emulator().fail({ path: BASE, kind: 'status', status: 400, body });
		const { error } = await runNode(node('getAll', { returnAll: true, filters: {} }));
		expect(error?.message).toBe('plan_id must be a number (HTTP 400, invalid_value_parameter)');
		expect(error).toMatchObject({ httpCode: '400', description: expect.stringMatching(/Check the filters/) });
	});

	test('a host that is not there is told as such', async () => {
		const changes = { hotmartApi: { apiUrl: 'http://127.0.0.1:1' } };
		const { error } = await hurry(async () => await runNode(node('getAll', { returnAll: true, filters: {} }, changes)));
		expect(error?.message).toMatch(/Hotmart could not be reached: the connection was refused/);
	});

	test('no error shows a secret', async () => {
		const { clientId, clientSecret } = DEMO.hotmart;
		const basic = Buffer.from(`${clientId}:wrong-secret-value`).toString('base64');
		for (const changes of [{ clientSecret: 'wrong-secret-value' }, { tokenUrl: 'http://127.0.0.1:1/token' }]) {
			const { run } = await runNode(node('getAll', { returnAll: true, filters: {} }, { hotmartApi: changes }));
			const text = JSON.stringify(run);
			for (const secret of [clientSecret, 'wrong-secret-value', basic]) expect(text).not.toContain(secret);
		}
	});

	test('a canceled execution does not wait for the rate limit', async () => {
		emulator().fail({ path: BASE, kind: 'status', status: 429, times: 5, headers: { 'RateLimit-Reset': '60' } });
		const controller = new AbortController();
		const started = Date.now();
		const running = runNode({ ...node('getAll', { returnAll: true, filters: {} }), signal: controller.signal });
		while (emulator().count({ path: BASE, status: 429 }) === 0) await sleep(10);
		controller.abort();
		await running.catch(() => undefined);
		expect(Date.now() - started).toBeLessThan(30_000);
	});
});

describe('lists in the editor', () => {
	test('finds products by a part of their name', async () => {
		const { results } = await searchList({ ...node('getAll'), method: 'searchProducts', filter: 'SONG' });
		expect(results).toEqual([{ name: 'Songwriting Workshop', value: DEMO.products.songwriting }]);
	});
});

describe('a Read Only credential', () => {
	test.each([
		['cancel', { subscriberCode: 'AB12CD34' }],
		['reactivate', { subscriberCode: 'AB12CD34' }],
		['reactivateAndCharge', { subscriberCode: 'AB12CD34' }],
	])('refuses %s before it is sent', async (operation, parameters) => {
		const { error } = await runNode(node(operation, parameters, { hotmartApi: { accessMode: 'readOnly' } }));
		expect(error?.message).toMatch(/Hotmart credential is Read Only, so this POST request was not sent/);
		expect(emulator().count({ path: `${BASE}/*` })).toBe(0);
	});
});
