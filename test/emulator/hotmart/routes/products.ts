import { HotmartError, invalid, notFound, page, walkArray } from '../http';
import type { Call, Routes } from '../http';
import { nextNumber } from '../state';
import type { Coupon, Offer, Plan, Product } from '../types';
import { PERIODICITY, moneyJson, productNumbered } from './common';

const base = '/products/api/v1';

const STATUSES = ['DRAFT', 'ACTIVE', 'PAUSED', 'NOT_APPROVED', 'IN_REVIEW', 'DELETED', 'CHANGES_PENDING_ON_PRODUCT'];
const productJson = (product: Product) => ({
	id: product.id,
	name: product.name,
	ucode: product.ucode,
	status: product.status,
	created_at: product.createdAt,
	format: product.format,
	is_subscription: product.plans.length > 0,
	warranty_period: product.warrantyDays,
});

const offerJson = (offer: Offer) => ({
	code: offer.code,
	name: offer.name,
	description: '',
	price: moneyJson(offer.price),
	payment_mode: offer.paymentMode,
	is_main_offer: offer.isMain,
	is_currency_conversion_enabled: true,
	is_smart_recovery_enabled: false,
});

/** A plan as the API shows it: without its numeric id, and with the payment mode in Portuguese. */
export const planJson = (plan: Plan) => ({
	code: plan.code,
	name: plan.name,
	description: '',
	price: moneyJson(plan.price),
	periodicity: PERIODICITY[plan.period] ?? 'MONTHLY',
	max_installments: 1,
	payment_mode: 'ASSINATURA',
	trial_period: plan.trialDays,
	is_subscription_recovery_enabled: true,
	is_switch_plan_enabled: true,
});

/** Offers or plans of a product; with the numeric id instead of the ucode Hotmart answers an empty object (Hotmart §2.6). */
function parts<T>(call: Call, rows: (product: Product) => T[], render: (row: T) => object) {
	const { ucode } = call.params;
	if (/^\d+$/.test(ucode ?? '')) return {};
	const product = call.account.state.products.find((entry) => entry.ucode === ucode);
	if (product === undefined) throw notFound(`Product ${ucode}`);
	return page(call, { walk: walkArray(rows(product)), render, size: [20, 50], token: 'base64' });
}

function plansOf({ name, plans }: Product): Plan[] {
	if (plans.length === 0) throw invalid(`Product ${name} has no plans.`);
	return plans;
}

const couponJson = (coupon: Coupon) => ({
	id: coupon.id,
	coupon_code: coupon.code,
	discount: coupon.discount,
	start_date: coupon.startDate,
	end_date: coupon.endDate,
	status: 'valid',
	active: true,
	time_zone: { description: 'Brasilia Time', id: 'America/Sao_Paulo', name: 'BRT', offset: '-03:00' },
});

function coupons(call: Call) {
	const product = productNumbered(call, call.params.id);
	const code = call.query.text('code');
	return page<Coupon>(call, {
		walk: walkArray(call.account.state.coupons),
		keep: [({ productId }) => productId === product.id, (coupon) => code === undefined || coupon.code === code],
		render: couponJson,
		size: [20, 20],
	});
}

function addCoupon(call: Call) {
	const { state } = call.account;
	const product = productNumbered(call, call.params.id);
	const { code, discount, start_date: startDate, end_date: endDate } = call.body;
	if (typeof code !== 'string' || code === '' || code.length > 25) {
		throw invalid('code must have 1 to 25 characters.');
	}
	if (typeof discount !== 'number' || discount <= 0 || discount >= 0.99) {
		throw invalid('discount must be a fraction between 0 and 0.99.');
	}
	if (product.plans.length > 0) {
		throw new HotmartError(400, 'internal_error', 'Coupons are not available for subscription products.');
	}
	state.coupons.push({
		id: 700_000 + nextNumber(state),
		productId: product.id,
		code,
		discount,
		...(typeof startDate === 'number' && { startDate }),
		...(typeof endDate === 'number' && { endDate }),
	});
	return {};
}

function removeCoupon({ account, params }: Call) {
	const { coupons: all } = account.state;
	const index = all.findIndex(({ id }) => id === Number(params.id));
	if (index === -1) throw new HotmartError(400, 'internal_error', `Coupon ${params.id} can not be deleted.`);
	all.splice(index, 1);
	return {};
}

function products(call: Call) {
	const { query, account } = call;
	const id = query.number('id');
	const statuses = query.oneOf('status', STATUSES);
	const format = query.text('format');
	return page(call, {
		walk: walkArray(account.state.products),
		keep: [
			(product) => id === undefined || product.id === id,
			(product) => statuses === undefined || statuses.includes(product.status),
			(product) => format === undefined || product.format === format,
		],
		render: productJson,
		size: [50, 50],
		token: 'base64',
	});
}

/** Whether Hotmart itself writes to buyers; only the request is documented (Hotmart §3.7). */
function configure(call: Call) {
	const { silent } = call.account.state;
	const { id } = productNumbered(call, call.params.id);
	const { is_allowed_to_email_the_buyer: allowed } = call.body;
	if (typeof allowed !== 'boolean') throw invalid('is_allowed_to_email_the_buyer must be true or false.');
	const index = silent.indexOf(id);
	if (allowed && index !== -1) silent.splice(index, 1);
	if (!allowed && index === -1) silent.push(id);
	return {};
}

export const productRoutes: Routes = {
	[`GET ${base}/products`]: products,
	[`GET ${base}/products/:ucode/offers`]: (call) => parts(call, ({ offers }) => offers, offerJson),
	[`GET ${base}/products/:ucode/plans`]: (call) => parts(call, plansOf, planJson),
	[`PUT ${base}/product/configuration/:id`]: configure,
	[`POST ${base}/product/:id/coupon`]: addCoupon,
	[`GET ${base}/coupon/product/:id`]: coupons,
	[`DELETE ${base}/coupon/:id`]: removeCoupon,
};
