import { sleep } from 'n8n-workflow';

import { DEMO } from '../emulator/seed';
import { runNode, type OneNode } from './n8n';
import { demoCredentials, useEmulator } from './setup';

const emulator = useEmulator({ hotmart: { rateLimitPerMinute: 100_000 } });

const BASE = '/payments/api/v1/subscriptions';
const DAY = 86_400_000;

const node = (resource: string, operation: string, parameters = {}): OneNode => ({
	node: 'hotmart',
	parameters: { resource, operation, ...parameters },
	credentials: demoCredentials(emulator()),
});
const list = (parameters = {}) => node('subscription', 'getAll', { returnAll: true, ...parameters });
const requests = (path = BASE) => emulator().requests.filter((request) => request.path === path);

describe('what Hotmart answers', () => {
	test.each([
		[400, 'invalid_parameter', /one of them holds a value that Hotmart does not accept here/],
		[400, 'invalid_value_parameter', /Check the filters/],
		[400, 'invalid_value_headers', /Check the fields/],
		[400, 'invalid_token', /Run the node again to read the list from the start/],
		[400, 'subscription_in_trial_period', /until the trial period is over/],
		[400, 'it_can_not_cancel_subscription_status', /already canceled or has ended/],
		[400, 'it_can_not_reactivate_subscription', /needs a new purchase/],
		[400, 'refund_request_already_exists', /Look at its status/],
		[400, 'internal_error', /not sold by subscription/],
		[403, 'unauthorized_client', /has no right to do this/],
		[404, 'not_found', /does not have one of them/],
		[404, 'purchase_not_found', /starts with HP/],
		[409, 'conflict', /Look at the record in Hotmart/],
		[405, 'method_not_allowed', /Check the method and the path/],
		[422, 'invalid_request', /one more value/],
		[413, 'payload_too_large', /Check the fields of the node/],
	])('%i %s: keeps its words and says what to do', async (status, error, remedy) => {
		const body = { error, error_description: `Words for ${error}.`, error_uri: 'https://example.com' };
		emulator().fail({ path: BASE, kind: 'status', status, body });
		const outcome = await runNode(list());
		expect(outcome.error?.message).toBe(`Words for ${error}. (HTTP ${status}, ${error})`);
		expect(outcome.error).toMatchObject({ httpCode: String(status), description: expect.stringMatching(remedy) });
		expect(requests()).toHaveLength(1);
	});

	test.each([
		[400, {}, 'Hotmart does not accept a value of this request (HTTP 400)'],
		[403, {}, 'Hotmart does not allow this (HTTP 403)'],
		[404, {}, 'Hotmart has no such record (HTTP 404)'],
		[404, { error: 'SUBSCRIPTION_NOT_FOUND' }, 'Subscription not found (HTTP 404, SUBSCRIPTION_NOT_FOUND)'],
		[404, { code: '0007' }, 'Hotmart has no such record (HTTP 404, 0007)'],
		[
			409,
			{ error: 'conflict', error_description: ' ' },
			'Hotmart cannot do this in the current state (HTTP 409, conflict)',
		],
		[409, {}, 'Hotmart cannot do this in the current state (HTTP 409)'],
		[422, { error_description: 'due_day_required' }, 'Due day required (HTTP 422)'],
		[422, { message: ['Name is missing', 'Value is missing'] }, 'Name is missing. Value is missing (HTTP 422)'],
		[418, { message: { deep: 1 } }, 'Hotmart refused the request (HTTP 418)'],
	])('%i %j leads with words', async (status, body, message) => {
		emulator().fail({ path: BASE, kind: 'status', status, body });
		const { error } = await runNode(list());
		expect(error).toMatchObject({ message, description: expect.stringMatching(/^[A-Z].*\.$/) });
	});

	test.each([
		[
			'NOSUCHCD',
			'No subscription has the code NOSUCHCD. Check it, or choose one from the list. (SUBSCRIPTION_NOT_FOUND)',
		],
		[
			'Z0000000',
			/^The subscription Z0000000 is already canceled or has ended\. Nothing needs to be done\. \([A-Z_]+\)$/,
		],
	])('a code that cannot be canceled is told in words: %s', async (subscriberCode, message) => {
		emulator().hotmart.seedSubscriptions(1, { statuses: ['CANCELLED_BY_SELLER'] });
		const { error } = await runNode(node('subscription', 'cancel', { subscriberCode }));
		expect(error?.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
	});

	test('a reason that is not known yet is told in words, too', async () => {
		const fail = [{ subscriber_code: 'Z0000000', error: 'SUBSCRIPTION_IS_LOCKED' }];
		emulator().fail({ path: `${BASE}/cancel`, kind: 'status', status: 200, body: { fail_subscriptions: fail } });
		const { error } = await runNode(node('subscription', 'cancel', { subscriberCode: 'Z0000000' }));
		expect(error?.message).toBe(
			'Hotmart refused to change the subscription Z0000000: Subscription is locked. Look at it in Hotmart. (SUBSCRIPTION_IS_LOCKED)',
		);
	});

	test('the other form of body that the members area has (code 0006)', async () => {
		const { error } = await runNode(node('membersArea', 'getModules', { subdomain: 'nobody' }));
		expect(error?.message).toBe('Subdomain nobody does not exist (HTTP 404, 0006)');
		expect(error?.description).toMatch(/my-course for my-course\.club\.hotmart\.com/);
	});

	test.each([
		[401, 2],
		[503, 21],
	])('%i is told after %i attempts', async (status, times) => {
		const path = '/user/api/v1/me';
		emulator().fail({ path, kind: 'status', status, times: 99, headers: { 'retry-after': '0' } });
		const { error } = await runNode(node('account', 'get'));
		expect(requests(path)).toHaveLength(times);
		expect(error?.message).toMatch(new RegExp(`HTTP ${status}`));
		expect(error?.httpCode).toBe(String(status));
	});

	test('a 401 in the middle of a list gets a new token and goes on', async () => {
		emulator().hotmart.seedSubscriptions(1200);
		await runNode(node('account', 'get'));
		const running = runNode(list());
		while (emulator().count({ path: BASE, status: 200 }) === 0) await sleep(1);
		emulator().hotmart.expireToken();
		const { json, error } = await running;
		expect(error).toBeUndefined();
		expect(new Set(json.map(({ subscriberCode }) => subscriberCode)).size).toBe(1200);
		expect(emulator().count({ path: BASE, status: 401 })).toBe(1);
		const [refused] = emulator().requests.flatMap(({ status }, index) => (status === 401 ? [index] : []));
		expect(
			emulator()
				.requests.slice(refused! + 1)
				.map(({ path }) => path),
		).toContain('/security/oauth/token');
	});

	test.each([500, 502])('a %i that passes is not seen', async (status) => {
		emulator().fail({ path: '/user/api/v1/me', kind: 'status', status });
		const { json } = await runNode(node('account', 'get'));
		expect(json).toMatchObject([{ email: 'owner@school.example.com' }]);
	});

	test('a 429 without headers waits a minute, which a canceled execution ends', async () => {
		emulator().fail({ path: BASE, kind: 'status', status: 429 });
		const controller = new AbortController();
		const started = Date.now();
		const running = runNode({ ...list(), signal: controller.signal });
		while (emulator().count({ path: BASE, status: 429 }) === 0) await sleep(1);
		controller.abort();
		await running.catch(() => undefined);
		expect(Date.now() - started).toBeLessThan(30_000);
		expect(requests()).toHaveLength(1);
	});

	test('a page that comes again and again ends the list', async () => {
		const body = { items: [{ subscriber_code: 'AB12CD34' }], page_info: { next_page_token: 'again' } };
		emulator().fail({ path: BASE, kind: 'status', status: 200, body, times: 9 });
		const { error } = await runNode(list());
		expect(error?.message).toMatch(/same page of the list again and again/);
		expect(requests()).toHaveLength(2);
	});

	test('an answer that is JSON but no list is not taken for an empty one', async () => {
		emulator().fail({ path: BASE, kind: 'status', status: 200, body: { message: 'Welcome' } });
		const { error } = await runNode(list());
		expect(error?.message).toMatch(/did not answer with a list at the address \/payments/);
	});

	test('Continue On Fail keeps the other items', async () => {
		emulator().hotmart.seedSubscriptions(2);
		const { items, failed } = await runNode({
			...node('subscription', 'get', { subscriberCode: '={{ $json.code }}' }),
			onError: 'continueErrorOutput',
			input: [{ code: 'Z0000000' }, { code: 'NOSUCHCD' }, { code: 'Z0000001' }],
		});
		expect(items.map(({ json }) => json.subscriberCode)).toEqual(['Z0000000', 'Z0000001']);
		expect(failed[0]!.json.error).toMatch(/no subscription with the code NOSUCHCD.*\[item 1\]/);
	});
});

describe('a range of time that is too wide', () => {
	beforeEach(() => {
		emulator().hotmart.seedSubscriptions(2000, { statuses: ['ACTIVE', 'CANCELLED_BY_SELLER'] });
		emulator().hotmart.switches.slowBeyondDays = 400;
	});

	test('is split until Hotmart answers, without gaps, duplicates or another order', async () => {
		const { json, error } = await runNode(list());
		expect(error).toBeUndefined();
		const codes = json.map(({ subscriberCode }) => String(subscriberCode));
		expect(codes).toEqual(
			Array.from({ length: 2000 }, (_, index) => `Z${index.toString(36).toUpperCase().padStart(7, '0')}`),
		);
		const answered = requests().filter(({ status, query }) => status === 200 && !query.page_token);
		for (const [index, { query }] of answered.slice(1).entries())
			expect(Number(query.accession_date) - Number(answered[index]!.query.end_accession_date)).toBe(1);
		expect(requests().length).toBeLessThan(40);
	});

	test('stops at the limit', async () => {
		const { json } = await runNode(node('subscription', 'getAll', { returnAll: false, limit: 10 }));
		expect(json).toHaveLength(10);
		expect(json.at(-1)).toMatchObject({ subscriberCode: 'Z0000009' });
	});

	test('brings no page twice when a later page is the one that takes too long', async () => {
		emulator().hotmart.switches.slowBeyondDays = null;
		const running = runNode(list());
		while (emulator().count({ path: BASE, status: 200 }) === 0) await sleep(1);
		emulator().fail({ path: BASE, kind: 'status', status: 502 });
		const { json } = await running;
		expect(emulator().count({ path: BASE, status: 502 })).toBe(1);
		expect(json).toHaveLength(2000);
		expect(new Set(json.map(({ subscriberCode }) => subscriberCode)).size).toBe(2000);
	});

	test('is not split below a day, so that it ends', async () => {
		emulator().fail({ path: BASE, kind: 'status', status: 502, times: 1000, headers: { 'retry-after': '0' } });
		const { error } = await runNode(list({ filters: { accessionAfter: '2026-01-01', accessionBefore: '2026-01-03' } }));
		expect(error?.message).toMatch(/HTTP 502/);
		expect(error?.description).toMatch(/Narrow it by dates or other filters/);
		// Two days, one day, then the usual repetitions.
		expect(requests()).toHaveLength(2 + 20);
	});

	test('of the summary of sales is added up again', async () => {
		const { hotmart } = emulator();
		const { songwriting } = DEMO.products;
		hotmart.seedSales(300, { productId: songwriting, from: Date.now() - 700 * DAY, to: Date.now() });
		const summary = () =>
			runNode(node('sale', 'getSummary', { filters: { productId: { __rl: true, mode: 'id', value: songwriting } } }));
		const split = await summary();
		hotmart.switches.slowBeyondDays = null;
		const whole = await summary();
		expect(split.json).toEqual(whole.json);
		expect(whole.json).toMatchObject([{ total_items: 300, total_value: { currency_code: 'BRL' } }]);
	});
});
