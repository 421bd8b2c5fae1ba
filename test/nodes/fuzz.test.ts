import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { EVENTS, type HotmartEvent } from '../../nodes/Hotmart/trigger/events';
import type { HotmartItem } from '../../nodes/Hotmart/trigger/item';
import { DEMO } from '../emulator/seed';
import { testPayload } from '../emulator/hotmart/testButton';
import { CredentialStore, deliver } from './n8n';

const { hottok } = DEMO.hotmart;

const samples: IDataObject[] = (Object.keys(EVENTS) as HotmartEvent[]).flatMap((event, index) => {
	const { data, version1 } = testPayload(event);
	const current = { id: `id-${index}`, creation_date: 1_746_621_297_861, event, version: '2.0.0', data } as IDataObject;
	return version1 ? [current, version1.body as IDataObject] : [current];
});

/** Values that Hotmart or a stranger may put where something else is expected. */
const odd = fc.oneof(
	fc.jsonValue(),
	fc.constantFrom<unknown>(
		null,
		'',
		' ',
		'0',
		'12',
		12.5,
		-1,
		true,
		[],
		{},
		[[]],
		1e308,
		'NaN',
		'9'.repeat(400),
		'\u0000',
	),
);

interface Change {
	at: number;
	kind: 'replace' | 'remove' | 'add' | 'pollute';
	value: unknown;
}

/** Changes a copy of a sample at places that are picked by number. */
function mutate(sample: IDataObject, changes: Change[]): IDataObject {
	const copy = JSON.parse(JSON.stringify(sample)) as IDataObject;
	for (const { at, kind, value } of changes) {
		const places: Array<[IDataObject, string]> = [];
		const walk = (holder: IDataObject) => {
			for (const key of Object.keys(holder)) {
				places.push([holder, key]);
				if (typeof holder[key] === 'object' && holder[key] !== null) walk(holder[key] as IDataObject);
			}
		};
		walk(copy);
		const [holder, key] = places[at % places.length] ?? [copy, 'event'];
		if (kind === 'replace') holder[key] = structuredClone(value) as IDataObject;
		if (kind === 'remove') delete holder[key];
		if (kind === 'add') holder[`new_${at}`] = structuredClone(value) as IDataObject;
		if (kind === 'pollute')
			Object.defineProperty(holder, '__proto__', {
				value: { polluted: true },
				enumerable: true,
				configurable: true,
				writable: true,
			});
	}
	return copy;
}

const mutated = fc
	.tuple(
		fc.constantFrom(...samples),
		fc.array(
			fc.record({
				at: fc.nat(10_000),
				kind: fc.constantFrom<Change['kind']>('replace', 'remove', 'add', 'pollute'),
				value: odd,
			}),
			{ maxLength: 6 },
		),
	)
	.map(([sample, changes]) => mutate(sample, changes));

const credentials = new CredentialStore({ hotmartWebhookApi: { webhookToken: hottok } });
const send = async (body: unknown, headers: Record<string, string | undefined>, simplify = true) =>
	await deliver({
		node: 'hotmartTrigger',
		parameters: { events: ['*'], simplify, options: { acceptTestEvents: true } },
		credentials,
		request: { headers, body },
	});

const isEvent = (body: IDataObject) =>
	typeof body.event === 'string' &&
	body.event.trim() !== '' &&
	typeof body.data === 'object' &&
	body.data !== null &&
	!Array.isArray(body.data);

test('10,000 mutated bodies: no exception, no event lost, nothing of the hottok, an item of the right shape', async () => {
	const [plain] = (await send(samples[0], { 'x-hotmart-hottok': hottok })).started!;
	const keys = Object.keys(plain![0]!.json);
	await fc.assert(
		fc.asyncProperty(mutated, fc.boolean(), async (body, inBody) => {
			const given = inBody ? { ...body, hottok } : body;
			const { own, started } = await send(given, inBody ? {} : { 'x-hotmart-hottok': hottok });
			if (isEvent(body)) expect(started).toHaveLength(1);
			if (!started) {
				expect([200, 400]).toContain(own!.status);
				return;
			}
			const item = started[0]![0]!.json as unknown as HotmartItem;
			expect(Object.keys(item)).toEqual(keys);
			expect(item.eventKey).not.toBe('');
			expect(['grant', 'revoke', 'switch', 'none']).toContain(item.access.decision);
			const stored = JSON.stringify(item);
			expect(stored).not.toContain(hottok);
			const { product, plan, subscription, purchase } = item;
			const numbers = [product.id, plan?.id, subscription?.id, purchase?.recurrence, purchase?.price?.value];
			for (const number of numbers) expect(number ?? 0).toEqual(expect.any(Number));
			expect(numbers.every((number) => Number.isFinite(number ?? 0))).toBe(true);
		}),
		{ numRuns: 10_000, seed: 20_261_122 },
	);
	expect(({} as IDataObject).polluted).toBeUndefined();
}, 120_000);

test('10,000 guesses of the hottok: no execution', async () => {
	const guess = fc.oneof(
		fc.string({ maxLength: 40 }),
		fc.constantFrom(
			hottok.slice(1),
			`${hottok} `,
			` ${hottok}`,
			`${hottok},${hottok}`,
			hottok.toUpperCase(),
			'',
			'null',
		),
		fc.nat(hottok.length - 1).map((at) => `${hottok.slice(0, at)}~${hottok.slice(at + 1)}`),
	);
	await fc.assert(
		fc.asyncProperty(guess, mutated, odd, async (header, body, field) => {
			fc.pre(header !== hottok && field !== hottok);
			const { hottok: _sent, ...rest } = body;
			expect(_sent).not.toBe(hottok);
			const byHeader = await send(rest, { 'x-hotmart-hottok': header });
			const byBody = await send({ ...rest, hottok: field }, {});
			expect([byHeader.own?.status, byBody.own?.status]).toEqual([401, 401]);
			expect([byHeader.started, byBody.started]).toEqual([undefined, undefined]);
		}),
		{ numRuns: 5_000, seed: 20_261_122 },
	);
}, 120_000);

test('a body that is nested too deeply is an event like any other', async () => {
	let deep: unknown = 'bottom';
	for (let level = 0; level < 5_000; level++) deep = { deep };
	const body = { ...samples[0], data: { ...(samples[0]!.data as object), deep } };
	const { started } = await send(body, { 'x-hotmart-hottok': hottok });
	expect(started).toHaveLength(1);
	expect(() => JSON.stringify(started)).not.toThrow();
});
