/**
 * Sync that heals itself: two hundred random subscription lives whose webhooks get lost, come twice or late, and one
 * run after which exactly those are enrolled who are entitled. `E2E_SEED` repeats a run, `E2E_LIVES` makes it smaller or larger.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, describe, it } from 'node:test';

import type { Sale, Subscription } from '../emulator/hotmart/types.ts';
import { startEmulator } from '../emulator/index.ts';
import type { WorkflowNode } from '../n8n/client.mts';
import { setTable, setUpSync, type SyncSettings } from '../n8n/demo-settings.mts';
import { outputOf, useStack, waitFor } from '../n8n/harness.mts';
import { DEMO, completeTemplate, credentialData, readTemplate } from '../n8n/stack.mts';

interface Policy {
	canceledUntilPeriodEnd: boolean;
	graceDays: number;
}

const DAY = 86_400_000;
const PEOPLE = Number(process.env.E2E_LIVES ?? 200);
const STEPS = 8;
const STEP_DAYS = 15;

const { products, plans, courses } = DEMO;
/** Rows overlap on purpose: an annual subscription and a workshop both open the masterclass. */
const TABLE = [
	{ product: products.guitar, plan: plans.monthly, course: courses.guitar },
	{ product: products.guitar, plan: plans.annual, course: courses.guitar },
	{ product: products.guitar, plan: plans.annual, course: courses.masterclass },
	{ product: products.songwriting, course: courses.songwriting },
	{ product: products.songwriting, course: courses.masterclass },
];
/** Bought at Teachable itself, so Hotmart knows nothing of her. */
const GUEST = 'rosa@students.example';

const seed = Number(process.env.E2E_SEED ?? randomInt(2 ** 31));

/**
 * Random numbers that a seed repeats (mulberry32).
 * @returns from 0 to below 1
 */
function randomFrom(state: number): () => number {
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}
const random = randomFrom(seed);
const chance = (share: number) => random() < share;
const oneOf = <T,>(list: T[]) => list[Math.floor(random() * list.length)] as T;

let stack: Awaited<ReturnType<typeof useStack>>;
let emulator: Awaited<ReturnType<typeof startEmulator>>;
let credentials: Record<string, { id: string; name: string }>;
const workflows: string[] = [];

/**
 * Imports a template for this emulator.
 * @param change nodes by name
 */
async function importTemplate(file: string, change: (nodes: Record<string, WorkflowNode>) => void) {
	const workflow = await completeTemplate(stack.client, await readTemplate(file), credentials);
	change(Object.fromEntries(workflow.nodes.map((node) => [node.name, node])));
	const { id } = await stack.client.importWorkflow(workflow);
	workflows.push(id);
	return id;
}

async function importSync(settings: SyncSettings) {
	return await importTemplate('sync-students.json', (nodes) => setUpSync(Object.values(nodes), settings));
}

before(async () => {
	stack = await useStack();
	emulator = await startEmulator({
		hotmart: { rateLimitPerMinute: 1e6, deliveryTimeoutMs: 30_000 },
		teachable: { rateLimitPerMinute: 1e6 },
	});
	const { hotmartApi, teachableApi } = credentialData(emulator, { hotmart: 'readOnly' });
	credentials = {
		hotmartWebhookApi: stack.credentials.hotmartWebhookApi,
		hotmartApi: await stack.client.createCredential({
			name: 'Hotmart (reconciliation)',
			type: 'hotmartApi',
			data: hotmartApi,
		}),
		teachableApi: await stack.client.createCredential({
			name: 'Teachable (reconciliation)',
			type: 'teachableApi',
			data: teachableApi,
		}),
	};
});
after(async () => {
	for (const id of workflows) await stack.client.deleteWorkflow(id);
	for (const type of ['hotmartApi', 'teachableApi']) {
		if (credentials?.[type]) await stack.client.request('DELETE', `/rest/credentials/${credentials[type].id}`);
	}
	await emulator?.close();
	await stack?.close();
});

/**
 * What may happen to a subscription now, and how likely each is.
 * @param sales of it
 */
function fates(
	{ code, status, nextCharge, planId }: Subscription,
	sales: Sale[],
): Array<[number, () => Promise<unknown>]> {
	const { hotmart, clock } = emulator;
	const other = planId === plans.monthly ? plans.annual : plans.monthly;
	const paid = sales.filter((sale) => sale.status === 'APPROVED' || sale.status === 'COMPLETE');
	const giveBack = (sale: Sale | undefined) =>
		sale ? oneOf([hotmart.refund, hotmart.chargeback])(sale.transaction) : Promise.resolve();
	const waiting = sales.find((sale) => sale.status === 'PRINTED_BILLET' || sale.status === 'WAITING_PAYMENT');
	const protested = sales.find((sale) => sale.status === 'PROTESTED');
	if (waiting)
		return [
			[2, () => hotmart.pay(waiting.transaction)],
			[1, () => hotmart.expirePayment(waiting.transaction)],
		];
	if (protested)
		return [
			[1, () => hotmart.withdrawRefund(protested.transaction)],
			[1, () => hotmart.refund(protested.transaction)],
		];
	const anyTime: Array<[number, () => Promise<unknown>]> = [
		[2, () => hotmart.cancel(code, oneOf(['customer', 'seller', 'admin']))],
		[1, () => hotmart.switchPlan(code, other)],
	];
	if (status === 'ACTIVE') {
		const money: Array<[number, () => Promise<unknown>]> = [
			[1, () => giveBack(paid.at(0))],
			[1, () => giveBack(paid.at(-1))],
			[1, async () => paid.length > 0 && (await hotmart.requestRefund(oneOf(paid).transaction))],
		];
		const isDue = (nextCharge ?? 0) <= clock.now();
		return isDue
			? [
					[8, () => hotmart.renew(code)],
					[4, () => hotmart.failCharge(code)],
					[1, () => hotmart.expire(code)],
					...anyTime,
				]
			: [...anyTime, ...money];
	}
	if (status === 'DELAYED') return [[3, () => hotmart.renew(code)], [3, () => hotmart.failCharge(code)], ...anyTime];
	return status.startsWith('CANCELLED') ? [[1, () => hotmart.reactivate(code)]] : [];
}

/** Lets something happen to a person, or nothing. */
async function liveOn(email: string) {
	const { hotmart } = emulator;
	const isRunning = ({ status }: Subscription) => ['ACTIVE', 'DELAYED', 'STARTED'].includes(status);
	const subscriptions = hotmart.subscriptions.filter(({ subscriber }) => subscriber.email === email);
	const workshops = hotmart.sales.filter(
		({ buyer, productId }) => buyer.email === email && productId === products.songwriting,
	);
	const planId = oneOf([plans.monthly, plans.annual]);

	const choices: Array<[number, () => Promise<unknown>]> = [];
	// Few have two subscriptions at a time
	choices.push([
		subscriptions.some(isRunning) ? 0.4 : 4,
		() => hotmart.buy({ email, productId: products.guitar, planId }),
	]);
	if (!subscriptions.some(isRunning)) {
		const paymentType = oneOf(['BILLET', 'PIX']);
		choices.push([1, () => hotmart.printBillet({ email, productId: products.guitar, planId, paymentType })]);
		choices.push([0.3, () => hotmart.refuse({ email, productId: products.guitar, planId })]);
	}
	if (workshops.length < 2) choices.push([0.7, () => hotmart.buy({ email, productId: products.songwriting })]);
	for (const { transaction, status } of workshops) {
		if (status === 'APPROVED')
			choices.push([0.5, () => oneOf([hotmart.refund, hotmart.chargeback, hotmart.complete])(transaction)]);
	}
	for (const subscription of subscriptions) {
		choices.push(
			...fates(
				subscription,
				hotmart.sales.filter(({ subscriberCode }) => subscriberCode === subscription.code),
			),
		);
	}
	let left = random() * choices.reduce((sum, [weight]) => sum + weight, 0);
	for (const [weight, happen] of choices) {
		left -= weight;
		if (left < 0) return void (await happen());
	}
}

/** How deliveries went wrong. */
const disorder = { sent: 0, dropped: 0, doubled: 0, late: 0 };

/**
 * Three in ten deliveries go wrong: lost, sent twice, or sent at some other time of the step.
 * @param count deliveries that wait
 * @returns their indexes in the order of sending
 */
function disturb(count: number): number[] {
	const order: number[] = [];
	const late = [];
	for (let index = 0; index < count; index++) {
		const fate = chance(0.3) ? oneOf(['dropped', 'doubled', 'late'] as const) : 'sent';
		disorder[fate]++;
		if (fate === 'late') late.push(index);
		else if (fate !== 'dropped') order.push(index);
		if (fate === 'doubled') late.push(index);
	}
	for (const index of late) order.splice(Math.floor(random() * (order.length + 1)), 0, index);
	return order;
}

/** Waits until n8n has worked off all events. */
async function idle(workflowId: string) {
	const open = encodeURIComponent(JSON.stringify({ workflowId, status: ['new', 'running', 'waiting'] }));
	const ended = async () =>
		(await stack.client.request('GET', `/rest/executions?filter=${open}&limit=1`)).results.length === 0;
	await waitFor(ended, 'n8n to be idle', 120_000);
}

/**
 * Who is entitled to which course, from the account's records alone: by a subscription that runs and whose last payment was
 * not given back, and by a one-time purchase whose money is there.
 * @returns e-mail addresses by course
 */
function entitlement({ canceledUntilPeriodEnd, graceDays }: Policy): Map<number, Set<string>> {
	const now = Date.now();
	const isGone = ({ status }: Sale) => status === 'REFUNDED' || status === 'CHARGEBACK';
	const isIn = ({ status }: Sale) => ['APPROVED', 'COMPLETE', 'PROTESTED'].includes(status);
	const entitled: Map<number, Set<string>> = new Map(TABLE.map(({ course }) => [course, new Set()]));
	const open = (email: string, productId: number, planId: number | undefined) => {
		for (const { product, plan, course } of TABLE) {
			if (product === productId && (plan === undefined || plan === planId)) entitled.get(course)?.add(email);
		}
	};

	const { subscriptions, sales } = emulator.hotmart;
	for (const { code, status, nextCharge = 0, subscriber, productId, planId } of subscriptions) {
		const paid = sales.filter((sale) => sale.subscriberCode === code && (isGone(sale) || isIn(sale)));
		const number = Math.max(...paid.map(({ recurrence = 1 }) => recurrence));
		const last = paid.filter(({ recurrence = 1 }) => recurrence === number);
		const first = paid.filter(({ recurrence = 1 }) => recurrence === 1);
		const isPaid = last.some(isIn);
		// The first payment takes the whole subscription with it, until it is taken up again
		const isWhole = first.some(isIn);
		const runs = {
			ACTIVE: true,
			DELAYED: graceDays > 0 && nextCharge + graceDays * DAY > now,
		}[status as string];
		const lasts = status.startsWith('CANCELLED') && canceledUntilPeriodEnd && isWhole && nextCharge > now;
		if (isPaid && (runs || lasts)) open(subscriber.email, productId, planId);
	}
	for (const sale of sales) {
		if (sale.subscriberCode === undefined && isIn(sale)) open(sale.buyer.email, sale.productId, undefined);
	}
	return entitled;
}

/** Who is in each course, but for the guest. */
const enrollment = () =>
	new Map(
		[...new Set(TABLE.map(({ course }) => course))].map((course) => [
			course,
			new Set(emulator.teachable.enrolledEmails(course).filter((email) => email !== GUEST)),
		]),
	);

/**
 * What differs, as text.
 * @returns course and address of each
 */
function compare(
	should: Map<number, Set<string>>,
	is: Map<number, Set<string>>,
): { missing: string[]; extra: string[] } {
	const pairs = (map: Map<number, Set<string>>) =>
		[...map].flatMap(([course, emails]) => [...emails].map((email) => `${course} ${email}`));
	const [wanted, found] = [new Set(pairs(should)), new Set(pairs(is))];
	return {
		missing: [...wanted].filter((pair) => !found.has(pair)).sort(),
		extra: [...found].filter((pair) => !wanted.has(pair)).sort(),
	};
}

const NATIVE = { canceledUntilPeriodEnd: false, graceDays: 0 };
/** The table, by value. */
const ROWS = TABLE.map(({ product, plan, course }) => ({ value: plan ?? product, course }));
const LIVE: SyncSettings = {
	rows: ROWS,
	dryRun: false,
	removalLimit: 60,
	keep: GUEST,
};

/** @param id of a workflow */
async function runSync(id: string) {
	const from = emulator.requests.length;
	const execution = await stack.client.run(id, 'Run Now');
	assert.equal(execution.status, 'success', JSON.stringify(execution.data.resultData.error ?? {}));
	const told: Array<{ courseId: number; email: string; change: string; status: string }> = outputOf(
		execution,
		'Worth Telling',
	);
	const named = (wanted: string) =>
		told
			.filter(({ change, status }) => change === wanted && status === 'done')
			.map(({ courseId, email }) => `${courseId} ${email}`)
			.sort();
	const writes = emulator.requests
		.slice(from)
		.filter(({ vendor, method }) => vendor === 'teachable' && method === 'POST');
	return { told, enrolled: named('enroll'), unenrolled: named('unenroll'), writes };
}

describe(`two hundred subscription lives (seed ${seed})`, () => {
	it('are damaged by lost, doubled and late webhooks, and put right by one sync', async (t) => {
		const reactive = await importTemplate('hotmart-to-teachable.json', (nodes) =>
			setTable(nodes['Apply Access']!, ROWS),
		);
		const [url = ''] = await stack.client.activate(reactive);
		emulator.hotmart.registerWebhook({ url });

		// Lives happen in the past, so that "now" is the same for the emulator and for the node at the end
		const { hotmart, clock } = emulator;
		clock.advance(-(STEPS * STEP_DAYS + 1) * DAY);
		const start = Date.now();
		const emails = Array.from({ length: PEOPLE }, (_unused, index) => `life-${index}@students.example`);
		for (let step = 0; step < STEPS; step++) {
			hotmart.hold();
			const known = hotmart.deliveries.length;
			for (const email of emails) {
				if (chance(step === 0 ? 0.7 : 0.22)) await liveOn(email);
			}
			await hotmart.release(disturb(hotmart.deliveries.length - known));
			assert.ok(hotmart.webhooks.every(({ active, consecutiveFailures }) => active && consecutiveFailures === 0));
			clock.advance(STEP_DAYS * DAY);
		}
		await idle(reactive);
		clock.advance(DAY);
		t.diagnostic(`seed ${seed}: ${JSON.stringify(disorder)} in ${Math.round((Date.now() - start) / 1000)} s`);

		const should = entitlement(NATIVE);
		for (const [course, entitled] of should)
			assert.ok(entitled.size > PEOPLE / 20, `course ${course} has only ${entitled.size}`);
		const damage = compare(should, enrollment());
		t.diagnostic(`before the sync ${damage.missing.length} are missing and ${damage.extra.length} too many`);
		assert.ok(damage.missing.length >= PEOPLE / 40 && damage.extra.length >= 1, 'the disorder did damage');

		const sync = await importSync(LIVE);
		const begun = Date.now();
		const first = await runSync(sync);
		t.diagnostic(`the sync took ${Math.round((Date.now() - begun) / 1000)} s and ${first.writes.length} changes`);
		assert.deepEqual(compare(should, enrollment()), { missing: [], extra: [] }, `E2E_SEED=${seed} repeats it`);
		assert.ok(emulator.teachable.isEnrolled(GUEST, courses.masterclass), 'who is on the keep list stays');
		assert.deepEqual(
			{ missing: first.enrolled, extra: first.unenrolled },
			damage,
			'the report names what was repaired',
		);
		assert.equal(first.told.length, damage.missing.length + damage.extra.length);

		const second = await runSync(sync);
		assert.deepEqual([second.told, second.writes], [[], []], 'a second run repairs nothing');

		// The same account under the kinder policy
		const kind = entitlement({ canceledUntilPeriodEnd: true, graceDays: 20 });
		const more = compare(kind, enrollment());
		assert.ok(more.missing.length >= PEOPLE / 40, 'the policies differ');
		await runSync(await importSync({ ...LIVE, policy: { policy: 'paidPeriod', graceDays: 20 } }));
		assert.deepEqual(compare(kind, enrollment()), { missing: [], extra: [] }, `E2E_SEED=${seed} repeats it`);
	});
});
