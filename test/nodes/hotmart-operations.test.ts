import { RESOURCES } from '../../nodes/Hotmart/resources';
import { isReading, pathOf, readSchemas } from '../operations';
import { SAMPLES, WITHOUT_PREVIEW } from '../operations/hotmart';
import { runNode, type OneNode } from './n8n';
import { demoCredentials, useEmulator } from './setup';

const emulator = useEmulator({ hotmart: { rateLimitPerMinute: 100_000 } });

const API = /^\/(payments|products|club|events|user)\//;
const OPERATIONS = RESOURCES.flatMap(({ value: resource, operations }) =>
	operations.map((operation) => ({ key: `${resource}/${operation.value}`, ...operation })),
);

const prepare = async (key: string, changes = {}): Promise<OneNode> => {
	const [resource, operation] = key.split('/');
	const parameters = { resource: resource!, operation: operation!, ...(await SAMPLES[key]!(emulator())) };
	emulator().requests.length = 0;
	return { node: 'hotmart', parameters, credentials: demoCredentials(emulator(), changes) };
};

test('every operation has a sample', () => {
	expect(Object.keys(SAMPLES).sort()).toEqual(OPERATIONS.map(({ key }) => key).sort());
});

test('the output previews are what the operations return (npm run docs)', async () => {
	const schemas = await readSchemas();
	expect([...schemas.keys(), ...WITHOUT_PREVIEW].sort()).toEqual(Object.keys(SAMPLES).sort());
	for (const [key, schema] of schemas) {
		const shipped = jest.requireActual<object>(`../../nodes/${pathOf(key)}`);
		expect([key, shipped]).toEqual([key, schema]);
	}
});

test('all calls for creators are made by an operation, but those that docs/hotmart.md names', async () => {
	const seen = new Set<string>();
	// One operation makes either of two calls
	const wanted: Array<[operation: string, changes: object]> = [
		...OPERATIONS.map(({ key }): [string, object] => [key, {}]),
		['paymentLink/chargeByLink', { chargeFor: 'value', value: 90 }],
	];
	for (const [operation, changes] of wanted) {
		const node = await prepare(operation);
		await runNode({ ...node, parameters: { ...node.parameters, ...changes } });
		for (const { method, path } of emulator().requests.filter((request) => API.test(request.path)))
			seen.add(`${method} ${path.replace(/(?<=\/)(?!v\d\/)[^/]*\d[^/]*/g, '#')}`);
		emulator().reset();
	}
	const subscriptions = '/payments/api/v1/subscriptions';
	const sales = '/payments/api/v1/sales';
	const link = '/payments/api/v1/link';
	expect([...seen].sort()).toEqual(
		[
			`GET ${subscriptions}`,
			`GET ${subscriptions}/summary`,
			`GET ${subscriptions}/transactions`,
			`GET ${subscriptions}/#/purchases`,
			`POST ${subscriptions}/cancel`,
			`POST ${subscriptions}/reactivate`,
			`PATCH ${subscriptions}/#`,
			`GET ${subscriptions}/switch-plan/plans`,
			`POST ${subscriptions}/switch-plan`,
			`GET ${sales}/history`,
			`GET ${sales}/summary`,
			`GET ${sales}/users`,
			`GET ${sales}/commissions`,
			`GET ${sales}/price/details`,
			`PUT ${sales}/#/refund`,
			`PUT ${sales}/#/billet`,
			'POST /payments/api/v1/installments/negotiate',
			'GET /products/api/v1/products',
			'GET /products/api/v1/products/#/offers',
			'GET /products/api/v1/products/#/plans',
			'PUT /products/api/v1/product/configuration/#',
			'POST /products/api/v1/product/#/coupon',
			'GET /products/api/v1/coupon/product/#',
			'DELETE /products/api/v1/coupon/#',
			'GET /club/api/v1/modules',
			'GET /club/api/v2/modules/#/pages',
			'GET /club/api/v1/users',
			'GET /club/api/v1/users/#/lessons',
			'GET /events/api/v1/#/info',
			'GET /events/api/v1/#/participants',
			'GET /user/api/v1/me',
			`GET ${link}`,
			`POST ${link}`,
			`POST ${link}/#/offer`,
			`POST ${link}/#/plan`,
			`POST ${link}/token/charge/offer`,
			`POST ${link}/token/charge/value`,
		].sort(),
	);
});

describe.each(OPERATIONS)('$key', ({ key, description }) => {
	test('tells what it changes, and whether that can be undone', () => {
		const says = /undone|cannot be (deleted|withdrawn)|nothing (changes|is charged)|what it changes/i;
		expect([description, isReading(description) || says.test(description)]).toEqual([description, true]);
	});

	test('keeps what Hotmart says when it refuses', async () => {
		const node = await prepare(key);
		const body = { error: 'unauthorized_client', error_description: 'No permission for this.' };
		emulator().fail({ path: API, kind: 'status', status: 403, times: 3, body });
		const { error } = await runNode(node);
		expect(error?.message).toBe(`No permission for this. (HTTP 403, unauthorized_client)`);
		expect(error).toMatchObject({ httpCode: '403', description: expect.stringMatching(/has no right to do this/) });
	});

	test('understands an empty answer', async () => {
		const node = await prepare(key);
		emulator().fail({ path: API, kind: 'empty', times: 10 });
		const { json, error } = await runNode(node);
		if (error) expect(error.message).toMatch(/this hotmart account has no|sent an empty answer|did not answer for/i);
		else if (isReading(description) && key !== 'access/check') expect(json).toEqual([]);
		else expect(json).toHaveLength(1);
	});

	test('is read only, or refused with a Read Only credential', async () => {
		const { error } = await runNode(await prepare(key, { hotmartApi: { accessMode: 'readOnly' } }));
		expect(emulator().requests.filter(({ path, method }) => API.test(path) && method !== 'GET')).toEqual([]);
		if (error)
			expect(error.message).toMatch(
				/Hotmart credential is Read Only, so this (POST|PUT|PATCH|DELETE) request was not sent/,
			);
		else expect(isReading(description) || /what it changes/i.test(description)).toBe(true);
	});
});
