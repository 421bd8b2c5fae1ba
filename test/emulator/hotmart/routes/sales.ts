import { emailFilters } from '../../shared/emailFilters';
import { DAY } from '../calendar';
import { feeOf, paymentCodes } from '../eventFacts';
import {
	HotmartError,
	countedStatuses,
	filters,
	includesText,
	invalid,
	notFound,
	page,
	readRange,
	walkArray,
} from '../http';
import type { Call, Routes } from '../http';
import { requestRefund } from '../life/refunds';
import { isPaid, isWaiting, ownerOf } from '../life/common';
import { negotiate } from '../life/subscriptions';
import { OWNER } from '../state';
import type { Person, Sale } from '../types';
import { SALE_STATUSES, billingOf, isOutOfTrial, moneyJson, note, productPart } from './common';

const base = '/payments/api/v1';

const COMMISSION_AS = ['PRODUCER', 'COPRODUCER', 'AFFILIATE'];
const METHODS: Record<string, string> = { CREDIT_CARD: 'CREDIT_CARD_VISA' };

const money = (value: number, { price }: Sale) => moneyJson({ ...price, value });
const netOf = ({ price }: Sale) => price.value - feeOf(price.value).total;

/**
 * The sales that a query is about. A transaction finds its sale whatever its date and status; without transaction and
 * without status only approved and complete sales are seen (Hotmart §3.2).
 */
function matching(call: Call) {
	const { query, account } = call;
	const { state, switches } = account;
	const transaction = query.text('transaction');
	const statuses = countedStatuses(query.oneOf('transaction_status', SALE_STATUSES), switches);
	const range = transaction ? undefined : readRange(call, ['start_date', 'end_date']);
	const productId = query.number('product_id');
	const as = query.oneOf('commission_as', COMMISSION_AS);
	const names = ['buyer_email', 'buyer_name', 'payment_type', 'offer_code', 'sales_source', 'affiliate_name'];
	const [email, name, payment, offer, source, affiliate] = names.map(query.text);
	return {
		walk: range
			? (start: number) => state.sales.walk(start, range)
			: walkArray([state.sales.find(transaction ?? '')].flatMap((sale) => sale ?? [])),
		keep: filters<Sale>(
			[statuses, ({ status }) => statuses?.includes(status) === true],
			[statuses === undefined && transaction === undefined ? true : undefined, isPaid],
			[productId, (row) => row.productId === productId],
			[email, ({ buyer }) => emailFilters[switches.emailFilter](buyer.email, email ?? '')],
			[name, ({ buyer }) => includesText(buyer.name, name)],
			[payment, (row) => row.paymentType === payment],
			[offer, (row) => row.offerCode === offer],
			[source, ({ tracking }) => tracking?.src === source],
			[affiliate, (row) => row.affiliate !== undefined && includesText(row.affiliate.name, affiliate)],
			// The account is the producer of all its sales
			[as, () => as?.includes('PRODUCER') === true],
		),
		size: [50, 500] as [number, number],
		token: 'base64' as const,
	};
}

function paymentMode(call: Call, sale: Sale): string {
	const owner = ownerOf(call.account, sale);
	if (owner === undefined) return 'UNIQUE_PAYMENT';
	return billingOf(owner);
}

const historyItem = (call: Call, sale: Sale) => ({
	product: productPart(call, sale),
	buyer: { name: sale.buyer.name, email: sale.buyer.email, ucode: sale.buyer.ucode },
	producer: { name: OWNER.name, ucode: OWNER.ucode },
	purchase: {
		transaction: sale.transaction,
		order_date: sale.orderDate,
		approved_date: sale.approvedDate,
		status: sale.status,
		recurrency_number: sale.recurrence,
		is_subscription: paymentMode(call, sale) === 'SUBSCRIPTION',
		commission_as: 'PRODUCER',
		price: moneyJson(sale.price),
		payment: {
			method: METHODS[sale.paymentType] ?? sale.paymentType,
			type: sale.paymentType,
			installments_number: sale.installments,
		},
		...(sale.tracking && {
			tracking: { source: sale.tracking.src, source_sck: sale.tracking.sck, external_code: sale.tracking.xcod },
		}),
		warranty_expire_date: sale.warrantyUntil,
		offer: { code: sale.offerCode, payment_mode: paymentMode(call, sale) },
		hotmart_fee: { ...feeOf(sale.price.value), currency_code: sale.price.currency },
	},
});

/** Commissions added up, one item per currency. */
function summary(call: Call) {
	const { walk, keep, ...paging } = matching(call);
	const totals = new Map<string, { count: number; value: number }>();
	for (const [, sale] of walk(0)) {
		if (!keep.every((predicate) => predicate(sale))) continue;
		const { count, value } = totals.get(sale.price.currency) ?? { count: 0, value: 0 };
		totals.set(sale.price.currency, { count: count + 1, value: value + netOf(sale) });
	}
	return page(call, {
		...paging,
		walk: walkArray([...totals]),
		render: ([currency, { count, value }]) => ({
			total_items: count,
			total_value: moneyJson({ value, currency }),
		}),
		total: true,
	});
}

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

const usersItem = (call: Call, sale: Sale) => ({
	transaction: sale.transaction,
	product: productPart(call, sale),
	users: [userPart('PRODUCER', OWNER), userPart('BUYER', sale.buyer)],
});

const commissionsItem = (call: Call, sale: Sale) => ({
	transaction: sale.transaction,
	product: productPart(call, sale),
	exchange_rate_currency_payout: 1,
	commissions: [
		{
			commission: money(netOf(sale), sale),
			user: { ucode: OWNER.ucode, name: OWNER.name },
			source: 'PRODUCER',
		},
	],
});

const priceItem = (call: Call, sale: Sale) => {
	const coupon = call.account.state.coupons.find(({ code }) => code === sale.coupon);
	return {
		transaction: sale.transaction,
		product: productPart(call, sale),
		base: moneyJson(sale.price),
		total: moneyJson(sale.price),
		vat: money(0, sale),
		fee: money(0, sale),
		...(sale.coupon !== undefined && { coupon: { code: sale.coupon, value: coupon?.discount } }),
		real_conversion_rate: 1,
	};
};

const list = (render: (call: Call, sale: Sale) => object) => (call: Call) =>
	page(call, { ...matching(call), render: (sale) => render(call, sale), total: true });

function saleAsked({ account, params }: Call): Sale {
	const sale = account.state.sales.find(params.transaction ?? '');
	if (sale) return sale;
	throw new HotmartError(404, 'purchase_not_found', `Purchase ${params.transaction} not found.`);
}

const GIVEN_BACK = ['PROTESTED', 'REFUNDED', 'PARTIALLY_REFUNDED'];

function refund(call: Call) {
	const { account } = call;
	const sale = saleAsked(call);
	const possible = isOutOfTrial(sale, ownerOf(account, sale));
	note(account, { operation: 'refund', code: sale.transaction, done: possible });
	if (GIVEN_BACK.includes(sale.status)) {
		throw new HotmartError(400, 'refund_request_already_exists', 'A refund was already requested.');
	}
	if (!possible) throw invalid('The purchase can not be refunded.');
	// Asynchronous: first the request, the money follows (operation `refund`)
	void requestRefund(account, sale.transaction);
	return {};
}

function billet(call: Call) {
	const sale = saleAsked(call);
	if (sale.paymentType !== 'BILLET' || !isWaiting(sale)) {
		throw new HotmartError(404, 'purchase_not_found', `Purchase ${sale.transaction} has no pending slip.`);
	}
	return { billet_url: `https://billet.example.com/${sale.transaction.toLowerCase()}-2.pdf` };
}

function negotiation({ account, body }: Call) {
	const { subscription_id: id, recurrences, payment_type: type, discount, document } = body;
	if (!Array.isArray(recurrences) || recurrences.length < 1 || recurrences.length > 5) {
		throw invalid('recurrences must hold 1 to 5 numbers.');
	}
	if (type !== 'PIX' && type !== 'BILLET') throw invalid('payment_type must be PIX or BILLET.');
	if (type === 'BILLET' && typeof document !== 'string') throw invalid('document is required for BILLET.');
	const subscription = account.state.subscriptions.rows().find((row) => row.id === id);
	if (subscription === undefined) throw notFound(`Subscription ${String(id)}`);
	const unpaid = subscription.unpaid.map(({ number }) => number);
	if (!recurrences.every((number) => unpaid.includes(number as number))) {
		throw invalid(`Unpaid recurrences: ${unpaid.join(', ') || 'none'}.`);
	}
	const off = typeof discount === 'object' && discount !== null && 'value' in discount ? Number(discount.value) : 0;
	const value = subscription.price.value * recurrences.length - off;
	const { transaction } = negotiate(account, subscription, Math.max(...(recurrences as number[])), type, value);
	return {
		subscription_id: id,
		transaction,
		payment: { type, expiration_date: account.clock.now() + 2 * DAY, ...paymentCodes(transaction, type) },
	};
}

/** Sales, their refunds and slips, and the negotiation of unpaid recurrences. */
export const saleRoutes: Routes = {
	[`GET ${base}/sales/history`]: list(historyItem),
	[`GET ${base}/sales/summary`]: summary,
	[`GET ${base}/sales/users`]: list(usersItem),
	[`GET ${base}/sales/commissions`]: list(commissionsItem),
	[`GET ${base}/sales/price/details`]: list(priceItem),
	[`PUT ${base}/sales/:transaction/refund`]: refund,
	[`PUT ${base}/sales/:transaction/billet`]: billet,
	[`POST ${base}/installments/negotiate`]: negotiation,
};
