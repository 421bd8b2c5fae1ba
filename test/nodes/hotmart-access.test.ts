import type { IDataObject, IPairedItemData } from 'n8n-workflow';

import { addPeriod } from '../../nodes/Hotmart/access/payments';
import { DEMO } from '../emulator/seed';
import { runNode, type OneNode } from './n8n';
import { demoCredentials, useEmulator } from './setup';

const emulator = useEmulator({ hotmart: { rateLimitPerMinute: 10_000 } });

const SUBSCRIPTIONS = '/payments/api/v1/subscriptions';
const SALES = '/payments/api/v1/sales/history';
const DAY = 86_400_000;
const ANA = 'ana@example.com';
const { guitar, songwriting } = DEMO.products;
const UNTIL_PERIOD_ENDS = { policy: 'paidPeriod' };

const node = (operation: string, parameters = {}): OneNode => ({
	node: 'hotmart',
	parameters: { resource: 'access', operation, ...parameters },
	credentials: demoCredentials(emulator()),
});

const check = async (parameters: IDataObject = {}) => {
	const { json, error } = await runNode(node('check', { findBy: 'email', email: ANA, ...parameters }));
	expect(error?.message).toBeUndefined();
	return json[0]!;
};

const list = async (parameters: IDataObject = {}) => {
	const { json, error } = await runNode(node('getAll', { productId: guitar, returnAll: true, ...parameters }));
	expect(error?.message).toBeUndefined();
	return json;
};

/** The message of a run that fails. */
const failure = async (operation: string, parameters: IDataObject = {}) =>
	(await runNode(node(operation, { findBy: 'email', email: ANA, productId: guitar, returnAll: true, ...parameters })))
		.error?.message;

const subscribe = async (email = ANA, planId: number = DEMO.plans.monthly) => {
	const { subscriberCode, transaction } = await emulator().hotmart.buy({ email, productId: guitar, planId });
	return { code: subscriberCode!, transaction };
};
const buyOnce = async (email = ANA) => await emulator().hotmart.buy({ email, productId: songwriting });

/** Lets something happen in the past. */
const ago = async <T>(days: number, happen: () => Promise<T>): Promise<T> => {
	emulator().clock.advance(-days * DAY);
	const result = await happen();
	emulator().clock.advance(days * DAY);
	return result;
};

const requests = (path?: string) =>
	emulator().requests.filter((request) => request.path.startsWith('/payments') && (!path || request.path === path));
const iso = (millis: number | undefined) => new Date(millis!).toISOString();
const sources = (json: IDataObject) => json.sources as IDataObject[];

describe('Access: Check', () => {
	test('takes a sale for a purchase that Hotmart says is of no subscription, whatever its offer looks like', async () => {
		const sale = (isSubscription?: boolean) => ({
			product: { id: songwriting, name: 'Songwriting' },
			buyer: { email: ANA, name: 'Ana' },
			purchase: {
				transaction: 'HP1',
				status: 'APPROVED',
				is_subscription: isSubscription,
				order_date: emulator().clock.now(),
				offer: { code: 'ab12cd34', payment_mode: 'SUBSCRIPTION' },
			},
		});
		for (const [isSubscription, hasAccess] of [
			[false, true],
			[undefined, false],
		] as const) {
			emulator().fail({
				path: SALES,
				kind: 'status',
				status: 200,
				body: { items: [sale(isSubscription)], page_info: {} },
			});
			expect(await check()).toMatchObject({ hasAccess });
		}
	});

	test('tells of a subscription with two reads, of all times and states, and changes nothing', async () => {
		const { code, transaction } = await ago(40, async () => await subscribe());
		await ago(8, async () => await emulator().hotmart.renew(code));
		const json = await check({ productId: { __rl: true, mode: 'list', value: guitar } });
		const until = iso(emulator().hotmart.findSubscription(code)!.nextCharge);
		const product = { id: guitar, ucode: null, name: 'Guitar from Zero' };
		expect(json).toEqual({
			student: { email: ANA, name: 'Ana' },
			product,
			access: { decision: 'grant', reason: 'subscriptionActive', effectiveAt: null, until },
			products: [product],
			plan: { id: DEMO.plans.monthly, name: 'Monthly', previousId: null, previousName: null },
			offer: { code: 'gtrmonth' },
			email: ANA,
			name: 'Ana',
			subscriberCode: code,
			hasAccess: true,
			until,
			reason: 'subscriptionActive',
			status: 'active',
			sources: [
				{
					type: 'subscription',
					subscriberCode: code,
					transaction,
					productId: guitar,
					productName: 'Guitar from Zero',
					planId: DEMO.plans.monthly,
					planName: 'Monthly',
					offerCode: 'gtrmonth',
					status: 'active',
					statusRaw: 'ACTIVE',
					hasAccess: true,
					until,
					reason: 'subscriptionActive',
					startedAt: iso(emulator().hotmart.findSubscription(code)!.requestDate),
				},
			],
		});
		expect(requests().map(({ method, path }) => `${method} ${path}`)).toEqual([`GET ${SUBSCRIPTIONS}`, `GET ${SALES}`]);
		const [subscriptions, sales] = requests().map(({ query }) => query);
		expect(subscriptions).toMatchObject({
			subscriber_email: ANA,
			product_id: String(guitar),
			accession_date: String(Date.UTC(2011, 0, 1)),
		});
		expect(subscriptions).not.toHaveProperty('status');
		expect(sales).toMatchObject({ buyer_email: ANA, start_date: String(Date.UTC(2011, 0, 1)) });
		expect(sales!.transaction_status).toHaveLength(17);
		expect(Number(sales!.end_date)).toBeGreaterThan(Date.now());
	});

	test('a person who is not known is no error', async () => {
		await subscribe();
		expect(await check({ email: 'nobody@example.com' })).toEqual({
			student: { email: 'nobody@example.com', name: null },
			product: null,
			access: { decision: 'none', reason: 'notFound', effectiveAt: null, until: null },
			products: [],
			plan: null,
			offer: null,
			email: 'nobody@example.com',
			name: null,
			subscriberCode: null,
			hasAccess: false,
			until: null,
			reason: 'notFound',
			status: null,
			sources: [],
		});
	});

	test('an account without any sales answers likewise', async () => {
		emulator().fail({ path: SUBSCRIPTIONS, kind: 'empty', status: 200 });
		expect(await check()).toMatchObject({ hasAccess: false, reason: 'notFound' });
	});

	test.each(['undefined', 'ana', '[object Object]', ' '])(
		'refuses the address %p, which would end access',
		async (email) => {
			const message = await failure('check', { email: '={{ $json.email ?? ' + JSON.stringify(email) + ' }}' });
			expect(message).toMatch(/^The field "Email" is (not an e-mail address|empty)/);
			expect(requests()).toEqual([]);
		},
	);

	test('compares addresses whatever their case, and asks for the usual spelling too', async () => {
		await subscribe();
		expect(await check({ email: ' Ana@Example.COM ' })).toMatchObject({ email: 'Ana@Example.COM', hasAccess: true });
		expect(requests(SUBSCRIPTIONS).map(({ query }) => query.subscriber_email)).toEqual(['Ana@Example.COM', ANA]);
	});

	test("does not believe that the records of a loose search are the person's", async () => {
		const stranger = {
			subscriber_code: 'AB12CD34',
			status: 'ACTIVE',
			product: { id: guitar },
			subscriber: { email: `mari${ANA}` },
		};
		const sale = {
			product: { id: guitar },
			buyer: { email: `mari${ANA}` },
			purchase: { transaction: 'HP1', status: 'APPROVED' },
		};
		for (const [path, entry] of [
			[SUBSCRIPTIONS, stranger],
			[SALES, sale],
		] as const)
			emulator().fail({ path, kind: 'status', status: 200, body: { items: [entry], page_info: {} } });
		expect(await check()).toMatchObject({ hasAccess: false, reason: 'notFound' });
		expect(requests()).toHaveLength(2);
	});

	test('understands records that lack what Hotmart mostly sends', async () => {
		const bare = { subscriber_code: 'AB12CD34', status: 'ACTIVE', product: { id: guitar } };
		const answer = (path: string, items: IDataObject[]) =>
			emulator().fail({ path, kind: 'status', status: 200, body: { items, page_info: { next_page_token: null } } });
		answer(SUBSCRIPTIONS, [bare]);
		expect(await check({ findBy: 'subscriberCode', subscriberCode: 'ab12cd34' })).toMatchObject({
			email: null,
			name: null,
			hasAccess: true,
			until: null,
			reason: 'subscriptionActive',
		});
		// The subscription, and its payments, which may stand under another address
		expect(requests()).toHaveLength(2);

		// A recovered payment has an offer code of its own, and no word on whether it is of a subscription.
		const offer = { code: 'gtrmonthDRP', payment_mode: 'SUBSCRIPTION' };
		const purchase = { transaction: 'HP1', status: 'COMPLETE', recurrency_number: 4, offer };
		answer(SUBSCRIPTIONS, [{ ...bare, subscriber: { email: ANA } }]);
		answer(SALES, [{ product: { id: guitar }, buyer: { email: ANA }, purchase }]);
		const json = await check({ offerCode: 'gtrmonth' });
		expect(sources(json)).toMatchObject([{ type: 'subscription', offerCode: 'gtrmonth', hasAccess: true }]);
	});

	test('a canceled subscription gives access until the paid period ends, or not at all where the policy says so', async () => {
		const { code } = await ago(20, async () => await subscribe());
		await ago(5, async () => await emulator().hotmart.cancel(code));
		const until = iso(emulator().hotmart.findSubscription(code)!.nextCharge);
		expect(await check(UNTIL_PERIOD_ENDS)).toMatchObject({
			hasAccess: true,
			until,
			reason: 'subscriptionCanceled',
			status: 'canceledByCustomer',
		});
		expect(await check()).toMatchObject({
			hasAccess: false,
			reason: 'subscriptionCanceled',
		});
		const old = await ago(70, async () => await subscribe('old@example.com'));
		await ago(65, async () => await emulator().hotmart.cancel(old.code));
		const ended = iso(emulator().hotmart.findSubscription(old.code)!.nextCharge);
		expect(await check({ ...UNTIL_PERIOD_ENDS, email: 'old@example.com' })).toMatchObject({
			hasAccess: false,
			until: ended,
			reason: 'subscriptionCanceled',
		});
	});

	test('an overdue payment counts by the policy, from the day that was missed', async () => {
		const { code } = await ago(40, async () => await subscribe());
		await ago(8, async () => await emulator().hotmart.failCharge(code));
		const missed = emulator().hotmart.findSubscription(code)!.nextCharge!;
		expect(missed).toBeLessThan(Date.now());
		const kept = await check({ policy: 'custom', overdueRule: 'keep' });
		expect(kept).toMatchObject({ hasAccess: true, until: null, reason: 'paymentOverdue', status: 'overdue' });
		const after = async (graceDays: number | string) => await check({ ...UNTIL_PERIOD_ENDS, graceDays });
		expect(await after(30)).toMatchObject({ hasAccess: true, until: iso(missed + 30 * DAY) });
		expect(await check(UNTIL_PERIOD_ENDS)).toMatchObject({ hasAccess: false, until: iso(missed + 5 * DAY) });
		expect(await after('2')).toMatchObject({ hasAccess: false, until: iso(missed + 2 * DAY) });
		expect(await check()).toMatchObject({ hasAccess: false, until: iso(missed) });
	});

	test.each([
		['refund', 'refunded', 'canceledByCustomer'],
		['chargeback', 'chargedBack', 'canceledByAdmin'],
	] as const)(
		'a %s of the first payment ends access although a period is paid, without a read more',
		async (event, reason, status) => {
			const { code, transaction } = await ago(5, async () => await subscribe());
			await emulator().hotmart[event](transaction);
			expect(emulator().hotmart.findSubscription(code)!.nextCharge).toBeGreaterThan(Date.now());
			expect(await check()).toMatchObject({ hasAccess: false, reason, status });
			expect(requests()).toHaveLength(2);
			// Who buys again comes in again.
			const again = await subscribe();
			expect(await check()).toMatchObject({ hasAccess: true, subscriberCode: again.code });
		},
	);

	test('a refund of the present period ends access of a subscription that runs', async () => {
		const { code } = await ago(40, async () => await subscribe());
		const { transaction } = await ago(5, async () => await emulator().hotmart.renew(code));
		expect(await check()).toMatchObject({ hasAccess: true });
		await emulator().hotmart.refund(transaction);
		expect(await check()).toMatchObject({ hasAccess: false, reason: 'refunded', status: 'active' });
	});

	test.each([
		['printBillet', { status: 'initiated', reason: 'paymentPending' }],
		['refuse', { status: 'inactive', reason: 'neverPaid' }],
	] as const)('a first payment that did not arrive (%s) gives nothing', async (event, expected) => {
		await emulator().hotmart[event]({ email: ANA, productId: guitar });
		expect(await check()).toMatchObject({ hasAccess: false, until: null, ...expected });
	});

	test('an expired subscription gives nothing, although REST calls it OVERDUE', async () => {
		const { code } = await ago(60, async () => await subscribe());
		await emulator().hotmart.expire(code);
		const json = await check();
		expect(json).toMatchObject({ hasAccess: false, reason: 'subscriptionExpired', status: 'expired' });
		expect(sources(json)[0]).toMatchObject({ statusRaw: 'OVERDUE' });
	});

	test('a one-time purchase gives access without end until its money goes back', async () => {
		const { transaction } = await buyOnce();
		const approved = { hasAccess: true, until: null, reason: 'purchaseApproved', subscriberCode: null };
		expect(await check()).toMatchObject({ ...approved, status: 'approved' });
		await emulator().hotmart.complete(transaction);
		expect(await check()).toMatchObject({ ...approved, status: 'complete' });
		await emulator().hotmart.requestRefund(transaction);
		expect(await check()).toMatchObject({ hasAccess: true, reason: 'refundRequested' });
		expect(await check({ policy: 'custom', refundRequestedRule: 'now' })).toMatchObject({
			hasAccess: false,
			reason: 'refundRequested',
		});
		await emulator().hotmart.refund(transaction);
		expect(await check()).toMatchObject({ hasAccess: false, reason: 'refunded', status: 'refunded' });
		expect(await check({ policy: 'custom', refundedRule: 'keep' })).toMatchObject({ hasAccess: true });
	});

	test('a one-time purchase of which a part went back keeps access, unless the policy ends it', async () => {
		const { transaction } = await buyOnce();
		await emulator().hotmart.refund(transaction, 10);
		const kept = { hasAccess: true, reason: 'partiallyRefunded', status: 'partiallyRefunded' };
		for (const policy of ['hotmart', 'paidPeriod']) {
			expect(await check({ policy })).toMatchObject(kept);
			expect(await list({ productId: songwriting, policy })).toMatchObject([kept]);
		}
		const ended = { policy: 'custom', partiallyRefundedRule: 'now' };
		expect(await check(ended)).toMatchObject({ hasAccess: false, reason: 'partiallyRefunded' });
		expect(await list({ productId: songwriting, ...ended })).toEqual([]);
	});

	test('a late subscription has no access after the days of grace, however long Hotmart goes on trying', async () => {
		const { code } = await ago(150, async () => await subscribe());
		for (const days of [110, 80, 50]) await ago(days, async () => await emulator().hotmart.failCharge(code));
		expect(emulator().hotmart.findSubscription(code)!.status).toBe('DELAYED');
		for (const policy of ['hotmart', 'paidPeriod']) {
			expect(await check({ policy })).toMatchObject({ hasAccess: false, reason: 'paymentOverdue' });
			expect(await list({ policy })).toEqual([]);
		}
	});

	test('one valid purchase is enough, and the source that decides comes first', async () => {
		await emulator().hotmart.refund((await buyOnce()).transaction);
		const { transaction } = await buyOnce();
		await emulator().hotmart.chargeback((await buyOnce()).transaction);
		const json = await check({ productId: songwriting });
		expect(json).toMatchObject({ hasAccess: true, reason: 'purchaseApproved' });
		expect(sources(json).map((source) => source.hasAccess)).toEqual([true, false, false]);
		expect(sources(json)[0]).toMatchObject({ type: 'purchase', transaction, offerCode: 'songonce' });
	});

	describe('a plan with a fixed number of charges', () => {
		const paidInFull = async (email = ANA) => {
			Object.assign(emulator().hotmart.products[0]!.plans[0]!, { maxCycles: 3 });
			const { code } = await ago(75, async () => await subscribe(email));
			for (const days of [44, 13]) await ago(days, async () => await emulator().hotmart.renew(code));
			return emulator().hotmart.findSubscription(code)!;
		};

		test.each(['hotmart', 'paidPeriod'])(
			'gives access until the last period ends, although REST calls it OVERDUE before (policy %s)',
			async (policy) => {
				const subscription = await paidInFull();
				const until = iso(subscription.nextCharge);
				const expected = { hasAccess: true, until, reason: 'subscriptionExpired', status: 'expired' };
				expect(await check({ policy })).toMatchObject(expected);
				expect(await list({ policy })).toMatchObject([expected]);
				// Without a next charge: the last payment and the period of the plan
				delete subscription.nextCharge;
				const paid = emulator().hotmart.sales.at(-1)!.approvedDate!;
				const period = { hasAccess: true, until: iso(addPeriod(paid, 30)!) };
				expect(await check({ policy })).toMatchObject(period);
				expect(await list({ policy })).toMatchObject([period]);
			},
		);
	});

	describe('the first payment went back and later ones are there', () => {
		const subscribeFor = async (months: number) => {
			const { code, transaction } = await ago(31 * months + 5, async () => await subscribe());
			for (let month = months; month > 0; month--)
				await ago(31 * month - 31 + 5, async () => await emulator().hotmart.renew(code));
			return { code, transaction };
		};
		const untilOf = (code: string) => iso(emulator().hotmart.findSubscription(code)!.nextCharge);
		const bothSay = async (expected: IDataObject) => {
			expect(await check(UNTIL_PERIOD_ENDS)).toMatchObject(expected);
			expect((await list({ ...UNTIL_PERIOD_ENDS, includeWithoutAccess: true }))[0]).toMatchObject(expected);
		};

		test('a part of it: the rest counts as paid', async () => {
			const { code, transaction } = await subscribeFor(2);
			await emulator().hotmart.refund(transaction, 10);
			await emulator().hotmart.cancel(code);
			await bothSay({ hasAccess: true, until: untilOf(code), reason: 'subscriptionCanceled' });
		});

		test('before the subscription was reactivated, charged and canceled again: until the period ends', async () => {
			const { code, transaction } = await ago(60, async () => await subscribe());
			await ago(50, async () => await emulator().hotmart.refund(transaction));
			await ago(20, async () => await emulator().hotmart.reactivate(code));
			await ago(3, async () => await emulator().hotmart.cancel(code));
			await bothSay({ hasAccess: true, until: untilOf(code), reason: 'subscriptionCanceled' });
			expect(requests('/payments/api/v1/subscriptions/transactions')).toHaveLength(2);
		});

		test('after the later ones: at once', async () => {
			const { code, transaction } = await subscribeFor(2);
			await ago(2, async () => await emulator().hotmart.chargeback(transaction));
			expect(emulator().hotmart.findSubscription(code)!.nextCharge).toBeGreaterThan(Date.now());
			await bothSay({ hasAccess: false, reason: 'chargedBack' });
		});

		test('at a time that Hotmart does not tell: the later ones count', async () => {
			const { code, transaction } = await subscribeFor(2);
			await ago(2, async () => await emulator().hotmart.chargeback(transaction));
			delete emulator().hotmart.findSale(transaction)!.refundDate;
			await bothSay({ hasAccess: true, until: untilOf(code), reason: 'subscriptionCanceled' });
		});
	});

	describe('what cannot be told', () => {
		const answer = (path: string, items: IDataObject[]) =>
			emulator().fail({ path, kind: 'status', status: 200, body: { items, page_info: {} } });
		const subscription = (changes: IDataObject = {}) => ({
			subscriber_code: 'AB12CD34',
			status: 'ACTIVE',
			product: { id: guitar, ucode: 'u' },
			plan: { id: 1, name: 'Monthly', recurrency_period: 30 },
			subscriber: { email: ANA },
			request_date: Date.now() - 5 * DAY,
			...changes,
		});
		const payment = (status: string) => ({
			product: { id: guitar },
			buyer: { email: ANA },
			purchase: {
				transaction: 'HP1',
				status,
				is_subscription: true,
				recurrency_number: 1,
				order_date: Date.now() - 5 * DAY,
			},
		});
		const oneTime = (status: string) => ({ ...payment(status), purchase: { transaction: 'HP2', status } });

		test.each<[string, IDataObject[], IDataObject[], RegExp]>([
			[
				'a status that Hotmart invents',
				[subscription({ status: 'PAUSED' })],
				[payment('APPROVED')],
				/AB12CD34.*\(PAUSED\)/,
			],
			['no status at all', [subscription({ status: undefined })], [payment('APPROVED')], /AB12CD34.*\(no status\)/],
			[
				'INACTIVE although the present period is paid',
				[subscription({ status: 'INACTIVE' })],
				[payment('COMPLETE')],
				/AB12CD34.*\(INACTIVE\)/,
			],
			['a new status of a sale', [], [oneTime('FROZEN')], /sale HP2.*\(FROZEN\)/],
		])('is an error, and no answer that ends access: %s', async (_what, subscriptions, sales, message) => {
			for (const operation of ['check', 'getAll']) {
				answer(SUBSCRIPTIONS, subscriptions);
				answer(SALES, sales);
				const error = await failure(operation);
				expect(error).toMatch(/It is unclear whether ana@example\.com has access/);
				expect(error).toMatch(message);
			}
		});

		test('stands beside the others where errors have an output of their own', async () => {
			await subscribe('b@example.com');
			const { status } = emulator().hotmart.subscriptions[0]!;
			expect(status).toBe('ACTIVE');
			await subscribe('c@example.com');
			Object.assign(emulator().hotmart.subscriptions[0]!, { status: 'INVENTED' });
			const { json, failed } = await runNode({
				...node('getAll', { productId: guitar, returnAll: true }),
				onError: 'continueErrorOutput',
			});
			expect(json).toMatchObject([{ email: 'c@example.com', hasAccess: true }]);
			expect(failed.map(({ json: { error } }) => error)).toEqual([expect.stringContaining('b@example.com')]);
		});

		test('does not matter where another purchase gives access', async () => {
			answer(SUBSCRIPTIONS, [subscription({ status: 'PAUSED' })]);
			answer(SALES, [payment('APPROVED'), oneTime('APPROVED')]);
			expect(await check()).toMatchObject({ hasAccess: true, reason: 'purchaseApproved' });
		});

		test.each(['first', 'last'] as const)(
			'because Hotmart heeds only the %s of several statuses is an error: buyers would vanish',
			async (transactionStatuses) => {
				await buyOnce();
				await subscribe('b@example.com');
				emulator().hotmart.switches.transactionStatuses = transactionStatuses;
				const missing = /Hotmart left out sales that exist/;
				expect(await failure('check', { productId: songwriting })).toMatch(missing);
				expect(await failure('getAll', { productId: songwriting })).toMatch(missing);
				expect(await failure('getAll')).toMatch(missing);
				// Nothing is missing of a person who bought nothing
				expect(await check({ email: 'nobody@example.com' })).toMatchObject({ reason: 'notFound' });
			},
		);
	});

	test('the last installments do not make up for an earlier one that was charged back', async () => {
		const installment = (number: number, status: string) => ({
			product: { id: songwriting },
			buyer: { email: ANA },
			purchase: {
				transaction: `HP${number}`,
				status,
				is_subscription: false,
				recurrency_number: number,
				order_date: Date.now() - (5 - number) * 30 * DAY,
				offer: { code: 'songonce', payment_mode: 'SMART_INSTALLMENT' },
			},
		});
		const items = [1, 2, 3, 4, 5].map((number) => installment(number, number === 3 ? 'CHARGEBACK' : 'COMPLETE'));
		for (const rule of ['now', 'keep']) {
			emulator().fail({ path: SALES, kind: 'status', status: 200, body: { items, page_info: {} } });
			const json = await check({ policy: 'custom', chargedBackRule: rule });
			expect(json).toMatchObject({ hasAccess: rule === 'keep' });
		}
	});

	describe('after a switch of plans', () => {
		const [monthly, annual] = ['gtrmonth', 'gtryear1'];
		const asked = async (parameters: IDataObject) => {
			const json = await check({ productId: guitar, ...parameters });
			expect((await list({ ...parameters, includeWithoutAccess: true }))[0]?.hasAccess ?? false).toBe(json.hasAccess);
			return json;
		};

		beforeEach(async () => {
			emulator().hotmart.switches.upgradeCharge = 'nextCharge';
			const { code } = await ago(15, async () => await subscribe());
			await ago(5, async () => await emulator().hotmart.switchPlan(code, DEMO.plans.annual));
			expect(emulator().hotmart.sales.filter(({ offerCode }) => offerCode === annual)).toHaveLength(0);
		});

		test('the new offer gives access at once, and the old one none', async () => {
			expect(await asked({ offerCode: annual })).toMatchObject({ hasAccess: true, reason: 'subscriptionActive' });
			expect(sources(await asked({ offerCode: annual }))[0]).toMatchObject({ planName: 'Annual', offerCode: annual });
			expect(await asked({ offerCode: monthly })).toMatchObject({ hasAccess: false, reason: 'notFound' });
			expect(await asked({ plan: 'Monthly' })).toMatchObject({ hasAccess: false });
		});

		test('the old plan stays until its period ends where the policy says so', async () => {
			const until = iso(emulator().hotmart.subscriptions[0]!.nextCharge);
			const old = { hasAccess: true, until, reason: 'planSwitched' };
			expect(await asked({ ...UNTIL_PERIOD_ENDS, offerCode: monthly })).toMatchObject(old);
			expect(await asked({ ...UNTIL_PERIOD_ENDS, plan: 'monthly' })).toMatchObject(old);
			expect(await asked({ ...UNTIL_PERIOD_ENDS, offerCode: annual })).toMatchObject({ hasAccess: true });
			await ago(40, async () => await subscribe('other@example.com'));
			expect(await asked({ ...UNTIL_PERIOD_ENDS, plan: DEMO.plans.monthly })).toMatchObject({ hasAccess: true });
			const all = sources(await check(UNTIL_PERIOD_ENDS));
			expect(all.map(({ planName, offerCode, reason }) => [planName, offerCode, reason])).toEqual([
				['Annual', annual, 'subscriptionActive'],
				['Monthly', monthly, 'planSwitched'],
			]);
		});
	});

	describe('somebody else pays', () => {
		const [payer, kid] = ['payer@example.com', 'kid@example.com'];
		const subscribeKid = async () =>
			await emulator().hotmart.buy({
				email: payer,
				subscriberEmail: kid,
				productId: guitar,
				planId: DEMO.plans.monthly,
			});

		test('the subscriber and the payer have the access that is paid for', async () => {
			const { subscriberCode } = await ago(40, subscribeKid);
			await ago(8, async () => await emulator().hotmart.renew(subscriberCode!));
			const running = { hasAccess: true, reason: 'subscriptionActive', subscriberCode };
			for (const [email, name] of [
				[payer, 'Payer'],
				[kid, 'Kid'],
			])
				expect(await check({ email })).toMatchObject({ ...running, email, name });
			expect(await check({ findBy: 'subscriberCode', subscriberCode })).toMatchObject({ ...running, email: kid });
			expect((await list()).filter(({ email }) => [payer, kid].includes(String(email)))).toMatchObject([
				{ ...running, email: kid },
				{ ...running, email: payer },
			]);
		});

		test('also where the payer had a subscription that has ended', async () => {
			const own = await ago(90, async () => await subscribe(payer));
			await ago(80, async () => await emulator().hotmart.cancel(own.code));
			const { subscriberCode } = await ago(3, subscribeKid);
			const running = { hasAccess: true, reason: 'subscriptionActive', subscriberCode };
			expect(await check({ email: payer })).toMatchObject(running);
			expect((await list()).find(({ email }) => email === payer)).toMatchObject(running);
		});

		test('the subscriber is found by the offer of the sale, too', async () => {
			const { subscriberCode } = await ago(40, subscribeKid);
			await ago(8, async () => await emulator().hotmart.renew(subscriberCode!));
			for (const email of [payer, kid]) {
				expect(await check({ email, offerCode: 'gtrmonth' })).toMatchObject({ hasAccess: true, subscriberCode });
				expect(await check({ email, offerCode: 'gtryear1' })).toMatchObject({ reason: 'notFound' });
			}
			expect((await list({ offerCode: 'gtrmonth' })).map(({ email }) => email).sort()).toEqual([kid, payer]);
		});

		test("a gift that was refunded ends, whatever became of the subscriber's own try", async () => {
			const { transaction } = await ago(30, async () =>
				emulator().hotmart.buy({
					email: payer,
					subscriberEmail: kid,
					productId: guitar,
					planId: DEMO.plans.annual,
				}),
			);
			await ago(20, async () => await emulator().hotmart.refund(transaction));
			await ago(10, async () => await emulator().hotmart.refuse({ email: kid, productId: guitar }));
			for (const email of [payer, kid]) {
				const refunded = { hasAccess: false, reason: 'refunded' };
				expect(await check({ ...UNTIL_PERIOD_ENDS, email })).toMatchObject(refunded);
				const everybody = await list({ ...UNTIL_PERIOD_ENDS, includeWithoutAccess: true });
				expect(everybody.find((person) => person.email === email)).toMatchObject(refunded);
			}
		});

		test('a payer with a subscription of the same product has both plans', async () => {
			await ago(40, async () => await subscribe(payer));
			await ago(9, async () => await emulator().hotmart.renew(emulator().hotmart.subscriptions[0]!.code));
			const { subscriberCode } = await ago(3, async () =>
				emulator().hotmart.buy({ email: payer, subscriberEmail: kid, productId: guitar, planId: DEMO.plans.annual }),
			);
			const annual = { hasAccess: true, subscriberCode };
			expect(await check({ email: payer, plan: 'Annual' })).toMatchObject(annual);
			expect((await list({ plan: 'Annual' })).map(({ email }) => email).sort()).toEqual([kid, payer]);
		});

		test("a refund does not touch the payer's own subscription", async () => {
			const own = await ago(20, async () => await subscribe(payer));
			const { transaction } = await ago(3, subscribeKid);
			await emulator().hotmart.refund(transaction);
			expect(await check({ email: payer })).toMatchObject({ hasAccess: true, subscriberCode: own.code });
			expect(await check({ email: kid })).toMatchObject({ hasAccess: false, reason: 'refunded' });
			const listed = (await list()).map(({ email }) => email);
			expect([listed.includes(payer), listed.includes(kid)]).toEqual([true, false]);
		});

		test('a refund of the first payment ends it for both', async () => {
			const { subscriberCode, transaction } = await ago(3, subscribeKid);
			await emulator().hotmart.refund(transaction);
			for (const email of [payer, kid])
				expect(await check({ email })).toMatchObject({ hasAccess: false, reason: 'refunded' });
			expect(await check({ findBy: 'subscriberCode', subscriberCode })).toMatchObject({
				hasAccess: false,
				reason: 'refunded',
			});
			const emails = (await list()).map(({ email }) => email);
			expect(emails).not.toContain(payer);
			expect(emails).not.toContain(kid);
		});
	});

	test('asks about a product, a plan by ID or name, and an offer', async () => {
		await subscribe(ANA, DEMO.plans.annual);
		const asked = async (parameters: IDataObject) => (await check(parameters)).hasAccess;
		expect(await asked({ productId: songwriting })).toBe(false);
		expect(await asked({ productId: guitar, plan: DEMO.plans.annual })).toBe(true);
		expect(await asked({ plan: { __rl: true, mode: 'id', value: 'annual' } })).toBe(true);
		expect(await asked({ plan: 'Monthly' })).toBe(false);
		expect(await asked({ offerCode: 'gtryear1' })).toBe(true);
		expect(await asked({ offerCode: 'gtrmonth' })).toBe(false);
	});

	test('finds a person by subscriber code and asks about the product of the subscription', async () => {
		const { code } = await subscribe();
		await buyOnce();
		const by = (subscriberCode: string) => ({ findBy: 'subscriberCode', subscriberCode });
		const json = await check(by(code));
		expect(json).toMatchObject({ email: ANA, subscriberCode: code, hasAccess: true });
		expect(sources(json)).toHaveLength(1);
		expect(await check({ ...by(code), productId: songwriting })).toMatchObject({
			hasAccess: true,
			reason: 'purchaseApproved',
		});
		// Another subscription to the same product is as good.
		await emulator().hotmart.expire(code);
		const { code: second } = await subscribe();
		const now = await check(by(code));
		expect(now).toMatchObject({ hasAccess: true, subscriberCode: code });
		expect(sources(now)[0]).toMatchObject({ subscriberCode: second });
	});

	test('a subscriber code that is not known is no error', async () => {
		await subscribe();
		const json = await check({ findBy: 'subscriberCode', subscriberCode: 'NOSUCHCD' });
		expect(json).toMatchObject({ email: null, subscriberCode: 'NOSUCHCD', hasAccess: false, reason: 'notFound' });
		expect(requests()).toHaveLength(1);
	});

	test.each([
		[{ policy: 'kind' }, /The field "Access Policy" cannot be "kind"\. Enter one of these: hotmart/],
		[{ policy: 'custom', overdueRule: 'maybe' }, /The field "Overdue Payment" cannot be "maybe"/],
		[{ policy: 'paidPeriod', graceDays: -1 }, /The field "Days of Grace" cannot be -1\. Enter a number of days/],
	])('refuses the policy %j before anything is sent', async (policy, message) => {
		const byExpression = Object.entries(policy).map(([name, value]) => [name, `={{ ${JSON.stringify(value)} }}`]);
		expect(await failure('check', Object.fromEntries(byExpression) as IDataObject)).toMatch(message);
		expect(requests()).toEqual([]);
	});

	test('pairs each person with the item, and a failure leaves the others', async () => {
		await subscribe();
		const { items, failed } = await runNode({
			...node('check', { findBy: 'email', email: '={{ $json.email }}' }),
			onError: 'continueErrorOutput',
			input: [{ email: 'x@example.com' }, { email: 'no address' }, { email: ANA }],
		});
		expect(items.map(({ json, pairedItem }) => [json.hasAccess, (pairedItem as IPairedItemData).item])).toEqual([
			[false, 0],
			[true, 2],
		]);
		expect(failed[0]).toMatchObject({ pairedItem: { item: 1 } });
	});

	test('keeps the words of a refusal', async () => {
		const body = { error: 'unauthorized_client', error_description: 'No permission for sales' };
		emulator().fail({ path: SALES, kind: 'status', status: 403, body });
		expect(await failure('check')).toBe('No permission for sales (HTTP 403, unauthorized_client)');
	});
});

describe('Access: Get Many', () => {
	const emails = (found: IDataObject[]) => found.map(({ email }) => email).sort();

	test('lists everyone who has access, one item a person', async () => {
		const { code } = await ago(70, async () => await subscribe('two@example.com'));
		await ago(60, async () => await emulator().hotmart.cancel(code));
		const { code: running } = await subscribe('Two@Example.com', DEMO.plans.annual);
		const gone = await ago(70, async () => await subscribe('gone@example.com'));
		await ago(60, async () => await emulator().hotmart.cancel(gone.code));
		const refunded = await subscribe('refunded@example.com');
		await emulator().hotmart.refund(refunded.transaction);
		await emulator().hotmart.refuse({ email: 'never@example.com', productId: guitar });
		await subscribe();
		await buyOnce('other@example.com');

		const found = await list();
		expect(emails(found)).toEqual([ANA, 'two@example.com']);
		const two = found.find(({ email }) => email === 'two@example.com')!;
		expect(two).toMatchObject({ subscriberCode: running, hasAccess: true, status: 'active' });
		expect(sources(two).map(({ subscriberCode }) => subscriberCode)).toEqual([running, code]);

		const all = await list({ includeWithoutAccess: true });
		expect(emails(all)).toEqual([
			ANA,
			'gone@example.com',
			'never@example.com',
			'refunded@example.com',
			'two@example.com',
		]);
		expect(all.find(({ email }) => email === 'refunded@example.com')).toMatchObject({
			hasAccess: false,
			reason: 'refunded',
		});
	});

	test('gives every person the same answer as Check', async () => {
		const people = ['a@example.com', 'b@example.com', 'c@example.com', 'd@example.com'];
		const [, second, third] = await ago(
			20,
			async () => await Promise.all(people.map(async (email) => await subscribe(email))),
		);
		await emulator().hotmart.cancel(second!.code);
		await emulator().hotmart.chargeback(third!.transaction);
		await ago(5, async () => await buyOnce('d@example.com'));
		for (const policy of ['hotmart', 'paidPeriod']) {
			const all = await list({ includeWithoutAccess: true, policy });
			expect(all).toHaveLength(4);
			for (const json of all) expect(await check({ email: json.email, productId: guitar, policy })).toEqual(json);
		}
	});

	test('asks which of two subscriptions a later payment is for when money went back', async () => {
		const first = await ago(120, async () => await subscribe());
		await ago(110, async () => await emulator().hotmart.refund(first.transaction));
		const second = await ago(60, async () => await subscribe());
		await ago(50, async () => await emulator().hotmart.chargeback(second.transaction));
		// Its payment comes after the second subscription was bought, which has the same offer
		await ago(10, async () => await emulator().hotmart.reactivate(first.code));

		const answers = [(await list())[0]!, await check({ productId: guitar })];
		for (const json of answers) {
			expect(json).toMatchObject({ subscriberCode: first.code, hasAccess: true, reason: 'subscriptionActive' });
			expect(sources(json)[1]).toMatchObject({ subscriberCode: second.code, hasAccess: false, reason: 'chargedBack' });
		}
		expect(requests().filter(({ path }) => path.endsWith('/purchases'))).toHaveLength(4);
	});

	test('buyers of a one-time product, and only the plan or offer that is asked for', async () => {
		await buyOnce();
		expect(await list({ productId: songwriting })).toMatchObject([
			{ email: ANA, reason: 'purchaseApproved', until: null },
		]);
		await subscribe('m@example.com');
		await subscribe('y@example.com', DEMO.plans.annual);
		expect(emails(await list({ plan: 'Annual' }))).toEqual(['y@example.com']);
		expect(emails(await list({ plan: DEMO.plans.monthly, includeWithoutAccess: true }))).toEqual(['m@example.com']);
		expect(emails(await list({ offerCode: 'gtrmonth' }))).toEqual(['m@example.com']);
	});

	test('thousands of people cost a read for each 500 records, and none for each person', async () => {
		emulator().hotmart.seedSubscriptions(2300, {
			statuses: ['ACTIVE', 'CANCELLED_BY_CUSTOMER'],
			to: Date.now() - 2 * DAY,
			from: Date.now() - 20 * DAY,
		});
		const found = await list();
		expect(found).toHaveLength(1150);
		expect([requests(SUBSCRIPTIONS).length, requests(SALES).length]).toEqual([5, 5]);
		expect(requests().every(({ query }) => query.max_results === '500')).toBe(true);
		expect(requests().every(({ query }) => query.product_id === String(guitar))).toBe(true);
	});

	test('leaves out payments that never arrived, unless people without access are wanted', async () => {
		await subscribe();
		await list();
		const statuses = requests(SALES)[0]!.query.transaction_status;
		expect(statuses).toEqual(
			expect.arrayContaining(['APPROVED', 'COMPLETE', 'REFUNDED', 'CHARGEBACK', 'PARTIALLY_REFUNDED', 'PROTESTED']),
		);
		expect(statuses).not.toContain('CANCELLED');
		await list({ includeWithoutAccess: true });
		expect(requests(SALES)[1]!.query.transaction_status).toHaveLength(17);
	});

	test('splits a range that is too wide for Hotmart', async () => {
		const { code } = await ago(900, async () => await subscribe());
		await emulator().hotmart.renew(code);
		emulator().hotmart.switches.slowBeyondDays = 1500;
		expect(emails(await list())).toEqual([ANA]);
		expect(emulator().count({ path: SALES, status: 502 })).toBeGreaterThan(0);
	});

	test('stops at the limit', async () => {
		emulator().hotmart.seedSubscriptions(30, { to: Date.now(), from: Date.now() - DAY });
		expect(await list({ returnAll: false, limit: 7 })).toHaveLength(7);
	});

	test('says what to do when nobody has access', async () => {
		const { json, run } = await runNode(node('getAll', { productId: guitar, returnAll: true }));
		expect(json).toEqual([]);
		expect(JSON.stringify(run.data.resultData)).toContain('Nobody has access to this product now');
		const { run: other } = await runNode(
			node('getAll', { productId: guitar, returnAll: true, includeWithoutAccess: true }),
		);
		expect(JSON.stringify(other.data.resultData)).toContain('Nobody bought this product');
	});

	test('needs a product, and one that Hotmart takes', async () => {
		expect(await failure('getAll', { productId: '={{ $json.none }}' })).toMatch(/The field "Product" is empty/);
		expect(await failure('getAll', { productId: 'guitar' })).toMatch(/HTTP 400/);
	});

	test('fails as a whole when a list cannot be read: half of it would end access of the rest', async () => {
		await subscribe();
		emulator().fail({ path: SALES, kind: 'status', status: 400, body: { error: 'invalid_parameter' } });
		expect(await failure('getAll')).toMatch(/^Invalid parameter \(HTTP 400, invalid_parameter\)$/);
	});
});

describe('Access: Check, then Apply Access of the Teachable node, without an expression', () => {
	const { guitar: guitarCourse, songwriting: songwritingCourse, masterclass } = DEMO.courses;
	const picked = (value: number) => ({ __rl: true, mode: 'list', value });
	const ONE_COURSE = { courseId: picked(guitarCourse) };
	const rows = (...entries: Array<[value: string, course: number]>): IDataObject => ({
		courseFrom: 'table',
		table: { rows: entries.map(([value, course]) => ({ value, course: picked(course) })) },
	});
	const courses = (email = ANA) =>
		[guitarCourse, songwritingCourse, masterclass].filter((id) => emulator().teachable.isEnrolled(email, id));
	const enroll = (...ids: number[]) => {
		for (const courseId of ids) emulator().teachable.addEnrollment({ email: ANA, courseId });
	};

	/** Feeds what Check or Get Many puts out into Apply Access as it is. */
	const carryOut = async (items: IDataObject[], parameters: IDataObject = ONE_COURSE) => {
		const { json, error } = await runNode({
			node: 'teachable',
			parameters: { resource: 'enrollment', operation: 'applyAccess', ...parameters },
			credentials: demoCredentials(emulator()),
			input: items,
		} as OneNode);
		expect(error?.message).toBeUndefined();
		return json;
	};
	const decisionOf = (json: IDataObject) => (json.access as IDataObject).decision;

	test('grant and revoke: rows by plan and by offer fit as those by product do', async () => {
		const { code } = await subscribe();
		const table = rows(['monthly', guitarCourse], ['GTRMONTH', songwritingCourse], ['Guitar from Zero', masterclass]);
		await carryOut([await check()], table);
		expect(courses()).toEqual([guitarCourse, songwritingCourse, masterclass]);
		await emulator().hotmart.cancel(code);
		await carryOut([await check()], table);
		expect(courses()).toEqual([]);
	});

	test('revoke: whose access has ended is unenrolled, by e-mail address and by subscriber code', async () => {
		const { code } = await subscribe();
		await emulator().hotmart.cancel(code);
		for (const by of [{ productId: guitar }, { findBy: 'subscriberCode', subscriberCode: code }]) {
			enroll(guitarCourse);
			const [done] = await carryOut([await check(by)]);
			expect(done).toMatchObject({ decision: 'revoke', reason: 'subscriptionCanceled', result: 'unenrolled' });
			expect(courses()).toEqual([]);
		}
	});

	test('revoke of one product leaves the course of the other', async () => {
		const { code } = await subscribe();
		await buyOnce();
		await emulator().hotmart.cancel(code);
		enroll(guitarCourse, songwritingCourse);
		const table = rows([String(guitar), guitarCourse], [String(songwriting), songwritingCourse]);
		const ofAll = await check();
		expect(decisionOf(ofAll)).toBe('grant');
		expect(ofAll.products).toMatchObject([{ id: songwriting }]);
		await carryOut([await check({ productId: guitar })], table);
		expect(courses()).toEqual([songwritingCourse]);
	});

	test('revoke of one plan leaves the course of the product that another plan still opens', async () => {
		const { code } = await subscribe();
		await subscribe(ANA, DEMO.plans.annual);
		await emulator().hotmart.cancel(code);
		enroll(guitarCourse, masterclass);
		const json = await check({ productId: guitar, plan: 'Monthly' });
		expect(json).toMatchObject({
			access: { decision: 'revoke' },
			product: null,
			products: [],
			plan: { name: 'Monthly' },
		});
		await carryOut([json], rows([String(guitar), guitarCourse], ['Monthly', masterclass]));
		expect(courses()).toEqual([guitarCourse]);
	});

	test('what cannot be told makes no item that could be carried out', async () => {
		await subscribe();
		emulator().hotmart.subscriptions[0]!.status = 'SOMETHING_NEW' as never;
		const { json, error } = await runNode(node('check', { findBy: 'email', email: ANA }));
		expect(json).toEqual([]);
		expect(error?.message).toContain('It is unclear whether');
	});

	test('switch: the new plan opens now, the old one closes when its period ends', async () => {
		emulator().hotmart.switches.upgradeCharge = 'nextCharge';
		const { code } = await ago(15, async () => await subscribe());
		await ago(5, async () => await emulator().hotmart.switchPlan(code, DEMO.plans.annual));
		enroll(guitarCourse);
		const until = iso(emulator().hotmart.subscriptions[0]!.nextCharge);
		const json = await check({ productId: guitar, ...UNTIL_PERIOD_ENDS });
		expect(json).toMatchObject({
			access: { decision: 'switch', reason: 'planSwitched', effectiveAt: until },
			plan: { name: 'Annual', previousId: null, previousName: 'Monthly' },
		});
		const table = rows(['Monthly', guitarCourse], ['Annual', masterclass]);
		await carryOut([json], table);
		expect(courses()).toEqual([guitarCourse, masterclass]);
		// The time has come
		await carryOut(
			[{ ...json, access: { ...(json.access as IDataObject), effectiveAt: iso(Date.now() - DAY) } }],
			table,
		);
		expect(courses()).toEqual([masterclass]);
	});

	test('no switch where another subscription still holds the old plan', async () => {
		emulator().hotmart.switches.upgradeCharge = 'nextCharge';
		const { code } = await ago(15, async () => await subscribe());
		await ago(5, async () => await emulator().hotmart.switchPlan(code, DEMO.plans.annual));
		await subscribe();
		expect(decisionOf(await check({ productId: guitar, ...UNTIL_PERIOD_ENDS }))).toBe('grant');
	});
});
