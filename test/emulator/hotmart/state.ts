import { createHash } from 'node:crypto';

import { copyOf } from '../shared/core';
import type { Clock, Seed } from '../types';
import { bulkIndexOf, createTables } from './bulk';
import { demoProducts } from './catalog';
import type { Coupon, PaymentLink, Person, Plan, Product, Sale, Subscription, Visit, Write } from './types';

/** Records besides subscriptions and sales. */
interface Lists {
	products: Product[];
	coupons: Coupon[];
	links: PaymentLink[];
	/** Charges by the token of a payment link. */
	charges: object[];
	visits: Visit[];
	writes: Write[];
	/** Products about whose purchases Hotmart itself sends no e-mails. */
	silent: number[];
	/** Numbers handed out so far. */
	used: number;
}

/** The account's records, without behavior. */
export type State = Lists & ReturnType<typeof createTables>;

const emptyLists = (seed: Seed): Lists => ({
	products: seed === 'demo' ? demoProducts() : [],
	coupons: [],
	links: [],
	charges: [],
	visits: [],
	writes: [],
	silent: [],
	used: 0,
});

export function createState(seed: Seed): State {
	const lists = emptyLists(seed);
	// One object all along, so that the tables see products that come with a snapshot or a reset
	const state: State = Object.assign(
		lists,
		createTables(() => lists.products),
	);
	return state;
}

export function resetState(state: State, seed: Seed): void {
	Object.assign(state, emptyLists(seed));
	for (const table of [state.subscriptions, state.sales]) table.restore({ rows: [], segments: [], touched: [] });
}

export const snapshotOf = ({ subscriptions, sales, ...lists }: State) =>
	copyOf({ lists, subscriptions: subscriptions.snapshot(), sales: sales.snapshot() });

export function restoreState(state: State, snapshot: unknown): void {
	const saved = copyOf(snapshot) as ReturnType<typeof snapshotOf>;
	Object.assign(state, saved.lists);
	state.subscriptions.restore(saved.subscriptions);
	state.sales.restore(saved.sales);
}

/** The next number, for ids of any kind. */
export function nextNumber(state: State): number {
	state.used += 1;
	return state.used;
}

/** `length` upper-case letters and digits that look random; different for different numbers. */
const codeOf = (number: number, length: number) =>
	(((number * 15_485_863) % 36 ** length) + 36 ** length).toString(36).slice(1).toUpperCase();

export const newSubscriberCode = (number: number) =>
	`${'ABCDEFGHJKLMNPQRSTUVWXY'.charAt(number % 23)}${codeOf(number, 7)}`;
export const newTransaction = (number: number) => `HP1${String((number * 387_420_489) % 1e9).padStart(9, '0')}`;

/** Everything about a person follows from the e-mail address, so the same address is always the same person. */
export function personOf(email: string, name?: string): Person {
	const hash = createHash('sha256').update(email.toLowerCase()).digest('hex');
	const words = (email.split('@')[0] ?? '').split(/[._+-]+/).filter((word) => word !== '');
	const digits = String(parseInt(hash.slice(0, 12), 16)).padStart(15, '0');
	return {
		id: parseInt(hash.slice(0, 7), 16),
		ucode: [
			hash.slice(0, 8),
			hash.slice(8, 12),
			`4${hash.slice(13, 16)}`,
			`8${hash.slice(17, 20)}`,
			hash.slice(20, 32),
		].join('-'),
		email,
		name: name ?? words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' '),
		phone: `119${digits.slice(-8)}`,
		document: digits.slice(-11),
	};
}

/** The creator whose account this is. */
export const OWNER = personOf('owner@school.example.com', 'Cordas School');

/** Published and sold by one offer unless said otherwise. */
export function addProduct(state: State, clock: Clock, product: { name: string } & Partial<Product>): Product {
	const id = product.id ?? 1_500_000 + nextNumber(state);
	const price = { value: 100, currency: 'BRL' };
	const added = {
		id,
		ucode: personOf(`product${id}`).ucode,
		status: 'ACTIVE',
		format: product.contents ? 'BUNDLE' : 'ONLINE_COURSE',
		createdAt: clock.now(),
		warrantyDays: 7,
		plans: [],
		offers: [{ code: codeOf(id, 8).toLowerCase(), name: '', price, paymentMode: 'UNIQUE_PAYMENT', isMain: true }],
		...product,
	};
	state.products.push(added);
	return added;
}

function mustHave<T>(found: T | undefined, what: string): T {
	if (found === undefined) throw new Error(`There is no ${what}`);
	return found;
}

export const findProduct = ({ products }: State, id: number) => products.find((product) => product.id === id);
export const productOf = (state: State, id: number) => mustHave(findProduct(state, id), `product ${id}`);
export const subscriptionOf = ({ subscriptions }: State, code: string) =>
	mustHave(subscriptions.find(code), `subscription ${code}`);
export const saleOf = ({ sales }: State, transaction: string) =>
	mustHave(sales.find(transaction), `sale ${transaction}`);
export const planNamed = (product: Product, planId: number): Plan =>
	mustHave(
		product.plans.find(({ id }) => id === planId),
		`plan ${planId} of product ${product.id}`,
	);

/** The products of a combo; of anything else none. */
export const contentsOf = (state: State, { contents = [] }: Product) => contents.map((id) => productOf(state, id));

/** What a subscription is charged by; smart installments have no plan, so theirs is made up (Hotmart §5.7). */
export function planOf(state: State, { productId, planId, smartInstallments, price }: Subscription): Plan {
	const product = productOf(state, productId);
	if (smartInstallments === undefined) return planNamed(product, planId);
	const code = product.offers[0]?.code ?? '';
	return { id: 0, code, name: product.name, price, period: 30, maxCycles: smartInstallments };
}

/** The sales of a subscription, oldest first. */
export function salesOf({ subscriptions, sales }: State, { code }: Subscription): Sale[] {
	const index = bulkIndexOf(code);
	const segment = index === undefined ? undefined : subscriptions.segmentOf(index);
	// Looking the made-up first sale up puts it among the rows
	if (segment?.twin !== undefined && index !== undefined) sales.bulk(segment.twin + index - segment.first);
	return sales.rows().filter(({ subscriberCode }) => subscriberCode === code);
}
