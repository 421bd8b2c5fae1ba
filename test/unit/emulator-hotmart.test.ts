import formbody from '@fastify/formbody';
import axios from 'axios';
import { fastify } from 'fastify';
import type { FastifyInstance } from 'fastify';

import { EVENTS } from '../../nodes/Hotmart/trigger/events';
import { DEMO, startEmulator } from '../emulator';
import type { Emulator, EmulatorOptions, ScriptedFailure } from '../emulator';

type Json = Record<string, unknown>;
interface Page {
	items: Json[];
	page_info: {
		total_results?: number;
		next_page_token?: string;
		prev_page_token?: string;
		results_per_page: number;
	};
}

const DAY = 24 * 3600 * 1000;
const { clientId, clientSecret, hottok, sandbox } = DEMO.hotmart;
const { guitar, songwriting, concert } = DEMO.products;
const { monthly, annual } = DEMO.plans;
const subscriptions = '/payments/api/v1/subscriptions';
const history = '/payments/api/v1/sales/history';
const email = 'ana.souza@example.com';

const http = axios.create({ validateStatus: () => true, proxy: false });
const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

let emulator: Emulator;
let hotmart: Emulator['hotmart'];
let token: string;

async function tokenFrom(from: Emulator, id: string = clientId, secret: string = clientSecret) {
	const { data } = await http.post<{ access_token: string }>(from.hotmart.tokenUrl, undefined, {
		params: { grant_type: 'client_credentials' },
		headers: { authorization: basic(id, secret), 'content-type': 'application/json' },
	});
	return data.access_token;
}

async function call<T = Json>(method: string, path: string, data?: unknown, bearer = token) {
	return await http.request<T>({
		method,
		url: `${hotmart.url}${path}`,
		data,
		headers: { 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) },
	});
}
const page = async (path: string) => (await call<Page>('GET', path)).data;

/** Runs a test against an emulator of its own. */
async function withEmulator(options: EmulatorOptions, test: (own: Emulator) => Promise<void>) {
	const own = await startEmulator(options);
	try {
		await test(own);
	} finally {
		await own.close();
	}
}

const subscribe = async (more = {}) => {
	const { subscriberCode = '', transaction } = await hotmart.buy({ email, productId: guitar, ...more });
	return { code: subscriberCode, transaction };
};

beforeAll(async () => {
	emulator = await startEmulator();
	({ hotmart } = emulator);
});
afterAll(async () => await emulator.close());
beforeEach(async () => {
	emulator.reset();
	token = await tokenFrom(emulator);
});

describe('token endpoint', () => {
	const grant = { grant_type: 'client_credentials' };
	const client = { client_id: clientId, client_secret: clientSecret };
	const headers = { authorization: basic(clientId, clientSecret) };

	it.each([
		['query and Basic header', { params: { ...grant, ...client }, headers }],
		['query alone', { params: { ...grant, ...client } }],
		['form and Basic header', { data: new URLSearchParams(grant), headers }],
		['form alone', { data: new URLSearchParams({ ...grant, ...client }) }],
		['JSON body and grant type in the query', { params: grant, data: client }],
	])('accepts %s', async (_case, config) => {
		const { status, data } = await http.request<Json>({ method: 'POST', url: hotmart.tokenUrl, ...config });
		expect(status).toBe(200);
		expect(data).toMatchObject({ token_type: 'bearer', expires_in: 172_799, scope: 'read write' });
		const bearer = data.access_token as string;
		expect((await call('GET', subscriptions, undefined, bearer)).status).toBe(200);
	});

	it.each([
		['a wrong secret', { params: grant, headers: { authorization: basic(clientId, 'x') } }, 401, 'unauthorized'],
		['no client', { params: grant }, 401, 'unauthorized'],
		['another grant type', { params: { grant_type: 'password' }, headers }, 400, 'unsupported_grant_type'],
	])('refuses %s', async (_case, config, expected, error) => {
		const { status, data } = await http.request<Json>({ method: 'POST', url: hotmart.tokenUrl, ...config });
		expect([status, data.error]).toEqual([expected, error]);
	});
});

describe('access to the API', () => {
	it.each([
		['no token', subscriptions, '', 'unauthorized'],
		['no token on the profile', '/user/api/v1/me', '', 'invalid_token'],
		['a made-up token', subscriptions, 'abc', 'invalid_token'],
	])('refuses %s', async (_case, path, bearer, error) => {
		const { status, data, headers } = await call('GET', path, undefined, bearer);
		expect([status, data.error]).toEqual([401, error]);
		expect(headers).not.toHaveProperty('ratelimit-limit');
	});

	it('refuses tokens that were expired by hand or by time', async () => {
		hotmart.expireToken();
		expect((await call('GET', subscriptions)).data.error).toBe('token_expired');
		token = await tokenFrom(emulator);
		emulator.clock.advance(172_799_000);
		const { status, data } = await call('GET', subscriptions);
		expect([status, data.error]).toEqual([401, 'token_expired']);
	});

	it.each([
		['production', [401, 200]],
		['sandbox', [200, 401]],
	] as const)('takes only its own clients as %s', async (environment, expected) => {
		await withEmulator({ hotmart: { environment } }, async (own) => {
			const statuses = [];
			for (const { clientId: id, clientSecret: secret } of [sandbox, DEMO.hotmart]) {
				const authorization = `Bearer ${await tokenFrom(own, id, secret)}`;
				const { status } = await http.get(own.hotmart.url + subscriptions, { headers: { authorization } });
				statuses.push(status);
			}
			expect(statuses).toEqual(expected);
		});
	});

	it('counts calls in a window and says so in five headers', async () => {
		await withEmulator({ hotmart: { rateLimitPerMinute: 2 } }, async (own) => {
			const headers = { authorization: `Bearer ${await tokenFrom(own)}` };
			const get = async () => await http.get<Json>(own.hotmart.url + subscriptions, { headers });
			expect((await get()).headers).toMatchObject({
				'ratelimit-limit': '2',
				'ratelimit-remaining': '1',
				'ratelimit-reset': '60',
				'x-ratelimit-limit-minute': '2',
				'x-ratelimit-remaining-minute': '1',
			});
			expect((await get()).status).toBe(200);
			own.clock.advance(20_000);
			const refused = await get();
			expect([refused.status, refused.data.error]).toEqual([429, 'too_many_requests']);
			expect(refused.headers).toMatchObject({ 'ratelimit-remaining': '0', 'ratelimit-reset': '40' });
			own.clock.advance(40_000);
			expect((await get()).status).toBe(200);
		});
	});

	it('answers unknown paths with the HTML of the site, or JSON on request, and wrong methods with 405', async () => {
		const path = '/payments/api/v1/coupon';
		const site = await call<string>('GET', path);
		expect([site.status, site.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
		expect(site.data).toContain('http-equiv="refresh"');
		hotmart.switches.htmlForUnknownPaths = false;
		expect((await call('GET', path)).data.error).toBe('not_found');
		expect(await call('DELETE', `${subscriptions}/ABC`)).toMatchObject({
			status: 405,
			data: { error: 'method_not_allowed' },
		});
	});
});

describe('lists', () => {
	it('pages by opaque tokens, clamps the size, and knows no other tokens', async () => {
		hotmart.seedSubscriptions(1100, { from: emulator.clock.now() - 20 * DAY });
		const first = await page(`${subscriptions}?max_results=9999`);
		expect(first.page_info).toMatchObject({ total_results: 1100, results_per_page: 500 });
		expect(first.page_info.next_page_token).toMatch(/^[0-9a-f]{64}$/);
		expect(first.page_info).not.toHaveProperty('prev_page_token');

		const follow = async (last?: string) => await page(`${subscriptions}?max_results=500&page_token=${last}`);
		const second = await follow(first.page_info.next_page_token);
		const third = await follow(second.page_info.next_page_token);
		const codes = [first, second, third].flatMap(({ items }) => items.map((item) => item.subscriber_code));
		expect([codes.length, new Set(codes).size]).toEqual([1100, 1100]);
		expect(third.page_info).toMatchObject({ total_results: 1100, results_per_page: 100 });
		expect(third.page_info).not.toHaveProperty('next_page_token');
		const back = await follow(third.page_info.prev_page_token);
		expect(back.items[0]).toEqual(second.items[0]);
		expect((await follow(second.page_info.prev_page_token)).items[0]).toEqual(first.items[0]);

		expect((await page(subscriptions)).items).toHaveLength(50);
		const invented = await call('GET', `${subscriptions}?page_token=${'a'.repeat(64)}`);
		expect([invented.status, invented.data.error]).toEqual([400, 'invalid_token']);
	});

	it('shows subscriptions of the last 30 days unless asked for more', async () => {
		emulator.clock.advance(-31 * DAY);
		const { code } = await subscribe();
		emulator.clock.advance(31 * DAY);
		await subscribe({ email: 'new@example.com' });
		const emails = async (query: string) =>
			(await page(subscriptions + query)).items.map(({ subscriber }) => (subscriber as Json).email);
		expect(await emails('')).toEqual(['new@example.com']);
		expect(await emails(`?subscriber_code=${code}`)).toEqual([]);
		expect(await emails('?accession_date=1293840000000')).toEqual([email, 'new@example.com']);
		expect(await emails(`?accession_date=1293840000000&end_accession_date=${emulator.clock.now() - 30 * DAY}`)).toEqual(
			[email],
		);
	});

	it('filters subscriptions, several statuses by repeated keys', async () => {
		await subscribe();
		const { code: canceled } = await subscribe({ email: 'b@example.com', planId: annual });
		await hotmart.cancel(canceled, 'admin');
		const late = await subscribe({ email: 'c@example.com' });
		await hotmart.failCharge(late.code);
		const statuses = async (query: string) =>
			(await page(`${subscriptions}?${query}`)).items.map(({ status }) => status);
		expect(await statuses('status=ACTIVE&status=DELAYED')).toEqual(['ACTIVE', 'DELAYED']);
		expect(await statuses('plan=Annual')).toEqual(['CANCELLED_BY_ADMIN']);
		expect(await statuses(`plan_id=${monthly}&subscriber_email=C@example.com`)).toEqual(['DELAYED']);
		expect(await statuses(`transaction=${late.transaction}`)).toEqual(['DELAYED']);
		expect(await statuses('trial=true')).toEqual([]);
		expect(await statuses('cancelation_date=0')).toEqual(['CANCELLED_BY_ADMIN']);
		expect(await statuses(`date_next_charge=0&end_date_next_charge=${emulator.clock.now() + 60 * DAY}`)).toEqual([
			'ACTIVE',
			'DELAYED',
		]);
	});

	it.each([
		['status=ACTIVE,DELAYED', 'invalid_parameter'],
		['status=CANCELLED_BY_BUYER', 'invalid_parameter'],
		['accession_date=2024-01-01', 'invalid_value_parameter'],
		['max_results=0', 'invalid_value_parameter'],
	])('refuses %s', async (query, error) => {
		const { status, data } = await call('GET', `${subscriptions}?${query}`);
		expect([status, data.error]).toEqual([400, error]);
	});

	it('shows approved and complete sales unless a status or a transaction is given', async () => {
		const buy = async () => await hotmart.buy({ email, productId: songwriting });
		await buy();
		await hotmart.complete((await buy()).transaction);
		const { transaction } = await buy();
		await hotmart.refund(transaction);
		const statuses = async (query: string) =>
			(await page(`${history}?${query}`)).items.map(({ purchase }) => (purchase as Json).status);
		expect(await statuses('')).toEqual(['APPROVED', 'COMPLETE']);
		expect(await statuses('transaction_status=REFUNDED')).toEqual(['REFUNDED']);
		expect(await statuses(`transaction=${transaction}`)).toEqual(['REFUNDED']);
		emulator.clock.advance(40 * DAY);
		token = await tokenFrom(emulator);
		expect(await statuses('')).toEqual([]);
		expect(await statuses(`transaction=${transaction}`)).toEqual(['REFUNDED']);
	});

	it.each([
		['all', 2],
		['first', 1],
		['last', 1],
	] as const)('counts of several transaction_status values: %s', async (transactionStatuses, expected) => {
		hotmart.switches.transactionStatuses = transactionStatuses;
		await hotmart.complete((await hotmart.buy({ email, productId: songwriting })).transaction);
		await hotmart.buy({ email, productId: songwriting });
		const { items } = await page(`${history}?transaction_status=APPROVED&transaction_status=COMPLETE`);
		expect(items).toHaveLength(expected);
	});

	it('reads its filters as the switches say', async () => {
		emulator.clock.advance(-40 * DAY);
		const { code } = await subscribe();
		const { code: canceled } = await subscribe({ email: 'b@example.com' });
		emulator.clock.advance(40 * DAY);
		await hotmart.cancel(canceled);
		const second = await hotmart.renew(code);
		const count = async (query: string) => (await page(subscriptions + query)).items.length;
		const yesterday = emulator.clock.now() - DAY;
		expect(await count(`?accession_date=0&end_accession_date=${yesterday}`)).toBe(2);
		expect(await count(`?subscriber_code=${code}`)).toBe(0);
		expect(await count('?accession_date=0&subscriber_email=ANA.souza@example.com')).toBe(1);
		Object.assign(hotmart.switches, {
			endAccessionDate: 'cancellation',
			keyLiftsWindow: true,
			emailFilter: 'exact',
			listedTransaction: 'latest',
		});
		expect(await count(`?accession_date=0&end_accession_date=${yesterday}`)).toBe(1);
		expect((await page(`${subscriptions}?subscriber_code=${code}`)).items).toMatchObject([
			{ transaction: second.transaction },
		]);
		expect(await count('?accession_date=0&subscriber_email=ANA.souza@example.com')).toBe(0);
	});

	it('selects fields of the items only', async () => {
		const { code } = await subscribe();
		const { items, page_info: info } = await page(`${subscriptions}?select=subscriber_code,plan.name`);
		expect(items).toEqual([{ subscriber_code: code, plan: { name: 'Monthly' } }]);
		expect(info.total_results).toBe(1);
		expect(await page(`${subscriptions}?select=nothing`)).toEqual({});
	});

	it('answers 502 when a range is too wide', async () => {
		hotmart.switches.slowBeyondDays = 365;
		const wide = await call('GET', `${subscriptions}?accession_date=0`);
		expect([wide.status, wide.data.error]).toEqual([502, 'internal_server_error']);
		expect((await call('GET', `${history}?start_date=0`)).status).toBe(502);
		expect((await call('GET', subscriptions)).status).toBe(200);
	});

	it('serves 300,000 subscriptions page by page without making them all', async () => {
		const started = Date.now();
		hotmart.seedSubscriptions(300_000, { statuses: ['ACTIVE', 'CANCELLED_BY_CUSTOMER', 'OVERDUE'] });
		const first = await page(`${subscriptions}?accession_date=1293840000000&max_results=500`);
		expect(first.page_info.total_results).toBe(300_000);
		expect(first.items.slice(0, 3).map(({ status }) => status)).toEqual(['ACTIVE', 'CANCELLED_BY_CUSTOMER', 'OVERDUE']);
		const code = first.items[499]?.subscriber_code as string;
		const { data } = await call<Json[]>('GET', `${subscriptions}/${code}/purchases`);
		expect(data).toHaveLength(1);
		expect(data[0]?.transaction).toBe(first.items[499]?.transaction);
		expect((await call('POST', `${subscriptions}/${first.items[0]?.subscriber_code}/cancel`, {})).status).toBe(200);
		const again = await page(`${subscriptions}?accession_date=1293840000000&max_results=500`);
		expect(again.items[0]?.status).toBe('CANCELLED_BY_SELLER');
		expect(hotmart.subscriptions.length).toBeLessThan(5);
		expect(Date.now() - started).toBeLessThan(20_000);
	});
});

describe('writes', () => {
	it('cancels many: always 200, empty lists absent, dates as text, the list tells who canceled', async () => {
		const { code } = await subscribe();
		const cancel = async () => await call('POST', `${subscriptions}/cancel`, { subscriber_code: [code] });
		const first = await cancel();
		expect(first.status).toBe(200);
		expect(first.data).not.toHaveProperty('fail_subscriptions');
		const text = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) as string;
		expect(first.data.success_subscriptions).toEqual([
			expect.objectContaining({
				status: 'INACTIVE',
				subscriber_code: code,
				creation_date: text,
				date_next_charge: text,
				date_last_recurrence: 1,
				interval_type_between_charges: 'MONTH',
				interval_between_charges: 1,
				shopper: expect.objectContaining({ email }) as object,
			}),
		]);
		const second = await cancel();
		expect(second.data).not.toHaveProperty('success_subscriptions');
		expect(second.data.fail_subscriptions).toEqual([
			expect.objectContaining({
				error: 'SUBSCRIPTION_ALREADY_CANCELED_OR_OVERDUE',
				interval_between_charges: 30,
			}),
		]);
		expect(hotmart.findSubscription(code)?.status).toBe('CANCELLED_BY_SELLER');
		expect((await call('POST', `${subscriptions}/cancel`, {})).status).toBe(400);
	});

	it('cancels one once', async () => {
		const { code } = await subscribe();
		expect((await call('POST', `${subscriptions}/${code}/cancel`, { send_mail: false })).data.status).toBe('INACTIVE');
		const again = await call('POST', `${subscriptions}/${code}/cancel`, {});
		expect([again.status, again.data.error]).toEqual([400, 'it_can_not_cancel_subscription_status']);
		expect((await call('POST', `${subscriptions}/NOBODY00/cancel`, {})).status).toBe(404);
	});

	it('reactivates only what is canceled, and only when the subscriber accepts in time', async () => {
		const { code } = await subscribe();
		const ask = async (charge: boolean) => await call('POST', `${subscriptions}/${code}/reactivate`, { charge });
		expect((await ask(true)).data.error).toBe('it_can_not_reactivate_subscription');
		await hotmart.cancel(code);
		expect((await ask(true)).data).toMatchObject({ status: 'INACTIVE', interval_between_charges: 30 });
		expect(hotmart.findSubscription(code)?.status).toBe('CANCELLED_BY_CUSTOMER');
		emulator.clock.advance(3 * DAY + 1);
		await expect(hotmart.acceptReactivation(code)).rejects.toThrow('waits for no reactivation');

		const many = await call(
			'POST',
			`${subscriptions}/reactivate`,
			{ subscriber_code: [code, 'NOBODY00'] },
			await tokenFrom(emulator),
		);
		expect(many.data).toMatchObject({
			success_subscriptions: [{ subscriber_code: code }],
			fail_subscriptions: [{ subscriber_code: 'NOBODY00' }],
		});
		await hotmart.acceptReactivation(code);
		expect(hotmart.findSubscription(code)).toMatchObject({ status: 'ACTIVE', recurrence: 1 });
	});

	it.each([
		['within the paid period', 10, 1],
		['after it', 45, 2],
	] as const)('reactivates %s', async (_case, days, recurrence) => {
		const { code } = await subscribe();
		const { nextCharge: paidUntil } = hotmart.findSubscription(code)!;
		await hotmart.cancel(code);
		emulator.clock.advance(days * DAY);
		const sold = hotmart.sales.length;
		await hotmart.reactivate(code);
		const { status, nextCharge, recurrence: now } = hotmart.findSubscription(code)!;
		expect([status, now, hotmart.sales.length - sold]).toEqual(['ACTIVE', recurrence, recurrence - 1]);
		// Within the period nothing changes; after it the next charge is a month from the day of the reactivation
		const month = new Date(emulator.clock.now());
		month.setUTCMonth(month.getUTCMonth() + 1);
		if (recurrence === 1) expect(nextCharge).toBe(paidUntil);
		else expect(Math.abs(nextCharge! - month.getTime())).toBeLessThan(4 * DAY);
	});

	it('reactivates without a charge after the period, for the next one', async () => {
		const { code } = await subscribe();
		await hotmart.cancel(code);
		emulator.clock.advance(45 * DAY);
		token = await tokenFrom(emulator);
		await call('POST', `${subscriptions}/${code}/reactivate`, { charge: false });
		await hotmart.acceptReactivation(code);
		const { recurrence, nextCharge } = hotmart.findSubscription(code)!;
		expect(recurrence).toBe(1);
		expect(nextCharge).toBeGreaterThan(emulator.clock.now() + 26 * DAY);
	});

	it('changes the billing day without a word, except in a trial', async () => {
		const { code } = await subscribe();
		const change = async (day: unknown) => await call<unknown>('PATCH', `${subscriptions}/${code}`, { due_day: day });
		expect(await change(15)).toMatchObject({ status: 200, data: '' });
		expect(hotmart.findSubscription(code)?.dueDay).toBe(15);
		expect(await change(32)).toMatchObject({ status: 400, data: { error: 'invalid_parameter' } });
		Object.assign(hotmart.findSubscription(code) ?? {}, { trial: true });
		expect(await change(15)).toMatchObject({ status: 400, data: { error: 'subscription_in_trial_period' } });
	});

	it('takes a refund request once; the money follows later', async () => {
		const { transaction } = await hotmart.buy({ email, productId: songwriting });
		const refund = async (code: string) => await call('PUT', `/payments/api/v1/sales/${code}/refund`);
		expect(await refund(transaction)).toMatchObject({ status: 200, data: {} });
		expect(hotmart.findSale(transaction)?.status).toBe('PROTESTED');
		expect(await refund(transaction)).toMatchObject({ status: 400, data: { error: 'refund_request_already_exists' } });
		expect(await refund('HP0000000000')).toMatchObject({ status: 404, data: { error: 'purchase_not_found' } });
	});

	it('negotiates unpaid recurrences only', async () => {
		const { code } = await subscribe();
		const id = hotmart.findSubscription(code)?.id;
		const negotiate = async (more = {}) =>
			await call('POST', '/payments/api/v1/installments/negotiate', {
				subscription_id: id,
				recurrences: [2],
				payment_type: 'PIX',
				discount: { type: 'CUSTOM', value: 7 },
				...more,
			});
		expect((await negotiate()).status).toBe(400);
		await hotmart.failCharge(code);
		expect((await negotiate({ payment_type: 'BOLETO' })).status).toBe(400);
		const { data } = await negotiate();
		expect(data.payment).toMatchObject({ type: 'PIX', pix_code: expect.any(String) as string });
		expect(hotmart.findSale(data.transaction as string)).toMatchObject({
			status: 'WAITING_PAYMENT',
			price: { value: 90 },
		});
		await hotmart.pay(data.transaction as string);
		expect(hotmart.findSubscription(code)).toMatchObject({ status: 'ACTIVE', recurrence: 2, unpaid: [] });
	});

	it('makes and deletes coupons, not for subscription products', async () => {
		const create = async (product: number, discount = 0.2) =>
			await call('POST', `/products/api/v1/product/${product}/coupon`, { code: 'SPRING', discount });
		const list = async () => (await page(`/products/api/v1/coupon/product/${songwriting}`)).items;
		expect(await create(guitar)).toMatchObject({ status: 400, data: { error: 'internal_error' } });
		expect((await create(songwriting, 20)).status).toBe(400);
		expect(await create(songwriting)).toMatchObject({ status: 200, data: {} });
		const [coupon] = await list();
		expect(coupon).toMatchObject({ coupon_code: 'SPRING', discount: 0.2, status: 'valid' });
		const remove = async () => await call('DELETE', `/products/api/v1/coupon/${String(coupon?.id)}`);
		expect((await remove()).status).toBe(200);
		expect(await list()).toEqual([]);
		expect(await remove()).toMatchObject({ status: 400, data: { error: 'internal_error' } });
	});

	it('offers other plans and switches to one', async () => {
		const { code } = await subscribe();
		const plans = await call<{ items: Array<{ plans: Json[] }> }>(
			'GET',
			`${subscriptions}/switch-plan/plans?subscriber_codes=${code}`,
		);
		const [plan] = plans.data.items[0]?.plans ?? [];
		expect(plan?.name).toBe('Annual');
		const path = `${subscriptions}/switch-plan`;
		const body = { subscriber_code: code, offer_code: plan?.code };
		expect((await call('POST', path, body)).status).toBe(200);
		expect(hotmart.findSubscription(code)?.planId).toBe(annual);
		expect((await call('POST', path, body)).status).toBe(400);
	});

	it('adds offers and plans to payment links', async () => {
		const path = '/payments/api/v1/link';
		const { data: link } = await call('POST', path, { name: 'Coaching', value: 50, currency: 'BRL' });
		expect((await page(path)).items).toEqual([expect.objectContaining({ ucode: link.ucode, name: 'Coaching' })]);
		for (const part of ['offer', 'plan']) {
			expect((await call('POST', `${path}/${String(link.ucode)}/${part}`, { value: 40 })).status).toBe(200);
			expect((await call('POST', `${path}/unknown/${part}`, { value: 40 })).status).toBe(404);
		}
	});
});

describe('other reads', () => {
	const ucodeOf = (id: number) => hotmart.products.find((product) => product.id === id)?.ucode;

	it.each([
		[`/products/api/v1/products?id=${guitar}`, 'is_subscription', true],
		[`/products/api/v1/products?format=ETICKET`, 'id', concert],
		[`${subscriptions}/summary`, 'lifetime', 0],
		[`${subscriptions}/transactions`, 'billing_type', 'SUBSCRIPTION'],
		['/payments/api/v1/sales/summary', 'total_items', 3],
		[`/payments/api/v1/sales/users?product_id=${guitar}`, 'product', { id: guitar, name: 'Guitar from Zero' }],
		[`/payments/api/v1/sales/commissions?product_id=${guitar}`, 'exchange_rate_currency_payout', 1],
		[`/payments/api/v1/sales/price/details?product_id=${guitar}`, 'total', { value: 97, currency_code: 'BRL' }],
		['/club/api/v1/users?subdomain=songwriting&email=ana', 'email', email],
		[`/events/api/v1/${concert}/participants?ticket_status=SOLD`, 'lot', { id: 90210, name: 'First lot' }],
	])('answers %s', async (path, key, value) => {
		for (const productId of [guitar, songwriting, concert]) await hotmart.buy({ email, productId });
		const { items } = await page(path);
		expect(items).toHaveLength(1);
		expect(items[0]?.[key]).toEqual(value);
	});

	it('answers bare arrays and objects where there is no paging', async () => {
		const { code } = await subscribe();
		await hotmart.failCharge(code);
		const read = async (path: string) => (await call<unknown>('GET', path)).data;
		expect(await read(`${subscriptions}/${code}/purchases`)).toMatchObject([
			{ status: 'APPROVED', recurrency_number: 1, under_warranty: true, payment_method: 'VISA_CREDIT_CARD' },
			{ status: 'OVERDUE', recurrency_number: 2, under_warranty: false },
		]);
		const modules = '/club/api/v1/modules?subdomain=guitar-from-zero';
		expect(await read(modules)).toMatchObject([{ name: 'First chords' }, { name: 'Rhythm' }]);
		expect(await read(`${modules}&is_extra=true`)).toMatchObject([{ name: 'Song book' }]);
		expect(await read(`/club/api/v2/modules/2Z7RAMXEJW/pages?product_id=${guitar}`)).toHaveLength(2);
		expect(await read('/user/api/v1/me')).toMatchObject({ name: 'Cordas School' });
		expect(await read(`/events/api/v1/${concert}/info`)).toMatchObject({ product: { id: concert } });

		await hotmart.completeModule(email, guitar);
		const [student] = (await page('/club/api/v1/users?subdomain=guitar-from-zero')).items;
		const lessons = await read(`/club/api/v1/users/${String(student?.user_id)}/lessons?subdomain=guitar-from-zero`);
		expect(lessons).toMatchObject({
			lessons: [{ is_completed: true }, { is_completed: true }, { is_completed: false }, {}],
		});
	});

	it('names offers by code and plans without their numeric id', async () => {
		const base = `/products/api/v1/products/${ucodeOf(guitar)}`;
		expect((await page(`${base}/offers`)).items[0]).toMatchObject({ code: 'gtrmonth', payment_mode: 'SUBSCRIPTION' });
		const { items } = await page(`${base}/plans`);
		expect(items.map(({ code, periodicity, payment_mode: mode }) => [code, periodicity, mode])).toEqual([
			['gtrmonth', 'MONTHLY', 'ASSINATURA'],
			['gtryear1', 'ANNUAL', 'ASSINATURA'],
		]);
		expect(items[0]).not.toHaveProperty('id');
		expect(await page(`/products/api/v1/products/${guitar}/offers`)).toEqual({});
	});

	it.each([
		[
			'plans of a product without plans',
			() => `/products/api/v1/products/${ucodeOf(songwriting)}/plans`,
			400,
			{ error: 'invalid_parameter' },
		],
		['an unknown subscriber', () => `${subscriptions}/NOBODY00/purchases`, 404, { error: 'not_found' }],
		['a members area without a subdomain', () => '/club/api/v1/modules', 422, {}],
		[
			'an unknown subdomain',
			() => '/club/api/v1/users?subdomain=x',
			404,
			{ code: '0006', message: 'Subdomain x does not exist' },
		],
		['an event that is none', () => `/events/api/v1/${guitar}/info`, 404, { error: 'not_found' }],
	])('refuses %s', async (_case, path, expected, body) => {
		const { status, data } = await call('GET', path());
		expect(status).toBe(expected);
		expect(data).toMatchObject(body);
	});
});

describe('webhooks', () => {
	interface Received {
		body: Json & { event?: string; data?: Json };
		headers: Record<string, unknown>;
	}
	let receiver: FastifyInstance;
	let url: string;
	let received: Received[];
	let answer: number;
	/** Answers before that. */
	let answers: number[];

	beforeAll(async () => {
		receiver = fastify({ forceCloseConnections: true });
		await receiver.register(formbody);
		receiver.post('/hook', async (request, reply) => {
			const { body, headers } = request;
			received.push({ body: body as Received['body'], headers });
			return await reply.code(answers.shift() ?? answer).send();
		});
		receiver.post('/hang', async () => await new Promise<never>(() => {}));
		url = `${await receiver.listen({ host: '127.0.0.1', port: 0 })}/hook`;
	});
	afterAll(async () => await receiver.close());
	beforeEach(() => {
		received = [];
		answer = 200;
		answers = [];
	});
	const events = () => received.map(({ body }) => body.event);
	const last = () => received.at(-1) as Received;

	it("tells a subscription's life", async () => {
		hotmart.registerWebhook({ url });
		const { transaction, subscriberCode: code = '' } = await hotmart.printBillet({ email, productId: guitar });
		const seen = (path: string[]) => path.reduce<unknown>((value, key) => (value as Json)[key], last().body.data);
		const purchase = () => seen(['purchase']);

		expect(purchase()).toMatchObject({ status: 'BILLET_PRINTED', transaction, recurrence_number: 1 });
		expect(purchase()).not.toHaveProperty('date_next_charge');
		expect(seen(['subscription', 'status'])).toBe('STARTED');
		expect(seen(['affiliates'])).toEqual([{ affiliate_code: '', name: '' }]);

		await hotmart.pay(transaction);
		expect(last().headers).toMatchObject({ 'x-hotmart-hottok': hottok, 'content-type': 'application/json' });
		expect(last().body).toMatchObject({ event: 'PURCHASE_APPROVED', version: '2.0.0' });
		expect(last().body).not.toHaveProperty('hottok');
		expect(purchase()).toMatchObject({ status: 'APPROVED', transaction, order_date: expect.any(Number) as number });

		await hotmart.complete(transaction);
		expect(purchase()).toMatchObject({ status: 'COMPLETED', transaction });

		const charged = hotmart.findSubscription(code)?.nextCharge ?? 0;
		const failed = await hotmart.failCharge(code);
		expect(purchase()).toMatchObject({ status: 'DELAYED', recurrence_number: 2, transaction: failed.transaction });
		expect(seen(['purchase', 'date_next_charge'])).toBe(charged + 30 * DAY);
		expect(hotmart.findSubscription(code)).toMatchObject({ status: 'DELAYED', nextCharge: charged });

		const renewed = await hotmart.renew(code);
		expect(renewed.transaction).not.toBe(failed.transaction);
		expect(purchase()).toMatchObject({ status: 'APPROVED', recurrence_number: 2 });
		expect(hotmart.findSubscription(code)?.nextCharge).toBeGreaterThan(charged);

		await hotmart.switchPlan(code, annual);
		expect(purchase()).toMatchObject({ status: 'APPROVED', recurrence_number: 2, offer: { code: 'gtryear1' } });
		expect(received.at(-2)?.body.data).toMatchObject({
			subscription: { subscriber_code: code, status: 'ACTIVE', user: { email } },
			plans: [
				{ id: monthly, current: false },
				{ id: annual, current: true },
			],
		});
		await hotmart.changeBillingDay(code, 9);
		expect(last().body).toMatchObject({ hottok, data: { subscription: { new_charge_day: 9 } } });
		await hotmart.cancel(code);
		expect(last().body.data).toMatchObject({
			subscriber: { code, email },
			subscription: { plan: { id: annual } },
			date_next_charge: hotmart.findSubscription(code)?.nextCharge,
		});
		emulator.clock.advance(90 * DAY);
		await hotmart.reactivate(code);
		await hotmart.expire(code);
		expect(events()).toEqual([
			'PURCHASE_BILLET_PRINTED',
			'PURCHASE_APPROVED',
			'PURCHASE_COMPLETE',
			'PURCHASE_DELAYED',
			'PURCHASE_APPROVED',
			'SWITCH_PLAN',
			'PURCHASE_APPROVED',
			'UPDATE_SUBSCRIPTION_CHARGE_DATE',
			'SUBSCRIPTION_CANCELLATION',
			'PURCHASE_APPROVED',
		]);
		expect(hotmart.findSubscription(code)).toMatchObject({
			status: 'OVERDUE',
			nextCharge: expect.any(Number) as number,
		});
		expect(hotmart.findSubscription(code)?.nextCharge).toBeLessThanOrEqual(emulator.clock.now());
	});

	it('ends a subscription with its first refund or chargeback, not with a later one', async () => {
		hotmart.registerWebhook({ url, events: Object.keys(EVENTS).filter((event) => event !== 'PURCHASE_APPROVED') });
		const refunded = await subscribe();
		await hotmart.requestRefund(refunded.transaction);
		await hotmart.refund(refunded.transaction);
		const charged = await subscribe({ email: 'b@example.com' });
		await hotmart.chargeback(charged.transaction);
		const renewed = await subscribe({ email: 'c@example.com' });
		await hotmart.refund((await hotmart.renew(renewed.code)).transaction);
		expect(events()).toEqual([
			'PURCHASE_PROTEST',
			'PURCHASE_REFUNDED',
			'SUBSCRIPTION_CANCELLATION',
			'PURCHASE_CHARGEBACK',
			'SUBSCRIPTION_CANCELLATION',
			'PURCHASE_REFUNDED',
		]);
		expect(hotmart.findSubscription(renewed.code)?.status).toBe('ACTIVE');
	});

	it('charges an upgrade at once in proportion, and begins a cheaper plan with the next charge', async () => {
		hotmart.registerWebhook({ url, events: ['SWITCH_PLAN', 'PURCHASE_APPROVED'] });
		const { code } = await subscribe();
		const { nextCharge = 0 } = hotmart.findSubscription(code)!;
		emulator.clock.advance(nextCharge - 15 * DAY - emulator.clock.now());
		await hotmart.switchPlan(code, annual);
		// Half of the difference of 900
		expect(last().body.data).toMatchObject({ purchase: { price: { value: 450 }, recurrence_number: 1 } });
		expect(hotmart.findSubscription(code)).toMatchObject({ planId: annual, recurrence: 1, nextCharge });

		await hotmart.switchPlan(code, monthly);
		expect(events()).toEqual(['PURCHASE_APPROVED', 'SWITCH_PLAN', 'PURCHASE_APPROVED', 'SWITCH_PLAN']);
		expect(hotmart.findSubscription(code)).toMatchObject({ planId: annual, price: { value: 997 } });
		emulator.clock.advance(16 * DAY);
		await hotmart.renew(code);
		expect(last().body.data).toMatchObject({
			purchase: { price: { value: 97 } },
			subscription: { plan: { id: monthly } },
		});
		expect(hotmart.findSubscription(code)).toMatchObject({ planId: monthly, recurrence: 2 });
	});

	it('tells of a cheaper plan when it takes effect, where the switch says so', async () => {
		hotmart.switches.switchPlanEvent = 'effective';
		hotmart.registerWebhook({ url, events: ['SWITCH_PLAN'] });
		const { code } = await subscribe({ planId: annual });
		await hotmart.switchPlan(code, monthly);
		expect(received).toEqual([]);
		await hotmart.renew(code);
		expect(last().body.data).toMatchObject({
			plans: [
				{ id: annual, current: false },
				{ id: monthly, current: true },
			],
		});
	});

	describe('a plan with a number of charges', () => {
		const fixed = async () => {
			const plan = {
				id: 77,
				code: 'three',
				name: 'Three',
				price: { value: 50, currency: 'BRL' },
				period: 30,
				maxCycles: 3,
			};
			const { id: productId } = hotmart.addProduct({ name: 'Short course', plans: [plan] });
			const { code } = await subscribe({ productId });
			for (let charge = 2; charge <= 3; charge += 1) {
				emulator.clock.advance(31 * DAY);
				await hotmart.renew(code);
			}
			token = await tokenFrom(emulator);
			const listed = async () =>
				(await page(`${subscriptions}?accession_date=0&subscriber_code=${code}`)).items[0] as Json;
			return { code, listed };
		};

		it('is expired with the last of them, and paid for until its period is over', async () => {
			const { code, listed } = await fixed();
			const item = await listed();
			expect(item).toMatchObject({ status: 'OVERDUE', plan: { max_charge_cycles: 3 } });
			expect(item.date_next_charge).toBeGreaterThan(emulator.clock.now());
			expect(item).not.toHaveProperty('end_accession_date');
			await expect(hotmart.renew(code)).rejects.toThrow('is OVERDUE');
			hotmart.switches.nextChargeOfExpired = 'absent';
			expect(await listed()).not.toHaveProperty('date_next_charge');
		});

		it('is expired when its period is over, where the switch says so', async () => {
			hotmart.switches.expiredFrom = 'periodEnd';
			const { code, listed } = await fixed();
			expect(await listed()).toMatchObject({ status: 'ACTIVE' });
			await expect(hotmart.renew(code)).rejects.toThrow('has had all its charges');
			emulator.clock.advance(32 * DAY);
			token = await tokenFrom(emulator);
			expect(await listed()).toMatchObject({ status: 'OVERDUE' });
		});
	});

	it('takes smart installments: no plan, every one owed, no end by the customer', async () => {
		hotmart.registerWebhook({ url });
		const { subscriberCode: code = '', transaction } = await hotmart.buy({
			email,
			productId: songwriting,
			smartInstallments: 3,
		});
		expect(last().body.data).toMatchObject({
			purchase: { price: { value: 99 }, recurrence_number: 1 },
			subscription: { status: 'ACTIVE', subscriber: { code } },
		});
		expect(last().body.data?.subscription).not.toHaveProperty('plan');
		await expect(hotmart.cancel(code)).rejects.toThrow('smart installments');
		emulator.clock.advance(31 * DAY);
		const missed = await hotmart.failCharge(code);
		emulator.clock.advance(31 * DAY);
		await hotmart.renew(code);
		// The third is paid, the second is still owed
		expect(hotmart.findSubscription(code)).toMatchObject({ status: 'DELAYED', unpaid: [{ number: 2 }] });
		await hotmart.pay(missed.transaction);
		expect(hotmart.findSubscription(code)).toMatchObject({ status: 'OVERDUE', recurrence: 3, unpaid: [] });

		token = await tokenFrom(emulator);
		const [sale] = (await page(`${history}?transaction=${transaction}`)).items;
		expect(sale?.purchase).toMatchObject({ is_subscription: false, offer: { payment_mode: 'SMART_INSTALLMENT' } });
		expect((await page(`${subscriptions}?accession_date=0`)).items).toEqual([]);
		expect((await page(`${subscriptions}/transactions?transaction=${transaction}`)).items).toMatchObject([
			{ billing_type: 'SMART_INSTALLMENT', max_cycles: 3 },
		]);
	});

	it.each([
		// 01:30 UTC is still the evening before in São Paulo
		['monthly', 30, '2026-02-01T01:30:00Z', '2026-02-28T12:00:00.000Z'],
		['monthly', 30, '2026-03-31T15:00:00Z', '2026-04-30T12:00:00.000Z'],
		['yearly', 360, '2024-02-29T15:00:00Z', '2025-02-28T12:00:00.000Z'],
		['weekly', 7, '2026-02-02T01:30:00Z', '2026-02-08T12:00:00.000Z'],
	] as const)('charges on the due day of the account: %s (%d) from %s', async (_name, period, from, to) => {
		const plan = { id: 78, code: 'dated', name: 'Dated', price: { value: 50, currency: 'BRL' }, period };
		const { id: productId } = hotmart.addProduct({ name: 'Dated course', plans: [plan] });
		emulator.clock.advance(Date.parse(from) - emulator.clock.now());
		const { code } = await subscribe({ productId });
		expect(new Date(hotmart.findSubscription(code)?.nextCharge ?? 0).toISOString()).toBe(to);
	});

	it('makes a weekday of the day of the month when a plan becomes weekly, and back', async () => {
		const price = (value: number) => ({ value, currency: 'BRL' });
		const week = { id: 79, code: 'week', name: 'Weekly', price: price(500), period: 7 };
		const month = { id: 80, code: 'month', name: 'Monthly', price: price(50), period: 30 };
		const { id: productId } = hotmart.addProduct({ name: 'Both', plans: [month, week] });
		emulator.clock.advance(Date.parse('2026-05-20T15:00:00Z') - emulator.clock.now());
		const { code } = await subscribe({ productId });
		await hotmart.switchPlan(code, week.id);
		// 20 June 2026 is a Saturday
		expect(hotmart.findSubscription(code)).toMatchObject({ dueDay: 6 });
		emulator.clock.advance(31 * DAY);
		await hotmart.renew(code);
		expect(new Date(hotmart.findSubscription(code)?.nextCharge ?? 0).toISOString()).toBe('2026-06-27T12:00:00.000Z');
		await hotmart.switchPlan(code, month.id);
		emulator.clock.advance(7 * DAY);
		await hotmart.renew(code);
		expect(new Date(hotmart.findSubscription(code)?.nextCharge ?? 0).toISOString()).toBe('2026-07-27T12:00:00.000Z');
	});

	it('cancels by itself after five unpaid recurrences, however often each was tried', async () => {
		hotmart.registerWebhook({ url, events: ['SUBSCRIPTION_CANCELLATION'] });
		const { code } = await subscribe();
		for (const attempts of [2, 1, 1, 1, 1]) {
			expect(received).toHaveLength(0);
			emulator.clock.advance(31 * DAY);
			for (let attempt = 0; attempt < attempts; attempt += 1) await hotmart.failCharge(code);
		}
		expect(events()).toEqual(['SUBSCRIPTION_CANCELLATION']);
		expect(hotmart.findSubscription(code)?.status).toBe('CANCELLED_BY_ADMIN');
	});

	it('sends what API calls cause', async () => {
		hotmart.registerWebhook({ url });
		const { code } = await subscribe();
		const path = `${subscriptions}/${code}`;
		await call('PATCH', path, { due_day: 3 });
		await call('POST', `${path}/cancel`, {});
		await hotmart.settled();
		expect(events().slice(1).sort()).toEqual(['SUBSCRIPTION_CANCELLATION', 'UPDATE_SUBSCRIPTION_CHARGE_DATE']);
	});

	it('spells the remaining events as captured', async () => {
		hotmart.registerWebhook({ url });
		const order = { email, productId: songwriting };
		await hotmart.firstAccess(email, guitar);
		expect(last().body).toMatchObject({ creationDate: expect.any(Number) as number, data: { user: { email } } });
		expect(last().body).not.toHaveProperty('creation_date');
		await hotmart.completeModule(email, guitar);
		expect(last().body.data).toMatchObject({ product: { id: String(guitar) }, module: { name: 'First chords' } });
		await hotmart.abandonCart(order);
		expect(last().body.data).toMatchObject({ buyer: { email }, offer: { code: 'songonce' } });
		await hotmart.refuse(order);
		expect(last().body.data).toMatchObject({ purchase: { status: 'CANCELED' } });
		expect(last().body.data).not.toHaveProperty('subscription');
		const { transaction } = await hotmart.printBillet({ ...order, paymentType: 'PIX' });
		expect(last().body.data).toMatchObject({ purchase: { status: 'BILLET_PRINTED', payment: { type: 'PIX' } } });
		await hotmart.expirePayment(transaction);
		expect(last().body.event).toBe('PURCHASE_EXPIRED');
		const bump = await hotmart.buy({ ...order, parentTransaction: transaction });
		expect(last().body.data).toMatchObject({
			purchase: { order_bump: { is_order_bump: true, parent_purchase_transaction: transaction } },
		});
		await hotmart.fulfillOrder(bump.transaction);
		expect(last().body.data).toMatchObject({ purchase: { shopper: { email } } });
	});

	it.each(Object.keys(EVENTS))('sends the fixed sample of %s', async (event) => {
		hotmart.registerWebhook({ url, productId: guitar });
		await hotmart.testButton(event);
		await hotmart.testButton(event);
		expect(events()).toEqual([event, event]);
		expect(received[0]?.body.id).not.toBe(received[1]?.body.id);
		const { data = {} } = last().body;
		const name = 'Produto test postback2';
		const expected: Record<string, Json> = {
			purchase: {
				product: { id: 0, name, sku: 'HTM_SANDBOX_SKU' },
				buyer: { name: 'Teste Comprador', checkout_phone_code: '999999999', checkout_phone: '99999999900' },
				purchase: { transaction: 'HP16015479281022', price: { value: 1500 }, offer: { code: 'test' } },
				subscription: { subscriber: { code: 'I9OT62C3' }, plan: { id: 123 } },
			},
			cancellation: { product: { id: 788_921 }, subscriber: { code: '0000aaaa' }, subscription: { id: 4_148_584 } },
			cart: {
				product: { id: 123_456, name: `${name} com ç e á` },
				buyer: { name: 'Postback2 teste', email: 'test@example.com' },
				offer: { code: 'n82b9jqz' },
			},
			club: { user: { name: 'Test Name', email: 'test@example.com' } },
		};
		expect(data).toMatchObject(expected[EVENTS[event as keyof typeof EVENTS].payload] ?? {});
	});

	it('sends the fixed samples of version 1.0.0 with an id of zeros', async () => {
		hotmart.registerWebhook({ url, version: '1.0.0' });
		await hotmart.testButton('PURCHASE_APPROVED');
		expect(last().body).toMatchObject({
			prod: '00000',
			prod_name: 'Produto test postback2',
			transaction: 'HP1121336654889',
			off: 'test',
			price: '1500.00',
			purchase_date: expect.stringMatching(/^2017-11-27/) as string,
			email: expect.stringMatching(/^testeComprador.*@example\.com$/) as string,
		});
		await hotmart.testButton('PURCHASE_OUT_OF_SHOPPING_CART');
		expect(last().body).toMatchObject({ productId: 123_456, buyerVO: { email: 'test@example.com' } });
	});

	it('gives a part of the money back, after which the sale still counts as paid for', async () => {
		hotmart.registerWebhook({ url, events: ['PURCHASE_REFUNDED', 'SUBSCRIPTION_CANCELLATION'] });
		hotmart.registerWebhook({ url, events: ['PURCHASE_REFUNDED'], version: '1.0.0' });
		const { code, transaction } = await subscribe();
		await expect(hotmart.refund(transaction, 0)).rejects.toThrow('more than 0');
		await hotmart.refund(transaction, 20);
		expect(received.map(({ body }) => (body.data?.purchase as Json | undefined)?.status ?? body.status).sort()).toEqual(
			['PARTIALLY_REFUNDED', 'partially_refunded'],
		);
		expect(hotmart.findSubscription(code)?.status).toBe('ACTIVE');
		const sales = async (query: string) => (await page(`${history}?${query}`)).items.length;
		expect([await sales(''), await sales('transaction_status=PARTIALLY_REFUNDED')]).toEqual([0, 1]);
		await hotmart.refund(transaction);
		expect(hotmart.findSubscription(code)?.status).toBe('CANCELLED_BY_CUSTOMER');
	});

	it('leaves the buyer out of refunds and chargebacks where the switch says so', async () => {
		hotmart.switches.buyerInRefunds = false;
		hotmart.registerWebhook({ url });
		hotmart.registerWebhook({ url, version: '1.0.0' });
		const { transaction } = await subscribe();
		await hotmart.refund(transaction);
		const refunds = received.filter(({ body }) => body.event === 'PURCHASE_REFUNDED' || body.status === 'refunded');
		expect(refunds).toHaveLength(2);
		for (const { body } of refunds) expect(JSON.stringify(body)).not.toContain(email);
	});

	it('sells gifts: the payer is in the events, the student in the subscription', async () => {
		hotmart.registerWebhook({ url });
		const gift = { subscriberEmail: 'child@example.com', subscriberName: 'Child Souza' };
		const { code } = await subscribe(gift);
		expect(last().body.data).toMatchObject({ buyer: { email }, subscription: { subscriber: { code } } });
		expect(JSON.stringify(last().body)).not.toContain('child@example.com');
		expect((await page(subscriptions)).items).toMatchObject([{ subscriber: { name: 'Child Souza' } }]);
		await hotmart.cancel(code);
		expect(last().body.data).toMatchObject({ subscriber: { email: 'child@example.com' } });
	});

	it('sells combos, bumps and offers; their products are the lines of a shipment', async () => {
		const book = hotmart.addProduct({ name: 'Song Book', format: 'PHYSICAL' });
		const combo = hotmart.addProduct({ name: 'All of it', contents: [guitar, book.id] });
		hotmart.registerWebhook({ url });
		const tracking = { src: 'ig', sck: 'bio', xcod: 'x1', utm_source: 'meta' };
		const affiliate = { code: 'AF1', name: 'Caio Teles' };
		const { transaction, bumps = [] } = await hotmart.buy({
			email,
			productId: combo.id,
			bumps: [songwriting],
			tracking,
			affiliate,
		});
		expect(received.map(({ body }) => body.data)).toMatchObject([
			{
				product: {
					id: combo.id,
					content: { has_physical_products: true, products: [{ id: guitar }, { id: book.id }] },
				},
				affiliates: [{ affiliate_code: 'AF1', name: 'Caio Teles' }],
				purchase: { origin: { src: 'ig', sck: 'bio', xcod: 'x1' }, order_bump: { is_order_bump: true } },
			},
			{ product: { id: songwriting }, purchase: { order_bump: { parent_purchase_transaction: transaction } } },
		]);
		const main = received[0]?.body.data?.purchase as Json;
		expect(main.order_bump).not.toHaveProperty('parent_purchase_transaction');
		expect(hotmart.findSale(bumps[0] ?? '')?.productId).toBe(songwriting);
		await hotmart.fulfillOrder(transaction);
		const lines = last().body.data?.line_items as Array<{ product: Json }>;
		expect(lines.map(({ product }) => product.id)).toEqual([guitar, book.id, songwriting]);
		expect((await page(`${history}?sales_source=ig`)).items).toHaveLength(2);

		await hotmart.buy({ email, productId: songwriting, offerCode: 'songsale' });
		expect(last().body.data).toMatchObject({ purchase: { offer: { code: 'songsale' }, price: { value: 197 } } });
		hotmart.switches.mainSaleParent = 'itself';
		const own = await hotmart.buy({ email, productId: songwriting, bumps: [concert] });
		expect(received.at(-2)?.body.data).toMatchObject({
			purchase: { order_bump: { is_order_bump: true, parent_purchase_transaction: own.transaction } },
		});
	});

	it('sends version 1.0.0 as a form, or camelCase JSON, and only the events it has', async () => {
		hotmart.registerWebhook({ url, version: '1.0.0' });
		const { code, transaction } = await subscribe();
		expect(last().headers['content-type']).toBe('application/x-www-form-urlencoded');
		expect(last().body).toMatchObject({
			hottok,
			status: 'approved',
			transaction,
			prod: String(guitar),
			recurrency: '1',
			subscription_status: 'active',
			coupon_code: '',
		});
		expect(last().body).not.toHaveProperty('event');
		await hotmart.switchPlan(code, annual);
		expect(received.at(-2)?.body).toMatchObject({ hottok, newSubscriptionPlan: { name: 'Annual' } });
		await hotmart.cancel(code);
		expect(last().body).toMatchObject({ hottok, subscriberCode: code, userEmail: email });
		await hotmart.changeBillingDay(code, 3);
		expect(received).toHaveLength(4);
	});

	it('obeys the switches', async () => {
		hotmart.registerWebhook({ url });
		Object.assign(hotmart.switches, { hottokInBody: true, subscriptionInPurchase: true, delayedStatus: 'INACTIVE' });
		await hotmart.failCharge((await subscribe()).code);
		expect(last().body).toMatchObject({ hottok, data: { purchase: { subscription: { status: 'INACTIVE' } } } });
		expect(last().body.data).not.toHaveProperty('subscription');
	});

	it('sends a webhook what it asks for', async () => {
		const webhook = hotmart.registerWebhook({ url, events: ['PURCHASE_APPROVED'], productId: guitar });
		await hotmart.buy({ email, productId: songwriting });
		const { code } = await subscribe();
		await hotmart.cancel(code);
		expect(events()).toEqual(['PURCHASE_APPROVED']);
		expect(hotmart.removeWebhook(webhook.id)).toBe(true);
		await hotmart.renew((await subscribe()).code);
		expect(received).toHaveLength(1);
		expect(() => hotmart.registerWebhook({ url, events: ['PURCHASE_OVERDUE'] })).toThrow('no event');
	});

	it('redelivers the same body, or a new event', async () => {
		hotmart.registerWebhook({ url });
		await subscribe();
		const id = hotmart.deliveries[0]?.id ?? 0;
		await hotmart.redeliver(id);
		expect(received[1]?.body).toEqual(received[0]?.body);
		await hotmart.redeliver(id, { newId: true });
		expect(received[2]?.body.id).not.toBe(received[0]?.body.id);
		expect(hotmart.deliveries).toMatchObject([{ id, attempts: 3, status: 200, eventId: received[2]?.body.id }]);
	});

	it.each([
		[0, 1],
		[5, 3],
	] as const)('tries %s more times after a failure', async (retries, tries) => {
		Object.assign(hotmart.switches, { retries, retriesRepeatId: false });
		hotmart.registerWebhook({ url });
		answers = [500, 503];
		await hotmart.buy({ email, productId: songwriting });
		expect(received).toHaveLength(tries);
		expect(new Set(received.map(({ body }) => body.id)).size).toBe(tries);
		expect(hotmart.deliveries).toMatchObject([{ attempts: tries, status: tries === 1 ? 500 : 200 }]);
		expect(hotmart.webhooks).toMatchObject([{ consecutiveFailures: tries === 1 ? 1 : 0 }]);
	});

	it.each([
		['fifo', ['PURCHASE_APPROVED', 'UPDATE_SUBSCRIPTION_CHARGE_DATE', 'SUBSCRIPTION_CANCELLATION']],
		['reverse', ['SUBSCRIPTION_CANCELLATION', 'UPDATE_SUBSCRIPTION_CHARGE_DATE', 'PURCHASE_APPROVED']],
		[
			[2, 0, 0],
			['SUBSCRIPTION_CANCELLATION', 'PURCHASE_APPROVED', 'PURCHASE_APPROVED'],
		],
	] as const)('holds and releases in order %s', async (order, expected) => {
		hotmart.registerWebhook({ url });
		hotmart.hold();
		const { code } = await subscribe();
		await hotmart.changeBillingDay(code, 9);
		await hotmart.cancel(code);
		expect(received).toEqual([]);
		await hotmart.release(typeof order === 'string' ? order : [...order]);
		expect(events()).toEqual(expected);
		await subscribe();
		expect(received).toHaveLength(4);
	});

	it('switches a webhook off that keeps failing; one success in between saves it', async () => {
		await withEmulator({ hotmart: { deactivateAfterFailures: 2 } }, async (own) => {
			const webhook = own.hotmart.registerWebhook({ url });
			for (const status of [500, 200, 401, 404, 200]) {
				answer = status;
				await own.hotmart.buy({ email, productId: songwriting });
			}
			expect(received).toHaveLength(4);
			expect(webhook.active).toBe(false);
			expect(own.hotmart.deliveries.map(({ status }) => status)).toEqual([500, 200, 401, 404]);
		});
	});

	it('survives receivers that hang or are gone', async () => {
		await withEmulator({ hotmart: { deliveryTimeoutMs: 100 } }, async (own) => {
			own.hotmart.registerWebhook({ url: url.replace('/hook', '/hang') });
			own.hotmart.registerWebhook({ url: 'http://127.0.0.1:1/' });
			await own.hotmart.buy({ email, productId: songwriting });
			expect(own.hotmart.deliveries.map(({ status }) => status)).toEqual([408, -1]);
		});
	});
});

describe('scripted failures', () => {
	const path = history;
	const fail = (failure: Partial<ScriptedFailure>) => emulator.fail({ kind: 'status', path, ...failure });

	it('plays a status a number of times, on the given path and method only', async () => {
		fail({ status: 503, times: 2, headers: { 'retry-after': '1' } });
		fail({ status: 418, method: 'POST', path: '/payments/*' });
		expect((await call('GET', subscriptions)).status).toBe(200);
		const answers = [await call('GET', path), await call('GET', path), await call('GET', path)];
		expect(answers.map(({ status }) => status)).toEqual([503, 503, 200]);
		expect(answers[0]?.data.error).toBe('internal_server_error');
		expect(answers[0]?.headers['retry-after']).toBe('1');
		expect((await call('POST', `${subscriptions}/cancel`)).status).toBe(418);
		expect(emulator.count({ vendor: 'hotmart', path, status: 503 })).toBe(2);
		expect(emulator.count({ path: /^\/payments\//, method: 'GET' })).toBe(4);
	});

	it('loses bodies and connections', async () => {
		fail({ kind: 'empty' });
		expect(await call('GET', path)).toMatchObject({ status: 200, data: '' });
		fail({ kind: 'html', status: 502 });
		const html = await call<string>('GET', path);
		expect([html.status, html.headers['content-type']]).toEqual([502, 'text/html; charset=utf-8']);
		fail({ kind: 'reset' });
		await expect(call('GET', path)).rejects.toMatchObject({ code: 'ECONNRESET' });
		fail({ kind: 'hang' });
		await expect(http.get(hotmart.url + path, { timeout: 100 })).rejects.toMatchObject({ code: 'ECONNABORTED' });
		expect(emulator.requests.slice(-2).map(({ status }) => status)).toEqual([0, 0]);
	});

	it.each(['status', 'reset', 'empty'] as const)(
		'carries out a request and then loses the answer: %s',
		async (kind) => {
			const { code } = await subscribe();
			fail({ kind, when: 'after', path: `${subscriptions}/${code}/cancel` });
			await call('POST', `${subscriptions}/${code}/cancel`, {}).catch(() => undefined);
			expect(hotmart.findSubscription(code)?.status).toBe('CANCELLED_BY_SELLER');
			expect(emulator.requests.at(-1)).toMatchObject({ body: {}, status: { status: 500, reset: 0, empty: 200 }[kind] });
		},
	);
});

describe('state', () => {
	it('is restored from a snapshot, tokens and webhooks included', async () => {
		const { code } = await subscribe();
		hotmart.seedSubscriptions(10);
		hotmart.registerWebhook({ url: 'http://127.0.0.1:1/' });
		emulator.clock.advance(DAY);
		const snapshot: unknown = JSON.parse(JSON.stringify(emulator.snapshot()));
		const before = await page(`${subscriptions}?accession_date=0`);
		await hotmart.cancel(code);
		emulator.reset();
		expect(hotmart.findSubscription(code)).toBeUndefined();
		expect(Math.abs(emulator.clock.now() - Date.now())).toBeLessThan(1000);
		emulator.restore(snapshot);
		expect((await page(`${subscriptions}?accession_date=0`)).items).toEqual(before.items);
		expect(hotmart.webhooks).toHaveLength(1);
		expect(await subscribe()).not.toMatchObject({ code });
	});

	it('starts empty when asked to, and says which port is in use', async () => {
		await withEmulator({ seed: 'empty' }, async (own) => expect(own.hotmart.products).toEqual([]));
		const port = Number(new URL(emulator.page.url).port);
		await expect(startEmulator({ ports: { page: port } })).rejects.toMatchObject({ code: 'EADDRINUSE', port });
	});
});
