import type { IDataObject } from 'n8n-workflow';

import { DEMO } from '../emulator/seed';
import { runNode, searchList, type OneNode } from './n8n';
import { demoCredentials, useEmulator } from './setup';

const emulator = useEmulator({ hotmart: { rateLimitPerMinute: 100_000 } });

const { guitar, songwriting } = DEMO.products;

const node = (resource: string, operation: string, parameters = {}): OneNode => ({
	node: 'hotmart',
	parameters: { resource, operation, ...parameters },
	credentials: demoCredentials(emulator()),
});
const chosen = (value: string | number) => ({ __rl: true, mode: 'list', value });
const requests = (path: string) => emulator().requests.filter((request) => request.path === path);
const hints = ({ run }: Awaited<ReturnType<typeof runNode>>) =>
	run.data.resultData.runData.Hotmart?.[0]?.hints?.map(({ message }) => message) ?? [];

const addCoupon = async (parameters = {}) =>
	await runNode(
		node('coupon', 'create', { productId: chosen(songwriting), code: 'SUMMER', discount: 7, ...parameters }),
	);

describe('Product', () => {
	test('Get Many sends its filters and makes times readable', async () => {
		const { json } = await runNode(
			node('product', 'getAll', { filters: { status: 'ACTIVE', format: 'ONLINE_COURSE' } }),
		);
		expect(json.map(({ id }) => id)).toEqual([guitar, songwriting]);
		expect(json[0]).toMatchObject({ created_at: '2024-02-05T13:00:00.000Z', is_subscription: true });
	});

	test.each(['getOffers', 'getPlans'])('%s finds the ucode of a product once, by ID or ucode', async (operation) => {
		const { ucode } = emulator().hotmart.products[0]!;
		const input: IDataObject[] = [{ id: guitar }, { id: String(guitar) }, { id: ucode }];
		const { items } = await runNode({ ...node('product', operation, { productId: '={{ $json.id }}' }), input });
		expect(items.map(({ json, pairedItem }) => [json.code, pairedItem])).toEqual(
			[0, 1, 2].flatMap((item) => ['gtrmonth', 'gtryear1'].map((code) => [code, { item }])),
		);
		expect(requests('/products/api/v1/products')).toHaveLength(2);
	});

	test('a product without plans has none, which is no failure', async () => {
		const outcome = await runNode(node('product', 'getPlans', { productId: chosen(songwriting) }));
		expect(outcome.error).toBeUndefined();
		expect(outcome.json).toEqual([]);
		expect(hints(outcome)).toEqual(['Songwriting Workshop is not sold by subscription, so it has no plans.']);
	});

	test('an unknown product is told', async () => {
		const { error } = await runNode(node('product', 'getOffers', { productId: '999' }));
		expect(error?.message).toMatch(/This Hotmart account has no product 999/);
	});
});

describe('Coupon', () => {
	test('Create sends the discount as a fraction and dates as milliseconds', async () => {
		const additionalFields = { startDate: '2026-06-01T00:00:00', offers: 'songonce, songsale', affiliate: 12 };
		const { json } = await addCoupon({ additionalFields });
		const body = { code: 'SUMMER', discount: 0.07, affiliate: 12, offer_ids: ['songonce', 'songsale'] };
		expect(requests(`/products/api/v1/product/${songwriting}/coupon`)[0]!.body).toEqual({
			...body,
			start_date: Date.UTC(2026, 5, 1, 3),
		});
		expect(json).toEqual([
			{ created: true, product_id: songwriting, ...body, start_date: '2026-06-01T03:00:00.000Z', end_date: null },
		]);
	});

	test.each([0, 99, 250, 'ten'])('refuses a discount of %p before anything is sent', async (discount) => {
		const { error } = await addCoupon({ discount });
		expect(error?.message).toMatch(/"Discount \(%\)"/);
		expect(emulator().requests).toEqual([]);
	});

	test('a product that is sold by subscription can have none', async () => {
		const { error } = await addCoupon({ productId: chosen(guitar) });
		expect(error).toMatchObject({ httpCode: '400', description: expect.stringMatching(/not sold by subscription/) });
	});

	test('Get Many, then Delete with an ID from the list', async () => {
		await addCoupon();
		await addCoupon({ code: 'WINTER' });
		const { json } = await runNode(
			node('coupon', 'getAll', { productId: chosen(songwriting), filters: { code: 'SUMMER' } }),
		);
		expect(json).toMatchObject([{ coupon_code: 'SUMMER', discount: 0.07 }]);
		const found = await searchList({
			...node('coupon', 'delete', { productId: chosen(songwriting) }),
			method: 'searchCoupons',
			filter: 'summ',
		});
		expect(found.results).toEqual([{ name: 'SUMMER · 7%', value: json[0]!.id }]);
		const deleted = await runNode(node('coupon', 'delete', { couponId: chosen(Number(json[0]!.id)) }));
		expect(deleted.json).toEqual([{ deleted: true, id: json[0]!.id }]);
		const again = await runNode(node('coupon', 'delete', { couponId: chosen(Number(json[0]!.id)) }));
		expect(again.error?.message).toMatch(/can not be deleted.*internal_error/);
	});

	test('an empty list says why', async () => {
		const outcome = await runNode(node('coupon', 'getAll', { productId: chosen(guitar) }));
		expect(hints(outcome)[0]).toMatch(/no coupons. Products that are sold by subscription/);
	});
});

describe('lists in the editor', () => {
	const search = (method: string, parameters = {}, filter?: string, paginationToken?: string) =>
		searchList({ ...node('subscription', 'get', parameters), method, filter, paginationToken });

	test('products, also only those with tickets', async () => {
		expect((await search('searchProducts')).results).toHaveLength(3);
		expect((await search('searchProducts', {}, String(guitar))).results).toMatchObject([{ value: guitar }]);
		expect((await search('searchEvents')).results).toEqual([
			{ name: 'Unplugged Evening', value: DEMO.products.concert },
		]);
	});

	test('offers and plans of the product that is chosen, beside them or among the filters', async () => {
		const plans = await search('searchPlans', { productId: chosen(guitar) });
		expect(plans.results).toEqual([
			{ name: 'Monthly · 97 BRL', value: 'Monthly' },
			{ name: 'Annual · 997 BRL', value: 'Annual' },
		]);
		const offers = await search('searchOffers', { filters: { productId: chosen(songwriting) } }, 'launch');
		expect(offers.results).toEqual([{ name: 'Launch week · 197 BRL · songsale', value: 'songsale' }]);
	});

	test('an offer without a code is no choice', async () => {
		const items = [{ name: 'Lost' }, { code: 'songsale', name: 'Launch week' }];
		emulator().fail({ path: /\/offers$/, kind: 'status', status: 200, times: 1, body: { items, page_info: {} } });
		const { results } = await search('searchOffers', { productId: chosen(songwriting) });
		expect(results).toEqual([{ name: 'Launch week · songsale', value: 'songsale' }]);
	});

	test('a plan without a name cannot be found by its name, so it is no choice', async () => {
		const items = [{ code: 'ab12cd34' }, { code: 'ef56gh78', name: null }, { code: 'ij90kl12', name: 'Monthly' }];
		emulator().fail({ path: /\/plans$/, kind: 'status', status: 200, times: 1, body: { items, page_info: {} } });
		const { results } = await search('searchPlans', { productId: chosen(guitar) });
		expect(results).toEqual([{ name: 'Monthly', value: 'Monthly' }]);
	});

	test.each([
		[{}, /Choose a Product first/],
		[{ productId: { __rl: true, mode: 'id', value: '={{ $json.product }}' } }, /The Product is an expression/],
	])('offers without a product: %p', async (parameters, message) => {
		await expect(search('searchOffers', parameters)).rejects.toThrow(message);
	});

	test('plans for a subscription to switch to', async () => {
		const { subscriberCode } = await emulator().hotmart.buy({ email: 'ana@example.com', productId: guitar });
		const { results } = await search('searchPlansOfSubscription', { subscriberCode: chosen(subscriberCode!) });
		expect(results.map(({ value }) => value)).toEqual(['gtrmonth', 'gtryear1']);
	});

	test('where no plan has a name the list says what to enter, and a switch finds them by code', async () => {
		const { subscriberCode } = await emulator().hotmart.buy({ email: 'ana@example.com', productId: guitar });
		const { plans } = emulator().hotmart.products.find(({ id }) => id === guitar)!;
		for (const [index, plan] of plans.entries()) Object.assign(plan, { name: [null, ' '][index] });
		await expect(search('searchPlans', { productId: chosen(guitar) })).rejects.toThrow(
			/no plan with a name. Enter the ID of a plan in the mode By ID/,
		);
		const { results } = await search('searchPlansOfSubscription', { subscriberCode: chosen(subscriberCode!) });
		expect(results).toEqual([
			{ name: 'gtrmonth · 97 BRL', value: 'gtrmonth' },
			{ name: 'gtryear1 · 997 BRL', value: 'gtryear1' },
		]);
	});

	test('subscriptions by address, code or name, page after page', async () => {
		emulator().hotmart.seedSubscriptions(250, { statuses: ['DELAYED'] });
		const first = await search('searchSubscriptions');
		expect(first.results).toHaveLength(100);
		expect(first.results[0]).toEqual({
			name: 'Overdue · Student 000000000 · Guitar from Zero · student000000000@bulk.example.com',
			value: 'Z0000000',
		});
		const second = await search('searchSubscriptions', {}, undefined, String(first.paginationToken));
		expect(second.results[0]).toMatchObject({ value: 'Z000002S' });
		for (const filter of ['student000000249@bulk.example.com', 'Z000006X', 'Student 000000249']) {
			const { results } = await search('searchSubscriptions', {}, filter);
			expect([filter, results.map(({ value }) => value)]).toEqual([filter, ['Z000006X']]);
		}
		expect((await search('searchSubscriptions', {}, 'abcdefgh')).results).toEqual([]);
	});

	test('what buyers cannot use is said in words, and equal names are told apart', async () => {
		const { hotmart } = emulator();
		const { id, name } = hotmart.products.find((product) => product.id === songwriting)!;
		const twin = hotmart.addProduct({ name });
		hotmart.addProduct({ name: 'Old', status: 'CHANGES_PENDING_ON_PRODUCT' });
		hotmart.addProduct({ name: 'Sleeping', status: 'PAUSED' });
		const names = (await search('searchProducts')).results.map((entry) => entry.name);
		expect(names).toEqual([
			'Guitar from Zero',
			`${name} · ${id}`,
			'Unplugged Evening',
			`${name} · ${twin.id}`,
			'Old · Changes Pending',
			'Sleeping · Paused',
		]);
		const [offer] = twin.offers;
		Object.assign(offer!, { name: '', isMain: true, price: { ...offer!.price, value: 19.9 } });
		expect((await search('searchOffers', { productId: chosen(twin.id) })).results[0]).toEqual({
			name: `Main offer · 19.90 BRL · ${offer!.code}`,
			value: offer!.code,
		});
		const year = new Date().getFullYear();
		await addCoupon({ code: 'SOON', additionalFields: { startDate: `${year + 2}-06-15T12:00:00` } });
		await addCoupon({ code: 'PAST', discount: 12.5, additionalFields: { endDate: '2020-06-15T12:00:00' } });
		const shown = (await search('searchCoupons', { productId: chosen(songwriting) })).results;
		expect(shown.map((entry) => entry.name)).toEqual([
			`SOON · 7% · Starts ${year + 2}-06-15`,
			'PAST · 12.5% · Ended 2020-06-15',
		]);
	});

	test.each([
		['searchProducts', false, /account has no products/],
		['searchEvents', false, /no product that sells tickets/],
		['searchSubscriptions', false, /no subscriptions yet/],
		['searchSales', false, /no sale that can be refunded/],
		['searchOffers', true, /product has no offers/],
		['searchPlans', true, /product has no plans/],
		['searchCoupons', true, /product has no coupons/],
	])('an account with nothing to choose is told in a sentence: %s', async (method, ofProduct, words) => {
		const { hotmart } = emulator();
		const { id } = hotmart.addProduct({ name: 'Bare', offers: [] });
		const beside = ofProduct ? { productId: chosen(id) } : {};
		if (!ofProduct) hotmart.products.length = 0;
		await expect(search(method, beside)).rejects.toThrow(words);
		// Nothing that matches what was typed is no such case.
		if (method !== 'searchPlans') expect((await search(method, beside, 'nothing like it')).results).toEqual([]);
	});

	test.each(['searchProducts', 'searchSubscriptions', 'searchSales', 'searchOffers'])(
		'%s without a credential says what to choose',
		async (method) => {
			const options = { ...node('subscription', 'get', { productId: chosen(songwriting) }), method };
			await expect(searchList({ ...options, withoutCredentials: true })).rejects.toThrow(
				/Choose a Hotmart API credential first/,
			);
		},
	);
});

describe('Product: Update Settings', () => {
	test.each([false, true])('sets the e-mails to buyers to %p, by ID or ucode', async (emailsToBuyers) => {
		const { ucode } = emulator().hotmart.products[0]!;
		for (const productId of [guitar, ucode]) {
			emulator().requests.length = 0;
			const { json } = await runNode(
				node('product', 'updateSettings', { productId: chosen(productId), emailsToBuyers }),
			);
			expect(json).toEqual([{ productId: guitar, emailsToBuyers }]);
			expect(
				requests(`/products/api/v1/product/configuration/${guitar}`).map(({ method, body }) => [method, body]),
			).toEqual([['PUT', { is_allowed_to_email_the_buyer: emailsToBuyers }]]);
		}
	});
});
