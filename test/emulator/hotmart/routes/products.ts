import { HotmartError, invalid, notFound, walkArray } from '../http';
import type { Api, Call, Routes } from '../http';
import type { Coupon } from '../store';
import type { Offer, Plan, Product } from '../types';

const base = '/products/api/v1';

const STATUSES = ['DRAFT', 'ACTIVE', 'PAUSED', 'NOT_APPROVED', 'IN_REVIEW', 'DELETED', 'CHANGES_PENDING_ON_PRODUCT'];
const PERIODICITY: Record<number, string> = {
	7: 'WEEKLY',
	30: 'MONTHLY',
	60: 'BIMONTHLY',
	90: 'QUARTERLY',
	180: 'BIANNUAL',
	360: 'ANNUAL',
};

const money = ({ value, currency }: Offer['price']) => ({ value, currency_code: currency });

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
	price: money(offer.price),
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
	price: money(plan.price),
	periodicity: PERIODICITY[plan.period] ?? 'MONTHLY',
	max_installments: 1,
	payment_mode: 'ASSINATURA',
	trial_period: plan.trialDays,
	is_subscription_recovery_enabled: true,
	is_switch_plan_enabled: true,
});

export function productRoutes({ store, page }: Api): Routes {
	/** Offers or plans of a product; with the numeric id instead of the ucode Hotmart answers an empty object. */
	const parts = <T>({ query, params }: Call, rows: (product: Product) => T[], render: (row: T) => object) => {
		if (/^\d+$/.test(params.ucode ?? '')) return {};
		const product = store.products.find(({ ucode }) => ucode === params.ucode);
		if (product === undefined) throw notFound(`Product ${params.ucode}`);
		return page({ query, walk: walkArray(rows(product)), render, size: [20, 50], token: 'base64' });
	};

	const coupons = ({ query, params }: Call) => {
		const product = store.product(Number(params.id));
		if (product === undefined) throw notFound(`Product ${params.id}`);
		const code = query.text('code');
		return page<Coupon>({
			query,
			walk: walkArray(store.coupons),
			keep: [({ productId }) => productId === product.id, (coupon) => code === undefined || coupon.code === code],
			render: (coupon) => ({
				id: coupon.id,
				coupon_code: coupon.code,
				discount: coupon.discount,
				start_date: coupon.startDate,
				end_date: coupon.endDate,
				status: 'valid',
				active: true,
				time_zone: {
					description: 'Brasilia Time',
					id: 'America/Sao_Paulo',
					name: 'BRT',
					offset: '-03:00',
				},
			}),
			size: [20, 20],
		});
	};

	const addCoupon = ({ params, body }: Call) => {
		const product = store.product(Number(params.id));
		if (product === undefined) throw notFound(`Product ${params.id}`);
		const { code, discount, start_date: startDate, end_date: endDate } = body;
		if (typeof code !== 'string' || code === '' || code.length > 25)
			throw invalid('code must have 1 to 25 characters.');
		if (typeof discount !== 'number' || discount <= 0 || discount >= 0.99) {
			throw invalid('discount must be a fraction between 0 and 0.99.');
		}
		if (product.plans.length > 0) {
			throw new HotmartError(400, 'internal_error', 'Coupons are not available for subscription products.');
		}
		store.coupons.push({
			id: 700_000 + store.next(),
			productId: product.id,
			code,
			discount,
			...(typeof startDate === 'number' && { startDate }),
			...(typeof endDate === 'number' && { endDate }),
		});
		return {};
	};

	return {
		[`GET ${base}/products`]: ({ query }) => {
			const id = query.number('id');
			const statuses = query.oneOf('status', STATUSES);
			const format = query.text('format');
			return page({
				query,
				walk: walkArray(store.products),
				keep: [
					(product) => id === undefined || product.id === id,
					(product) => statuses === undefined || statuses.includes(product.status),
					(product) => format === undefined || product.format === format,
				],
				render: productJson,
				size: [50, 50],
				token: 'base64',
			});
		},
		[`GET ${base}/products/:ucode/offers`]: (call) => parts(call, ({ offers }) => offers, offerJson),
		[`GET ${base}/products/:ucode/plans`]: (call) =>
			parts(
				call,
				({ name, plans }) => {
					if (plans.length === 0) throw invalid(`Product ${name} has no plans.`);
					return plans;
				},
				planJson,
			),
		[`POST ${base}/product/:id/coupon`]: addCoupon,
		[`GET ${base}/coupon/product/:id`]: coupons,
		[`DELETE ${base}/coupon/:id`]: ({ params }) => {
			if (store.removeCoupon(Number(params.id))) return {};
			throw new HotmartError(400, 'internal_error', `Coupon ${params.id} can not be deleted.`);
		},
	};
}
