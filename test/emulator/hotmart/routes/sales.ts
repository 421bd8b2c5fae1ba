import { emailFilters } from '../../core';
import { HotmartError, countedStatuses, filters, includesText, invalid, notFound, readRange, walkArray } from '../http';
import type { Api, Call, Query, Routes } from '../http';
import { isPaid } from '../life';
import { personOf } from '../store';
import type { Person, Sale } from '../types';
import { feeOf } from '../webhooks';

const base = '/payments/api/v1';

const STATUSES = [
	'APPROVED',
	'BLOCKED',
	'CANCELLED',
	'CHARGEBACK',
	'COMPLETE',
	'EXPIRED',
	'NO_FUNDS',
	'OVERDUE',
	'PARTIALLY_REFUNDED',
	'PRE_ORDER',
	'PRINTED_BILLET',
	'PROCESSING_TRANSACTION',
	'PROTESTED',
	'REFUNDED',
	'STARTED',
	'UNDER_ANALISYS',
	'WAITING_PAYMENT',
];
const COMMISSION_AS = ['PRODUCER', 'COPRODUCER', 'AFFILIATE'];
const METHODS: Record<string, string> = { CREDIT_CARD: 'CREDIT_CARD_VISA' };

const producer = personOf('owner@school.example.com', 'Cordas School');
const money = (value: number, { price }: Sale) => ({
	value: Math.round(value * 100) / 100,
	currency_code: price.currency,
});
const pending = ({ status }: Sale) => status === 'PRINTED_BILLET' || status === 'WAITING_PAYMENT';

export function saleRoutes({ store, clock, switches, page, life }: Api): Routes {
	const productPart = ({ productId }: Sale) => {
		const { id, name } = store.mustHaveProduct(productId);
		return { id, name };
	};

	/**
	 * The sales that a query is about. A transaction finds its sale whatever its date and status; without transaction and
	 * without status only approved and complete sales are seen.
	 */
	const matching = (query: Query) => {
		const transaction = query.text('transaction');
		const statuses = countedStatuses(query.oneOf('transaction_status', STATUSES), switches);
		const range = transaction ? undefined : readRange(query, ['start_date', 'end_date'], clock, switches);
		const productId = query.number('product_id');
		const as = query.oneOf('commission_as', COMMISSION_AS);
		const [email, name, payment, offer, source, affiliate] = [
			'buyer_email',
			'buyer_name',
			'payment_type',
			'offer_code',
			'sales_source',
			'affiliate_name',
		].map(query.text);
		return {
			query,
			walk: range
				? (start: number) => store.sales.walk(start, range)
				: walkArray([store.sales.find(transaction ?? '')].flatMap((sale) => sale ?? [])),
			keep: filters<Sale>(
				[statuses, ({ status }) => statuses?.includes(status) === true],
				[statuses === undefined && transaction === undefined ? true : undefined, isPaid],
				[productId, (row) => row.productId === productId],
				[email, ({ buyer }) => emailFilters[switches.emailFilter](buyer.email, email ?? '')],
				[name, ({ buyer }) => includesText(buyer.name, name)],
				[payment, (row) => row.paymentType === payment],
				[offer, (row) => row.offerCode === offer],
				[source, ({ tracking }) => tracking?.src === source],
				[affiliate, (row) => includesText(row.affiliate?.name ?? '', affiliate)],
				// The account is the producer of all its sales
				[as, () => as?.includes('PRODUCER') === true],
			),
			size: [50, 500] as [number, number],
			token: 'base64' as const,
		};
	};

	const historyItem = (sale: Sale) => {
		const fee = feeOf(sale.price.value);
		const subscription = sale.subscriberCode !== undefined;
		return {
			product: productPart(sale),
			buyer: { name: sale.buyer.name, email: sale.buyer.email, ucode: sale.buyer.ucode },
			producer: { name: producer.name, ucode: producer.ucode },
			purchase: {
				transaction: sale.transaction,
				order_date: sale.orderDate,
				approved_date: sale.approvedDate,
				status: sale.status,
				recurrency_number: sale.recurrence,
				is_subscription: subscription,
				commission_as: 'PRODUCER',
				price: money(sale.price.value, sale),
				payment: {
					method: METHODS[sale.paymentType] ?? sale.paymentType,
					type: sale.paymentType,
					installments_number: sale.installments,
				},
				...(sale.tracking && {
					tracking: { source: sale.tracking.src, source_sck: sale.tracking.sck, external_code: sale.tracking.xcod },
				}),
				warranty_expire_date: sale.warrantyUntil,
				offer: { code: sale.offerCode, payment_mode: subscription ? 'SUBSCRIPTION' : 'UNIQUE_PAYMENT' },
				hotmart_fee: { ...fee, currency_code: sale.price.currency },
			},
		};
	};

	/** Commissions added up, one item a currency. */
	const summary = ({ query }: Call) => {
		const { walk, keep, ...paging } = matching(query);
		const totals = new Map<string, { count: number; value: number }>();
		for (const [, sale] of walk(0)) {
			if (!keep.every((predicate) => predicate(sale))) continue;
			const { count, value } = totals.get(sale.price.currency) ?? { count: 0, value: 0 };
			const commission = sale.price.value - feeOf(sale.price.value).total;
			totals.set(sale.price.currency, { count: count + 1, value: value + commission });
		}
		return page({
			...paging,
			walk: walkArray([...totals]),
			render: ([currency, { count, value }]) => ({
				total_items: count,
				total_value: { value: Math.round(value * 100) / 100, currency_code: currency },
			}),
			total: true,
		});
	};

	const userPart = (role: string, { ucode, name, email, phone, document }: Person) => ({
		role,
		user: {
			ucode,
			locale: 'PT_BR',
			name,
			cellphone: phone,
			phone: '',
			email,
			documents: [{ value: document, type: 'CPF' }],
			address: {
				city: 'São Paulo',
				state: 'SP',
				country: 'Brasil',
				zip_code: '01310-000',
				address: 'Rua das Violas',
				complement: '',
				neighborhood: 'Centro',
				number: '12',
			},
		},
	});

	const usersItem = (sale: Sale) => ({
		transaction: sale.transaction,
		product: productPart(sale),
		users: [userPart('PRODUCER', producer), userPart('BUYER', sale.buyer)],
	});

	const commissionsItem = (sale: Sale) => ({
		transaction: sale.transaction,
		product: productPart(sale),
		exchange_rate_currency_payout: 1,
		commissions: [
			{
				commission: money(sale.price.value - feeOf(sale.price.value).total, sale),
				user: { ucode: producer.ucode, name: producer.name },
				source: 'PRODUCER',
			},
		],
	});

	const priceItem = (sale: Sale) => ({
		transaction: sale.transaction,
		product: productPart(sale),
		base: money(sale.price.value, sale),
		total: money(sale.price.value, sale),
		vat: money(0, sale),
		fee: money(0, sale),
		...(sale.coupon !== undefined && {
			coupon: { code: sale.coupon, value: store.coupons.find(({ code }) => code === sale.coupon)?.discount },
		}),
		real_conversion_rate: 1,
	});

	const list =
		(render: (sale: Sale) => object) =>
		({ query }: Call) =>
			page({ ...matching(query), render, total: true });

	const saleOf = ({ params }: Call): Sale => {
		const sale = store.sales.find(params.transaction ?? '');
		if (sale) return sale;
		throw new HotmartError(404, 'purchase_not_found', `Purchase ${params.transaction} not found.`);
	};

	const refund = (call: Call) => {
		const sale = saleOf(call);
		const trial = store.subscriptions.find(sale.subscriberCode ?? '')?.trial === true;
		store.note({ operation: 'refund', code: sale.transaction, done: isPaid(sale) && !trial });
		if (['PROTESTED', 'REFUNDED', 'PARTIALLY_REFUNDED'].includes(sale.status)) {
			throw new HotmartError(400, 'refund_request_already_exists', 'A refund was already requested.');
		}
		if (!isPaid(sale) || trial) throw invalid('The purchase can not be refunded.');
		// Asynchronous: first the request, the money follows (life operation `refund`)
		void life.operations.requestRefund(sale.transaction);
		return {};
	};

	const billet = (call: Call) => {
		const sale = saleOf(call);
		if (sale.paymentType !== 'BILLET' || !pending(sale)) {
			throw new HotmartError(404, 'purchase_not_found', `Purchase ${sale.transaction} has no pending slip.`);
		}
		return { billet_url: `https://billet.example.com/${sale.transaction.toLowerCase()}-2.pdf` };
	};

	const negotiate = ({ body }: Call) => {
		const { subscription_id: id, recurrences, payment_type: type, discount, document } = body;
		if (!Array.isArray(recurrences) || recurrences.length < 1 || recurrences.length > 5) {
			throw invalid('recurrences must hold 1 to 5 numbers.');
		}
		if (type !== 'PIX' && type !== 'BILLET') throw invalid('payment_type must be PIX or BILLET.');
		if (type === 'BILLET' && typeof document !== 'string') throw invalid('document is required for BILLET.');
		const subscription = store.subscriptions.rows().find((row) => row.id === id);
		if (subscription === undefined) throw notFound(`Subscription ${String(id)}`);
		const unpaid = subscription.unpaid.map(({ number }) => number);
		if (!recurrences.every((number) => unpaid.includes(number as number))) {
			throw invalid(`Unpaid recurrences: ${unpaid.join(', ') || 'none'}.`);
		}
		const off = typeof discount === 'object' && discount !== null && 'value' in discount ? Number(discount.value) : 0;
		const sale = life.negotiate(
			subscription,
			Math.max(...(recurrences as number[])),
			type,
			subscription.price.value * recurrences.length - off,
		);
		const file = sale.transaction.toLowerCase();
		return {
			subscription_id: id,
			transaction: sale.transaction,
			payment: {
				type,
				expiration_date: clock.now() + 2 * 24 * 3600 * 1000,
				...(type === 'PIX'
					? { pix_code: `00020126${file}`, pix_qrcode: `https://pix.example.com/${file}.png` }
					: { billet_url: `https://billet.example.com/${file}.pdf`, billet_barcode: `23793${file.slice(2)}` }),
			},
		};
	};

	return {
		[`GET ${base}/sales/history`]: list(historyItem),
		[`GET ${base}/sales/summary`]: summary,
		[`GET ${base}/sales/users`]: list(usersItem),
		[`GET ${base}/sales/commissions`]: list(commissionsItem),
		[`GET ${base}/sales/price/details`]: list(priceItem),
		[`PUT ${base}/sales/:transaction/refund`]: refund,
		[`PUT ${base}/sales/:transaction/billet`]: billet,
		[`POST ${base}/installments/negotiate`]: negotiate,
	};
}
