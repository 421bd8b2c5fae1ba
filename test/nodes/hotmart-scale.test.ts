import { runNode, type OneNode } from './n8n';
import { demoCredentials, useEmulator } from './setup';

const emulator = useEmulator({ hotmart: { rateLimitPerMinute: 1_000_000 } });

const list = (resource: string, parameters = {}): OneNode => ({
	node: 'hotmart',
	parameters: { resource, operation: 'getAll', returnAll: true, ...parameters },
	credentials: demoCredentials(emulator()),
});
const requests = (path: string) => emulator().requests.filter((request) => request.path === `/payments/api/v1${path}`);

test('100,000 records cost 200 requests', async () => {
	emulator().hotmart.seedSubscriptions(100_000);
	const { json } = await runNode(list('subscription'));
	expect(json).toHaveLength(100_000);
	expect(new Set(json.map(({ subscriberCode }) => subscriberCode)).size).toBe(100_000);
	expect(requests('/subscriptions')).toHaveLength(200);
	expect(emulator().count({ path: '/security/oauth/token' })).toBe(1);
}, 120_000);

test('300,000 rows complete', async () => {
	emulator().hotmart.seedSales(300_000);
	const { json, error } = await runNode(list('sale'));
	expect(error).toBeUndefined();
	expect(json).toHaveLength(300_000);
	expect(json.at(-1)).toMatchObject({ transaction: 'HP9000299999', status: 'complete', statusRaw: 'COMPLETE' });
	expect(requests('/sales/history')).toHaveLength(600);
}, 240_000);

test('a limit asks for no page and no record too many', async () => {
	emulator().hotmart.seedSubscriptions(2000);
	const { json } = await runNode(list('subscription', { returnAll: false, limit: 20 }));
	expect(json).toHaveLength(20);
	expect(requests('/subscriptions').map(({ query }) => query.max_results)).toEqual(['20']);
});
