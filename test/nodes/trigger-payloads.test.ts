import axios from 'axios';
import { DataDeduplicationService } from 'n8n-core';
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { HotmartItem } from '../../nodes/Hotmart/trigger/item';
import { EVENTS } from '../../nodes/Hotmart/trigger/events';
import { DEMO } from '../emulator/seed';
import { CredentialStore, Deduplicator, publish, type OneNode } from './n8n';
import { demoCredentials, useEmulator } from './setup';
import { hostTrigger, type TriggerHost } from './trigger-host';

/*
 * What real payloads look like, in both versions of the webhook: bodies as public captures have them, and what the trigger must
 * make of them.
 */

const emulator = useEmulator();
const { hottok } = DEMO.hotmart;

beforeAll(async () => await DataDeduplicationService.init(new Deduplicator()));

let host: TriggerHost;
beforeEach(async () => {
	host = await hostTrigger(demoCredentials(emulator()));
	host.parameters.options = { includeExtra: true, skipDuplicates: false };
});
afterEach(async () => await host.close());

const post = async (body: unknown) =>
	await axios.post(host.url, body, { headers: { 'X-HOTMART-HOTTOK': hottok }, validateStatus: () => true });

/** The item that a body becomes, or undefined when it starts nothing. */
const received = async (body: unknown): Promise<HotmartItem | undefined> => {
	host.executions.length = 0;
	expect((await post(body)).status).toBe(200);
	return host.items()[0] as unknown as HotmartItem | undefined;
};
const itemOf = async (body: unknown): Promise<HotmartItem> => (await received(body))!;

const ARRIVED = 1_785_680_478_242;
const BUYER = { email: 'joana@example.com', name: 'Joana Prado' };
const COURSE = { id: 7_295_817, ucode: 'fb056612-bcc6-4217-9e6d-2a5d1110ac2f', name: 'Curso de Violão' };

const event = (name: string, data: IDataObject, changes: IDataObject = {}): IDataObject => ({
	id: 'b1d7b1f4-0000-4000-8000-000000000003',
	creation_date: ARRIVED,
	event: name,
	version: '2.0.0',
	data,
	...changes,
});

/** An approved first payment of a subscription, with changes to its parts. */
const approved = (changes: Record<string, IDataObject> = {}, name = 'PURCHASE_APPROVED'): IDataObject => {
	const parts: Record<string, IDataObject> = {
		product: COURSE,
		buyer: BUYER,
		purchase: {
			transaction: 'HP1821650288',
			status: 'APPROVED',
			price: { value: 2846.96, currency_value: 'BRL' },
			offer: { code: 'iscvy6s8' },
			recurrence_number: 1,
		},
		subscription: { status: 'ACTIVE', plan: { id: 1_276_872, name: 'Anual' }, subscriber: { code: '5QDJ8WXJ' } },
	};
	const data = { ...parts };
	for (const [part, change] of Object.entries(changes)) data[part] = { ...parts[part], ...change };
	return event(name, data);
};
const bought = (purchase: IDataObject, name?: string) => approved({ purchase }, name);

/** The same as a form of version 1.0.0. */
const form = (changes: Record<string, string> = {}) =>
	new URLSearchParams({
		status: 'approved',
		prod: '1355458',
		prod_name: 'Curso',
		transaction: 'HP2000000001',
		price: '97.00',
		email: 'ana@example.com',
		name: 'Ana Souza',
		...changes,
	});

const NO_DECISION = { decision: 'none', effectiveAt: null, until: null };

describe('telephone numbers', () => {
	const phoneOf = async (code: string, number: string, country?: string) => {
		const address = country === undefined ? {} : { address: { country_iso: country } };
		const { student, extra } = await itemOf(
			approved({ buyer: { checkout_phone_code: code, checkout_phone: number, ...address } }),
		);
		const { checkout_phone_code: extraCode, checkout_phone: extraNumber } = (extra.buyer ?? {}) as IDataObject;
		return {
			phone: student.phone,
			parts: [extraCode, extraNumber].filter((part) => part !== undefined && part !== ''),
		};
	};

	test.each([
		['41', '41999998888', 'BR', '+5541999998888'],
		['011', '99876-5432', 'BR', '+5511998765432'],
		['+55', '11 98765-4321', undefined, '+5511987654321'],
		['+55', '11 98765-4321', 'BR', '+5511987654321'],
		['(11)', '(11) 98765-4321', 'BR', '+5511987654321'],
		['21', '021999998888', 'BR', '+5521999998888'],
		['5511', '987654321', 'BR', '+5511987654321'],
		['55', '11987654321', 'BR', '+5511987654321'],
		// The area code 55 is not the country's
		['55', '999998888', 'BR', '+5555999998888'],
		['55', '55999998888', 'BR', '+5555999998888'],
		['', '5511987654321', undefined, '+5511987654321'],
		['', '551131234567', 'BR', '+551131234567'],
		['11', '999998888', 'BR', '+5511999998888'],
		['31', '31234567', 'BR', '+553131234567'],
		['31', '3131234567', 'BR', '+553131234567'],
		['', '+1 707 555-0164', 'BR', '+17075550164'],
		['', '17075550164', 'US', '+17075550164'],
		['', '707 555 0164', 'US', '+17075550164'],
		['351', '912 345 678', 'PT', '+351912345678'],
		['', '351912345678', 'PT', '+351912345678'],
		['', '34600123456', 'ES', '+34600123456'],
		['57', '573001234567', 'CO', '+573001234567'],
	])('%p and %p in %p become the international number %s, and the parts stay', async (code, number, country, phone) => {
		expect(await phoneOf(code, number, country)).toEqual({ phone, parts: [code, number].filter(Boolean) });
	});

	test.each([
		['11', '999998888', '11999998888', false],
		['31', '31234567', '3131234567', false],
		['', '17075550164', '17075550164', false],
		['41', '41999998888', '41999998888', true],
		['011', '99876-5432', '11998765432', true],
		['0', '999998888', '999998888', true],
		['999999999', '99999999900', '99999999900', true],
	])('%p and %p where no country is known are the digits %s', async (code, number, phone, isChanged) => {
		expect(await phoneOf(code, number)).toEqual({ phone, parts: isChanged ? [code, number] : [] });
	});

	test.each([
		['0', '0'],
		['00', ''],
		['', '0'],
		['0', '000'],
	])('%p and %p are none', async (code, number) => {
		const { phone, parts } = await phoneOf(code, number, 'BR');
		expect(phone).toBeNull();
		expect(parts).toEqual([code, number].filter(Boolean));
	});

	test('the country may be that of the checkout, by its name, and in version 1.0.0 of the address', async () => {
		const phone = { checkout_phone_code: '11', checkout_phone: '999998888' };
		const inCheckout = approved({ buyer: phone, purchase: { checkout_country: { name: 'Brasil', iso: 'BR' } } });
		expect((await itemOf(inCheckout)).student.phone).toBe('+5511999998888');
		const inAddress = approved({ buyer: { ...phone, address: { country: 'Brasil' } } });
		expect((await itemOf(inAddress)).student.phone).toBe('+5511999998888');
		const flat = form({
			phone_checkout_local_code: '41',
			phone_checkout_number: '41999998888',
			address_country: 'Brasil',
		});
		expect((await itemOf(flat)).student.phone).toBe('+5541999998888');
	});
});

describe('dates', () => {
	const chargedAt = async (date: unknown) => {
		const { subscription, access, extra } = await itemOf(bought({ date_next_charge: date } as IDataObject));
		return {
			read: subscription!.nextChargeAt,
			until: access.until,
			kept: (extra.purchase as IDataObject | undefined)?.date_next_charge,
		};
	};

	test.each([
		['2036-09-05T12:00:00Z', '2036-09-05T12:00:00.000Z'],
		['2036-09-05T12:00:00-03:00', '2036-09-05T15:00:00.000Z'],
		['2036-09-05 12:00:00', '2036-09-05T12:00:00.000Z'],
		['2036-09-05', '2036-09-05T00:00:00.000Z'],
		[2_104_142_400_000, '2036-09-04T12:00:00.000Z'],
		['2104142400000', '2036-09-04T12:00:00.000Z'],
		[2_104_142_400, '2036-09-04T12:00:00.000Z'],
	])('%p is %s', async (date, read) => {
		expect(await chargedAt(date)).toEqual({ read, until: read, kept: undefined });
	});

	test.each([
		'05/09/2036',
		'05-09-2036',
		'2036/09/05',
		'2036',
		'20360905',
		'2036-09',
		'2036-02-30T10:00:00Z',
		'5 Sep 2036',
		2036,
		20_360_905,
		0,
		'0',
		-1_785_680_478_242,
	])('%p is none: null, and kept', async (date) => {
		expect(await chargedAt(date)).toEqual({ read: null, until: null, kept: date });
	});

	test.each([0, -5, '2026/08/02', '02-08-2026'])('an event that is made at %p has no such time', async (creation) => {
		const { createdAt, access, extra } = await itemOf({ ...approved(), creation_date: creation });
		expect({ createdAt, kept: extra.creation_date }).toEqual({ createdAt: null, kept: creation });
		expect(Date.parse(access.effectiveAt!)).toBeGreaterThan(Date.UTC(2026, 0));
	});
});

describe('money', () => {
	test.each([
		['1.234,56', 1234.56],
		['1,234.56', 1234.56],
		['97,00', 97],
		['97.00', 97],
		['97', 97],
		['0,5', 0.5],
		['1.234.567,89', 1_234_567.89],
		['1 234,56', 1234.56],
		['R$ 1.234,56', 1234.56],
		['97,00 BRL', 97],
		['-97,00', -97],
		[2846.96, 2846.96],
	])('%p is %p, in both versions', async (value, amount) => {
		const { purchase, extra } = await itemOf(bought({ price: { value, currency_value: 'BRL' } }));
		expect([purchase!.price, extra]).toEqual([{ value: amount, currency: 'BRL' }, {}]);
		const flat = await itemOf(form({ price: String(value), full_price: String(value), currency: 'BRL' }));
		const expected = { value: amount, currency: 'BRL' };
		expect(flat.purchase).toMatchObject({ price: expected, fullPrice: expected });
	});

	test.each(['1.234', '1,234', '12,34,56', 'free', '1.234,567'])(
		'%p can be read in two ways or not at all: null, and kept',
		async (value) => {
			const price = { value, currency_value: 'BRL' };
			const { purchase, extra } = await itemOf(bought({ price }));
			expect([purchase!.price, extra]).toEqual([null, { purchase: { price } }]);
		},
	);

	test.each(['currency', 'currency_code_from', 'currency_code_from_'])('a form has the currency in %s', async (key) => {
		expect((await itemOf(form({ [key]: 'BRL' }))).purchase!.price).toEqual({ value: 97, currency: 'BRL' });
	});
});

describe('invisible characters', () => {
	test.each(['\u200B', '\uFEFF', '\u00A0', '\u00AD', '\u2060', '\u200D', '\u202C', '\u3164', '\u034F'])(
		'%j in an address is removed, in both versions',
		async (character) => {
			for (const email of [
				BUYER.email + character,
				character + BUYER.email,
				BUYER.email.replace('@', `${character}@`),
			]) {
				expect((await itemOf(approved({ buyer: { email } }))).student.email).toBe(BUYER.email);
				expect((await itemOf(form({ email }))).student.email).toBe(BUYER.email);
			}
		},
	);
});

describe('an order bump', () => {
	const HP = 'HP1821650288';
	test.each([
		[{ is_order_bump: true }, false],
		[{ is_order_bump: true, parent_purchase_transaction: HP }, false],
		[{ is_order_bump: true, parent_purchase_transaction: ` ${HP.toLowerCase()} ` }, false],
		[{ is_order_bump: true, parent_purchase_transaction: '' }, false],
		[{ is_order_bump: true, parent_purchase_transaction: null }, false],
		[{ is_order_bump: false }, false],
		[{ is_order_bump: true, parent_purchase_transaction: 'HP1821650289' }, true],
		[{ is_order_bump: 'true', parent_purchase_transaction: 'HP1821650289' }, true],
	])('%j: %p, and the filter says the same', async (mark, isBump) => {
		const body = bought({ order_bump: mark as IDataObject });
		expect((await itemOf(body)).purchase!.orderBump).toBe(isBump);
		host.parameters.filters = { orderBumps: 'exclude' };
		expect((await received(body)) === undefined).toBe(isBump);
		host.parameters.filters = { orderBumps: 'only' };
		expect((await received(body)) === undefined).toBe(!isBump);
	});

	test.each([
		[{ order_bump: 'true', parent_purchase_transaction: 'HP2000000001' }, false],
		[{ order_bump: 'true', parent_purchase_transaction: '' }, false],
		[{ order_bump: 'true', parent_purchase_transaction: 'HP2000000000' }, true],
	])('of version 1.0.0, %j: %p', async (mark, isBump) => {
		expect((await itemOf(form(mark))).purchase!.orderBump).toBe(isBump);
	});
});

describe('shapes that drifted', () => {
	const plans = (...current: unknown[]) =>
		current.map((mark, index) => ({
			id: index + 1,
			name: `Plan ${index + 1}`,
			offer: { key: `offer${index + 1}` },
			current: mark,
		}));
	const switched = (subscription: IDataObject, list: unknown[], others: IDataObject = {}) =>
		event('SWITCH_PLAN', {
			switch_plan_date: ARRIVED,
			subscription: { subscriber_code: '5QDJ8WXJ', status: 'ACTIVE', product: COURSE, ...subscription },
			plans: list,
			...others,
		} as IDataObject);
	const user = { user: { email: BUYER.email } };

	test.each(['PURCHASE_REFUNDED', 'PURCHASE_CHARGEBACK', 'PURCHASE_DELAYED', 'PURCHASE_APPROVED'])(
		'%s without a buyer acts on nobody, and says of whom it is',
		async (name) => {
			const { data, ...envelope } = approved({}, name);
			const { buyer, ...others } = data as IDataObject;
			expect(buyer).toEqual(BUYER);
			const item = await itemOf({ ...envelope, data: others });
			expect(item).toMatchObject({
				access: { ...NO_DECISION, reason: 'studentUnknown' },
				student: { email: null },
				subscription: { subscriberCode: '5QDJ8WXJ' },
			});
		},
	);

	test.each(['SWITCH_PLAN', 'SUBSCRIPTION_CANCELLATION'])('%s without a person acts on nobody', async (name) => {
		const body =
			name === 'SWITCH_PLAN'
				? switched({}, plans(true, false))
				: event(name, { product: COURSE, subscriber: { code: '5QDJ8WXJ' }, cancellation_date: ARRIVED });
		expect(await itemOf(body)).toMatchObject({
			access: { ...NO_DECISION, reason: 'studentUnknown' },
			subscription: { subscriberCode: '5QDJ8WXJ' },
		});
	});

	test.each([
		[1, 0],
		['1', '0'],
		['true', 'false'],
		[true, false],
	])('a switch marks the plans with %p and %p, in any order', async (yes, no) => {
		const now = { id: 1, name: 'Plan 1', previousId: 2, previousName: 'Plan 2' };
		expect(await itemOf(switched(user, plans(yes, no)))).toMatchObject({
			access: { decision: 'switch' },
			plan: now,
			offer: { code: 'offer1', previousCode: 'offer2' },
		});
		expect((await itemOf(switched(user, plans(no, yes)))).plan).toEqual({
			id: 2,
			name: 'Plan 2',
			previousId: 1,
			previousName: 'Plan 1',
		});
	});

	test('a switch that lists five plans names the new one, and no old one', async () => {
		const { plan, access, extra } = await itemOf(switched(user, plans(false, false, true, false, false)));
		expect(access.decision).toBe('switch');
		expect(plan).toEqual({ id: 3, name: 'Plan 3', previousId: null, previousName: null });
		expect((extra.plans as IDataObject[]).map(({ id }) => id)).toEqual([1, 2, undefined, 4, 5]);
	});

	test.each<[string, IDataObject, IDataObject]>([
		['subscription.user', user, {}],
		['subscription.subscriber', { subscriber: { ...BUYER, code: '5QDJ8WXJ' } }, {}],
		['subscription.subscriber.user', { subscriber: { user: BUYER } }, {}],
		['subscriber', {}, { subscriber: BUYER }],
		['user', {}, { user: BUYER }],
		['buyer', {}, { buyer: BUYER }],
		['purchase.buyer', {}, { purchase: { buyer: BUYER } }],
	])('the person of a switch may be at %s', async (_place, subscription, others) => {
		const { access, student } = await itemOf(switched(subscription, plans(true, false), others));
		expect({ decision: access.decision, email: student.email }).toEqual({ decision: 'switch', email: BUYER.email });
	});

	test('a missed payment without dates takes effect when it arrives', async () => {
		const { data, event: name } = approved({}, 'PURCHASE_DELAYED');
		const before = Date.now();
		const { access, createdAt } = await itemOf({ event: name, data } as IDataObject);
		expect({ decision: access.decision, reason: access.reason, createdAt }).toEqual({
			decision: 'revoke',
			reason: 'paymentOverdue',
			createdAt: null,
		});
		expect(Date.parse(access.effectiveAt!)).toBeGreaterThanOrEqual(before);
	});
});

describe('several products', () => {
	const [first, second] = [
		{ id: 5, ucode: 'a0000000-0000-4000-8000-000000000005', name: 'Book' },
		{ id: 6, ucode: 'a0000000-0000-4000-8000-000000000006', name: 'Pen' },
	];
	const order = event('ORDER_FULFILLMENT', {
		purchase: { transaction: 'HP1', status: 'APPROVED', shopper: BUYER },
		line_items: [
			{ offer: { code: 'offer001' }, product: first, quantity: 1 },
			{ offer: { code: 'offer002' }, product: second, quantity: 2 },
		],
	});
	const combo = approved({ product: { content: { has_physical_products: false, products: [first, second] } } });

	test('an order names the products of all its lines, a combo itself and its contents', async () => {
		expect(await itemOf(order)).toMatchObject({ product: first, products: [first, second], student: BUYER });
		expect(await itemOf(combo)).toMatchObject({ product: COURSE, products: [COURSE, first, second] });
		expect((await itemOf(approved())).products).toEqual([COURSE]);
	});

	test.each<[string, INodeParameters]>([
		['the ID of the second', { products: 'selected', productIds: '6' }],
		['its ucode', { products: 'selected', productIds: second.ucode }],
		['its name', { filters: { productNames: 'PEN' } }],
	])('filters match any of them: %s', async (_name, parameters) => {
		Object.assign(host.parameters, parameters);
		for (const body of [order, combo]) expect(await received(body)).toBeDefined();
		expect(await received(approved())).toBeUndefined();
	});

	test('the filter by offer takes any line of an order', async () => {
		host.parameters.filters = { offerCodes: 'offer002' };
		expect(await received(order)).toBeDefined();
		host.parameters.filters = { offerCodes: 'offer003' };
		expect(await received(order)).toBeUndefined();
	});
});

describe('states of version 1.0.0', () => {
	test.each([
		['approved', 'PURCHASE_APPROVED', 'grant', 'purchaseApproved'],
		['completed', 'PURCHASE_COMPLETE', 'none', 'refundPeriodOver'],
		['overdue', 'PURCHASE_DELAYED', 'revoke', 'paymentOverdue'],
		['delayed', 'PURCHASE_DELAYED', 'revoke', 'paymentOverdue'],
		['protested', 'PURCHASE_PROTEST', 'none', 'refundRequested'],
		['dispute', 'PURCHASE_PROTEST', 'none', 'refundRequested'],
		['partially_refunded', 'PURCHASE_REFUNDED', 'none', 'partiallyRefunded'],
		['Partially Refunded', 'PURCHASE_REFUNDED', 'none', 'partiallyRefunded'],
		['refunded', 'PURCHASE_REFUNDED', 'revoke', 'refunded'],
		['chargeback', 'PURCHASE_CHARGEBACK', 'revoke', 'chargedBack'],
		['billet_printed', 'PURCHASE_BILLET_PRINTED', 'none', 'paymentPending'],
		['wayting_payment', 'PURCHASE_BILLET_PRINTED', 'none', 'paymentPending'],
		['canceled', 'PURCHASE_CANCELED', 'none', 'paymentRefused'],
		['expired', 'PURCHASE_EXPIRED', 'none', 'paymentExpired'],
	])('%s is the event %s: %s, %s', async (status, name, decision, reason) => {
		expect(await itemOf(form({ status }))).toMatchObject({ event: name, access: { decision, reason } });
	});
});

describe("marketers' fields", () => {
	const tracking = {
		source: 'instagram',
		sck: 'campaign-7',
		xcod: 'x1',
		utmSource: 'meta',
		utmMedium: 'cpc',
		utmCampaign: 'launch',
		utmContent: 'video',
		utmTerm: 'violão',
	};
	const marks = {
		src: 'instagram',
		sck: 'campaign-7',
		xcod: 'x1',
		utm_source: 'meta',
		utm_medium: 'cpc',
		utm_campaign: 'launch',
		utm_content: 'video',
		utm_term: 'violão',
	};
	const codes = {
		pix_code: '00020126',
		pix_qrcode: 'https://pix.example.com/qr',
		billet_url: 'https://billet.example.com',
		billet_barcode: '34191',
		refusal_reason: 'INSUFFICIENT FUNDS',
	};
	const payment = {
		pixCode: '00020126',
		pixQrCode: 'https://pix.example.com/qr',
		boletoUrl: 'https://billet.example.com',
		boletoBarcode: '34191',
		expiresAt: '2026-08-04T00:00:00.000Z',
		refusalReason: 'INSUFFICIENT FUNDS',
	};
	const expected = { tracking, payment, affiliate: { code: 'M123', name: 'Marta' } };

	test('are the same in both versions, and not in extra', async () => {
		const expiry = { pix_expiration_date: Date.UTC(2026, 7, 4) };
		const body = bought({ origin: marks, payment: { type: 'PIX', installments_number: 1, ...codes, ...expiry } });
		(body.data as IDataObject).affiliates = [{ affiliate_code: 'M123', name: 'Marta' }];
		const modern = await itemOf(body);
		expect(modern.purchase).toMatchObject(expected);
		expect(modern.extra).toEqual({});
		const aff = { aff: 'M123', aff_name: 'Marta', pix_expiration_date: '2026-08-04T00:00:00Z' };
		const flat = await itemOf(form({ ...marks, ...codes, ...aff }));
		expect(flat.purchase).toMatchObject(expected);
		expect(flat.extra).toEqual({});
	});

	test('other spellings of the link are understood', async () => {
		expect((await itemOf(bought({ origin: { xcode: 'x1' } }))).purchase!.tracking).toMatchObject({ xcod: 'x1' });
	});

	test('are null where Hotmart sends none, or an affiliate of empty texts', async () => {
		const body = approved();
		(body.data as IDataObject).affiliates = [{ affiliate_code: '', name: '' }];
		const nothing = { tracking: null, payment: null, affiliate: null };
		expect((await itemOf(body)).purchase).toMatchObject(nothing);
		expect((await itemOf(form({ src: '', aff: '', aff_name: '', pix_code: '' }))).purchase).toMatchObject(nothing);
	});
});

describe("events of Hotmart's test button", () => {
	const NAME = 'Produto test postback2';
	const tester = { name: 'Teste Comprador', email: 'testeComprador271101postman15@example.com' };
	const sample = {
		prod: '00000',
		prod_name: NAME,
		transaction: 'HP1121336654889',
		off: 'test',
		price: '1500.00',
		purchase_date: '2017-11-27T11:49:04.000Z',
		confirmation_purchase_date: '2017-11-27T11:49:06.000Z',
		...tester,
	};
	const cart = (product: IDataObject, buyer: IDataObject) =>
		event('PURCHASE_OUT_OF_SHOPPING_CART', { affiliate: false, product, buyer, offer: { code: 'n82b9jqz' } });
	const visitor = { name: 'Postback2 teste', email: 'test@example.com' };
	const testCart = cart({ id: 123_456, name: `${NAME} com ç e á` }, visitor);
	const cart1 = (productName: string, buyerVO: IDataObject) => ({
		affiliate: false,
		userKey: 'k',
		productName,
		productId: 123_456,
		buyerVO,
		hasNegotiate: false,
	});
	const club = (user: IDataObject, product: IDataObject) =>
		event('CLUB_FIRST_ACCESS', { product, user }, { creationDate: ARRIVED });
	const TRANSACTION = 'HP16015479281022';

	const samples: Array<[string, unknown]> = [
		...Object.keys({
			approved,
			canceled: 0,
			billet_printed: 0,
			dispute: 0,
			refunded: 0,
			chargeback: 0,
			completed: 0,
			delayed: 0,
			expired: 0,
		}).map((status): [string, unknown] => [`a form, ${status}`, form({ ...sample, status })]),
		['a form with another fixed transaction', form({ ...sample, transaction: 'HP2000000009' })],
		['a cart', testCart],
		['a cart of version 1.0.0', cart1(`${NAME} com ç e á`, visitor)],
		['an ID of zeros as text', approved({ product: { id: '0000' } as never, buyer: tester })],
		['the transaction alone', approved({ product: { id: 0 }, purchase: { transaction: TRANSACTION } })],
		['a SKU of the sandbox', approved({ product: { sku: 'HTM_SANDBOX_SKU' } })],
		['a variant of the sandbox', bought({ variants: { sku: 'HTM_SANDBOX_1', attributes: [] } })],
		[
			'a cancellation',
			event('SUBSCRIPTION_CANCELLATION', {
				product: { id: 788_921, name: 'Product name com ç e á' },
				subscriber: { code: '0000aaaa', name: 'User name', email: 'test@example.com' },
				subscription: { id: 4_148_584, plan: { id: 114_680, name: 'Subscription Plan Name' } },
				cancellation_date: ARRIVED,
			}),
		],
		['a visit of the members area', club({ name: 'Test Name', email: 'test@example.com' }, { id: 0, name: NAME })],
		[
			'such a visit with another product',
			club({ name: 'Test Name', email: 'test@example.com' }, { id: 77, name: 'Area' }),
		],
	];

	test.each(samples)('%s is marked and starts no published workflow', async (_name, body) => {
		expect(await received(body)).toBeUndefined();
		host.mode = 'manual';
		expect(await received(body)).toMatchObject({ test: true });
	});

	test.each<[string, unknown]>([
		['product 123456 by another name', cart({ id: 123_456, name: 'Curso de Violão' }, BUYER)],
		['product 123456 in version 1.0.0', cart1('Curso de Violão', BUYER)],
		['product 123456 that somebody bought', approved({ product: { id: 123_456 } })],
		[
			'product 788921',
			event('SUBSCRIPTION_CANCELLATION', {
				product: { id: 788_921, name: 'Curso de Violão' },
				subscriber: { ...BUYER, code: '5QDJ8WXJ' },
				cancellation_date: ARRIVED,
			}),
		],
		['a product of that name with a real buyer', approved({ product: { name: NAME } })],
		['an offer that is called test', bought({ offer: { code: 'test' } })],
		['a student called Test Name', club({ ...BUYER, name: 'Test Name' }, COURSE)],
	])('%s is real, and starts it', async (_name, body) => {
		expect(await received(body)).toMatchObject({ test: false });
	});
});

describe('gifts', () => {
	const gift = { subscription: { subscriber: { code: '5QDJ8WXJ', name: 'Kid', email: 'kid@example.com' } } };

	test('the item names the subscriber where the event can tell, and who paid', async () => {
		expect(await itemOf(approved(gift))).toMatchObject({
			student: { email: 'kid@example.com', name: 'Kid' },
			purchase: { buyerEmail: BUYER.email },
		});
		expect(await itemOf(approved())).toMatchObject({ student: BUYER, purchase: { buyerEmail: BUYER.email } });
	});

	test.each(['PURCHASE_APPROVED', 'PURCHASE_REFUNDED', 'PURCHASE_CHARGEBACK', 'PURCHASE_DELAYED'])(
		'%s: otherwise one call of the API can tell, where the option is on',
		async (name) => {
			const { subscriberCode, transaction } = await emulator().hotmart.buy({
				...BUYER,
				subscriberEmail: 'kid@example.com',
				productId: DEMO.products.guitar,
			});
			const body = approved(
				{ purchase: { transaction }, subscription: { subscriber: { code: subscriberCode! } } },
				name,
			);
			emulator().requests.length = 0;
			expect(await itemOf(body)).toMatchObject({ student: { email: BUYER.email } });
			expect(emulator().requests).toEqual([]);
			host.parameters.options = { lookUpSubscriber: true };
			expect(await itemOf(body)).toMatchObject({
				student: { email: 'kid@example.com' },
				purchase: { buyerEmail: BUYER.email },
			});
			expect(emulator().requests.filter(({ path }) => path.startsWith('/payments'))).toHaveLength(1);
		},
	);
});

describe('a refund request that is withdrawn', () => {
	test.each<[string, Record<string, IDataObject>]>([
		...['CANCELED', 'CANCELLED', 'CANCELLED_BY_CUSTOMER', 'CANCELED_BY_ADMIN', 'canceled'].map(
			(status): [string, Record<string, IDataObject>] => [
				`the subscription is ${status}`,
				{ subscription: { status } },
			],
		),
		['the paid period is over', { purchase: { date_next_charge: ARRIVED - 1 } }],
		['it is over as text', { purchase: { date_next_charge: '2026-01-01T00:00:00Z' } }],
		['the money went back', { purchase: { status: 'REFUNDED' } }],
		['it was charged back', { purchase: { status: 'CHARGEBACK' } }],
		['the subscription lies within the purchase', { purchase: { subscription: { status: 'CANCELED' } } }],
	])('decides nothing where %s', async (_name, changes) => {
		expect((await itemOf(approved(changes))).access).toEqual({ ...NO_DECISION, reason: 'accessEnded' });
	});

	test.each<[string, Record<string, IDataObject>]>([
		['runs', { purchase: { date_next_charge: ARRIVED + 1 } }],
		['was late', { subscription: { status: 'DELAYED' } }],
		['is paid for the last time', { subscription: { status: 'EXPIRED' } }],
		['is called by an unknown word', { subscription: { status: 'PAUSED' } }],
	])('lets in where the subscription %s', async (_name, changes) => {
		expect((await itemOf(approved(changes))).access).toMatchObject({ decision: 'grant', reason: 'purchaseApproved' });
	});

	test('of version 1.0.0 counts by its arrival', async () => {
		const subscription = {
			subscriber_code: '5QDJ8WXJ',
			name_subscription_plan: 'Anual',
			subscription_status: 'active',
		};
		const paid = { ...subscription, confirmation_purchase_date: '2026-07-02T00:00:00Z' };
		const over = await itemOf(form({ ...paid, subscription_date_next_charge: '2026-08-02T00:00:00Z' }));
		expect(over.access).toEqual({ ...NO_DECISION, reason: 'accessEnded' });
		const canceled = await itemOf(form({ ...paid, subscription_status: 'canceled' }));
		expect(canceled.access).toEqual({ ...NO_DECISION, reason: 'accessEnded' });
		const old = await itemOf(form({ ...paid, signature_status: 'Canceled by client' }));
		expect(old.access).toEqual({ ...NO_DECISION, reason: 'accessEnded' });
		expect((await itemOf(form(paid))).access).toMatchObject({ decision: 'grant' });
	});
});

describe('a switch of plans that arrives after what came later', () => {
	const CODE = '5QDJ8WXJ';
	const planOf = (id: number, name: string): IDataObject => ({ id, name, offer: { key: `offer${name}` } });
	const [a, b, c] = [planOf(1, 'A'), planOf(2, 'B'), planOf(3, 'C')];
	let minute = 0;
	beforeEach(() => {
		minute = 0;
		host.parameters.options = { skipOutdated: true };
	});

	const bodyOf = {
		buy: (plan: IDataObject, at: number) => ({
			...approved({ subscription: { plan: { id: plan.id, name: plan.name } as IDataObject } }),
			creation_date: at,
		}),
		switch: (from: IDataObject, to: IDataObject, at: number) =>
			event(
				'SWITCH_PLAN',
				{
					switch_plan_date: at,
					subscription: { subscriber_code: CODE, status: 'ACTIVE', product: COURSE, user: { email: BUYER.email } },
					plans: [
						{ ...from, current: false },
						{ ...to, current: true },
					],
				},
				{ creation_date: at },
			),
		cancel: (at: number, next: number) =>
			event(
				'SUBSCRIPTION_CANCELLATION',
				{
					product: COURSE,
					subscriber: { ...BUYER, code: CODE },
					subscription: { plan: { id: b.id, name: b.name } },
					cancellation_date: at,
					date_next_charge: next,
				},
				{ creation_date: at },
			),
	};
	const at = () => ARRIVED + (minute += 1) * 60_000;

	test('leaves the old plan of what was canceled', async () => {
		const [bought, switched, canceled] = [bodyOf.buy(a, at()), bodyOf.switch(a, b, at()), bodyOf.cancel(at(), ARRIVED)];
		expect((await itemOf(bought)).access.decision).toBe('grant');
		expect((await itemOf(canceled)).access.decision).toBe('revoke');
		expect(await itemOf(switched)).toMatchObject({
			access: { decision: 'revoke', reason: 'planSwitched' },
			plan: { id: 1, name: 'A', previousId: null },
			offer: { code: 'offerA' },
		});
	});

	test('leads to the plan of a later switch, and does nothing when that is the old plan again', async () => {
		const [first, second] = [bodyOf.switch(a, b, at()), bodyOf.switch(b, c, at())];
		await itemOf(second);
		expect(await itemOf(first)).toMatchObject({ access: { decision: 'switch' }, plan: { id: 3, previousId: 1 } });
		const [third, back] = [bodyOf.switch(c, b, at()), bodyOf.switch(b, c, at())];
		await itemOf(back);
		expect(await received(third)).toBeUndefined();
	});

	test('an approval lets in who canceled later and may stay until the paid period ends, into the present plan', async () => {
		host.parameters.policy = 'paidPeriod';
		const [other, bought, canceled] = [
			bodyOf.buy(a, at()),
			bodyOf.buy(b, at()),
			bodyOf.cancel(at(), Date.now() + 86_400_000),
		];
		await itemOf(canceled);
		expect(await itemOf(bought)).toMatchObject({ access: { decision: 'grant' }, plan: { id: 2 } });
		expect(await received(other)).toBeUndefined();
	});

	test('an approval lets nobody in who canceled later and has to go at once', async () => {
		const [bought, canceled] = [bodyOf.buy(b, at()), bodyOf.cancel(at(), Date.now() + 86_400_000)];
		await itemOf(canceled);
		expect(await received(bought)).toBeUndefined();
	});

	test.each([
		['before', [1, 2]],
		['after', [2, 1]],
	] as const)(
		'an approval lets nobody in whose money went back since, when that arrived %s the cancellation that it caused',
		async (_when, order) => {
			host.parameters.policy = 'paidPeriod';
			const [bought, lost] = [bodyOf.buy(b, at()), { ...approved({}, 'PURCHASE_CHARGEBACK'), creation_date: at() }];
			const late = [bought, lost, bodyOf.cancel(at(), Date.now() + 86_400_000)];
			for (const index of order) expect((await itemOf(late[index])).access.decision).toBe('revoke');
			expect(await received(bought)).toBeUndefined();
			// What was paid after the chargeback counts, although a cancellation came later still.
			const again = bodyOf.buy(b, lost.creation_date + 1);
			expect(await itemOf(again)).toMatchObject({ access: { decision: 'grant' } });
		},
	);

	test('a refund ends nothing that was paid for after it, although what came later still was a cancellation', async () => {
		host.parameters.policy = 'paidPeriod';
		const [refunded, paid] = [{ ...approved({}, 'PURCHASE_REFUNDED'), creation_date: at() }, bodyOf.buy(b, at())];
		await itemOf(bodyOf.cancel(at(), Date.now() + 86_400_000));
		expect(await itemOf(paid)).toMatchObject({ access: { decision: 'grant' } });
		expect(await received(refunded)).toBeUndefined();
		const since = { ...approved({}, 'PURCHASE_REFUNDED'), creation_date: paid.creation_date + 1 };
		expect(await itemOf(since)).toMatchObject({ access: { decision: 'revoke' } });
	});

	test('is as it came while access goes on until the paid period ends', async () => {
		host.parameters.policy = 'paidPeriod';
		const [switched, canceled] = [bodyOf.switch(a, b, at()), bodyOf.cancel(at(), Date.now() + 86_400_000)];
		await itemOf(canceled);
		expect(await itemOf(switched)).toMatchObject({ access: { decision: 'switch' }, plan: { id: 2, previousId: 1 } });
	});
});

describe('filters', () => {
	const passes = async (parameters: INodeParameters, body: unknown = approved()) => {
		Object.assign(host.parameters, { products: 'all', productIds: '', filters: {} }, parameters);
		return (await received(body)) !== undefined;
	};
	const plan = (name: string) => approved({ subscription: { plan: { id: 9, name } } });

	test.each([
		['anual', 'Anual', true],
		['ANUAL', 'Anual', true],
		['Gold, anual', 'Gold, anual', true],
		['Gold, Anual', 'anual', true],
		['Silver; Gold, anual', 'Gold, anual', true],
		['Silver\nGold, anual', 'Gold, anual', true],
		['Silver; anual', 'Anual', true],
		['Silver\r\nanual', 'Anual', true],
		['violão'.normalize('NFD'), 'Violão', true],
		['VIOLÃO', 'violão'.normalize('NFD'), true],
		['1276872', 'Anual', false],
		['9', 'Anual', true],
		['anu', 'Anual', false],
		['Silver', 'Anual', false],
	])('the plans %j let one called %j in: %p', async (plans, name, isPassing) => {
		expect(await passes({ filters: { plans } }, plan(name))).toBe(isPassing);
	});

	test.each([
		['7295817', true],
		['1; 7295817', true],
		['1, 7295817', true],
		['1\n7295817\n', true],
		['07295817', true],
		[COURSE.ucode, true],
		[COURSE.ucode.toUpperCase(), true],
		['={{ [1, 7295817] }}', true],
		['={{ 7295817 }}', true],
		['=1, {{ 7295817 }}', true],
		['1; 2', false],
	])('the product IDs %j: %p', async (productIds, isPassing) => {
		expect(await passes({ products: 'selected', productIds })).toBe(isPassing);
	});

	test.each([
		['Curso de Violão', true],
		['curso de violão'.normalize('NFD'), true],
		['Outro; CURSO DE VIOLÃO', true],
		['Outro', false],
	])('the product names %j: %p', async (productNames, isPassing) => {
		expect(await passes({ filters: { productNames } })).toBe(isPassing);
	});

	test.each([
		['iscvy6s8', true],
		['ISCVY6S8', true],
		['ab12cd34; iscvy6s8', true],
		['ab12cd34\niscvy6s8', true],
		['ab12cd34', false],
	])('the offer codes %j: %p', async (offerCodes, isPassing) => {
		expect(await passes({ filters: { offerCodes } })).toBe(isPassing);
	});

	const canceled = (productName: string) => ({
		subscriptionId: 1,
		subscriberCode: '5QDJ8WXJ',
		cancellationDate: '2026-08-02T10:00:00Z',
		userName: 'Ana',
		userEmail: 'ana@example.com',
		productName,
	});
	test.each([
		['1355458', {}, 'Outro Curso', false],
		['1355458', {}, 'Curso', false],
		['1355458', { productNames: 'Curso' }, 'Outro Curso', false],
		['1355458', { productNames: 'curso' }, 'Curso', true],
	])(
		'products %j and %j with a cancellation of version 1.0.0 that only names %j: %p',
		async (productIds, filters, name, isPassing) => {
			expect(await passes({ products: 'selected', productIds, filters }, canceled(name))).toBe(isPassing);
		},
	);

	describe('that can never match are refused when the workflow is published, and start nothing', () => {
		test.each<[INodeParameters, RegExp]>([
			[{ products: 'selected', productIds: 'Curso de Violão' }, /"Product IDs" cannot match "curso de violão"/],
			[{ products: 'selected', productIds: '7295817; abc' }, /"Product IDs" cannot match "abc"/],
			[{ products: 'selected', productIds: '7295817.5' }, /"Product IDs" cannot match "7295817.5"/],
			[{ products: 'selected', productIds: '-1' }, /"Product IDs" cannot match "-1"/],
			[{ products: 'selected', productIds: '0' }, /"Product IDs" cannot match "0"/],
			[{ products: 'selected', productIds: ' , ' }, /Choose the products, or All/],
			[{ products: 'some' }, /"Products" cannot be "some"/],
			[{ filters: { offerCodes: 'Summer Sale' } }, /"Offer Codes" cannot match "summer sale"/],
			[{ filters: { paymentTypes: ['Credit Card'] } }, /"Payment Types" cannot match "credit card"/],
			[{ filters: { kinds: ['first', 'second'] } }, /"Purchase Kinds" cannot be "second"/],
			[{ filters: { orderBumps: 'yes' } }, /"Order Bumps" cannot be "yes"/],
			[{ events: ['Purchase Approved'] }, /"Events" cannot match "PURCHASE APPROVED"/],
		])('%j', async (parameters, message) => {
			Object.assign(host.parameters, parameters);
			await expect(publish(trigger())).rejects.toThrow(message);
			expect((await post(approved())).status).toBe(503);
			expect(host.items()).toEqual([]);
		});

		test('no event at all', async () => {
			host.parameters.events = [];
			await expect(publish(trigger())).rejects.toThrow('Choose the events, or All Events');
		});

		test('and others are not', async () => {
			Object.assign(host.parameters, { products: 'selected', productIds: `7295817; ${COURSE.ucode}` });
			host.parameters.filters = { plans: 'Gold, anual', offerCodes: 'iscvy6s8', paymentTypes: ['PIX', 'NEW_TYPE'] };
			await publish(trigger());
		});
	});

	const trigger = (): OneNode => ({
		node: 'hotmartTrigger',
		parameters: host.parameters,
		credentials: host.credentials,
	});

	test.each<INodeParameters>([
		{ events: '={{ $json.none.of.it }}' },
		{ products: '={{ $("Nowhere").first().json.all }}' },
		{ products: 'selected', productIds: '={{ $json.none.of.it }}' },
		{ products: 'selected', productIds: '=7295817, {{ $json.none.of.it }}' },
		{ products: 'selected', selectedProducts: '={{ $vars.none }}' },
		{ filters: { plans: '=Anual, {{ $json.none.of.it }}' } },
		{ filters: { plans: '={{ "Anual" }} {{ $json.none.of.it }}' } },
		{ filters: { plans: '={{ $json.none.of.it }}' } },
		{ filters: { plans: '={{ (() => { throw new Error("no") })() }}' } },
		{ filters: { productNames: '={{ undefined }}' } },
		{ filters: { offerCodes: '={{ "" }}' } },
		{ filters: { kinds: '={{ [] }}' } },
		{ filters: { paymentTypes: '={{ null }}' } },
		{ filters: { orderBumps: '={{ $json.none.of.it }}' } },
		{ policy: '={{ $json.none.of.it }}' },
	])('whose expression fails: 503, and an execution that shows the error (%j)', async (parameters) => {
		Object.assign(host.parameters, parameters);
		expect((await post(approved())).status).toBe(503);
		expect(host.items()).toEqual([]);
		expect(host.errors).toHaveLength(1);
		expect(host.errors[0]).toMatch(/gives nothing|cannot be|Referenced node doesn't exist/);
	});

	test('whose expression fails do not matter to an event that was not chosen', async () => {
		Object.assign(host.parameters, { events: ['PURCHASE_REFUNDED'], policy: '={{ $json.none.of.it }}' });
		expect(await post(approved())).toMatchObject({
			status: 200,
			data: { message: expect.stringMatching(/does not listen/) },
		});
		expect(host.errors).toEqual([]);
	});

	test.each([
		['APPROVED', 1],
		['REFUNDED', 0],
	])('of events by an expression within the list: PURCHASE_%s lets %i pass', async (name, count) => {
		host.parameters.events = ['PURCHASE_CANCELED', `={{ "PURCHASE_" + "${name}" }}`];
		expect((await post(approved())).status).toBe(200);
		expect(host.items()).toHaveLength(count);
	});
});

describe('a credential that was deleted', () => {
	/** As n8n answers when its database no longer has the credential. */
	class DeletedCredential extends CredentialStore {
		override getDecrypted = async (): Promise<never> => {
			throw new Error('Credential with ID "1" does not exist for type "hotmartWebhookApi".');
		};
	}

	test.each([
		['{} without a hottok', {}, {}],
		['{} with the right one', {}, { 'X-HOTMART-HOTTOK': hottok }],
		['an event', approved(), { 'X-HOTMART-HOTTOK': hottok }],
	])('%s, five times: 503 and no execution', async (_name, body, headers) => {
		host.credentials = new DeletedCredential({});
		for (let time = 0; time < 5; time++) {
			const { status, data } = await axios.post(host.url, body, {
				headers: { ...headers },
				validateStatus: () => true,
			});
			expect(status).toBe(503);
			expect(data.message).toBe('n8n cannot read the Hotmart Webhook credential of this workflow');
		}
		expect(host.executions).toEqual([]);
	});
});

describe('the hottok', () => {
	test.each<[string, (secret: string) => IDataObject]>([
		['another key', (secret) => ({ webhook_token: secret })],
		['a key in another case', (secret) => ({ HotTok: secret, HOTTOK: secret })],
		['a key with other characters', (secret) => ({ hot_tok: secret, 'x-hotmart-hottok': secret })],
		['upper case', (secret) => ({ note: secret.toUpperCase() })],
		['a text around it', (secret) => ({ note: `Bearer ${secret}, please` })],
		['an address', (secret) => ({ link: `https://n8n.example.com/?hottok=${secret}&a=1` })],
		['a list', (secret) => ({ headers: [{ name: 'x', value: secret }] })],
		['a key itself', (secret) => ({ [secret]: 1 })],
	])('is blanked by value in %s, simplified or not', async (_name, place) => {
		const body = approved();
		Object.assign(body, place(hottok));
		(body.data as IDataObject).more = place(hottok);
		for (const simplify of [true, false]) {
			host.parameters.simplify = simplify;
			const item = await itemOf(body);
			expect(JSON.stringify(item).toLowerCase()).not.toContain(hottok.toLowerCase());
			expect(item.event).toBe('PURCHASE_APPROVED');
		}
	});
});

test('every reason of an item is one of the table of events, or one of four that only an event tells', async () => {
	const known: string[] = Object.values(EVENTS).map(({ access }) => access.reason);
	for (const name of Object.keys(EVENTS)) expect(known).toContain((await itemOf(approved({}, name))).access.reason);
});
