import axios, { isAxiosError } from 'axios';

import { DEMO, FAULTS, startEmulator } from '../emulator';
import type { Chaos, Emulator, Fault, RecordedRequest } from '../emulator';
import { createCore } from '../emulator/shared/core';

const { guitar } = DEMO.products;
const { clientId, clientSecret } = DEMO.hotmart;
const subscriptions = '/payments/api/v1/subscriptions';
const COUNT = 2000;

const http = axios.create({ validateStatus: () => true, proxy: false, timeout: 5000 });

let emulator: Emulator;
beforeAll(async () => {
	emulator = await startEmulator({ teachable: { rateLimitPerMinute: 100_000 } });
});
afterAll(async () => await emulator.close());
beforeEach(() => emulator.reset());

/** What came of a request: a status, or the code of an error. */
async function outcomeOf(request: Promise<{ status: number }>): Promise<string> {
	try {
		return String((await request).status);
	} catch (error) {
		return isAxiosError(error) ? String(error.code) : String(error);
	}
}
const teachable = async (path: string) =>
	await outcomeOf(http.get(`${emulator.teachable.url}${path}`, { headers: { apiKey: DEMO.teachable.apiKey } }));

async function token(): Promise<string> {
	const { data } = await http.post<{ access_token: string }>(emulator.hotmart.tokenUrl, undefined, {
		params: { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret },
		headers: { 'content-type': 'application/json' },
	});
	return data.access_token;
}
const hotmart = async (bearer: string, method: string, path: string, data = {}) =>
	await outcomeOf(
		http.request({
			method,
			url: `${emulator.hotmart.url}${path}`,
			data,
			headers: { authorization: `Bearer ${bearer}` },
		}),
	);

/** Names of the faults that so many requests of a path suffer, '' for none, in the order of the requests. */
function fates(chaos: Chaos, path = '/v1/courses', other?: string): string[] {
	const core = createCore();
	core.chaos(chaos);
	const ask = (asked: string) => {
		const request: RecordedRequest = {
			vendor: 'teachable',
			method: 'GET',
			path: asked,
			query: {},
			headers: {},
			body: undefined,
			status: 0,
			at: 0,
		};
		core.takeFailure(request);
		return request.fault ?? '';
	};
	return Array.from({ length: COUNT }, () => {
		if (other) ask(other);
		return ask(path);
	});
}

/** Without limits, whose end depends on what all requests have suffered. */
const unlimited = FAULTS.map((fault): Fault => ({ ...fault, limit: undefined }));

describe('chaos', () => {
	it('hits the given share of the requests of both APIs and of the token endpoint', async () => {
		const names = fates({ share: 0.2, seed: 1, faults: unlimited });
		const hit = names.filter((name) => name !== '');
		// Four standard deviations
		expect(Math.abs(hit.length - 0.2 * COUNT)).toBeLessThan(4 * Math.sqrt(COUNT * 0.2 * 0.8));
		expect(new Set(hit)).toEqual(new Set(unlimited.map(({ name }) => name)));

		emulator.chaos({ share: 1, seed: 1, faults: [{ name: '503', kind: 'status', status: 503 }] });
		expect(await outcomeOf(http.post(emulator.hotmart.tokenUrl))).toBe('503');
		expect(await hotmart('x', 'GET', subscriptions)).toBe('503');
		expect(emulator.requests.slice(-2).map(({ fault }) => fault)).toEqual(['503', '503']);
	});

	it('is the same for the same seed, whatever else is asked meanwhile, and another for another', () => {
		const first = fates({ share: 0.3, seed: 7, faults: unlimited });
		expect(fates({ share: 0.3, seed: 7, faults: unlimited }, '/v1/courses', '/v1/users')).toEqual(first);
		expect(fates({ share: 0.3, seed: 8, faults: unlimited })).not.toEqual(first);
	});

	it('keeps to the limit of a fault and leaves its share to the others', () => {
		const faults: Fault[] = [
			{ name: 'rare', kind: 'status', status: 429, limit: 2 },
			{ name: 'usual', kind: 'status', status: 500 },
		];
		const names = fates({ share: 0.5, seed: 3, faults });
		expect(names.filter((name) => name === 'rare')).toHaveLength(2);
		expect(names.filter((name) => name === 'usual').length).toBeGreaterThan(0.35 * COUNT);
	});

	it('ends when it is told to and with a reset, and leaves scripted failures their turn', async () => {
		emulator.chaos({ share: 1, seed: 1, faults: [{ name: '500', kind: 'status' }] });
		emulator.fail({ kind: 'status', status: 418 });
		expect([await teachable('/courses'), await teachable('/courses')]).toEqual(['418', '500']);
		emulator.chaos(null);
		expect(await teachable('/courses')).toBe('200');
		emulator.chaos({ share: 1, seed: 1, faults: [{ name: '500', kind: 'status' }] });
		emulator.reset();
		expect(await teachable('/courses')).toBe('200');
	});

	it('is switched by the control API, too', async () => {
		const switchTo = async (share: number) => await http.post(`${emulator.page.url}/control/chaos`, { share, seed: 1 });
		expect((await switchTo(1)).status).toBe(200);
		await teachable('/courses');
		expect(FAULTS.map(({ name }) => name)).toContain(emulator.requests.at(-1)?.fault);
		await switchTo(0);
		expect(await teachable('/courses')).toBe('200');
	});

	it('cuts a hanging connection after its time', async () => {
		emulator.fail({ kind: 'hang', cutAfterMs: 50 });
		expect(await teachable('/courses')).toBe('ECONNRESET');
	});

	it('loses the body of a refusal, not its status', async () => {
		emulator.fail({ kind: 'empty', when: 'after' });
		expect(await hotmart('unknown', 'GET', subscriptions)).toBe('401');
	});
});

describe('the count of writes', () => {
	it('tells what the API was told to do, and whether it did', async () => {
		const bearer = await token();
		const [one, two] = [
			await emulator.hotmart.buy({ email: 'one@example.com', productId: guitar }),
			await emulator.hotmart.buy({ email: 'two@example.com', productId: guitar }),
		];
		const codes = [one, two].map(({ subscriberCode = '' }) => subscriberCode);
		const refund = `/payments/api/v1/sales/${one.transaction}/refund`;
		await hotmart(bearer, 'PUT', refund);
		await hotmart(bearer, 'PUT', refund);
		await hotmart(bearer, 'POST', `${subscriptions}/switch-plan`, {
			subscriber_code: codes[1],
			offer_code: 'gtryear1',
		});
		await hotmart(bearer, 'POST', `${subscriptions}/cancel`, { subscriber_code: [...codes, 'NOBODY00'] });
		await hotmart(bearer, 'POST', `${subscriptions}/${codes[0]}/cancel`);
		await hotmart(bearer, 'POST', `${subscriptions}/reactivate`, { subscriber_code: [codes[0]], charge: true });
		await hotmart(bearer, 'POST', `${subscriptions}/${codes[1]}/reactivate`);

		expect(emulator.hotmart.writes.map((write) => ({ ...write, at: 0 }))).toEqual([
			{ operation: 'refund', code: one.transaction, done: true, at: 0 },
			{ operation: 'refund', code: one.transaction, done: false, at: 0 },
			{ operation: 'switchPlan', code: codes[1], done: true, at: 0 },
			{ operation: 'cancel', code: codes[0], done: true, at: 0 },
			{ operation: 'cancel', code: codes[1], done: true, at: 0 },
			{ operation: 'cancel', code: codes[0], done: false, at: 0 },
			{ operation: 'reactivate', code: codes[0], charge: true, done: true, at: 0 },
			{ operation: 'reactivate', code: codes[1], charge: false, done: true, at: 0 },
		]);
		const snapshot = emulator.snapshot();
		emulator.reset();
		expect(emulator.hotmart.writes).toEqual([]);
		emulator.restore(snapshot);
		expect(emulator.hotmart.writes).toHaveLength(8);
	});

	it('leaves out what never arrived', async () => {
		const bearer = await token();
		const { transaction } = await emulator.hotmart.buy({ email: 'one@example.com', productId: guitar });
		const refund = `/payments/api/v1/sales/${transaction}/refund`;
		emulator.fail({ kind: 'reset' });
		await hotmart(bearer, 'PUT', refund);
		expect(emulator.hotmart.writes).toEqual([]);
		emulator.fail({ kind: 'reset', when: 'after' });
		await hotmart(bearer, 'PUT', refund);
		expect(emulator.hotmart.writes).toMatchObject([{ operation: 'refund', code: transaction, done: true }]);
	});
});
