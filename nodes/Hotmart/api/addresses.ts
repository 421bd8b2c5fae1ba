import { path } from '../../shared/http';

const PAYMENTS = '/payments/api/v1';
const SUBSCRIPTIONS = `${PAYMENTS}/subscriptions`;
const SALES = `${PAYMENTS}/sales`;
const LINKS = `${PAYMENTS}/link`;
const PRODUCTS = '/products/api/v1/products';
const CLUB = '/club/api/v1';

/** Every address of Hotmart's API that the package uses, below its host. */
export const addresses = {
	account: '/user/api/v1/me',

	subscriptions: SUBSCRIPTIONS,
	subscriptionSummary: `${SUBSCRIPTIONS}/summary`,
	subscriptionTransactions: `${SUBSCRIPTIONS}/transactions`,
	cancelSubscriptions: `${SUBSCRIPTIONS}/cancel`,
	reactivateSubscriptions: `${SUBSCRIPTIONS}/reactivate`,
	switchPlan: `${SUBSCRIPTIONS}/switch-plan`,
	plansToSwitchTo: `${SUBSCRIPTIONS}/switch-plan/plans`,
	subscription: (code: string) => SUBSCRIPTIONS + path`/${code}`,
	subscriptionPurchases: (code: string) => SUBSCRIPTIONS + path`/${code}/purchases`,

	sales: `${SALES}/history`,
	salesSummary: `${SALES}/summary`,
	salesParticipants: `${SALES}/users`,
	salesCommissions: `${SALES}/commissions`,
	salesPriceDetails: `${SALES}/price/details`,
	refund: (transaction: string) => SALES + path`/${transaction}/refund`,
	billet: (transaction: string) => SALES + path`/${transaction}/billet`,

	negotiations: `${PAYMENTS}/installments/negotiate`,

	paymentLinks: LINKS,
	paymentLinkOffers: (link: string) => LINKS + path`/${link}/offer`,
	paymentLinkPlans: (link: string) => LINKS + path`/${link}/plan`,

	chargeOffer: `${LINKS}/token/charge/offer`,
	chargeValue: `${LINKS}/token/charge/value`,

	products: PRODUCTS,
	/** Offers and plans are found by the ucode of their product, not by its ID (Hotmart §2.6). */
	offers: (ucode: string) => PRODUCTS + path`/${ucode}/offers`,
	plans: (ucode: string) => PRODUCTS + path`/${ucode}/plans`,

	productSettings: (id: string) => path`/products/api/v1/product/configuration/${id}`,

	createCoupon: (productId: string) => path`/products/api/v1/product/${productId}/coupon`,
	coupons: (productId: string) => path`/products/api/v1/coupon/product/${productId}`,
	coupon: (id: string) => path`/products/api/v1/coupon/${id}`,

	students: `${CLUB}/users`,
	studentLessons: (userId: string) => CLUB + path`/users/${userId}/lessons`,
	modules: `${CLUB}/modules`,
	modulePages: (moduleId: string) => path`/club/api/v2/modules/${moduleId}/pages`,

	event: (id: string) => path`/events/api/v1/${id}/info`,
	eventParticipants: (id: string) => path`/events/api/v1/${id}/participants`,
};
