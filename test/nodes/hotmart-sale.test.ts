import { DEMO } from '../emulator/seed';
import { SALE_STATUSES } from '../../nodes/Hotmart/vocabulary/choices';
import { runNode, searchList, type OneNode } from './n8n';
import { demoCredentials, useEmulator } from './setup';

const emulator = useEmulator({ hotmart: { rateLimitPerMinute: 100_000 } });

const BASE = '/payments/api/v1/sales';
const DAY = 86_400_000;

const node = (operation: string, parameters = {}): OneNode => ({
	node: 'hotmart',
	parameters: { resource: 'sale', operation, ...parameters },
	credentials: demoCredentials(emulator()),
});
const order = { email: 'ana@example.com', productId: DEMO.products.songwriting };
const buy = async (changes = {}) => (await emulator().hotmart.buy({ ...order, ...changes })).transaction;
const sent = (path: string) => emulator().requests.find((request) => request.path === `${BASE}/${path}`)!.query;

describe('Get Many', () => {
	test('lists sales of all times in all statuses', async () => {
		emulator().clock.advance(-900 * DAY);
		const old = await buy();
		emulator().clock.advance(900 * DAY);
		const refunded = await buy();
		await emulator().hotmart.requestRefund(refunded);
		const { transaction: printed } = await emulator().hotmart.printBillet(order);
		const { json } = await runNode(node('getAll', { returnAll: true }));
		expect(json.map(({ transaction, status }) => [transaction, status])).toEqual([
			[old, 'approved'],
			[refunded, 'refundRequested'],
			[printed, 'waitingPayment'],
		]);
		expect(sent('history').transaction_status).toEqual(Object.keys(SALE_STATUSES));
	});

	test("sends filters in Hotmart's words", async () => {
		const filters = {
			status: ['APPROVED', 'REFUNDED'],
			soldAfter: '2026-03-01T00:00:00',
			paymentType: 'APPLE_PAY',
			offerCode: { __rl: true, mode: 'id', value: 'songonce' },
			buyerEmail: 'ana@example.com',
			commissionAs: 'PRODUCER',
			salesSource: 'newsletter',
		};
		await runNode({ ...node('getAll', { filters }), timezone: 'Europe/Lisbon' });
		expect(sent('history')).toMatchObject({
			transaction_status: ['APPROVED', 'REFUNDED'],
			start_date: String(Date.UTC(2026, 2, 1)),
			payment_type: 'APPLE_PAY',
			offer_code: 'songonce',
			buyer_email: 'ana@example.com',
			commission_as: 'PRODUCER',
			sales_source: 'newsletter',
		});
	});

	test.each(['02/08/2026', '02-08-2026', '2026', '20260802', '2026/08/02', '2026-02-30', 2026, 0])(
		'a date that can be read in two ways (%p) is refused before anything is sent',
		async (soldAfter) => {
			const { error } = await runNode(node('getAll', { returnAll: true, filters: { soldAfter } }));
			expect(error?.message).toBe(
				`The field "Sold After" is not a date: ${soldAfter}. Enter one like 2026-01-31T08:00:00.`,
			);
			expect(emulator().requests).toEqual([]);
		},
	);
});

describe('Get', () => {
	test('reads a sale in whatever status', async () => {
		const { transaction } = await emulator().hotmart.printBillet(order);
		const { json } = await runNode(node('get', { transaction }));
		expect(json).toMatchObject([{ transaction, status: 'waitingPayment', price: 297, currency: 'BRL' }]);
	});
});

describe('Get Summary', () => {
	test('adds up paid sales, or those of the statuses that are asked for', async () => {
		await buy();
		const refunded = await buy();
		await emulator().hotmart.requestRefund(refunded);
		const paid = await runNode(node('getSummary'));
		expect(paid.json).toMatchObject([{ total_items: 1 }]);
		const asked = await runNode(node('getSummary', { filters: { status: ['APPROVED', 'PROTESTED'] } }));
		expect(asked.json).toMatchObject([{ total_items: 2 }]);
	});

	test('has a hint when nothing was sold', async () => {
		const { json, run } = await runNode(node('getSummary'));
		expect(json).toEqual([]);
		expect(run.data.resultData.runData.Hotmart![0]!.hints![0]!.message).toMatch(/no paid sales/);
	});
});

test('Get Participants names buyer and producer', async () => {
	const transaction = await buy();
	const { json } = await runNode(node('getParticipants', { filters: { transaction } }));
	expect(json).toMatchObject([
		{ transaction, buyerEmail: 'ana@example.com', producerName: 'Cordas School', affiliateName: null },
	]);
	const raw = await runNode(node('getParticipants', { simplify: false }));
	expect(raw.json[0]!.users).toHaveLength(2);
});

test('Get Commissions and Get Price Details list every sale', async () => {
	const transaction = await buy();
	const commissions = await runNode(node('getCommissions'));
	expect(commissions.json).toMatchObject([{ transaction, commissions: [{ source: 'PRODUCER' }] }]);
	const prices = await runNode(node('getPriceDetails'));
	expect(prices.json).toMatchObject([{ transaction, base: 297, total: 297, currency: 'BRL', couponCode: null }]);
	expect(sent('price/details').transaction_status).not.toContain('NO_FUNDS');
});

describe('Refund', () => {
	test('asks for the refund and says so', async () => {
		const transaction = await buy();
		const { json } = await runNode(node('refund', { transaction }));
		expect(json).toEqual([{ transaction, refund_requested: true }]);
		expect(emulator().hotmart.findSale(transaction)!.status).toBe('PROTESTED');
		const { error } = await runNode(node('refund', { transaction }));
		expect(error?.message).toMatch(/refund_request_already_exists/);
	});

	describe('picks the sale from a list', () => {
		const search = async (filter?: string, token?: string) =>
			await searchList({ ...node('refund'), method: 'searchSales', filter, paginationToken: token });

		test('buyer, product, amount and date come first, and what is picked is refunded', async () => {
			const transaction = await buy({ name: 'Ana Souza' });
			const { results } = await search();
			expect(results).toEqual([
				{
					name: expect.stringMatching(/^Ana Souza · Songwriting[^·]* · 297 BRL · \d{4}-\d\d-\d\d · ana@example\.com$/),
					value: transaction,
				},
			]);
			const { json } = await runNode(node('refund', { transaction: { __rl: true, mode: 'list', value: transaction } }));
			expect(json).toEqual([{ transaction, refund_requested: true }]);
			expect(emulator().hotmart.findSale(transaction)!.status).toBe('PROTESTED');
			await expect(search()).rejects.toThrow(/no sale that can be refunded: Hotmart refunds approved and complete/);
		});

		test('is searched by name, address and transaction, without sales that cannot be refunded', async () => {
			const transaction = await buy({ name: 'Ana Souza' });
			const other = await buy({ email: 'two@example.com', name: 'Bruno Lima' });
			const refunded = await buy({ email: 'three@example.com', name: 'Clara Dias' });
			await emulator().hotmart.refund(refunded);
			const values = async (filter: string) => (await search(filter)).results.map(({ value }) => value);
			expect(await values('')).toEqual(expect.arrayContaining([transaction, other]));
			expect(await values('souza')).toEqual([transaction]);
			expect(await values(' two@example.com ')).toEqual([other]);
			expect(await values(transaction.toLowerCase())).toEqual([transaction]);
			for (const filter of [refunded, 'clara', 'three@example.com', 'HP0000000000'])
				expect([filter, await values(filter)]).toEqual([filter, []]);
		});
	});

	test('an unknown sale is told', async () => {
		const { error } = await runNode(node('refund', { transaction: 'HP0000000000' }));
		expect(error).toMatchObject({ httpCode: '404', description: expect.stringMatching(/starts with HP/) });
	});

	test.each(['reset', 'empty'] as const)('is sent once, whatever comes back (%s)', async (kind) => {
		const transaction = await buy();
		emulator().fail({ path: `${BASE}/*`, kind, when: 'after' });
		const { json, error } = await runNode(node('refund', { transaction }));
		expect(emulator().count({ method: 'PUT' })).toBe(1);
		if (kind === 'reset') expect(error?.message).toMatch(/may or may not have been made/);
		else expect(json).toEqual([{ transaction, refund_requested: true }]);
	});
});

describe('Reissue Billet', () => {
	test('returns the address of the new slip', async () => {
		const { transaction } = await emulator().hotmart.printBillet(order);
		const { json } = await runNode(node('reissueBillet', { transaction }));
		expect(json).toEqual([{ transaction, billet_url: expect.stringMatching(/^https:/) }]);
	});

	test('a sale that is paid has none', async () => {
		const { error } = await runNode(node('reissueBillet', { transaction: await buy() }));
		expect(error?.message).toMatch(/purchase_not_found/);
	});
});
