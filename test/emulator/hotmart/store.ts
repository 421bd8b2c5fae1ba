import { createHash } from 'node:crypto';

import { copyOf } from '../core';
import type { Clock, Seed } from '../types';
import { demoProducts } from './catalog';
import { createTable } from './table';
import type { Segment } from './table';
import type {
	BulkOptions,
	Person,
	Plan,
	Product,
	Sale,
	SaleStatus,
	Subscription,
	SubscriptionStatus,
	Write,
} from './types';

export const DAY = 24 * 3600 * 1000;

export interface Coupon {
	id: number;
	productId: number;
	code: string;
	discount: number;
	startDate?: number;
	endDate?: number;
}

export interface PaymentLink {
	ucode: string;
	url: string;
	name: string;
	value: number;
	currency: string;
	offers: object[];
	plans: object[];
}

/** What a student did in a product's members area. */
export interface Visit {
	email: string;
	productId: number;
	firstAccess: number;
	lastAccess: number;
	count: number;
	/** Ids of completed modules with the time. */
	completed: Record<string, number>;
}

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

/** `length` upper-case letters and digits that look random; different for different numbers. */
function codeOf(number: number, length: number): string {
	return (((number * 15_485_863) % 36 ** length) + 36 ** length).toString(36).slice(1).toUpperCase();
}

const bulkCode = (index: number) => `Z${index.toString(36).toUpperCase().padStart(7, '0')}`;
const bulkTransaction = (index: number) => `HP9${String(index).padStart(9, '0')}`;

function bulkPerson(kind: string, index: number): Person {
	const number = String(index).padStart(9, '0');
	return {
		id: 100_000_000 + index,
		ucode: `00000000-0000-4000-8000-000${number}`,
		email: `${kind}${number}@bulk.example.com`,
		name: `Student ${number}`,
		phone: `119${number}`,
		document: `00${number}`,
	};
}

/** The charge one period after another, on the due day where the month has it, at noon UTC. */
export function nextCharge(from: number, period: number, dueDay: number): number {
	if (period === 7) return from + 7 * DAY;
	const date = new Date(from);
	const month = date.getUTCMonth() + Math.round(period / 30);
	const lastDay = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate();
	return Date.UTC(date.getUTCFullYear(), month, Math.min(dueDay, lastDay), 12);
}

/** Day of the month of a charge; weekly plans count Monday as 1 and Sunday as 7. */
export function dueDayOf(time: number, period: number): number {
	const date = new Date(time);
	return period === 7 ? date.getUTCDay() || 7 : date.getUTCDate();
}

/** The account's records, without behavior. */
export function createStore(clock: Clock, seed: Seed) {
	const fresh = () => ({
		products: seed === 'demo' ? demoProducts() : [],
		coupons: [] as Coupon[],
		links: [] as PaymentLink[],
		visits: [] as Visit[],
		writes: [] as Write[],
		/** Numbers handed out so far. */
		used: 0,
	});
	let data = fresh();

	const product = (id: number): Product | undefined => data.products.find((entry) => entry.id === id);
	const mustHaveProduct = (id: number): Product => {
		const found = product(id);
		if (found === undefined) throw new Error(`There is no product ${id}`);
		return found;
	};
	const planOf = (productId: number, planId: number): Plan => {
		const found = mustHaveProduct(productId).plans.find(({ id }) => id === planId);
		if (found === undefined) throw new Error(`Product ${productId} has no plan ${planId}`);
		return found;
	};
	const planAt = (segment: Segment, index: number): Plan | undefined => {
		const plans = product(segment.productId)?.plans ?? [];
		return plans[index % plans.length];
	};
	const statusAt = ({ statuses }: Segment, index: number) => statuses[index % statuses.length];
	const timeAt = (segment: Segment, index: number) => segment.from + (index - segment.first) * segment.step;

	const subscriptions = createTable<Subscription>({
		keyOf: ({ code }) => code,
		timeOf: ({ accessionDate, requestDate }) => accessionDate ?? requestDate,
		indexOf: (key) => (/^Z[0-9A-Z]{7}$/.test(key) ? parseInt(key.slice(1), 36) : undefined),
		make: (index, segment) => {
			const plan = planAt(segment, index);
			const time = timeAt(segment, index);
			const period = plan?.period ?? 30;
			const status = statusAt(segment, index) as SubscriptionStatus;
			// Without the calendar: a listing that filters makes up every record
			const charged = time + period * DAY;
			return {
				id: 5_000_000 + index,
				code: bulkCode(index),
				productId: segment.productId,
				planId: plan?.id ?? 0,
				subscriber: bulkPerson('student', index),
				status,
				requestDate: time,
				accessionDate: time,
				...(status.startsWith('CANCELLED') && { endAccessionDate: time + DAY }),
				nextCharge: charged,
				trial: false,
				transaction: bulkTransaction((segment.twin ?? 0) + index - segment.first),
				recurrence: 1,
				dueDay: 1 + (Math.floor(time / DAY) % 28),
				price: plan?.price ?? { value: 0, currency: 'BRL' },
				unpaid: status === 'DELAYED' ? [{ number: 2, chargeDate: charged }] : [],
			};
		},
	});

	const sales = createTable<Sale>({
		keyOf: ({ transaction }) => transaction,
		timeOf: ({ orderDate }) => orderDate,
		indexOf: (key) => (/^HP9\d{9}$/.test(key) ? Number(key.slice(3)) : undefined),
		make: (index, segment) => {
			const time = timeAt(segment, index);
			const owner = segment.twin === undefined ? undefined : segment.twin + index - segment.first;
			const ownerSegment = owner === undefined ? undefined : subscriptions.segmentOf(owner);
			const plan = owner === undefined || !ownerSegment ? undefined : planAt(ownerSegment, owner);
			const offer = plan ?? product(segment.productId)?.offers[0];
			return {
				transaction: bulkTransaction(index),
				productId: segment.productId,
				...(plan && owner !== undefined && { planId: plan.id, subscriberCode: bulkCode(owner), recurrence: 1 }),
				offerCode: offer?.code ?? '',
				buyer: owner === undefined ? bulkPerson('buyer', index) : bulkPerson('student', owner),
				status: statusAt(segment, index) as SaleStatus,
				orderDate: time,
				approvedDate: time,
				warrantyUntil: time + (product(segment.productId)?.warrantyDays ?? 7) * DAY,
				price: offer?.price ?? { value: 0, currency: 'BRL' },
				paymentType: 'CREDIT_CARD',
				installments: 1,
			};
		},
	});

	/** A segment's dates and product; `oneTime` decides which kind of product is taken by default. */
	const segment = (count: number, options: BulkOptions, oneTime: boolean) => {
		const to = options.to ?? clock.now();
		const from = options.from ?? to - 3 * 365 * DAY;
		const fitting = data.products.find(({ plans }) => (plans.length === 0) === oneTime);
		return {
			count,
			from,
			step: Math.max(1, Math.floor((to - from) / count)),
			productId: options.productId ?? fitting?.id ?? 0,
		};
	};

	return {
		get products() {
			return data.products;
		},
		get coupons() {
			return data.coupons;
		},
		get links() {
			return data.links;
		},
		get visits() {
			return data.visits;
		},
		get writes() {
			return data.writes;
		},
		/** Keeps what the API was told to do. */
		note: (write: Omit<Write, 'at'>) => void data.writes.push({ ...write, at: clock.now() }),
		addProduct: (product: { name: string } & Partial<Product>): Product => {
			data.used += 1;
			const id = product.id ?? 1_500_000 + data.used;
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
			data.products.push(added);
			return added;
		},
		subscriptions,
		sales,
		product,
		mustHaveProduct,
		planOf,
		/** The next number, for ids of any kind. */
		next: () => {
			data.used += 1;
			return data.used;
		},
		newSubscriberCode: (number: number) => `${'ABCDEFGHJKLMNPQRSTUVWXY'.charAt(number % 23)}${codeOf(number, 7)}`,
		newTransaction: (number: number) => `HP1${String((number * 387_420_489) % 1e9).padStart(9, '0')}`,
		removeCoupon: (id: number) => {
			const before = data.coupons.length;
			data.coupons = data.coupons.filter((coupon) => coupon.id !== id);
			return data.coupons.length < before;
		},
		salesOf: ({ code }: Subscription): Sale[] => {
			const index = /^Z/.test(code) ? parseInt(code.slice(1), 36) : undefined;
			const owner = index === undefined ? undefined : subscriptions.segmentOf(index);
			// Looking the made-up first sale up puts it among the rows
			if (owner?.twin !== undefined && index !== undefined) sales.bulk(owner.twin + index - owner.first);
			return sales.rows().filter(({ subscriberCode }) => subscriberCode === code);
		},
		seedSubscriptions: (count: number, options: BulkOptions = {}) => {
			const part = segment(count, options, false);
			const places = { subscription: subscriptions.bulkCount(), sale: sales.bulkCount() };
			subscriptions.addBulk({ ...part, statuses: options.statuses ?? ['ACTIVE'], twin: places.sale });
			sales.addBulk({ ...part, statuses: ['COMPLETE'], twin: places.subscription });
		},
		seedSales: (count: number, options: BulkOptions = {}) =>
			sales.addBulk({ ...segment(count, options, true), statuses: options.statuses ?? ['COMPLETE'] }),
		reset: () => {
			data = fresh();
			for (const table of [subscriptions, sales]) table.restore({ rows: [], segments: [], touched: [] });
		},
		snapshot: () => copyOf({ data, subscriptions: subscriptions.snapshot(), sales: sales.snapshot() }),
		restore: (snapshot: unknown) => {
			const saved = copyOf(snapshot) as ReturnType<Store['snapshot']>;
			data = { ...fresh(), ...saved.data };
			subscriptions.restore(saved.subscriptions);
			sales.restore(saved.sales);
		},
	};
}

export type Store = ReturnType<typeof createStore>;
