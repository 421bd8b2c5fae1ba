import fastify, { type FastifyInstance } from 'fastify';
import { DataDeduplicationService } from 'n8n-core';

import { POLICIES } from '../../nodes/Hotmart/access/policy';
import { POLLED_EVENTS } from '../../nodes/Hotmart/polling/events';
import { parse } from '../../nodes/Hotmart/trigger/delivery';
import { readItem, type HotmartItem } from '../../nodes/Hotmart/trigger/item';
import { DEMO } from '../emulator/seed';
import { Deduplicator } from './n8n';
import { hostPolling, useVirtualTime, type PollingHost } from './polling-host';
import { demoCredentials, useEmulator } from './setup';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const { guitar, songwriting } = DEMO.products;
const { monthly, annual } = DEMO.plans;

const emulator = useEmulator({ hotmart: { rateLimitPerMinute: 1e6, switchPlanEvent: 'effective' } });
const time = useVirtualTime();

/** Receives the webhooks and reads them as the Hotmart Trigger does. */
let receiver: FastifyInstance;
let told: HotmartItem[];
let url: string;
beforeAll(async () => {
	await DataDeduplicationService.init(new Deduplicator());
	receiver = fastify();
	receiver.post('/', (request) => {
		told.push(readItem(parse(request.body)!, POLICIES.hotmart));
		return {};
	});
	url = await receiver.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => await receiver.close());
beforeEach(() => {
	told = [];
});

/** Numbers from 0 to 1 that are the same for the same seed. */
function createRandom(seed: number) {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
}

/** Something that happens to a school; resolves to nothing when the chosen step is not possible now. */
async function liveOn(random: () => number, number: number) {
	const { hotmart } = emulator();
	const pick = <T>(list: T[]) => list[Math.floor(random() * list.length)]!;
	const person = { email: `person${number}@example.com`, name: `Person ${number}` };
	const sale = () => pick([...hotmart.sales])?.transaction;
	const code = () => pick([...hotmart.subscriptions])?.code;
	const steps: Array<() => Promise<unknown>> = [
		async () => await hotmart.buy({ ...person, productId: guitar, planId: pick([monthly, annual]) }),
		async () => await hotmart.buy({ ...person, productId: songwriting }),
		async () => await hotmart.printBillet({ ...person, productId: pick([guitar, songwriting]) }),
		async () => await hotmart.refuse({ ...person, productId: songwriting }),
		async () => await hotmart.pay(sale()),
		async () => await hotmart.expirePayment(sale()),
		async () => await hotmart.requestRefund(sale()),
		async () => await hotmart.withdrawRefund(sale()),
		async () => await hotmart.refund(sale()),
		async () => await hotmart.chargeback(sale()),
		async () => await hotmart.complete(sale()),
		async () => await hotmart.renew(code()),
		async () => await hotmart.failCharge(code()),
		async () => await hotmart.cancel(code()),
		async () => await hotmart.reactivate(code()),
		async () => await hotmart.switchPlan(code(), pick([monthly, annual])),
		async () => await hotmart.expire(code()),
	];
	// Most steps are not possible for most records: the emulator says so, and the next is tried
	for (let tries = 0; tries < 50; tries++) {
		const done = await pick(steps)().then(
			() => true,
			() => false,
		);
		if (done) return;
	}
}

const keysOf = (items: HotmartItem[]) => items.map(({ eventKey }) => eventKey);
const polledNames = Object.keys(POLLED_EVENTS);
/** What webhooks told that the API shows as well. */
const expected = () => told.filter(({ event }) => polledNames.includes(event));
const isOfApiOnly = ({ event }: HotmartItem) =>
	event === 'SUBSCRIPTION_EXPIRED' || event === 'SUBSCRIPTION_REACTIVATED';

async function live(seed: number, steps: number, trigger: PollingHost, gap = () => 15 * MINUTE): Promise<void> {
	const random = createRandom(seed);
	for (let step = 0; step < steps; step++) {
		await liveOn(random, step);
		time.pass(gap());
		await trigger.poll();
		time.pass(random() * 6 * HOUR);
	}
	time.pass(HOUR);
	await trigger.poll();
}

const host = () => hostPolling(demoCredentials(emulator()));

describe.each([1, 2, 3, 4, 5])('random lives, seed %i', (seed) => {
	test('polling alone sees every event that a webhook tells, once, with the same key', async () => {
		emulator().hotmart.registerWebhook({ url });
		const trigger = host();
		await trigger.poll();
		await live(seed, 80, trigger);
		const seen = trigger.items.filter((item) => !isOfApiOnly(item));
		expect(told.length).toBeGreaterThan(50);
		expect(keysOf(seen).sort()).toEqual(keysOf(expected()).sort());
	}, 120_000);

	test('merged with webhooks of which 30 % are lost: every event exactly once', async () => {
		emulator().hotmart.registerWebhook({ url });
		const trigger = host();
		await trigger.poll();
		await live(seed + 100, 60, trigger);
		const random = createRandom(seed);
		const arrived = told.filter(() => random() > 0.3);
		expect(arrived.length).toBeLessThan(told.length);
		const merged = [...arrived, ...trigger.items];
		const kept = new Map(merged.map((item) => [item.eventKey, item]));
		const wanted = [...keysOf(expected()), ...keysOf(trigger.items.filter(isOfApiOnly))];
		const others = arrived.filter(({ event }) => !polledNames.includes(event));
		expect([...kept.keys()].sort()).toEqual([...new Set([...wanted, ...keysOf(others)])].sort());
	}, 120_000);

	test('a poll a day: what a record still shows is seen once, and n8n starts anew each day', async () => {
		emulator().hotmart.registerWebhook({ url });
		const trigger = host();
		await trigger.poll();
		const random = createRandom(seed + 200);
		for (let day = 0; day < 7; day++) {
			for (let step = 0; step < 6; step++) {
				await liveOn(random, day * 10 + step);
				time.pass(random() * 4 * HOUR);
			}
			time.pass(DAY / 4);
			trigger.restart();
			await trigger.poll();
		}
		// Of a record that changed twice within a day its last state is seen, and that it was paid
		const last = new Map(
			expected()
				.filter(({ purchase }) => purchase !== null)
				.map((item) => [item.purchase!.transaction, item.eventKey]),
		);
		const seen = keysOf(trigger.items);
		for (const key of last.values()) if (!key.endsWith(':again')) expect(seen).toContain(key);
		const approved = expected().filter(
			({ event, eventKey }) => event === 'PURCHASE_APPROVED' && !eventKey.endsWith('again'),
		);
		for (const { eventKey } of approved) expect(seen).toContain(eventKey);
		expect(new Set(seen).size).toBe(seen.length);
	}, 120_000);
});

test('a week of random lives keeps a school right without any webhook', async () => {
	const trigger = host();
	await trigger.poll();
	await live(77, 80, trigger);
	const { subscriptions, sales } = emulator().hotmart;
	const latest = (match: (item: HotmartItem) => boolean) =>
		trigger.items.filter((item) => match(item) && item.access.decision !== 'none').at(-1)?.access.decision;
	for (const { transaction, status, subscriberCode } of sales) {
		if (subscriberCode !== undefined) continue;
		const decision = latest(({ purchase }) => purchase?.transaction === transaction);
		if (['APPROVED', 'COMPLETE', 'PROTESTED'].includes(status)) expect(decision).toBe('grant');
		if (['REFUNDED', 'CHARGEBACK'].includes(status)) expect(decision).toBe('revoke');
		if (['PRINTED_BILLET', 'CANCELLED', 'EXPIRED'].includes(status)) expect(decision).toBeUndefined();
	}
	expect(subscriptions.length).toBeGreaterThan(3);
	for (const { code, status } of subscriptions) {
		const decision = latest(({ subscription }) => subscription?.subscriberCode === code);
		if (status.startsWith('CANCELLED') && decision !== undefined) expect(decision).toBe('revoke');
	}
}, 120_000);
