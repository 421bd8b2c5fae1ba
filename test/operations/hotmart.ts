import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { DEMO } from '../emulator/seed';
import type { Emulator } from '../emulator/types';
import type { Sample } from './index';

const { guitar, songwriting, concert } = DEMO.products;
const DAY = 86_400_000;
const EMAIL = 'ana@example.com';
const every = { returnAll: true };
const chosen = (value: string | number) => ({ __rl: true, mode: 'id', value });

/** A monthly subscription with two payments, another with an unpaid one and a canceled one. */
async function subscribe({ hotmart, clock }: Emulator): Promise<string> {
	clock.advance(-31 * DAY);
	const monthly = { productId: guitar, planId: DEMO.plans.monthly };
	const codes: string[] = [];
	for (const email of [EMAIL, 'late@example.com', 'gone@example.com'])
		codes.push((await hotmart.buy({ email, ...monthly })).subscriberCode!);
	clock.advance(31 * DAY);
	const [code, late, gone] = codes as [string, string, string];
	await hotmart.renew(code);
	await hotmart.failCharge(late);
	await hotmart.cancel(gone);
	return code;
}

const sell = async ({ hotmart }: Emulator, order = {}) =>
	(await hotmart.buy({ email: EMAIL, productId: songwriting, tracking: { src: 'newsletter' }, ...order })).transaction;

const ofSubscription =
	(parameters: INodeParameters = {}): Sample =>
	async (emulator) => ({ subscriberCode: chosen(await subscribe(emulator)), ...parameters });

const ofCanceled: Sample = async (emulator) => {
	await subscribe(emulator);
	return {
		subscriberCode: chosen(emulator.hotmart.subscriptions.find(({ status }) => status.startsWith('CANCELLED'))!.code),
	};
};

const ofSubscriptions: Sample = async (emulator) => {
	await subscribe(emulator);
	return every;
};

const ofSales: Sample = async (emulator) => {
	await sell(emulator);
	await sell(emulator, { paymentType: 'PIX', installments: 2 });
	await subscribe(emulator);
	return every;
};

const ofSale: Sample = async (emulator) => ({ transaction: await sell(emulator) });

/** Sends a request as the account's owner, to make what no life operation makes. */
async function send(
	{ hotmart }: Emulator,
	method: 'GET' | 'POST',
	path: string,
	body?: IDataObject,
): Promise<IDataObject> {
	const { clientId: client_id, clientSecret: client_secret } = DEMO.hotmart;
	const login = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret });
	const token = (await (await fetch(`${hotmart.tokenUrl}?${String(login)}`, { method: 'POST' })).json()) as IDataObject;
	const headers = { authorization: `Bearer ${String(token.access_token)}`, 'content-type': 'application/json' };
	const response = await fetch(`${hotmart.url}${path}`, { method, headers, body: body && JSON.stringify(body) });
	return (await response.json()) as IDataObject;
}

const withCoupon: Sample = async (emulator) => {
	const dates = { start_date: emulator.clock.now(), end_date: emulator.clock.now() + DAY };
	await send(emulator, 'POST', `/products/api/v1/product/${songwriting}/coupon`, {
		code: 'SUMMER25',
		discount: 0.25,
		...dates,
	});
	return { productId: chosen(songwriting), ...every };
};

const ofLink =
	(parameters: INodeParameters): Sample =>
	async (emulator) => {
		const link = await send(emulator, 'POST', '/payments/api/v1/link', { name: 'Lesson', value: 90, currency: 'BRL' });
		return { paymentLink: String(link.ucode), ...parameters };
	};

const withStudents: Sample = async (emulator) => {
	await subscribe(emulator);
	await emulator.hotmart.firstAccess(EMAIL, guitar);
	await emulator.hotmart.completeModule(EMAIL, guitar);
	return { subdomain: 'guitar-from-zero', ...every };
};

/** Every operation of the Hotmart node, by resource and operation. */
export const SAMPLES: Record<string, Sample> = {
	'access/check': async (emulator) => {
		await subscribe(emulator);
		await sell(emulator);
		return { findBy: 'email', email: EMAIL };
	},
	'access/getAll': async (emulator) => {
		await subscribe(emulator);
		return { productId: chosen(guitar), ...every };
	},
	'account/get': () => ({}),
	'apiCall/send': () => ({ method: 'GET', path: '/user/api/v1/me' }),
	'coupon/create': () => ({
		productId: chosen(songwriting),
		code: 'SUMMER25',
		discount: 25,
		additionalFields: { startDate: '2026-06-01T00:00:00', endDate: '2026-07-01T00:00:00', offers: 'songonce' },
	}),
	'coupon/delete': async (emulator) => {
		await withCoupon(emulator);
		const { items } = await send(emulator, 'GET', `/products/api/v1/coupon/product/${songwriting}`);
		const [{ id }] = items as [{ id: number }];
		return { productId: chosen(songwriting), couponId: chosen(id) };
	},
	'coupon/getAll': withCoupon,
	'event/get': () => ({ eventId: chosen(concert) }),
	'event/getParticipants': async (emulator) => {
		await sell(emulator, { productId: concert });
		return { eventId: chosen(concert), ...every };
	},
	'membersArea/getModules': () => ({ subdomain: 'guitar-from-zero' }),
	'membersArea/getPages': () => ({ productId: chosen(guitar), moduleId: '2Z7RAMXEJW' }),
	'membersArea/getStudentProgress': async (emulator) => {
		const parameters = await withStudents(emulator);
		const { ucode } = emulator.hotmart.subscriptions[0]!.subscriber;
		return { ...parameters, userId: ucode.replaceAll('-', '').slice(0, 10).toUpperCase() };
	},
	'membersArea/getStudents': withStudents,
	'negotiation/create': async (emulator) => {
		await subscribe(emulator);
		const late = emulator.hotmart.subscriptions.find(({ unpaid }) => unpaid.length > 0)!;
		return { subscriptionId: late.id, recurrences: '2', paymentType: 'PIX' };
	},
	'paymentLink/addOffer': ofLink({ name: 'Two lessons', value: 170, currency: 'BRL' }),
	'paymentLink/addPlan': ofLink({ name: 'Every month', value: 300, periodicity: 'MONTHLY' }),
	'paymentLink/chargeByLink': () => ({ token: 'e0a1', offerCode: 'iscvy6s8' }),
	'paymentLink/create': () => ({ name: 'Lesson', value: 90, currency: 'BRL' }),
	'paymentLink/getAll': async (emulator) => {
		await ofLink({})(emulator);
		return every;
	},
	'product/getAll': () => every,
	'product/getOffers': () => ({ productId: chosen(songwriting), ...every }),
	'product/getPlans': () => ({ productId: chosen(guitar), ...every }),
	'product/updateSettings': () => ({ productId: chosen(guitar), emailsToBuyers: false }),
	'sale/get': ofSale,
	'sale/getAll': ofSales,
	'sale/getCommissions': ofSales,
	'sale/getParticipants': ofSales,
	'sale/getPriceDetails': async (emulator) => {
		await withCoupon(emulator);
		await sell(emulator, { coupon: 'SUMMER25' });
		return every;
	},
	'sale/getSummary': ofSales,
	'sale/refund': ofSale,
	'sale/reissueBillet': async ({ hotmart }) => {
		const order = { email: EMAIL, productId: songwriting, paymentType: 'BILLET' };
		return { transaction: (await hotmart.printBillet(order)).transaction };
	},
	'subscription/cancel': ofSubscription(),
	'subscription/changeBillingDay': ofSubscription({ dueDay: 15 }),
	'subscription/get': ofSubscription(),
	'subscription/getAll': ofSubscriptions,
	'subscription/getPurchases': ofSubscription(),
	'subscription/getSummary': ofSubscriptions,
	'subscription/getSwitchPlans': ofSubscription(),
	'subscription/getTransactions': ofSubscriptions,
	'subscription/reactivate': ofCanceled,
	'subscription/reactivateAndCharge': ofCanceled,
	'subscription/switchPlan': ofSubscription({ offerCode: chosen('gtryear1') }),
};

/** Operations whose output has no fields of its own. */
export const WITHOUT_PREVIEW = ['apiCall/send'];
