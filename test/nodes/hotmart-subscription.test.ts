import type { INodePropertyOptions } from 'n8n-workflow';

import { Hotmart } from '../../nodes/Hotmart/Hotmart.node';
import { DEMO } from '../emulator/seed';
import { runNode, type OneNode } from './n8n';
import { demoCredentials, useEmulator } from './setup';

const emulator = useEmulator({ hotmart: { rateLimitPerMinute: 100_000 } });

const BASE = '/payments/api/v1/subscriptions';
const DAY = 86_400_000;

const node = (operation: string, parameters = {}): OneNode => ({
	node: 'hotmart',
	parameters: { resource: 'subscription', operation, ...parameters },
	credentials: demoCredentials(emulator()),
});
const chosen = (value: string) => ({ __rl: true, mode: 'list', value });
const buy = async (email = 'ana@example.com', planId: number = DEMO.plans.monthly) =>
	(await emulator().hotmart.buy({ email, productId: DEMO.products.guitar, planId })).subscriberCode!;
const requests = (path = BASE) => emulator().requests.filter((request) => request.path === path);
const hints = ({ run }: Awaited<ReturnType<typeof runNode>>) =>
	run.data.resultData.runData.Hotmart?.[0]?.hints?.map(({ message }) => message) ?? [];

describe('Get Many', () => {
	test('simplifies to ten fields with the status in words', async () => {
		const code = await buy();
		await emulator().hotmart.cancel(code, 'seller');
		const { json } = await runNode(node('getAll'));
		expect(json).toEqual([
			{
				subscriberCode: code,
				status: 'canceledBySeller',
				statusRaw: 'CANCELLED_BY_SELLER',
				email: 'ana@example.com',
				name: 'Ana',
				productId: DEMO.products.guitar,
				productName: 'Guitar from Zero',
				planName: 'Monthly',
				nextChargeAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
				transaction: expect.stringMatching(/^HP/),
			},
		]);
	});

	test('returns the raw record, or only the fields that were selected', async () => {
		const code = await buy();
		const raw = await runNode(node('getAll', { simplify: false }));
		expect(raw.json).toMatchObject([
			{
				subscriber_code: code,
				status: 'active',
				status_raw: 'ACTIVE',
				accession_date: expect.stringMatching(/Z$/),
				plan: { id: DEMO.plans.monthly },
			},
		]);
		const some = await runNode(node('getAll', { options: { select: 'subscriber.email, status' } }));
		expect(some.json).toEqual([{ status: 'active', status_raw: 'ACTIVE', subscriber: { email: 'ana@example.com' } }]);
		expect(requests().at(-1)!.query.select).toBe('subscriber.email,status');
	});

	test('completes ranges of which one end is given, and always sends the whole time', async () => {
		const filters = { nextChargeAfter: '2026-05-01T00:00:00', canceledBefore: '2026-05-01T00:00:00' };
		await runNode(node('getAll', { filters }));
		const { query } = requests()[0]!;
		expect(Number(query.accession_date)).toBe(Date.UTC(2011, 0, 1));
		expect(Number(query.end_accession_date)).toBeGreaterThan(Date.now());
		expect(Number(query.end_accession_date)).toBeLessThan(Date.now() + 2 * DAY);
		expect(Number(query.end_date_next_charge)).toBeGreaterThan(Date.now() + 3650 * DAY);
		expect(Number(query.cancelation_date)).toBe(Date.UTC(2011, 0, 1));
	});

	test.each([
		['From List', 'list', 'Monthly', { plan: 'Monthly' }],
		['By Name, also one of digits', 'id', '2024', { plan: '2024' }],
		['By Name, several by an expression', 'id', '={{ ["Monthly", "Annual"] }}', { plan: ['Monthly', 'Annual'] }],
		['By ID', 'planId', '558689', { plan_id: '558689' }],
	])('asks for a plan %s, and for statuses of an expression as repeated keys', async (_way, mode, value, sent) => {
		const filters = { plan: { __rl: true, mode, value }, status: '={{ "ACTIVE,STARTED" }}' };
		await runNode(node('getAll', { filters }));
		const { plan, plan_id } = requests()[0]!.query;
		expect({ plan, plan_id, status: requests()[0]!.query.status }).toEqual({
			plan: undefined,
			plan_id: undefined,
			...sent,
			status: ['ACTIVE', 'STARTED'],
		});
	});

	test('says which filters leave nothing', async () => {
		await buy();
		const outcome = await runNode(
			node('getAll', { filters: { subscriberEmail: 'nobody@example.com', plan: chosen('None') } }),
		);
		expect(outcome.json).toEqual([]);
		expect(hints(outcome)).toEqual([
			'No subscriptions match all filters (Plan, Subscriber Email). Remove or widen one of them.',
		]);
	});
});

describe('Get', () => {
	test('reads one, however old it is', async () => {
		emulator().clock.advance(-400 * DAY);
		const code = await buy();
		emulator().clock.advance(400 * DAY);
		const { json } = await runNode(node('get', { subscriberCode: chosen(code) }));
		expect(json).toMatchObject([{ subscriberCode: code, status: 'active' }]);
		expect(requests()[0]!.query).toMatchObject({ subscriber_code: code, max_results: '1' });
	});
});

describe('Get Summary and Get Transactions', () => {
	test('show the last recurrence and every charge, paid or not', async () => {
		emulator().clock.advance(-31 * DAY);
		const code = await buy();
		emulator().clock.advance(31 * DAY);
		await emulator().hotmart.failCharge(code);
		const summary = await runNode(node('getSummary', { filters: { subscriberCode: code } }));
		expect(summary.json).toMatchObject([
			{ subscriberCode: code, status: 'overdue', recurrence: 2, recurrenceStatus: 'NOT_PAID' },
		]);
		const charges = await runNode(node('getTransactions', { returnAll: true }));
		expect(charges.json.map(({ recurrence, status }) => [recurrence, status])).toEqual([
			[1, 'approved'],
			[2, 'overdue'],
		]);
		const late = await runNode(
			node('getTransactions', { filters: { purchaseStatus: 'DELAYED', recurrenceStatus: 'NOT_PAID' } }),
		);
		expect(late.json).toMatchObject([{ statusRaw: 'DELAYED', subscriptionStatus: 'overdue' }]);
		expect(requests(`${BASE}/transactions`)[0]!.query).toMatchObject({
			transaction_date: String(Date.UTC(2011, 0, 1)),
		});
	});

	test.each(['getSummary', 'getTransactions'])('%s says that it is a day late when it is empty', async (operation) => {
		const outcome = await runNode(node(operation));
		expect(outcome.json).toEqual([]);
		expect(hints(outcome)[0]).toMatch(/once a day/);
	});
});

describe('Change Billing Day', () => {
	test('sends the day and returns what was asked', async () => {
		const code = await buy();
		const { json } = await runNode(node('changeBillingDay', { subscriberCode: code, dueDay: 20 }));
		expect(json).toEqual([{ subscriberCode: code, dueDay: 20 }]);
		expect(emulator().hotmart.findSubscription(code)!.dueDay).toBe(20);
	});

	test('tells what Hotmart refuses', async () => {
		const { error } = await runNode(node('changeBillingDay', { subscriberCode: 'NOSUCHCD', dueDay: 20 }));
		expect(error?.message).toMatch(/Subscription NOSUCHCD not found.*HTTP 404/);
	});

	test('refuses a day that is no number before anything is sent', async () => {
		const { error } = await runNode(node('changeBillingDay', { subscriberCode: 'AB12CD34', dueDay: '={{ "last" }}' }));
		expect(error?.message).toMatch(/"Billing Day" is not a number/);
		expect(emulator().requests).toEqual([]);
	});
});

describe('plans to switch to (experimental)', () => {
	test('lists them and switches', async () => {
		const code = await buy();
		const { json } = await runNode(node('getSwitchPlans', { subscriberCode: code }));
		expect(json).toEqual([{ subscriberCode: code, plans: [expect.objectContaining({ code: 'gtryear1' })] }]);
		const switched = await runNode(node('switchPlan', { subscriberCode: code, offerCode: chosen('gtryear1') }));
		expect(switched.json).toEqual([{ subscriberCode: code, offerCode: 'gtryear1', answer: null }]);
		expect(emulator().hotmart.findSubscription(code)!.planId).toBe(DEMO.plans.annual);
	});

	test('tells what Hotmart refuses', async () => {
		const code = await buy();
		const { error } = await runNode(node('switchPlan', { subscriberCode: code, offerCode: 'nosuchof' }));
		expect(error?.message).toMatch(/can not switch to this offer/);
	});
});

describe('Cancel', () => {
	test('says canceledBySeller in words, and reads times in Brazil', async () => {
		const code = await buy();
		// Hotmart answers with its own spelling of the code
		const { json } = await runNode(node('cancel', { subscriberCode: code.toLowerCase(), simplify: false }));
		expect(json[0]).toMatchObject({ status: 'canceledBySeller', status_raw: 'INACTIVE', date_last_recurrence: null });
		const { accessionDate } = emulator().hotmart.findSubscription(code)!;
		expect(Math.abs(Date.parse(String(json[0]!.activation_date)) - accessionDate!)).toBeLessThan(1000);
	});

	test('names its fields as Get Many does, with null for what Hotmart leaves out', async () => {
		const code = await buy();
		const [listed] = (await runNode(node('getAll'))).json;
		const canceled = { subscriberCode: code, status: 'canceledBySeller', statusRaw: 'INACTIVE' };
		const { json } = await runNode(node('cancel', { subscriberCode: code }));
		expect(json).toEqual([
			{
				...canceled,
				email: 'ana@example.com',
				recurrence: 1,
				dueDay: expect.any(Number),
				nextChargeAt: expect.any(String),
			},
		]);
		const apart = Date.parse(String(json[0]!.nextChargeAt)) - Date.parse(String(listed!.nextChargeAt));
		expect(Math.abs(apart)).toBeLessThan(1000);

		const success_subscriptions = [{ subscriber_code: code, status: 'INACTIVE' }];
		emulator().fail({ kind: 'status', status: 200, body: { success_subscriptions }, path: /cancel$/ });
		const bare = await runNode(node('cancel', { subscriberCode: code }));
		expect(bare.json).toEqual([{ ...canceled, email: null, recurrence: null, dueDay: null, nextChargeAt: null }]);
	});
});

describe('Get Purchases', () => {
	const COLUMNS = [
		...['subscriberCode', 'email', 'transaction', 'status', 'statusRaw'],
		...['recurrence', 'value', 'currency', 'paymentType', 'approvedAt'],
	];
	const withFailed = async () => {
		const code = await buy();
		await emulator().hotmart.failCharge(code);
		return code;
	};

	test('says of each payment whose it is, with the same columns paid or not', async () => {
		const code = await withFailed();
		const { json } = await runNode(node('getPurchases', { subscriberCode: code }));
		for (const row of json) expect(Object.keys(row)).toEqual(COLUMNS);
		expect(json).toMatchObject([
			{ subscriberCode: code, email: 'ana@example.com', status: 'approved', recurrence: 1, currency: 'BRL' },
			{ subscriberCode: code, email: 'ana@example.com', status: 'overdue', recurrence: 2, approvedAt: null },
		]);
		expect(json[0]!.approvedAt).toMatch(/Z$/);
	});

	test('finds whose they are however old the subscription is', async () => {
		emulator().clock.advance(-400 * DAY);
		const code = await buy();
		emulator().clock.advance(400 * DAY);
		const { json } = await runNode(node('getPurchases', { subscriberCode: code }));
		expect(json).toMatchObject([{ subscriberCode: code, email: 'ana@example.com' }]);
	});

	test("without Simplify the rows are Hotmart's, and whose they are is in Hotmart's names", async () => {
		const code = await withFailed();
		const { json } = await runNode(node('getPurchases', { subscriberCode: code, simplify: false }));
		const whose = { subscriber_code: code, subscriber: { email: 'ana@example.com' } };
		expect(json).toMatchObject([
			{ ...whose, status: 'approved', status_raw: 'APPROVED', recurrency_number: 1, payment_engine: 'HotPay' },
			{ ...whose, status: 'overdue', recurrency_number: 2 },
		]);
	});

	test('brings only the fields that were selected, with one request', async () => {
		const code = await withFailed();
		const { json } = await runNode(node('getPurchases', { subscriberCode: code, options: { select: 'transaction' } }));
		expect(json.map((row) => Object.keys(row))).toEqual([['transaction'], ['transaction']]);
		expect(requests()).toEqual([]);
	});

	test('of a subscription that its list does not show knows the code, and no e-mail', async () => {
		const code = await buy();
		emulator().fail({ kind: 'status', status: 200, body: { items: [], page_info: {} }, path: BASE });
		const { json } = await runNode(node('getPurchases', { subscriberCode: code }));
		expect(json).toMatchObject([{ subscriberCode: code, email: null, status: 'approved' }]);
	});

	test('does not hide that the list cannot be read', async () => {
		const code = await buy();
		emulator().fail({ kind: 'status', status: 403, path: BASE });
		const { error } = await runNode(node('getPurchases', { subscriberCode: code }));
		expect(error?.httpCode).toBe('403');
	});
});

describe('what one operation calls so, all of the resource call so', () => {
	const NAMES: Record<string, string> = {
		subscriber_code: 'subscriberCode',
		status_raw: 'statusRaw',
		date_next_charge: 'nextChargeAt',
		due_day: 'dueDay',
		recurrency_number: 'recurrence',
		current_recurrence: 'recurrence',
	};
	const RESULTS: Array<[string, object]> = [
		['getAll', {}],
		['get', {}],
		['getSummary', {}],
		['getPurchases', {}],
		['getTransactions', {}],
		['getSwitchPlans', {}],
		['cancel', {}],
		['reactivate', {}],
		['reactivateAndCharge', {}],
		['changeBillingDay', { dueDay: 3 }],
		['switchPlan', { offerCode: chosen('gtryear1') }],
	];

	test('every operation is looked at', () => {
		const { properties } = new Hotmart().description;
		const list = properties.find(
			({ name, displayOptions }) => name === 'operation' && String(displayOptions?.show?.resource) === 'subscription',
		);
		const values = list!.options!.map((option) => String((option as INodePropertyOptions).value));
		expect(RESULTS.map(([operation]) => operation).sort()).toEqual(values.sort());
	});

	test.each(RESULTS)('%s', async (operation, parameters) => {
		const code = await buy();
		if (operation.startsWith('reactivate')) await emulator().hotmart.cancel(code);
		const { json } = await runNode(node(operation, { subscriberCode: chosen(code), ...parameters }));
		expect(json).toHaveLength(1);
		expect(json[0]!.subscriberCode).toBe(code);
		expect(Object.keys(json[0]!).filter((name) => name in NAMES)).toEqual([]);
		if ('email' in json[0]!) expect(json[0].email).toBe('ana@example.com');
	});
});

describe('Reactivate, and Reactivate and Charge', () => {
	const asked = () => requests(`${BASE}/reactivate`).map(({ body }) => body);
	const canceled = async (email?: string) => {
		const code = await buy(email);
		await emulator().hotmart.cancel(code);
		return code;
	};
	const COLUMNS = ['subscriberCode', 'status', 'statusRaw', 'reactivation', 'until', 'email'];

	test.each([
		[
			'reactivate',
			false,
			/^Hotmart has sent an e-mail to the subscriber\. Nothing changes until the subscriber accepts it/,
		],
		[
			'reactivateAndCharge',
			true,
			/e-mail to the subscriber\. Nothing changes and nothing is charged until the subscriber/,
		],
	])('%s sends charge %p, and says that Hotmart waits for the subscriber', async (operation, charge, says) => {
		const code = await canceled();
		const before = Date.now();
		const outcome = await runNode(node(operation, { subscriberCode: code }));
		expect(outcome.json).toEqual([
			{
				subscriberCode: code,
				status: null,
				statusRaw: 'INACTIVE',
				reactivation: 'waitingForSubscriber',
				until: expect.stringMatching(/Z$/),
				email: 'ana@example.com',
			},
		]);
		const until = Date.parse(String(outcome.json[0]!.until));
		expect(until).toBeGreaterThanOrEqual(before + 3 * DAY);
		expect(until).toBeLessThanOrEqual(Date.now() + 3 * DAY);
		expect(hints(outcome)).toEqual([expect.stringMatching(says)]);
		expect(asked()).toEqual([{ subscriber_code: [code], charge }]);
		// Only an e-mail was sent
		const { status, reactivation } = emulator().hotmart.findSubscription(code)!;
		expect([status, reactivation?.charge]).toEqual(['CANCELLED_BY_CUSTOMER', charge]);
	});

	test.each(['reactivate', 'reactivateAndCharge'])('%s says so where Hotmart waits for nobody', async (operation) => {
		const answer = { subscriber_code: 'AB12CD34', status: 'ACTIVE' };
		emulator().fail({ kind: 'status', status: 200, body: { success_subscriptions: [answer] }, path: /reactivate$/ });
		const outcome = await runNode(node(operation, { subscriberCode: 'AB12CD34' }));
		expect(outcome.json).toEqual([
			{
				subscriberCode: 'AB12CD34',
				status: 'active',
				statusRaw: 'ACTIVE',
				reactivation: 'reactivated',
				until: null,
				email: null,
			},
		]);
		expect(hints(outcome)).toEqual([]);
	});

	test('invites many with one request, each with its item; rows have the same columns', async () => {
		const [first, second] = [await canceled('a@example.com'), await canceled('b@example.com')];
		const active = await buy('c@example.com');
		const { items, failed } = await runNode({
			...node('reactivateAndCharge', { subscriberCode: '={{ $json.code }}' }),
			onError: 'continueErrorOutput',
			input: [{ code: first }, { code: active }, { code: second }],
		});
		expect(asked()).toEqual([{ subscriber_code: [first, active, second], charge: true }]);
		expect(items.map(({ json, pairedItem }) => [json.subscriberCode, pairedItem])).toEqual([
			[first, { item: 0 }],
			[second, { item: 2 }],
		]);
		for (const { json } of items) expect(Object.keys(json)).toEqual(COLUMNS);
		expect(failed[0]!.json.error).toMatch(/is already active\. Nothing needs to be done\..*\[item 1\]/);
	});

	test("without Simplify they show Hotmart's record, and what happened", async () => {
		const code = await canceled();
		const { json } = await runNode(node('reactivate', { subscriberCode: code, simplify: false }));
		expect(json).toMatchObject([
			{
				subscriber_code: code,
				status_raw: 'INACTIVE',
				interval_between_charges: 30,
				shopper: { email: 'ana@example.com' },
				reactivation: 'waitingForSubscriber',
				until: expect.stringMatching(/Z$/),
			},
		]);
	});
});
