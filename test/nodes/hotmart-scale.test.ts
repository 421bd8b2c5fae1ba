import type { IDataObject } from 'n8n-workflow';

import { runNode, type OneNode } from './n8n';
import { demoCredentials, useEmulator } from './setup';

const emulator = useEmulator({ hotmart: { rateLimitPerMinute: 1_000_000 } });

const list = (resource: string, parameters = {}): OneNode => ({
	node: 'hotmart',
	parameters: { resource, operation: 'getAll', returnAll: true, ...parameters },
	credentials: demoCredentials(emulator()),
});
const requests = (path: string) => emulator().requests.filter((request) => request.path === `/payments/api/v1${path}`);

test('100,000 records cost 200 requests, and a few to find the ranges that are read at once', async () => {
	emulator().hotmart.seedSubscriptions(100_000);
	const { json } = await runNode(list('subscription'));
	expect(json).toHaveLength(100_000);
	expect(new Set(json.map(({ subscriberCode }) => subscriberCode)).size).toBe(100_000);
	const { length } = requests('/subscriptions');
	expect(length).toBeGreaterThan(200);
	expect(length).toBeLessThan(220);
	expect(emulator().count({ path: '/security/oauth/token' })).toBe(1);
}, 120_000);

test('300,000 rows complete', async () => {
	emulator().hotmart.seedSales(300_000);
	const { json, error } = await runNode(list('sale'));
	expect(error).toBeUndefined();
	expect(json).toHaveLength(300_000);
	expect(json.at(-1)).toMatchObject({ transaction: 'HP9000299999', status: 'complete', statusRaw: 'COMPLETE' });
	expect(requests('/sales/history').length).toBeLessThan(620);
}, 240_000);

test('a limit asks for no page and no record too many', async () => {
	emulator().hotmart.seedSubscriptions(2000);
	const { json } = await runNode(list('subscription', { returnAll: false, limit: 20 }));
	expect(json).toHaveLength(20);
	expect(requests('/subscriptions').map(({ query }) => query.max_results)).toEqual(['20']);
});

describe('a long list that is read in ranges of time', () => {
	const codesOf = (rows: IDataObject[]) => rows.map(({ subscriberCode }) => subscriberCode);
	/** How many requests were under way when each one came, itself included. */
	const underWay = () => {
		const { latencyMs } = emulator().hotmart.switches;
		const times = requests('/subscriptions').map(({ at }) => at);
		return times.map((at) => times.filter((other) => other <= at && other > at - latencyMs * 0.9).length);
	};

	/** The whole list, and what one page after the other brings: a limit keeps it from being split. */
	async function compare() {
		const { json: inTurn } = await runNode(list('subscription', { returnAll: false, limit: 20_000 }));
		emulator().requests.length = 0;
		const { json, error } = await runNode(list('subscription'));
		expect(error).toBeUndefined();
		expect(codesOf(json)).toEqual(codesOf(inTurn));
		expect(json).toHaveLength(12_000);
	}

	test('has the same records in the same order, three requests at a time', async () => {
		emulator().hotmart.seedSubscriptions(12_000);
		emulator().hotmart.switches.latencyMs = 50;
		await compare();
		expect(Math.max(...underWay())).toBe(3);
	});

	test('goes on with one request at a time after the first 429', async () => {
		emulator().hotmart.seedSubscriptions(12_000);
		emulator().hotmart.switches.latencyMs = 50;
		const { json: whole } = await runNode(list('subscription'));
		emulator().requests.length = 0;
		emulator().fail({
			path: '/payments/api/v1/subscriptions',
			kind: 'status',
			status: 429,
			headers: { 'retry-after': '1' },
		});
		const { json, error } = await runNode(list('subscription'));
		expect(error).toBeUndefined();
		expect(json).toEqual(whole);
		expect(Math.max(...underWay())).toBe(1);
	});

	test('is read page after page where Hotmart means another date by the end of a range', async () => {
		emulator().hotmart.seedSubscriptions(12_000, { statuses: ['ACTIVE', 'CANCELLED_BY_SELLER'] });
		emulator().hotmart.switches.endAccessionDate = 'cancellation';
		await compare();
	});
});
