import { randomUUID } from 'node:crypto';

import axios from 'axios';
import { DataDeduplicationService } from 'n8n-core';
import { sleep, type IDataObject, type INodeParameters, type INodeProperties } from 'n8n-workflow';

import { POLICIES, policyFields } from '../../nodes/Hotmart/access/policy';
import { HotmartTrigger } from '../../nodes/Hotmart/HotmartTrigger.node';
import { access } from '../../nodes/Hotmart/resources/access';
import { parse } from '../../nodes/Hotmart/trigger/delivery';
import { EVENTS, type HotmartEvent } from '../../nodes/Hotmart/trigger/events';
import { readItem, type HotmartItem } from '../../nodes/Hotmart/trigger/item';
import { testPayload } from '../emulator/hotmart/testButton';
import { DEMO } from '../emulator/seed';
import { Deduplicator, outputNames } from './n8n';
import { demoCredentials, useEmulator } from './setup';
import { hostTrigger, type TriggerHost } from './trigger-host';

// An event is the only one that its cause sends
const emulator = useEmulator({ hotmart: { upgradeCharge: 'nextCharge' } });
const deduplicator = new Deduplicator();

beforeAll(async () => await DataDeduplicationService.init(deduplicator));

const { guitar, songwriting } = DEMO.products;
const { monthly, annual } = DEMO.plans;
const ANA = { email: 'ana@example.com', name: 'Ana Souza' };

let host: TriggerHost;

beforeEach(async () => {
	await deduplicator.clearAllProcessedItems();
	host = await hostTrigger(demoCredentials(emulator()));
	emulator().hotmart.registerWebhook({ url: host.url });
});
afterEach(async () => await host.close());

const items = () => host.items() as unknown as HotmartItem[];
const statuses = () => emulator().hotmart.deliveries.map(({ status }) => status);
const subscribe = async (planId: number = monthly) =>
	await emulator().hotmart.buy({ ...ANA, productId: guitar, planId });

/** Posts a body with the right hottok, unless the headers say otherwise. */
const post = async (body: unknown, headers: Record<string, string> = { 'X-HOTMART-HOTTOK': DEMO.hotmart.hottok }) =>
	await axios.post(host.url, body, { headers, validateStatus: () => true });

const approved = (changes: IDataObject = {}): IDataObject => ({
	id: 'b1d7b1f4-0000-4000-8000-000000000001',
	creation_date: 1_746_621_297_861,
	event: 'PURCHASE_APPROVED',
	version: '2.0.0',
	data: {
		product: { id: 1355458, ucode: 'u', name: 'Course' },
		buyer: { email: 'ana@example.com', name: 'Ana' },
		purchase: { transaction: 'HP1', status: 'APPROVED' },
		...changes,
	},
});

describe('each event', () => {
	/** Makes every event happen; the last delivery is the event's. */
	const happen: Record<HotmartEvent, () => Promise<unknown>> = {
		PURCHASE_APPROVED: async () => await subscribe(),
		PURCHASE_BILLET_PRINTED: async () => await emulator().hotmart.printBillet({ ...ANA, productId: guitar }),
		PURCHASE_CANCELED: async () => await emulator().hotmart.refuse({ ...ANA, productId: guitar }),
		PURCHASE_CHARGEBACK: async () => await emulator().hotmart.chargeback((await oneTime()).transaction),
		PURCHASE_COMPLETE: async () => await emulator().hotmart.complete((await subscribe()).transaction),
		PURCHASE_DELAYED: async () => await emulator().hotmart.failCharge((await subscribe()).subscriberCode!),
		PURCHASE_EXPIRED: async () => {
			const { transaction } = await emulator().hotmart.printBillet({ ...ANA, productId: guitar });
			await emulator().hotmart.expirePayment(transaction);
		},
		PURCHASE_PROTEST: async () => await emulator().hotmart.requestRefund((await subscribe()).transaction),
		PURCHASE_REFUNDED: async () => await emulator().hotmart.refund((await oneTime()).transaction),
		SUBSCRIPTION_CANCELLATION: async () => await emulator().hotmart.cancel((await subscribe()).subscriberCode!),
		SWITCH_PLAN: async () => await emulator().hotmart.switchPlan((await subscribe()).subscriberCode!, annual),
		UPDATE_SUBSCRIPTION_CHARGE_DATE: async () =>
			await emulator().hotmart.changeBillingDay((await subscribe()).subscriberCode!, 12),
		CLUB_FIRST_ACCESS: async () => {
			await subscribe();
			await emulator().hotmart.firstAccess(ANA.email, guitar);
		},
		CLUB_MODULE_COMPLETED: async () => {
			await subscribe();
			await emulator().hotmart.completeModule(ANA.email, guitar);
		},
		PURCHASE_OUT_OF_SHOPPING_CART: async () => await emulator().hotmart.abandonCart({ ...ANA, productId: guitar }),
		ORDER_FULFILLMENT: async () => await emulator().hotmart.fulfillOrder((await oneTime()).transaction),
	};
	const oneTime = async () => await emulator().hotmart.buy({ ...ANA, productId: songwriting });

	const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
	/** Events that do not name the student. */
	const nameless: HotmartEvent[] = ['SWITCH_PLAN'];

	test.each(Object.keys(EVENTS) as HotmartEvent[])('%s becomes the one item', async (event) => {
		host.parameters.options = { includeExtra: true };
		await happen[event]();
		const item = items().at(-1)!;
		const { access, payload } = EVENTS[event];
		const isOneTime = ['PURCHASE_CHARGEBACK', 'PURCHASE_REFUNDED', 'ORDER_FULFILLMENT'].includes(event);
		expect(item).toMatchObject({
			event,
			version: '2.0.0',
			createdAt: expect.stringMatching(ISO),
			test: false,
			access: { decision: access.decision, reason: access.reason },
			student: { email: ANA.email, name: nameless.includes(event) ? null : expect.stringContaining('Ana') },
			product: { id: isOneTime ? songwriting : guitar, name: expect.any(String) },
		});
		expect(item.eventKey).toContain(event);
		if (access.decision !== 'none') expect(item.access.effectiveAt).toMatch(ISO);
		if (payload === 'purchase') {
			expect(item.purchase).toMatchObject({
				transaction: expect.stringMatching(/^HP/),
				status: expect.any(String),
				kind: isOneTime ? 'oneTime' : event === 'PURCHASE_DELAYED' ? 'renewal' : 'first',
				paymentType: expect.any(String),
				installments: 1,
				price: { value: expect.any(Number), currency: 'BRL' },
				orderedAt: expect.stringMatching(ISO),
				orderBump: false,
			});
			expect(item.subscription === null).toBe(isOneTime);
			expect(item.offer?.code).toEqual(expect.any(String));
			expect(item.extra).toHaveProperty('purchase');
		}
		expect(JSON.stringify(item)).not.toContain(DEMO.hotmart.hottok);
		expect(statuses().every((status) => status === 200)).toBe(true);
	});

	test('the offer of a recovered sale is the one that the user knows', async () => {
		host.parameters.options = { includeExtra: true };
		await post(approved({ purchase: { transaction: 'HP1', offer: { code: 'ab12cd34DRP' } } }));
		await post(approved({ purchase: { transaction: 'HP2', offer: { code: 'ab12cd34' } } }));
		expect(items()).toMatchObject([
			{ offer: { code: 'ab12cd34' }, extra: { purchase: { offer: { code: 'ab12cd34DRP' } } } },
			{ offer: { code: 'ab12cd34' } },
		]);
		expect(items()[1]!.extra).toEqual({});
	});

	test('a subscription: who, which plan, until when', async () => {
		const { subscriberCode, transaction } = await subscribe(annual);
		await emulator().hotmart.switchPlan(subscriberCode!, monthly);
		await emulator().hotmart.cancel(subscriberCode!);
		const [bought, switched, canceled] = items();
		expect(bought).toMatchObject({
			plan: { id: annual, name: 'Annual', previousId: null, previousName: null },
			subscription: { subscriberCode, status: 'active', nextChargeAt: bought!.access.until },
			purchase: { transaction, recurrence: 1, kind: 'first', status: 'approved' },
		});
		expect(switched).toMatchObject({
			access: { decision: 'switch', reason: 'planSwitched' },
			plan: { id: monthly, name: 'Monthly', previousId: annual, previousName: 'Annual' },
			subscription: { subscriberCode },
		});
		expect(canceled).toMatchObject({
			access: { decision: 'revoke', reason: 'subscriptionCanceled' },
			subscription: { subscriberCode, id: expect.any(Number) },
			purchase: null,
		});
		expect(canceled!.access.effectiveAt).toBe(canceled!.access.until);
	});

	test('without Simplify the body comes as it was, minus the hottok', async () => {
		host.parameters.simplify = false;
		await post({ ...approved(), hottok: 'any', unknown: 1 });
		expect(items()).toEqual([{ ...approved(), unknown: 1 }]);
	});
});

describe('the hottok', () => {
	const { hottok } = DEMO.hotmart;

	test.each([
		['no header and no body field', {}, {}],
		['an empty header', { 'X-HOTMART-HOTTOK': '' }, { hottok }],
		['a wrong header', { 'X-HOTMART-HOTTOK': 'wrong' }, {}],
		['a wrong header beside a right body', { 'X-HOTMART-HOTTOK': 'wrong' }, { hottok }],
		['a doubled header', { 'X-HOTMART-HOTTOK': `${hottok}, ${hottok}` }, {}],
		['a part of it', { 'X-HOTMART-HOTTOK': hottok.slice(0, -1) }, {}],
		['another case', { 'X-HOTMART-HOTTOK': hottok.toUpperCase() }, {}],
		['an empty body field', {}, { hottok: '' }],
		['a wrong body field', {}, { hottok: 'wrong' }],
		['a doubled body field', {}, { hottok: [hottok, hottok] }],
		['an object in the body', {}, { hottok: { toString: hottok } }],
		['the query string', {}, {}, `?hottok=${hottok}`],
	])('%s: 401 and no execution', async (_name, headers, body, query = '') => {
		const url = `${host.url}${query}`;
		const answer = await axios.post(url, { ...approved(), ...body }, { headers, validateStatus: () => true });
		expect(answer.status).toBe(401);
		expect(host.executions).toEqual([]);
	});

	test.each([
		['the header', { 'x-hotmart-hottok': hottok }, {}],
		['the body where there is no header', {}, { hottok }],
		['the previous one in the header', { 'x-hotmart-hottok': 'previous-hottok' }, {}],
	])('%s is accepted', async (_name, headers, body) => {
		await host.close();
		host = await hostTrigger(
			demoCredentials(emulator(), { hotmartWebhookApi: { previousWebhookToken: 'previous-hottok' } }),
		);
		expect((await post({ ...approved(), ...body }, headers)).status).toBe(200);
		expect(host.executions).toHaveLength(1);
	});

	test.each(['', '  '])('while the credential has none (%p) everything is refused', async (webhookToken) => {
		await host.close();
		host = await hostTrigger(demoCredentials(emulator(), { hotmartWebhookApi: { webhookToken } }));
		for (const given of ['', ' ', '  ', 'x', 'undefined', 'null']) {
			const answer = await post({ ...approved(), hottok: given }, { 'X-HOTMART-HOTTOK': given });
			expect(answer.status).toBe(401);
			expect(answer.data.message).toMatch(/credential of this workflow has no hottok/);
		}
		expect((await post(approved(), {})).status).toBe(401);
		expect(host.executions).toEqual([]);
	});
});

describe('what is not wanted', () => {
	test('other events are answered 200 and start nothing', async () => {
		host.parameters.events = ['PURCHASE_REFUNDED'];
		expect((await post(approved())).status).toBe(200);
		expect((await post({ ...approved(), event: 'SOMETHING_NEW' })).status).toBe(200);
		expect(host.executions).toEqual([]);
	});

	test('an event that is not known passes when all are asked for, and grants nothing', async () => {
		await post({ ...approved(), event: 'SOMETHING_NEW' });
		expect(items()).toMatchObject([
			{
				event: 'SOMETHING_NEW',
				access: { decision: 'none', reason: 'unknownEvent', effectiveAt: null, until: null },
				student: { email: 'ana@example.com' },
				purchase: { transaction: 'HP1' },
			},
		]);
	});

	test.each([
		[null],
		[[]],
		['text'],
		[{}],
		[{ event: 'PURCHASE_APPROVED' }],
		[{ event: 5, data: {} }],
		[{ event: 'X', data: [] }],
	])('%j is no event: 400 that says so, and no execution', async (body) => {
		const answer = await post(body, {
			'X-HOTMART-HOTTOK': DEMO.hotmart.hottok,
			'Content-Type': 'application/json',
		});
		expect(answer.status).toBe(400);
		expect(host.executions).toEqual([]);
	});

	test.each(Object.keys(EVENTS))('the test button (%s) starts only a manual test, unless asked for', async (event) => {
		await emulator().hotmart.testButton(event);
		expect(host.executions).toEqual([]);
		host.mode = 'manual';
		await emulator().hotmart.testButton(event);
		host.mode = 'webhook';
		host.parameters.options = { acceptTestEvents: true };
		await emulator().hotmart.testButton(event);
		expect(items()).toMatchObject([
			{ event, test: true },
			{ event, test: true },
		]);
		expect(statuses()).toEqual([200, 200, 200]);
	});
});

describe.each(Object.keys(EVENTS) as HotmartEvent[])('%s', (event) => {
	const { hottok } = DEMO.hotmart;
	const body = () => ({
		id: 'b1d7b1f4-0000-4000-8000-000000000002',
		// As the test button's own dates, within the period that is paid for.
		creation_date: Date.UTC(2017, 10, 28),
		event,
		version: '2.0.0',
		data: testPayload(event).data,
	});
	const passed = () => host.executions.map((outputs) => outputs.flat().length);

	beforeEach(() => {
		host.parameters.options = { acceptTestEvents: true, includeExtra: true };
	});

	test('wanted, then a duplicate', async () => {
		host.parameters.events = [event];
		expect((await post(body())).status).toBe(200);
		expect((await post(body())).status).toBe(200);
		expect(passed()).toEqual([1, 0]);
		expect(items()).toMatchObject([{ event, access: EVENTS[event].access }]);
	});

	test('filtered: 200 and no execution', async () => {
		host.parameters.events = Object.keys(EVENTS).filter((other) => other !== event);
		expect((await post(body())).status).toBe(200);
		host.parameters.events = [event];
		Object.assign(host.parameters, { products: 'selected', productIds: '1' });
		expect((await post(body())).status).toBe(200);
		expect(passed()).toEqual([]);
	});

	test('a wrong hottok or none: 401 and no execution', async () => {
		for (const headers of [{ 'X-HOTMART-HOTTOK': `${hottok}x` }, {}] as Array<Record<string, string>>)
			expect((await post(body(), headers)).status).toBe(401);
		expect(passed()).toEqual([]);
	});

	test('malformed: without data 400, with empty data an item of nulls', async () => {
		expect((await post({ ...body(), data: 'broken' })).status).toBe(400);
		expect((await post({ ...body(), data: {} })).status).toBe(200);
		expect(items()).toMatchObject([{ event, student: { email: null }, product: { id: null }, extra: {} }]);
	});
});

describe('filters', () => {
	const events = async (filters: INodeParameters) => {
		const { products, ...others } = filters;
		const chosen = products ? { products: 'selected', productIds: products } : { products: 'all' };
		Object.assign(host.parameters, { ...chosen, filters: others, options: { skipDuplicates: false } });
		host.executions.length = 0;
		for (const { id } of [...emulator().hotmart.deliveries]) await emulator().hotmart.redeliver(id);
		return items().map(({ event, product }) => `${event} ${product.id}`);
	};

	test('hold back by product, plan, offer, kind, payment type and order bump, and nothing that says nothing about it', async () => {
		const { subscriberCode, transaction } = await subscribe();
		await emulator().hotmart.renew(subscriberCode!);
		await emulator().hotmart.buy({
			...ANA,
			productId: songwriting,
			parentTransaction: transaction,
			paymentType: 'PIX',
		});
		await emulator().hotmart.switchPlan(subscriberCode!, annual);
		await emulator().hotmart.cancel(subscriberCode!);
		const [first, renewal, bump, switched, canceled] = [
			`PURCHASE_APPROVED ${guitar}`,
			`PURCHASE_APPROVED ${guitar}`,
			`PURCHASE_APPROVED ${songwriting}`,
			`SWITCH_PLAN ${guitar}`,
			`SUBSCRIPTION_CANCELLATION ${guitar}`,
		];
		const offer = items()[0]!.offer!.code!;
		expect(await events({})).toEqual([first, renewal, bump, switched, canceled]);
		expect(await events({ products: `7, ${songwriting}` })).toEqual([bump]);
		expect(await events({ products: String(guitar) })).toEqual([first, renewal, switched, canceled]);
		expect(await events({ plans: 'Monthly' })).toEqual([first, renewal, switched]);
		expect(await events({ plans: String(annual) })).toEqual([switched, canceled]);
		// The switch leads away from this offer, whose course the student has to leave
		expect(await events({ offerCodes: offer })).toEqual([first, renewal, switched, canceled]);
		expect(await events({ kinds: ['renewal'] })).toEqual([renewal, switched, canceled]);
		expect(await events({ paymentTypes: ['PIX'] })).toEqual([bump, switched, canceled]);
		expect(await events({ orderBumps: 'only' })).toEqual([bump, switched, canceled]);
		expect(await events({ orderBumps: 'exclude' })).toEqual([first, renewal, switched, canceled]);
		expect(statuses().every((status) => status === 200)).toBe(true);
	});

	test('take the order bump for what names its parent: the main sale has the mark as well', async () => {
		const passes = async (orderBumps: string, bump: IDataObject) => {
			host.parameters.filters = { orderBumps };
			host.executions.length = 0;
			await post({
				...approved({ purchase: { transaction: 'HP1', order_bump: bump } }),
				id: randomUUID(),
				creation_date: Date.now(),
			});
			return host.executions.length === 1;
		};
		const main = { is_order_bump: true };
		const bump = { is_order_bump: true, parent_purchase_transaction: 'HP0' };
		expect([await passes('exclude', main), await passes('exclude', bump)]).toEqual([true, false]);
		expect([await passes('only', main), await passes('only', bump)]).toEqual([false, true]);
	});

	test('let a refund through that names neither its payment nor its offer', async () => {
		host.parameters.filters = { paymentTypes: ['PIX'], offerCodes: 'ab12cd34' };
		await post({ ...approved({ purchase: { transaction: 'HP1', status: 'REFUNDED' } }), event: 'PURCHASE_REFUNDED' });
		expect(items()).toMatchObject([{ event: 'PURCHASE_REFUNDED', access: { decision: 'revoke' } }]);
	});

	test.each(['CASHPAYMENT', 'CASH_PAYMENT'])('know a payment type in both spellings (%s)', async (type) => {
		host.parameters.filters = { paymentTypes: ['CASH_PAYMENT'] };
		await post(approved({ purchase: { transaction: 'HP1', payment: { type } } }));
		expect(items()).toMatchObject([{ purchase: { paymentType: type } }]);
	});
});

describe('outputs', () => {
	const names = (parameters: INodeParameters) =>
		outputNames({
			node: 'hotmartTrigger',
			parameters: { ...host.parameters, ...parameters },
			credentials: demoCredentials(emulator()),
		});
	/** Name of the output on which each execution has its item. */
	const taken = () => {
		const all = names(host.parameters);
		return host.executions.map((outputs) => all[outputs.findIndex((entries) => entries.length > 0)]);
	};

	const life = async () => {
		const { subscriberCode } = await subscribe();
		await emulator().hotmart.renew(subscriberCode!);
		await emulator().hotmart.failCharge(subscriberCode!);
		await emulator().hotmart.switchPlan(subscriberCode!, annual);
		await emulator().hotmart.cancel(subscriberCode!);
		const { transaction } = await emulator().hotmart.buy({ ...ANA, productId: songwriting });
		await emulator().hotmart.refund(transaction);
		await post({ ...approved(), event: 'SOMETHING_NEW' });
	};

	test.each(['v0', 'v1'] as const)('by access, by kind and by event, execution order %s', async (order) => {
		host.executionOrder = order;
		host.parameters.options = { skipDuplicates: false };
		host.parameters.routing = 'access';
		expect(names({ routing: 'access' })).toEqual(['Grant', 'Revoke', 'Switch', 'Other']);
		await life();
		expect(taken()).toEqual(['Grant', 'Grant', 'Revoke', 'Switch', 'Revoke', 'Grant', 'Revoke', 'Other']);

		await deduplicator.clearAllProcessedItems();
		emulator().reset();
		emulator().hotmart.registerWebhook({ url: host.url });
		host.executions.length = 0;
		host.parameters.routing = 'kind';
		await life();
		expect(taken()).toEqual([
			'New Subscription',
			'Renewal',
			'Payment Problem',
			'Other',
			'Cancellation',
			'One-Time',
			'Cancellation',
			'Other',
		]);

		await deduplicator.clearAllProcessedItems();
		emulator().reset();
		emulator().hotmart.registerWebhook({ url: host.url });
		host.executions.length = 0;
		host.parameters.routing = 'event';
		host.parameters.events = ['SWITCH_PLAN', 'PURCHASE_APPROVED'];
		expect(names({ routing: 'event', events: ['SWITCH_PLAN', 'PURCHASE_APPROVED'] })).toEqual([
			'Subscription Plan Switched',
			'Purchase Approved',
		]);
		await life();
		expect(taken()).toEqual([
			'Purchase Approved',
			'Purchase Approved',
			'Subscription Plan Switched',
			'Purchase Approved',
		]);
	});

	test('one output a known event and one for the rest when all events are chosen', async () => {
		host.parameters.routing = 'event';
		expect(names({ routing: 'event' })).toEqual([...Object.values(EVENTS).map(({ label }) => label), 'Other']);
		await post({ ...approved(), event: 'SOMETHING_NEW' });
		expect(taken()).toEqual(['Other']);
	});

	test('without Simplify the outputs are the same', async () => {
		host.parameters.simplify = false;
		host.parameters.routing = 'access';
		await life();
		expect(taken()).toEqual(['Grant', 'Grant', 'Revoke', 'Switch', 'Revoke', 'Grant', 'Revoke', 'Other']);
	});
});

describe('repeated deliveries', () => {
	const passed = () => host.executions.map((outputs) => outputs.flat().length);

	test('are skipped, whether Hotmart repeats the id or not', async () => {
		await subscribe();
		const { id } = emulator().hotmart.deliveries[0]!;
		await emulator().hotmart.redeliver(id);
		await emulator().hotmart.redeliver(id, { newId: true });
		expect(passed()).toEqual([1, 0, 0]);
		expect(statuses().every((status) => status === 200)).toBe(true);
	});

	test('pass when the user wants them, and in a manual test', async () => {
		host.parameters.options = { skipDuplicates: false };
		await post(approved());
		await post(approved());
		host.parameters.options = {};
		host.mode = 'manual';
		await post(approved());
		await post(approved());
		expect(passed()).toEqual([1, 1, 1, 1]);
	});

	test('pass in a retry: n8n runs a crashed execution from its start, whose event is noted already', async () => {
		await post(approved());
		host.mode = 'retry';
		for (const options of [{}, { firstPaymentSignalOnly: true }, { skipOutdated: true }]) {
			host.parameters.options = options;
			await post(approved());
		}
		expect(passed()).toEqual([1, 1, 1, 1]);
	});

	test('of an event that a retry has passed first are known: the execution may have crashed before it had noted it', async () => {
		host.mode = 'retry';
		await post(approved());
		host.mode = 'webhook';
		await post(approved());
		expect(passed()).toEqual([1, 0]);
	});

	test('a retry in queue mode makes nothing else forgotten', async () => {
		host.parameters.options = { rememberedEvents: 500 };
		host.inQueueMode = true;
		const event = (index: number) => ({ ...approved(), creation_date: 1_746_621_297_861 + index });
		const posts = Array.from({ length: 400 }, async (_unused, index) => await post(event(index)));
		await Promise.all(posts);
		host.mode = 'retry';
		await post(event(399));
		host.mode = 'webhook';
		host.executions.length = 0;
		for (const index of [0, 200, 399]) await post(event(index));
		expect(passed()).toEqual([0, 0, 0]);
	});

	test('an execution that n8n starts again, after its worker died, passes its event on again; another delivery of it does not', async () => {
		host.inQueueMode = true;
		host.attempts = 2;
		for (const [index, options] of [{}, { firstPaymentSignalOnly: true }, { skipOutdated: true }].entries()) {
			host.parameters.options = options;
			host.executions.length = 0;
			await post({ ...approved(), creation_date: 1_746_621_297_861 + index });
			expect(passed()).toEqual([1, 1]);
		}
		host.attempts = 1;
		host.parameters.options = {};
		await subscribe();
		const { id } = emulator().hotmart.deliveries[0]!;
		await emulator().hotmart.redeliver(id);
		expect(passed()).toEqual([1, 1, 1, 0]);
	});

	test('a duplicate stays one when its execution is started again, and takes no place in the memory', async () => {
		host.parameters.options = { firstPaymentSignalOnly: true };
		await post(approved());
		const held = await deduplicator.getProcessedDataCount();
		host.inQueueMode = true;
		host.attempts = 2;
		await post(approved());
		expect(passed()).toEqual([1, 0, 0]);
		expect(await deduplicator.getProcessedDataCount()).toBe(held);
	});

	test('takes one key of the memory, and two in queue mode, where its execution may be started again', async () => {
		await post(approved());
		expect(await deduplicator.getProcessedDataCount()).toBe(1);
		host.inQueueMode = true;
		await post({ ...approved(), event: 'PURCHASE_REFUNDED' });
		expect(await deduplicator.getProcessedDataCount()).toBe(3);
		expect(passed()).toEqual([1, 1]);
	});

	test.each([
		[undefined, false, 2_000],
		[500, true, 500],
	])(
		'with Remembered Events %p (queue mode: %p) the last %i are known',
		async (rememberedEvents, inQueueMode, count) => {
			host.parameters.options = rememberedEvents === undefined ? {} : { rememberedEvents };
			host.inQueueMode = inQueueMode;
			const event = (index: number) => ({ ...approved(), creation_date: 1_746_621_297_861 + index });
			for (const index of [0, 1]) await post(event(index));
			for (let index = 2; index <= count; index += 100)
				await Promise.all(
					Array.from(
						{ length: Math.min(100, count + 1 - index) },
						async (_unused, more) => await post(event(index + more)),
					),
				);
			expect(passed()).toEqual(Array(count + 1).fill(1));
			host.executions.length = 0;
			await post(event(1));
			await post(event(0));
			expect(passed()).toEqual([0, 1]);
		},
	);

	test.each([499, 20_001, 1000.5, 'many', null])(
		'Remembered Events cannot be %p: the execution says so, and nothing is lost',
		async (rememberedEvents) => {
			host.parameters.options = { rememberedEvents };
			expect((await post(approved())).status).toBe(503);
			expect(host.errors).toEqual([expect.stringMatching(/"Remembered Events" cannot be .* from 500 to 20,000/)]);
		},
	);

	test('an approval that comes after the end of the refund period is no first payment signal', async () => {
		host.parameters.options = { firstPaymentSignalOnly: true };
		emulator().hotmart.hold();
		const { transaction } = await subscribe();
		emulator().clock.advance(1000);
		await emulator().hotmart.complete(transaction);
		await emulator().hotmart.release('reverse');
		expect(passed()).toEqual([1, 0]);
	});

	test('an approval after a withdrawn refund request is another event', async () => {
		const { transaction } = await subscribe();
		await emulator().hotmart.requestRefund(transaction);
		emulator().clock.advance(1000);
		await emulator().hotmart.withdrawRefund(transaction);
		expect(items().map(({ event }) => event)).toEqual(['PURCHASE_APPROVED', 'PURCHASE_PROTEST', 'PURCHASE_APPROVED']);
	});

	test('only the first payment signal of a transaction passes on request, and again when a refund request is withdrawn', async () => {
		host.parameters.options = { firstPaymentSignalOnly: true };
		const { transaction } = await subscribe();
		await emulator().hotmart.complete(transaction);
		const late = await emulator().hotmart.buy({ ...ANA, productId: songwriting });
		expect(late.transaction).not.toBe(transaction);
		expect(passed()).toEqual([1, 0, 1]);
		await emulator().hotmart.requestRefund(late.transaction);
		emulator().clock.advance(1000);
		await emulator().hotmart.withdrawRefund(late.transaction);
		expect(passed()).toEqual([1, 0, 1, 1, 1]);
	});

	test('of what came late all is dropped about which a newer event has decided, but for one more reason to end access', async () => {
		host.parameters.options = { skipOutdated: true };
		const [code, product] = ['AB12CD34', { id: 1_355_458, name: 'Course' }];
		const buyer = { email: ANA.email };
		const purchase = (event: string, time: number, transaction: string) => ({
			id: randomUUID(),
			creation_date: time,
			event,
			version: '2.0.0',
			data: { product, buyer, purchase: { transaction }, subscription: { status: 'ACTIVE', subscriber: { code } } },
		});
		const about = (event: string, time: number, data: IDataObject) => ({
			id: randomUUID(),
			creation_date: time,
			event,
			version: '2.0.0',
			data,
		});
		const noon = 1_746_621_297_861;
		// A change of the billing day decides nothing, so it outdates nothing
		await post(
			about('UPDATE_SUBSCRIPTION_CHARGE_DATE', noon + 180_000, {
				subscriber: { ...buyer, code },
				subscription: { product },
			}),
		);
		await post(purchase('PURCHASE_APPROVED', noon, 'HP1'));
		// The refund is older than the cancellation that it caused
		await post(
			about('SUBSCRIPTION_CANCELLATION', noon + 20_000, {
				subscriber: { ...buyer, code },
				product,
				cancellation_date: noon + 20_000,
			}),
		);
		await post(purchase('PURCHASE_REFUNDED', noon + 10_000, 'HP1'));
		await post(purchase('PURCHASE_APPROVED', noon + 15_000, 'HP2'));
		await post(purchase('PURCHASE_APPROVED', noon + 40_000, 'HP3'));
		await post(purchase('PURCHASE_APPROVED', noon + 30_000, 'HP4'));
		expect(passed()).toEqual([1, 1, 1, 1, 0, 1, 0]);
	});

	test('a late event is dropped on request, per subscription', async () => {
		host.parameters.options = { skipOutdated: true };
		emulator().hotmart.hold();
		const { subscriberCode } = await subscribe();
		emulator().clock.advance(1000);
		await emulator().hotmart.cancel(subscriberCode!);
		await emulator().hotmart.buy({ email: 'bruno@example.com', productId: guitar });
		await emulator().hotmart.release('reverse');
		expect(items().map(({ event, student }) => `${event} ${student.email}`)).toEqual([
			'PURCHASE_APPROVED bruno@example.com',
			'SUBSCRIPTION_CANCELLATION ana@example.com',
		]);
	});

	test('at the same moment pass once, and n8n is asked for many events together', async () => {
		deduplicator.questions = 0;
		const event = (index: number) => ({ ...approved(), creation_date: 1_746_621_297_861 + index });
		// The first question is answered only when the others have come to wait for it.
		let open = () => {};
		deduplicator.gate = new Promise<void>((resolve) => (open = resolve));
		const posts = Array.from({ length: 60 }, async (_unused, index) => await post(event(index % 20)));
		while (host.arrived < 60) await sleep(5);
		await sleep(200);
		open();
		await Promise.all(posts);
		expect(passed().filter((count) => count === 1)).toHaveLength(20);
		expect(passed()).toHaveLength(60);
		expect(deduplicator.questions).toBeLessThan(30);
	});

	test('an event is passed on rather than lost when n8n cannot tell', async () => {
		deduplicator.failures = [new Error('unique constraint')];
		await post(approved());
		await post(approved());
		deduplicator.failures = [new Error('database is locked'), new Error('database is locked')];
		await post({ ...approved(), event: 'PURCHASE_REFUNDED' });
		expect(passed()).toEqual([1, 0, 1]);
	});
});

describe('the access policy', () => {
	test('has the same fields as in Access: Check and Get Many', () => {
		const names = policyFields.map(({ name }) => name);
		const within = (fields: INodeProperties[]) => fields.filter(({ name }) => names.includes(name));
		expect(within(new HotmartTrigger().description.properties)).toEqual(policyFields);
		for (const { fields } of access.operations) expect(within(fields)).toEqual(policyFields);
	});

	test('until the paid period ends: a cancellation and a switch wait for the period, a missed payment for the days of grace', async () => {
		Object.assign(host.parameters, { policy: 'paidPeriod', graceDays: 2 });
		const { subscriberCode } = await subscribe();
		const paidUntil = items()[0]!.access.until;
		await emulator().hotmart.switchPlan(subscriberCode!, annual);
		await emulator().hotmart.cancel(subscriberCode!);
		const other = await subscribe();
		await emulator().hotmart.failCharge(other.subscriberCode!);
		const [, switched, canceled, , overdue] = items();
		expect(switched!.access).toMatchObject({ decision: 'switch', effectiveAt: paidUntil });
		expect(canceled!.access).toMatchObject({ decision: 'revoke', effectiveAt: paidUntil, until: paidUntil });
		expect(Date.parse(overdue!.access.effectiveAt!) - Date.parse(overdue!.createdAt!)).toBe(2 * 86_400_000);
	});

	test.each(['2.0.0', '1.0.0'])('a refund of a part of the price keeps access (version %s)', async (version) => {
		const refund = { transaction: 'HP1', status: 'PARTIALLY_REFUNDED' };
		const body =
			version === '2.0.0'
				? {
						id: '1',
						event: 'PURCHASE_REFUNDED',
						version,
						creation_date: 1785680478242,
						data: { purchase: refund, buyer: ANA },
					}
				: { status: 'partially_refunded', transaction: 'HP1', prod: '1355458', email: 'ana@example.com' };
		const { access: kept } = readItem(parse(body)!, POLICIES.hotmart);
		expect(kept).toMatchObject({ decision: 'none', reason: 'partiallyRefunded' });
		const { access: ended } = readItem(parse(body)!, { ...POLICIES.hotmart, partiallyRefunded: 'now' });
		expect(ended).toMatchObject({ decision: 'revoke', reason: 'partiallyRefunded' });
	});

	test('that an expression makes impossible starts nothing', async () => {
		host.parameters.policy = 'kind';
		await subscribe();
		expect(items()).toEqual([]);
		expect(statuses()).not.toContain(200);
	});

	test('makes revocations kinder', async () => {
		Object.assign(host.parameters, {
			policy: 'custom',
			canceledRule: 'periodEnd',
			overdueRule: 'afterDays',
			graceDays: 3,
			refundedRule: 'keep',
		});
		const { subscriberCode, transaction } = await subscribe();
		const paidUntil = items()[0]!.access.until;
		await emulator().hotmart.failCharge(subscriberCode!);
		await emulator().hotmart.refund(transaction);
		const [, overdue, refunded, canceled] = items();
		expect(overdue!.access).toMatchObject({ decision: 'revoke', reason: 'paymentOverdue' });
		expect(Date.parse(overdue!.access.effectiveAt!) - Date.parse(overdue!.createdAt!)).toBe(3 * 86_400_000);
		expect(refunded!.access).toEqual({ decision: 'none', reason: 'refunded', effectiveAt: null, until: null });
		expect(canceled!.access).toMatchObject({ decision: 'revoke', effectiveAt: paidUntil, until: paidUntil });
	});
});

describe('webhook version 1.0.0', () => {
	beforeEach(() => {
		for (const { id } of [...emulator().hotmart.webhooks]) emulator().hotmart.removeWebhook(id);
		emulator().hotmart.registerWebhook({ url: host.url, version: '1.0.0' });
	});

	test('becomes the same item as far as it goes', async () => {
		const { subscriberCode, transaction } = await subscribe();
		await emulator().hotmart.switchPlan(subscriberCode!, annual);
		await emulator().hotmart.cancel(subscriberCode!);
		await emulator().hotmart.abandonCart({ ...ANA, productId: guitar });
		await emulator().hotmart.buy({ ...ANA, productId: songwriting });
		const [bought, switched, canceled, cart, oneTime] = items();
		expect(bought).toMatchObject({
			event: 'PURCHASE_APPROVED',
			eventId: null,
			version: '1.0.0',
			access: { decision: 'grant' },
			student: ANA,
			product: { id: guitar },
			plan: { name: 'Monthly' },
			subscription: { subscriberCode, status: 'active' },
			purchase: { transaction, kind: 'first', status: 'approved', paymentType: 'CREDIT_CARD', recurrence: 1 },
		});
		expect(switched).toMatchObject({
			access: { decision: 'switch' },
			student: { email: ANA.email },
			plan: { name: 'Annual', previousName: 'Monthly' },
			subscription: { subscriberCode },
		});
		expect(canceled).toMatchObject({
			access: { decision: 'revoke', reason: 'subscriptionCanceled' },
			student: ANA,
			subscription: { subscriberCode },
		});
		expect(cart).toMatchObject({ event: 'PURCHASE_OUT_OF_SHOPPING_CART', student: ANA, product: { id: guitar } });
		expect(oneTime).toMatchObject({ subscription: null, purchase: { kind: 'oneTime' } });
		expect(new Set(items().map(({ eventKey }) => eventKey)).size).toBe(5);
		expect(JSON.stringify(items())).not.toContain(DEMO.hotmart.hottok);
	});

	const form = (changes: Record<string, string>) =>
		new URLSearchParams({
			hottok: DEMO.hotmart.hottok,
			transaction: 'HP1',
			email: ANA.email,
			prod: '1355458',
			...changes,
		});

	test('a state that nobody knows is an event that decides nothing, and no error: those make Hotmart switch a webhook off', async () => {
		expect((await post(form({ status: 'blocked' }), {})).status).toBe(200);
		expect(items()).toMatchObject([
			{ event: 'PURCHASE_BLOCKED', access: { decision: 'none', reason: 'unknownEvent' } },
		]);
	});

	test('both prices have the currency', async () => {
		await post(form({ status: 'approved', price: '100.5', full_price: '110', currency: 'BRL' }), {});
		expect(items()[0]!.purchase).toMatchObject({
			price: { value: 100.5, currency: 'BRL' },
			fullPrice: { value: 110, currency: 'BRL' },
		});
	});

	test('a cart without its buyer is an event', async () => {
		const { status } = await post(
			{ hottok: DEMO.hotmart.hottok, productName: 'Course', productId: 1, hasNegotiate: false },
			{},
		);
		expect(status).toBe(200);
		expect(items()).toMatchObject([
			{ event: 'PURCHASE_OUT_OF_SHOPPING_CART', student: { email: null }, purchase: null },
		]);
	});

	test('the cancellation of the test button revokes nothing', async () => {
		const canceled = {
			hottok: DEMO.hotmart.hottok,
			subscriberCode: '0000aaaa',
			subscriptionId: 4148584,
			cancellationDate: Date.now(),
		};
		expect((await post(canceled, {})).status).toBe(200);
		expect(items()).toEqual([]);
	});

	test('a cancellation as a form ends access, whatever state of the purchase it carries', async () => {
		const canceled = {
			callback_type: '2',
			status: 'approved',
			signature_status: 'Canceled by client',
			subscriber_code: 'AB12CD34',
			name: ANA.name,
		};
		await post(form(canceled), {});
		await post(form(canceled), {});
		expect(items()).toMatchObject([
			{
				event: 'SUBSCRIPTION_CANCELLATION',
				access: { decision: 'revoke' },
				student: ANA,
				subscription: { subscriberCode: 'AB12CD34' },
			},
		]);
	});

	test('a refund is dated with its arrival, not with the payment, and is told once', async () => {
		const refunded = { status: 'refunded', confirmation_purchase_date: '2025-01-07T12:00:00Z' };
		const started = Date.now();
		await post(form(refunded), {});
		await post(form(refunded), {});
		expect(items()).toHaveLength(1);
		expect(Date.parse(items()[0]!.access.effectiveAt!)).toBeGreaterThanOrEqual(started);
	});

	test('a cancellation that names its product only passes a product filter that has the name', async () => {
		Object.assign(host.parameters, { products: 'selected', productIds: String(guitar) });
		const { subscriberCode } = await subscribe();
		await emulator().hotmart.cancel(subscriberCode!);
		expect(items().map(({ event }) => event)).toEqual(['PURCHASE_APPROVED']);
		const { name } = items()[0]!.product;
		host.parameters.filters = { productNames: name!.toUpperCase() };
		const other = await subscribe();
		await emulator().hotmart.cancel(other.subscriberCode!);
		expect(items().at(-1)).toMatchObject({ event: 'SUBSCRIPTION_CANCELLATION', product: { id: null, name } });
	});
});
