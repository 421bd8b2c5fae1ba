import { DEMO } from '../emulator/seed';
import { runNode, type OneNode } from './n8n';
import { demoCredentials, useEmulator } from './setup';

const emulator = useEmulator({ hotmart: { rateLimitPerMinute: 100_000 } });

const DAY = 86_400_000;

const node = (resource: string, operation: string, parameters = {}): OneNode => ({
	node: 'hotmart',
	parameters: { resource, operation, ...parameters },
	credentials: demoCredentials(emulator()),
});
const requests = (path: string | RegExp) => emulator().requests.filter((request) => request.path.match(path));

describe('Negotiation: Create', () => {
	const late = async () => {
		emulator().clock.advance(-31 * DAY);
		const { hotmart } = emulator();
		const { subscriberCode } = await hotmart.buy({ email: 'ana@example.com', productId: DEMO.products.guitar });
		emulator().clock.advance(31 * DAY);
		await hotmart.failCharge(subscriberCode!);
		return hotmart.findSubscription(subscriberCode!)!.id;
	};

	test('makes a payment for the recurrences', async () => {
		const subscriptionId = await late();
		const { json } = await runNode(
			node('negotiation', 'create', {
				subscriptionId,
				recurrences: '2',
				paymentType: 'BILLET',
				document: '12345678909',
				discount: 10,
			}),
		);
		expect(requests('negotiate')[0]!.body).toEqual({
			subscription_id: subscriptionId,
			recurrences: [2],
			payment_type: 'BILLET',
			document: '12345678909',
			discount: { type: 'CUSTOM', value: 10 },
		});
		expect(json).toMatchObject([
			{ subscription_id: subscriptionId, payment: { type: 'BILLET', expiration_date: expect.stringMatching(/Z$/) } },
		]);
	});

	test.each(['={{ "" }}', 'two', '1,2,3,4,5,6', '1.5'])(
		'refuses the recurrences %p before anything is sent',
		async (recurrences) => {
			const { error } = await runNode(
				node('negotiation', 'create', { subscriptionId: 1, recurrences, paymentType: 'PIX' }),
			);
			expect(error?.message).toMatch(/"Recurrences" needs one to five numbers/);
			expect(emulator().requests).toEqual([]);
		},
	);

	test('tells which recurrences are unpaid', async () => {
		const { error } = await runNode(
			node('negotiation', 'create', { subscriptionId: await late(), recurrences: '7', paymentType: 'PIX' }),
		);
		expect(error?.message).toMatch(/Unpaid recurrences: 2/);
	});
});

describe('Payment Link (experimental)', () => {
	test('Create, Add Offer, Add Plan, Get Many', async () => {
		const created = await runNode(
			node('paymentLink', 'create', {
				name: 'Lesson',
				value: 90.5,
				currency: 'BRL',
				additionalFields: {
					periodicity: 'MONTHLY',
					maxPayments: 3,
					callbackUrl: 'https://example.com',
					is_offer_pix: true,
					is_offer_billet: false,
					is_request_buyer_phone_number: true,
					purchase_approved_url: 'https://example.com/thanks',
					purchase_waiting_payment_url: '',
				},
			}),
		);
		const { ucode: paymentLink, url } = created.json[0]!;
		const body = {
			name: 'Lesson',
			value: 90.5,
			currency: 'BRL',
			checkout_configuration: {
				is_offer_pix: true,
				is_request_buyer_phone_number: true,
				offer_billet: { is_offer_billet: false },
				custom_thanks_page: { purchase_approved_url: 'https://example.com/thanks' },
			},
			link_configuration: { link_callback_url: 'https://example.com' },
			subscription: { periodicity: 'MONTHLY', billing_configuration: { max_number_of_payments: 3 } },
		};
		expect(requests(/\/link$/)[0]!.body).toEqual(body);
		expect(created.json).toEqual([{ ...body, ucode: paymentLink, url }]);
		const offer = await runNode(
			node('paymentLink', 'addOffer', { paymentLink, name: 'Two', value: 170, currency: 'BRL', isMain: true }),
		);
		expect(offer.json).toMatchObject([
			{ payment_link: paymentLink, offer_name: 'Two', is_main_offer: true, ucode: expect.any(String) },
		]);
		const plan = await runNode(
			node('paymentLink', 'addPlan', {
				paymentLink,
				name: 'Monthly',
				value: 80,
				periodicity: 'MONTHLY',
				additionalFields: { trialPeriod: 7 },
			}),
		);
		expect(plan.json).toMatchObject([
			{ payment_link: paymentLink, periodicity: 'MONTHLY', trial: { trial_period: 7 } },
		]);
		const list = await runNode(node('paymentLink', 'getAll', { returnAll: true }));
		expect(list.json).toMatchObject([{ ucode: paymentLink, name: 'Lesson' }]);
	});

	test('a list without pages is read, too', async () => {
		emulator().fail({
			path: '/payments/api/v1/link',
			kind: 'status',
			status: 200,
			body: [{ ucode: 'a' }, { ucode: 'b' }],
		});
		const { json } = await runNode(node('paymentLink', 'getAll', { returnAll: true }));
		expect(json).toEqual([{ ucode: 'a' }, { ucode: 'b' }]);
	});

	test('what is not set is left to Hotmart', async () => {
		await runNode(node('paymentLink', 'create', { name: 'A', value: 1, currency: 'BRL', additionalFields: {} }));
		expect(requests(/\/link$/)[0]!.body).toEqual({ name: 'A', value: 1, currency: 'BRL' });
	});

	test.each(['addOffer', 'addPlan'])('%s tells that a link is unknown', async (operation) => {
		const { error } = await runNode(
			node('paymentLink', operation, { paymentLink: 'nope', name: 'A', value: 1, currency: 'BRL' }),
		);
		expect(error?.message).toMatch(/Payment link nope not found/);
	});
});

describe('Payment Link: Charge by Link', () => {
	const charge = async (parameters = {}) =>
		await runNode(node('paymentLink', 'chargeByLink', { token: 'e0a1', ...parameters }));

	test.each([
		[{ offerCode: 'iscvy6s8', sck: 'autumn' }, '/offer', { offer_code: 'iscvy6s8', sck: 'autumn' }],
		[{ chargeFor: 'value', value: 12.5 }, '/value', { value: 12.5 }],
	])('with %j charges once at %s', async (parameters, path, body) => {
		const { json } = await charge(parameters);
		expect(requests('/charge/').map((request) => [request.path, request.body])).toEqual([
			[`/payments/api/v1/link/token/charge${path}`, { token: 'e0a1', ...body }],
		]);
		expect(json).toMatchObject([{ ucode: expect.any(String) }]);
		expect(JSON.stringify(json)).not.toContain('e0a1');
	});

	test.each([
		[{ token: ' ', offerCode: 'iscvy6s8' }, 'Token'],
		[{ offerCode: '={{ "" }}' }, 'Offer Code'],
		[{ chargeFor: 'value', value: 'much' }, 'Value'],
	])('with %j nothing is sent, and the error names the field', async (parameters, field) => {
		const { error } = await charge(parameters);
		expect(error?.message).toContain(field);
		expect(requests('/charge/')).toEqual([]);
	});
});
