import { sleep, type IDataObject, type INodeProperties } from 'n8n-workflow';
import { DataDeduplicationService } from 'n8n-core';

import { HotmartPollingTrigger } from '../../nodes/Hotmart/HotmartPollingTrigger.node';
import { HotmartTrigger } from '../../nodes/Hotmart/HotmartTrigger.node';
import { DEMO } from '../emulator/seed';
import type { HotmartItem } from '../../nodes/Hotmart/trigger/item';
import { Deduplicator } from './n8n';
import { hostPolling, useVirtualTime } from './polling-host';
import { demoCredentials, useEmulator } from './setup';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const { guitar, songwriting } = DEMO.products;
const { monthly, annual } = DEMO.plans;

const emulator = useEmulator({ hotmart: { rateLimitPerMinute: 1e6 } });
const time = useVirtualTime();
beforeAll(async () => await DataDeduplicationService.init(new Deduplicator()));

const host = (parameters = {}) => hostPolling(demoCredentials(emulator()), parameters);
const life = () => emulator().hotmart;
const eventsOf = (items: HotmartItem[]) => items.map(({ event }) => event);
const listings = () => emulator().count({ vendor: 'hotmart', method: 'GET', path: /\/payments\// });

describe('a first look', () => {
	test('starts from now: what was there before starts nothing, what comes after does', async () => {
		await life().buy({ email: 'before@example.com', productId: songwriting });
		const trigger = host();
		expect(await trigger.poll()).toEqual([]);
		await life().buy({ email: 'after@example.com', productId: songwriting });
		const [item, ...others] = await trigger.poll();
		expect(others).toEqual([]);
		expect(item).toMatchObject({
			event: 'PURCHASE_APPROVED',
			source: 'api',
			version: null,
			eventId: null,
			student: { email: 'after@example.com' },
			access: { decision: 'grant', reason: 'purchaseApproved' },
			purchase: { kind: 'oneTime', orderBump: null, fullPrice: null },
		});
		expect(await trigger.poll()).toEqual([]);
	});

	test('catches up since a date with payments, cancellations, and refunds of sales since then', async () => {
		await life().buy({ email: 'long.ago@example.com', productId: songwriting });
		time.pass(3 * DAY);
		const since = new Date(Date.now()).toISOString();
		time.pass(HOUR);
		await life().buy({ email: 'since@example.com', productId: songwriting });
		const { transaction } = await life().buy({ email: 'refunded@example.com', productId: songwriting });
		await life().refund(transaction);
		const { subscriberCode } = await life().buy({ email: 'left@example.com', productId: guitar, planId: monthly });
		await life().cancel(subscriberCode!);
		time.pass(HOUR);
		const trigger = host({ firstLook: 'since', since });
		const found = (await trigger.poll()).map(({ event, student }) => `${event} ${student.email}`);
		expect(found.sort()).toEqual([
			'PURCHASE_APPROVED left@example.com',
			'PURCHASE_APPROVED refunded@example.com',
			'PURCHASE_APPROVED since@example.com',
			'PURCHASE_REFUNDED refunded@example.com',
			'SUBSCRIPTION_CANCELLATION left@example.com',
		]);
		expect(await trigger.poll()).toEqual([]);
	});

	test('an event that is chosen later does not bring what happened before', async () => {
		const trigger = host({ events: ['PURCHASE_APPROVED'] });
		await trigger.poll();
		const { transaction } = await life().buy({ email: 'early@example.com', productId: songwriting });
		await life().refund(transaction);
		await trigger.poll();
		trigger.parameters.events = ['PURCHASE_APPROVED', 'PURCHASE_REFUNDED'];
		expect(await trigger.poll()).toEqual([]);
		const later = await life().buy({ email: 'later@example.com', productId: songwriting });
		await life().refund(later.transaction);
		expect(eventsOf(await trigger.poll())).toEqual(['PURCHASE_APPROVED', 'PURCHASE_REFUNDED']);
	});
});

describe('each event', () => {
	test('of a purchase, of a subscription, and those that no webhook tells', async () => {
		const trigger = host();
		await trigger.poll();
		const seen: string[] = [];
		const next = async () => {
			time.pass(HOUR);
			seen.push(...eventsOf(await trigger.poll()));
		};
		const slip = await life().printBillet({ email: 'slip@example.com', productId: songwriting });
		await next();
		await life().pay(slip.transaction);
		await next();
		await life().requestRefund(slip.transaction);
		await next();
		await life().withdrawRefund(slip.transaction);
		await next();
		await life().complete(slip.transaction);
		await next();
		await life().chargeback(slip.transaction);
		await next();
		expect(seen.splice(0)).toEqual([
			'PURCHASE_BILLET_PRINTED',
			'PURCHASE_APPROVED',
			'PURCHASE_PROTEST',
			'PURCHASE_APPROVED',
			'PURCHASE_COMPLETE',
			'PURCHASE_CHARGEBACK',
		]);
		const refused = await life().refuse({ email: 'no@example.com', productId: songwriting });
		time.pass(HOUR);
		const other = await life().printBillet({ email: 'late@example.com', productId: songwriting });
		await next();
		await life().expirePayment(other.transaction);
		await next();
		expect(refused.transaction).not.toBe(other.transaction);
		expect(seen.splice(0)).toEqual(['PURCHASE_CANCELED', 'PURCHASE_BILLET_PRINTED', 'PURCHASE_EXPIRED']);

		const { subscriberCode: code } = await life().buy({ email: 'sub@example.com', productId: guitar, planId: monthly });
		await next();
		await life().switchPlan(code!, annual);
		await next();
		await life().failCharge(code!);
		await next();
		await life().cancel(code!);
		await next();
		await life().reactivate(code!);
		await next();
		await life().expire(code!);
		await next();
		expect(seen).toEqual([
			'PURCHASE_APPROVED',
			'PURCHASE_APPROVED',
			'SWITCH_PLAN',
			'PURCHASE_DELAYED',
			'SUBSCRIPTION_CANCELLATION',
			'SUBSCRIPTION_REACTIVATED',
			'SUBSCRIPTION_EXPIRED',
		]);
		expect(trigger.items.find(({ event }) => event === 'SWITCH_PLAN')).toMatchObject({
			access: { decision: 'switch' },
			plan: { id: annual, previousId: monthly },
			student: { email: 'sub@example.com' },
		});
		const last = (event: string) => trigger.items.filter((item) => item.event === event).at(-1)!;
		expect(last('SUBSCRIPTION_REACTIVATED').access).toMatchObject({
			decision: 'grant',
			reason: 'subscriptionReactivated',
		});
		expect(last('SUBSCRIPTION_EXPIRED').access).toMatchObject({ decision: 'revoke', reason: 'subscriptionExpired' });
	});

	test('of a payment names its subscription, its plan, and the subscriber', async () => {
		const trigger = host();
		await trigger.poll();
		const { subscriberCode } = await life().buy({
			email: 'payer@example.com',
			subscriberEmail: 'learner@example.com',
			productId: guitar,
			planId: annual,
		});
		expect((await trigger.poll())[0]).toMatchObject({
			student: { email: 'learner@example.com' },
			subscription: { subscriberCode, status: 'active' },
			plan: { id: annual },
			purchase: { kind: 'first', buyerEmail: 'payer@example.com' },
		});
	});

	test('is seen weeks after the sale, within the days that are set', async () => {
		const trigger = host();
		await trigger.poll();
		const sales = await Promise.all(
			['a', 'b'].map(async (name) => await life().buy({ email: `${name}@example.com`, productId: songwriting })),
		);
		await trigger.poll();
		for (let day = 0; day < 58; day++) {
			time.pass(DAY);
			await trigger.poll();
		}
		await life().refund(sales[0]!.transaction);
		time.pass(60_000);
		expect(eventsOf(await trigger.poll())).toEqual(['PURCHASE_REFUNDED']);
		time.pass(60 * DAY);
		await trigger.poll();
		await life().chargeback(sales[1]!.transaction);
		time.pass(60_000);
		expect(eventsOf(await trigger.poll())).toEqual(['PURCHASE_CHARGEBACK']);
	});

	test.each<[string, string, number, string, (transaction: string) => Promise<void>]>([
		['a refund', 'refundDays', 10, 'PURCHASE_REFUNDED', async (sale) => await life().refund(sale)],
		['a refund', 'refundDays', 90, 'PURCHASE_REFUNDED', async (sale) => await life().refund(sale)],
		['a partial refund', 'refundDays', 90, 'PURCHASE_REFUNDED', async (sale) => await life().refund(sale, 1)],
		['a request for a refund', 'refundDays', 10, 'PURCHASE_PROTEST', async (sale) => await life().requestRefund(sale)],
		['a chargeback', 'chargebackDays', 10, 'PURCHASE_CHARGEBACK', async (sale) => await life().chargeback(sale)],
		['a chargeback', 'chargebackDays', 365, 'PURCHASE_CHARGEBACK', async (sale) => await life().chargeback(sale)],
		[
			'the end of the refund period',
			'paymentDays',
			7,
			'PURCHASE_COMPLETE',
			async (sale) => await life().complete(sale),
		],
		[
			'the end of the refund period',
			'paymentDays',
			90,
			'PURCHASE_COMPLETE',
			async (sale) => await life().complete(sale),
		],
	])('of %s is seen for as many days after the order as %s says: %i', async (_what, option, days, event, happen) => {
		const trigger = host({ options: { [option]: days } });
		await trigger.poll();
		const [soon, late] = [
			await life().buy({ email: 'soon@example.com', productId: songwriting }),
			await life().buy({ email: 'late@example.com', productId: songwriting }),
		];
		await trigger.poll();
		const after = async (passed: number, sale: typeof soon) => {
			time.pass(passed * DAY);
			const before = eventsOf(await trigger.poll());
			await happen(sale.transaction);
			time.pass(HOUR);
			return [...before, ...eventsOf(await trigger.poll())];
		};
		expect(await after(days - 1, soon)).toEqual([event]);
		expect(await after(3, late)).toEqual([]);
	});

	test('is seen within its own days, whatever the days of others', async () => {
		const trigger = host({ options: { refundDays: 10, paymentDays: 5 } });
		await trigger.poll();
		const { transaction } = await life().buy({ email: 'charged.back@example.com', productId: songwriting });
		await trigger.poll();
		time.pass(170 * DAY);
		expect(await trigger.poll()).toEqual([]);
		await life().chargeback(transaction);
		time.pass(HOUR);
		expect(eventsOf(await trigger.poll())).toEqual(['PURCHASE_CHARGEBACK']);
	});

	test('is seen from then on when its days become more, and not what only they show', async () => {
		const trigger = host({ options: { refundDays: 10 } });
		await trigger.poll();
		const [forgotten, kept] = [
			await life().buy({ email: 'forgotten@example.com', productId: songwriting }),
			await life().buy({ email: 'kept@example.com', productId: songwriting }),
		];
		await trigger.poll();
		time.pass(60 * DAY);
		await trigger.poll();
		await life().refund(forgotten.transaction);
		time.pass(HOUR);
		expect(await trigger.poll()).toEqual([]);
		trigger.parameters.options = { refundDays: 90 };
		time.pass(HOUR);
		expect(await trigger.poll()).toEqual([]);
		await life().refund(kept.transaction);
		time.pass(HOUR);
		expect((await trigger.poll()).map(({ event, student }) => `${event} ${student.email}`)).toEqual([
			'PURCHASE_REFUNDED kept@example.com',
		]);
	});

	test.each([
		['refundDays', 0, 'Days to Look for Refunds'],
		['chargebackDays', 'many', 'Days to Look for Chargebacks'],
		['paymentDays', 3_651, 'Days to Look for Payments'],
	])('needs days that can be counted: %s %s', async (option, value, label) => {
		await expect(host({ options: { [option]: value } }).poll()).rejects.toThrow(
			`The option "${label}" cannot be "${value}". Enter a number of days from 1 to 3650.`,
		);
	});

	test('goes to its output, and must pass products and filters', async () => {
		const trigger = host({ products: 'selected', productIds: String(songwriting), events: ['PURCHASE_APPROVED'] });
		await trigger.poll();
		await life().buy({ email: 'other@example.com', productId: guitar });
		await life().buy({ email: 'mine@example.com', productId: songwriting });
		expect((await trigger.poll()).map(({ student }) => student.email)).toEqual(['mine@example.com']);
		// The list of sales has no ucode
		const { ucode } = life().products.find(({ id }) => id === songwriting)!;
		trigger.parameters.productIds = ucode;
		await life().buy({ email: 'again@example.com', productId: songwriting });
		expect((await trigger.poll()).map(({ student }) => student.email)).toEqual(['again@example.com']);
	});

	test('is decided by the access policy and goes to the output of its decision', async () => {
		const trigger = host({
			routing: 'access',
			policy: 'custom',
			refundRequestedRule: 'now',
			events: ['PURCHASE_APPROVED', 'PURCHASE_PROTEST', 'PURCHASE_COMPLETE'],
		});
		await trigger.poll();
		const { transaction } = await life().buy({ email: 'policy@example.com', productId: songwriting });
		const eventsOfOutputs = async () => {
			await trigger.poll();
			return trigger.outputs.map(eventsOf);
		};
		expect(await eventsOfOutputs()).toEqual([['PURCHASE_APPROVED'], [], [], []]);
		await life().requestRefund(transaction);
		expect(await eventsOfOutputs()).toEqual([[], ['PURCHASE_PROTEST'], [], []]);
		// An approval that only the refund request shows: the policy says whether it still opens anything
		const none = await life().buy({ email: 'none@example.com', productId: songwriting });
		await life().requestRefund(none.transaction);
		expect(await eventsOfOutputs()).toEqual([[], ['PURCHASE_PROTEST'], [], ['PURCHASE_APPROVED']]);
		trigger.parameters.policy = 'hotmart';
		const later = await life().buy({ email: 'usual@example.com', productId: songwriting });
		await life().requestRefund(later.transaction);
		expect(await eventsOfOutputs()).toEqual([['PURCHASE_APPROVED'], [], [], ['PURCHASE_PROTEST']]);
	});

	test('goes to the output of its event or of its kind', async () => {
		const trigger = host({ routing: 'event', events: ['PURCHASE_REFUNDED', 'PURCHASE_APPROVED'] });
		await trigger.poll();
		const first = await life().buy({ email: 'first@example.com', productId: songwriting });
		await life().refund(first.transaction);
		await trigger.poll();
		expect(trigger.outputs.map(eventsOf)).toEqual([['PURCHASE_REFUNDED'], ['PURCHASE_APPROVED']]);
		trigger.parameters.routing = 'kind';
		const { subscriberCode } = await life().buy({ email: 'plan@example.com', productId: guitar, planId: monthly });
		await trigger.poll();
		await life().renew(subscriberCode!);
		const once = await life().buy({ email: 'once@example.com', productId: songwriting });
		await trigger.poll();
		expect(trigger.outputs.map((items) => items.map(({ purchase }) => purchase?.kind))).toEqual([
			['oneTime'],
			[],
			['renewal'],
			[],
			[],
			[],
		]);
		await life().refund(once.transaction);
		await trigger.poll();
		expect(trigger.outputs.map(eventsOf)).toEqual([[], [], [], [], ['PURCHASE_REFUNDED'], []]);
	});

	test('must pass the filters by kind and by payment', async () => {
		const trigger = host({ events: ['PURCHASE_APPROVED'], filters: { kinds: ['renewal', 'first'] } });
		await trigger.poll();
		const emails = async () => (await trigger.poll()).map(({ student }) => student.email);
		await life().buy({ email: 'once@example.com', productId: songwriting });
		await life().buy({ email: 'plan@example.com', productId: guitar, planId: monthly });
		expect(await emails()).toEqual(['plan@example.com']);
		trigger.parameters.filters = { paymentTypes: ['PIX'] };
		await life().buy({ email: 'card@example.com', productId: songwriting });
		await life().buy({ email: 'pix@example.com', productId: songwriting, paymentType: 'PIX' });
		expect(await emails()).toEqual(['pix@example.com']);
	});

	test('offers no filter by what the API does not tell', () => {
		const optionsOf = (fields: INodeProperties[]) =>
			fields.find(({ name }) => name === 'filters')!.options!.map(({ name }) => name);
		const own = optionsOf(new HotmartPollingTrigger().description.properties);
		const all = optionsOf(new HotmartTrigger().description.properties);
		expect(own).toEqual(all.filter((name) => name !== 'orderBumps'));
		expect(all).toContain('orderBumps');
	});
});

describe('what is lost nowhere', () => {
	test('n8n stopped for a day, or for months', async () => {
		const trigger = host();
		await trigger.poll();
		trigger.restart();
		time.pass(HOUR);
		const { transaction } = await life().buy({ email: 'day@example.com', productId: songwriting });
		time.pass(DAY);
		await life().refund(transaction);
		trigger.restart();
		expect(eventsOf(await trigger.poll())).toEqual(['PURCHASE_APPROVED', 'PURCHASE_REFUNDED']);
		await life().buy({ email: 'months@example.com', productId: songwriting });
		time.pass(100 * DAY);
		trigger.restart();
		expect(eventsOf(await trigger.poll())).toEqual(['PURCHASE_APPROVED']);
	});

	test('n8n dies before the run begins: the item comes again; after a restart it does not come twice', async () => {
		const trigger = host();
		await trigger.poll();
		await life().buy({ email: 'crash@example.com', productId: songwriting });
		expect(await trigger.pollAndDie(false)).toBe(1);
		expect(await trigger.pollAndDie(true)).toBe(1);
		expect(eventsOf(await trigger.poll())).toEqual(['PURCHASE_APPROVED']);
		trigger.restart();
		expect(await trigger.poll()).toEqual([]);
		trigger.restart();
		expect(await trigger.poll()).toEqual([]);
		expect(trigger.items).toHaveLength(1);
	});

	test.each([429, 500, 503])(
		'Hotmart answers %i: the poll fails, and the next one has it',
		async (status) => {
			const trigger = host();
			await trigger.poll();
			await life().buy({ email: 'down@example.com', productId: songwriting });
			const held = JSON.stringify(trigger.held);
			emulator().fail({
				vendor: 'hotmart',
				path: /subscriptions/,
				kind: 'status',
				status,
				times: 100,
				headers: { 'RateLimit-Reset': '0' },
			});
			await expect(trigger.poll()).rejects.toThrow(String(status));
			expect(JSON.stringify(trigger.held)).toBe(held);
			emulator().reset();
		},
		60_000,
	);

	test('clocks differ by an hour, either way', async () => {
		for (const skew of [-HOUR, HOUR]) {
			emulator().clock.advance(skew);
			const trigger = host();
			await trigger.poll();
			const { transaction } = await life().buy({ email: 'clock@example.com', productId: songwriting });
			await life().refund(transaction);
			expect(eventsOf(await trigger.poll())).toEqual(['PURCHASE_APPROVED', 'PURCHASE_REFUNDED']);
			expect(await trigger.poll()).toEqual([]);
			emulator().clock.advance(-skew);
		}
	});

	test('pages that change while they are read: a sale that the first look missed is no event, later ones are', async () => {
		life().seedSales(1_200, { statuses: ['COMPLETE'], from: Date.now() - 30 * DAY });
		const trigger = host();
		await trigger.poll();
		// While pages are read, sales change their state and move between lists
		const sales = await Promise.all(
			Array.from({ length: 20 }, async (_unused, index) =>
				life().buy({ email: `page${index}@example.com`, productId: songwriting }),
			),
		);
		const [poll] = await Promise.all([
			trigger.poll(),
			(async () => {
				for (const { transaction } of sales) {
					await life().complete(transaction);
					await sleep(1);
				}
			})(),
		]);
		const all = [...poll, ...(await trigger.poll())];
		const count = (event: string) => all.filter((item) => item.event === event).length;
		expect([count('PURCHASE_APPROVED'), count('PURCHASE_COMPLETE')]).toEqual([20, 20]);
		expect(new Set(all.map(({ eventKey }) => eventKey)).size).toBe(40);
	});

	test('a wrong setting fails the poll with the name of the field', async () => {
		const trigger = host({ events: ['CLUB_FIRST_ACCESS'] });
		await expect(trigger.poll()).rejects.toThrow('"Events" contains CLUB_FIRST_ACCESS');
		trigger.parameters = { events: ['*'], firstLook: 'since', since: 'tomorrow' };
		await expect(trigger.poll()).rejects.toThrow('"Catch Up Since" cannot be "tomorrow"');
	});
});

describe('what it costs', () => {
	/** A school of subscriptions that are paid monthly, and so of the payments of 45 days. */
	function seedSchool(subscriptions: number) {
		life().seedSubscriptions(subscriptions, { from: Date.now() - 900 * DAY });
		life().seedSales(1.5 * subscriptions, { statuses: ['COMPLETE'], from: Date.now() - 45 * DAY });
	}

	// The numbers are those of the docs
	test('a poll of a school with 1,000 subscriptions makes 16 requests, under 5 % of the limit at one a minute', async () => {
		seedSchool(1_000);
		const trigger = host();
		await trigger.poll();
		for (let minute = 0; minute < 5; minute++) {
			time.pass(60_000);
			const before = listings();
			await trigger.poll();
			expect(listings() - before).toBe(16);
		}
	});

	test('with 100,000 subscriptions a whole look makes 520, the next poll 25, and it still sees a new sale', async () => {
		seedSchool(100_000);
		const trigger = host();
		const start = listings();
		await trigger.poll();
		expect(listings() - start).toBe(520);
		time.pass(60_000);
		await life().buy({ email: 'now@example.com', productId: songwriting });
		const before = listings();
		expect(eventsOf(await trigger.poll())).toEqual(['PURCHASE_APPROVED']);
		expect(listings() - before).toBe(25);
	}, 300_000);

	test('whole looks are so rare that they make at most 25 requests per minute on average', async () => {
		seedSchool(4_000);
		const trigger = host();
		const start = listings();
		await trigger.poll();
		const whole = listings() - start;
		expect(whole).toBeGreaterThan(25);
		const isWhole = [];
		for (let minute = 1; minute <= 4; minute++) {
			time.pass(60_000);
			const before = listings();
			await trigger.poll();
			isWhole.push(listings() - before >= whole);
		}
		expect(isWhole).toEqual([false, true, false, true]);
	});

	test('the memory holds only what is within the look-back, in few bytes', async () => {
		life().seedSales(5_000, { statuses: ['COMPLETE'], from: Date.now() - 400 * DAY });
		const trigger = host();
		await trigger.poll();
		const memory = trigger.held.memory as { sales: IDataObject };
		const size = Object.keys(memory.sales).length;
		expect(size).toBeGreaterThan(300);
		expect(size).toBeLessThan(700);
		expect(JSON.stringify(memory).length / size).toBeLessThan(60);
		time.pass(100 * DAY);
		await trigger.poll();
		time.pass(DAY);
		await trigger.poll();
		expect(Object.keys((trigger.held.memory as { sales: IDataObject }).sales)).toEqual([]);
	});
});
