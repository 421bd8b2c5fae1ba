import crypto from 'node:crypto';

import { DataDeduplicationService } from 'n8n-core';
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { EVENTS, type HotmartEvent } from '../../nodes/Hotmart/trigger/events';
import { readItem, type HotmartItem } from '../../nodes/Hotmart/trigger/item';
import { POLICIES } from '../../nodes/Hotmart/access/policy';
import { RESOURCES as HOTMART } from '../../nodes/Hotmart/resources';
import type { Operation } from '../../nodes/shared/operation';
import { parse } from '../../nodes/Hotmart/trigger/delivery';
import { RESOURCES as TEACHABLE } from '../../nodes/Teachable/resources';
import { testPayload } from '../emulator/hotmart/testButton';
import { DEMO } from '../emulator/seed';
import { SAMPLES as HOTMART_SAMPLES } from '../operations/hotmart';
import { SAMPLES as TEACHABLE_SAMPLES } from '../operations/teachable';
import { Deduplicator, deliver, deliverAndRun, runNode, type CredentialStore } from './n8n';
import { demoCredentials, useEmulator } from './setup';

const emulator = useEmulator({ hotmart: { rateLimitPerMinute: 100_000 }, teachable: { rateLimitPerMinute: 100_000 } });
const deduplicator = new Deduplicator();

beforeAll(async () => await DataDeduplicationService.init(deduplicator));
beforeEach(async () => await deduplicator.clearAllProcessedItems());

const { hottok } = DEMO.hotmart;
/** Kept from one delivery to the next, as n8n does with the static data of a workflow. */
let staticData: IDataObject = {};
/** Each test has a workflow of its own: the process remembers hottoks and events of a workflow. */
let workflowId = '';
beforeEach(() => {
	staticData = {};
	workflowId = crypto.randomUUID();
});

interface Changes {
	headers?: Record<string, string>;
	options?: INodeParameters;
	hottoks?: Record<string, string>;
}
const trigger = (
	body: unknown,
	{ headers = { 'x-hotmart-hottok': hottok }, options = {}, hottoks = {} }: Changes = {},
) => ({
	node: 'hotmartTrigger',
	workflowId,
	parameters: { events: ['*'], simplify: true, options: { acceptTestEvents: true, includeExtra: true, ...options } },
	credentials: demoCredentials(emulator(), { hotmartWebhookApi: hottoks }),
	request: { headers, body },
});
/** Delivers a body and runs what it starts: the items that go on, or undefined when no execution is started. */
const receive = async (body: unknown, changes?: Changes) => {
	const { own, outputs } = await deliverAndRun({ ...trigger(body, changes), staticData });
	return { status: own?.status ?? 200, items: outputs?.flat() as unknown as HotmartItem[] | undefined };
};

const samples = (Object.keys(EVENTS) as HotmartEvent[]).flatMap((event, index) => {
	const { data, version1 } = testPayload(event);
	const current = { id: `id-${index}`, creation_date: 1_746_621_297_861, event, version: '2.0.0', data } as IDataObject;
	return version1 ? [current, version1.body as IDataObject] : [current];
});
const copyOf = <T>(value: T) => JSON.parse(JSON.stringify(value)) as T;

const approved = (changes: IDataObject = {}, data: IDataObject = {}): IDataObject => ({
	id: 'b1d7b1f4-0000-4000-8000-000000000001',
	creation_date: 1_746_621_297_861,
	event: 'PURCHASE_APPROVED',
	version: '2.0.0',
	data: {
		product: { id: 1355458, ucode: 'u', name: 'Course' },
		buyer: { email: 'ana@example.com', name: 'Ana' },
		purchase: { transaction: 'HP1', status: 'APPROVED' },
		subscription: { subscriber: { code: 'AB12CD34' }, status: 'ACTIVE' },
		...data,
	},
	...changes,
});

describe('the comparison of the hottok', () => {
	afterEach(() => {
		jest.restoreAllMocks();
	});

	test.each([
		['nothing', {} as Record<string, string>],
		['an empty one', { 'x-hotmart-hottok': '' }],
		['one character', { 'x-hotmart-hottok': 'd' }],
		['all but the last character', { 'x-hotmart-hottok': hottok.slice(0, -1) }],
		['the right one', { 'x-hotmart-hottok': hottok }],
		['a long one', { 'x-hotmart-hottok': 'd'.repeat(10_000) }],
	])(
		'takes the same steps for %s: two digests of equal length for each hottok of the credential',
		async (_name, headers) => {
			const compare = jest.spyOn(crypto, 'timingSafeEqual');
			await deliver(trigger(approved(), { headers, hottoks: { previousWebhookToken: 'old' } }));
			expect(compare.mock.calls.map((digests) => digests.map(({ byteLength }) => byteLength))).toEqual([
				[32, 32],
				[32, 32],
			]);
		},
	);

	test('is the only one: a body that is no event is not looked at before it', async () => {
		for (const body of [null, 'text', [], {}, { event: 5 }])
			expect((await receive(body, { headers: { 'x-hotmart-hottok': 'wrong' } })).status).toBe(401);
	});
});

describe.each([
	{ node: 'hotmartTrigger', type: 'hotmartWebhookApi', current: 'webhookToken', previous: 'previousWebhookToken' },
	{
		node: 'teachableTrigger',
		type: 'teachableWebhookApi',
		current: 'webhookSecret',
		previous: 'previousWebhookSecret',
	},
])('the secret that the $node remembers', ({ node, type, current, previous }) => {
	const OLD = `old-${'x'.repeat(40)}`;
	const NEW = `new-${'y'.repeat(40)}`;
	/** Time of the process, in milliseconds; moves only when a test says so. */
	let now = 0;
	let reads: jest.SpyInstance;
	let credentials: CredentialStore;

	beforeEach(() => {
		now = Date.now();
		jest.spyOn(Date, 'now').mockImplementation(() => now);
		credentials = demoCredentials(emulator(), { [type]: { [current]: OLD } });
		reads = jest.spyOn(credentials, 'getDecrypted');
	});
	afterEach(() => {
		jest.restoreAllMocks();
	});

	const post = async (secret: string) => {
		const { own } = await deliver({
			node,
			workflowId,
			parameters: { events: ['*'] },
			credentials,
			request: { headers: { 'x-hotmart-hottok': secret }, query: { secret }, body: approved() },
		});
		return own?.status ?? 200;
	};
	/** The next reading finds what is stored now, and takes until the returned function is called. */
	const slowRead = () => {
		const found = { ...credentials.stored[type] };
		let finish = () => {};
		const finished = new Promise<void>((resolve) => (finish = resolve));
		reads.mockImplementationOnce(async () => await finished.then(() => found));
		return finish;
	};
	const all = async (count: number, secret: string) =>
		await Promise.all(Array.from({ length: count }, async () => await post(secret)));

	test('is read once for 20 deliveries at a time, and not again for five seconds', async () => {
		expect(await all(20, OLD)).toEqual(Array(20).fill(200));
		now += 4_999;
		expect(await all(20, OLD)).toEqual(Array(20).fill(200));
		expect(reads).toHaveBeenCalledTimes(1);
		now += 1;
		expect(await post(OLD)).toBe(200);
		expect(reads).toHaveBeenCalledTimes(2);
	});

	test('a new one works at once, and the old one ends within five seconds, however often it comes', async () => {
		await post(OLD);
		credentials.stored[type] = { [current]: NEW };
		expect(await post(NEW)).toBe(200);
		expect(await post(OLD)).toBe(401);
		credentials.stored[type] = { [current]: OLD };
		await post(OLD);
		credentials.stored[type] = { [current]: NEW };
		const statuses = [];
		for (let second = 0; second <= 5; second++, now += 1_000) statuses.push(await post(OLD));
		expect(statuses).toEqual([200, 200, 200, 200, 200, 401]);
	});

	test('the five seconds begin with the reading, however long n8n takes for it', async () => {
		const finish = slowRead();
		const early = post(OLD);
		credentials.stored[type] = { [current]: NEW };
		now += 4_000;
		finish();
		expect(await early).toBe(200);
		expect(await post(OLD)).toBe(200);
		now += 1_000;
		expect(await post(OLD)).toBe(401);
	});

	test('a new one is found that was stored while a reading for others was under way', async () => {
		const finish = slowRead();
		const before = all(5, OLD);
		credentials.stored[type] = { [current]: NEW };
		const after = all(20, NEW);
		finish();
		expect(await before).toEqual(Array(5).fill(200));
		expect(await after).toEqual(Array(20).fill(200));
		expect(reads).toHaveBeenCalledTimes(2);
	});

	test('nothing is remembered of a wrong one, nor when n8n cannot read the credential', async () => {
		for (const secret of ['wrong', 'wrong', '']) expect(await post(secret)).toBe(401);
		expect(reads).toHaveBeenCalledTimes(3);
		credentials.stored[type] = { [current]: 'wrong-no-more'.padEnd(40, 'z') };
		expect(await post('wrong-no-more'.padEnd(40, 'z'))).toBe(200);
		now += 5_000;
		reads.mockRejectedValueOnce(new Error('the database is away'));
		expect(await all(3, 'wrong-no-more'.padEnd(40, 'z'))).toEqual([503, 503, 503]);
		expect(await post('wrong-no-more'.padEnd(40, 'z'))).toBe(200);
	});

	test('counts for its workflow only, and both secrets of a credential count', async () => {
		await post(OLD);
		workflowId = crypto.randomUUID();
		credentials.stored[type] = { [current]: NEW, [previous]: 'p'.repeat(40) };
		expect(await post(OLD)).toBe(401);
		expect([await post(NEW), await post('p'.repeat(40)), await post(NEW)]).toEqual([200, 200, 200]);
	});
});

describe('a delivery that comes again', () => {
	test('does nothing, nor does one whose person was changed', async () => {
		expect((await receive(approved())).items).toHaveLength(1);
		expect((await receive(approved())).items).toEqual([]);
		const stranger = approved({}, { buyer: { email: 'stranger@example.com' } });
		expect((await receive(stranger)).items).toEqual([]);
	});

	test('does not hide another event under the same id', async () => {
		await receive(approved());
		for (const event of ['PURCHASE_REFUNDED', 'PURCHASE_CHARGEBACK'])
			expect((await receive(approved({ event }))).items).toMatchObject([{ event, access: { decision: 'revoke' } }]);
	});

	test('without the hottok does not make the real one a duplicate', async () => {
		const forged = await receive(approved(), { headers: { 'x-hotmart-hottok': 'guess' } });
		expect(forged).toEqual({ status: 401, items: undefined });
		expect((await receive(approved())).items).toHaveLength(1);
	});

	test('long after is outdated where the user asks for it: an old approval does not undo a cancellation', async () => {
		const options = { skipOutdated: true };
		const later = { event: 'PURCHASE_REFUNDED', creation_date: 1_746_700_000_000 };
		expect((await receive(approved(), { options })).items).toHaveLength(1);
		expect((await receive(approved(later), { options })).items).toHaveLength(1);
		// As if so many events had come since that n8n and its process have forgotten the first one.
		workflowId = crypto.randomUUID();
		expect((await receive(approved(), { options })).items).toEqual([]);
	});
});

describe('keys that could change a prototype', () => {
	const known = Object.getOwnPropertyNames(Object.prototype).sort();
	const untouched = () => {
		expect(({} as IDataObject).polluted).toBeUndefined();
		expect(([] as unknown as IDataObject).polluted).toBeUndefined();
		expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(known);
	};
	const POISON =
		'"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"prototype":{"polluted":true}';

	test.each([
		['the body', (text: string) => text.replace('{', `{${POISON},`)],
		['the data', (text: string) => text.replace('"data":{', `"data":{${POISON},`)],
		['everything', (text: string) => text.replaceAll('{"', `{${POISON},"`)],
		['lists', (text: string) => text.replaceAll('[{', `[{${POISON},`)],
	])('in the JSON of a webhook, in %s', async (_where, poison) => {
		for (const sample of samples) {
			// As n8n reads a body: JSON.parse makes a property of __proto__.
			const body = JSON.parse(poison(JSON.stringify(sample))) as unknown;
			const { items } = await receive(body);
			untouched();
			const text = JSON.stringify(items ?? []);
			expect(text).not.toContain('__proto__');
			for (const item of items ?? []) expect(Object.getPrototypeOf(item.extra)).toBe(Object.prototype);
		}
	});

	test('in a form of webhook version 1.0.0', async () => {
		const version1 = samples.filter(({ event }) => event === undefined);
		expect(version1.length).toBeGreaterThan(0);
		for (const sample of version1)
			for (const key of [
				'__proto__',
				'__proto__.polluted',
				'constructor.prototype.polluted',
				'subscription.__proto__.polluted',
			]) {
				// As querystring.parse makes it: an object without a prototype.
				const body = Object.assign(Object.create(null), sample) as IDataObject;
				Object.defineProperty(body, key, { value: 'true', enumerable: true, configurable: true, writable: true });
				await receive(body);
				untouched();
			}
	});

	test.each(['constructor', '__proto__'])('as a value (%s): never taken for a word of a table', async (word) => {
		for (const sample of samples) {
			const places: Array<[IDataObject, string]> = [];
			const walk = (holder: IDataObject) => {
				for (const key of Object.keys(holder)) {
					if (typeof holder[key] === 'object' && holder[key] !== null) walk(holder[key] as IDataObject);
					else places.push([holder, key]);
				}
			};
			const body = copyOf(sample);
			walk(body);
			for (const [holder, key] of places) {
				const kept = holder[key];
				holder[key] = word;
				await deduplicator.clearAllProcessedItems();
				const { started } = await deliver(trigger(copyOf(body)));
				for (const { json } of started?.flat() ?? []) expect([key, json]).toEqual([key, copyOf(json)]);
				holder[key] = kept;
			}
		}
		untouched();
	});

	const resources = { hotmart: HOTMART, teachable: TEACHABLE };
	const sampleOf = { hotmart: HOTMART_SAMPLES, teachable: TEACHABLE_SAMPLES };
	const operations = (['hotmart', 'teachable'] as const).flatMap((node) =>
		(resources[node] as Array<{ value: string; operations: Array<Operation<never>> }>).flatMap(
			({ value, operations: all }) =>
				all.map((operation) => ({
					node,
					key: `${value}/${operation.value}`,
					resource: value,
					operation: operation.value,
				})),
		),
	);
	const prepare = async ({ node, key, resource, operation }: (typeof operations)[number], changes = {}) => {
		const parameters: INodeParameters = { resource, operation, ...(await sampleOf[node][key]!(emulator())) };
		emulator().requests.length = 0;
		return { node, parameters, credentials: demoCredentials(emulator(), changes) };
	};

	test.each(operations)('in what the API answers to $node $key', async (operation) => {
		const record = `{${POISON},"id":1,"ucode":"u","name":"n","user_id":1,"email":"ana@example.com","status":"constructor"}`;
		const lists = [
			'items',
			'lessons',
			'courses',
			'users',
			'enrollments',
			'webhooks',
			'events',
			'pricing_plans',
			'transactions',
		];
		const body = `{${POISON},${lists.map((name) => `"${name}":[${record}]`).join()},"user":${record},"course":${record},"id":1}`;
		const node = await prepare(operation);
		emulator().fail({ path: /^(?!\/security)/, kind: 'status', status: 200, body, times: 50 });
		const { json } = await runNode(node);
		untouched();
		for (const item of json) expect(Object.getPrototypeOf(item)).toBe(Object.prototype);
		emulator().reset();
		const again = await prepare(operation);
		const refusal = `{${POISON},"error":"constructor","code":"__proto__","error_description":"toString","message":"toString"}`;
		emulator().fail({ path: /^(?!\/security)/, kind: 'status', status: 400, body: refusal, times: 50 });
		const { error } = await runNode(again);
		untouched();
		expect(error?.description ?? '').toEqual(expect.any(String));
		expect(`${error?.message} ${error?.description}`).not.toMatch(/native code|\[object/);
	});

	test('as the name of a query parameter or header of a call', async () => {
		const entries = ['toString', '__proto__', 'valueOf', 'toString'].map((name, index) => ({
			name,
			value: String(index),
		}));
		const parameters = {
			resource: 'apiCall',
			operation: 'send',
			method: 'GET',
			path: '/user/api/v1/me',
			query: { entries },
			headers: {},
		};
		await runNode({ node: 'hotmart', parameters, credentials: demoCredentials(emulator()) });
		untouched();
		const { query } = emulator().requests.find(({ path }) => path === '/user/api/v1/me')!;
		expect(query).toMatchObject({ toString: ['0', '3'], valueOf: '2' });
	});

	describe('a Read Only credential', () => {
		test.each(operations)('changes nothing by $node $key', async (operation) => {
			const readOnly = { accessMode: 'readOnly' };
			const node = await prepare(operation, { hotmartApi: readOnly, teachableApi: readOnly });
			const state = () => {
				const { hotmart, teachable } = emulator().snapshot() as Record<string, IDataObject>;
				// Login makes a token.
				return copyOf({ account: { ...hotmart, tokens: null }, teachable });
			};
			const before = state();
			await runNode(node);
			expect(state()).toEqual(before);
			expect(
				emulator().requests.filter(({ path, method }) => method !== 'GET' && !path.startsWith('/security')),
			).toEqual([]);
		});

		test.each(['hotmart', 'teachable'] as const)(
			'changes nothing by an API call of %s, whatever its method',
			async (node) => {
				for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
					const parameters = {
						resource: 'apiCall',
						operation: 'send',
						method,
						path: '/x',
						query: {},
						headers: {},
						body: '{}',
					};
					const readOnly = { accessMode: 'readOnly' };
					const credentials = demoCredentials(emulator(), { hotmartApi: readOnly, teachableApi: readOnly });
					const { error } = await runNode({ node, parameters, credentials });
					expect(error?.message).toMatch(/credential is Read Only, so this \w+ request was not sent/);
				}
				expect(emulator().requests.filter(({ path }) => path.endsWith('/x'))).toEqual([]);
			},
		);
	});
});

describe('a body of absurd size', () => {
	const deep = (levels: number) => {
		let value: unknown = 'bottom';
		for (let level = 0; level < levels; level++) value = level % 2 ? [value] : { deep: value };
		return value;
	};
	const wide = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`key${index}`, { index }]));
	const BODIES: Array<[string, () => unknown]> = [
		[
			'nested 100,000 levels deep',
			() => ({ ...approved(), data: { ...(approved().data as object), more: deep(100_000) } }),
		],
		['nested instead of a buyer', () => approved({}, { buyer: deep(100_000) as IDataObject })],
		['of 50,000 keys', () => approved(wide as IDataObject, wide as IDataObject)],
		['of a list with 1,000,000 entries', () => approved({}, { list: Array(1_000_000).fill(1) })],
		[
			'of a text with 16 million characters',
			() => approved({}, { buyer: { email: `${'a'.repeat(16_000_000)}@example.com` } }),
		],
	];

	test.each(BODIES)('%s is refused at once without the hottok', async (_name, make) => {
		const body = make();
		const started = Date.now();
		const { own } = await deliver(trigger(body, { headers: { 'x-hotmart-hottok': 'guess' } }));
		expect(own?.status).toBe(401);
		expect(Date.now() - started).toBeLessThan(2_000);
	});

	test.each(BODIES)('%s is read in bounded time with it', async (_name, make) => {
		const body = make();
		const started = Date.now();
		const { started: executions } = await deliver(trigger(body));
		expect(Date.now() - started).toBeLessThan(20_000);
		expect(() => JSON.stringify(executions)).not.toThrow();
	});

	// Long enough for a regular expression that goes back over it to run out of its stack.
	const TEXTS: Array<[string, () => string]> = [
		['letters', () => `${'a'.repeat(40_000_000)}@example.com`],
		['words', () => 'A_'.repeat(10_000_000)],
		['digits', () => '1'.repeat(20_000_000)],
	];
	test.each(TEXTS)('in which every text is one of millions of %s is read without an error', async (_name, make) => {
		const text = make();
		for (const body of [approved(), testPayload('PURCHASE_APPROVED').version1!.body as IDataObject])
			for (const kept of [[], ['event', 'status', 'transaction']]) {
				const absurd = JSON.parse(JSON.stringify(body), (key, value: unknown) =>
					typeof value === 'string' && !kept.includes(key) ? text : value,
				) as IDataObject;
				// Without the name of the event, or the transaction of version 1.0.0, it is no event.
				expect((await deliver(trigger(absurd))).own?.status).toBe(kept.length === 0 ? 400 : undefined);
			}
	});
});

test('a body of version 1.0.0 is copied a few times, and not once for each of its keys', () => {
	const { version1 } = testPayload('PURCHASE_APPROVED');
	const wide = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`key${index}`, { index }]));
	const body = { ...(version1!.body as IDataObject), prod: wide } as IDataObject;
	const timed = (work: () => unknown) => {
		const started = Date.now();
		work();
		return Date.now() - started;
	};
	// Against a copy of the same body in the same run, so that the speed of the machine does not count.
	const ratios = Array.from(
		{ length: 5 },
		() => timed(() => readItem(parse(body)!, POLICIES.hotmart)) / timed(() => copyOf(body)),
	);
	expect(Math.min(...ratios)).toBeLessThan(15);
});

test('texts that make a careless regular expression slow are read in no time', async () => {
	const slow = [' ', '\t-', '1', '1.', '@', 'a@', '-', '2026-01-01T', '0'].map(
		(part) => `${part.repeat(100_000 / part.length)}!`,
	);
	const started = Date.now();
	for (const text of slow)
		for (const sample of samples) {
			const body = JSON.parse(JSON.stringify(sample), (key, value: unknown) =>
				typeof value === 'object' || key === 'event' ? value : text,
			) as unknown;
			await deliver(trigger(body));
		}
	expect(Date.now() - started).toBeLessThan(60_000);
});
