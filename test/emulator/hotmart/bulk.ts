import type { Clock } from '../types';
import { DAY } from './calendar';
import { createTable } from './table';
import type { Segment, Table } from './table';
import type { BulkOptions, Person, Plan, Product, Sale, SaleStatus, Subscription, SubscriptionStatus } from './types';

/*
 * Records that exist only while they are read, so that tests can have any number of them. Everything about one follows from its
 * index; its code or transaction tells the index back.
 */

const codeAt = (index: number) => `Z${index.toString(36).toUpperCase().padStart(7, '0')}`;
const transactionAt = (index: number) => `HP9${String(index).padStart(9, '0')}`;

/** Index of a made-up subscription by its code; of anything else undefined. */
export const bulkIndexOf = (code: string) => (/^Z[0-9A-Z]{7}$/.test(code) ? parseInt(code.slice(1), 36) : undefined);

function personAt(kind: string, index: number): Person {
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

const statusAt = ({ statuses }: Segment, index: number) => statuses[index % statuses.length];
const timeAt = (segment: Segment, index: number) => segment.from + (index - segment.first) * segment.step;

function planAt(products: Product[], segment: Segment, index: number): Plan | undefined {
	const plans = products.find(({ id }) => id === segment.productId)?.plans ?? [];
	return plans[index % plans.length];
}

function subscriptionAt(products: Product[], index: number, segment: Segment): Subscription {
	const plan = planAt(products, segment, index);
	const time = timeAt(segment, index);
	const status = statusAt(segment, index) as SubscriptionStatus;
	// Without the calendar: a listing that filters makes up every record
	const charged = time + (plan?.period ?? 30) * DAY;
	return {
		id: 5_000_000 + index,
		code: codeAt(index),
		productId: segment.productId,
		planId: plan?.id ?? 0,
		subscriber: personAt('student', index),
		status,
		requestDate: time,
		accessionDate: time,
		...(status.startsWith('CANCELLED') && { endAccessionDate: time + DAY }),
		nextCharge: charged,
		trial: false,
		transaction: transactionAt((segment.twin ?? 0) + index - segment.first),
		recurrence: 1,
		dueDay: 1 + (Math.floor(time / DAY) % 28),
		price: plan?.price ?? { value: 0, currency: 'BRL' },
		unpaid: status === 'DELAYED' ? [{ number: 2, chargeDate: charged }] : [],
	};
}

function saleAt(products: Product[], subscriptions: Table<Subscription>, index: number, segment: Segment): Sale {
	const time = timeAt(segment, index);
	const product = products.find(({ id }) => id === segment.productId);
	const owner = segment.twin === undefined ? undefined : segment.twin + index - segment.first;
	const ownerSegment = owner === undefined ? undefined : subscriptions.segmentOf(owner);
	const plan = owner === undefined || !ownerSegment ? undefined : planAt(products, ownerSegment, owner);
	const offer = plan ?? product?.offers[0];
	return {
		transaction: transactionAt(index),
		productId: segment.productId,
		...(plan && owner !== undefined && { planId: plan.id, subscriberCode: codeAt(owner), recurrence: 1 }),
		offerCode: offer?.code ?? '',
		buyer: owner === undefined ? personAt('buyer', index) : personAt('student', owner),
		status: statusAt(segment, index) as SaleStatus,
		orderDate: time,
		approvedDate: time,
		warrantyUntil: time + (product?.warrantyDays ?? 7) * DAY,
		price: offer?.price ?? { value: 0, currency: 'BRL' },
		paymentType: 'CREDIT_CARD',
		installments: 1,
	};
}

/** The tables of subscriptions and sales, whose made-up records take plans and offers of the products. */
export function createTables(products: () => Product[]) {
	const subscriptions = createTable<Subscription>({
		keyOf: ({ code }) => code,
		timeOf: ({ accessionDate, requestDate }) => accessionDate ?? requestDate,
		indexOf: bulkIndexOf,
		make: (index, segment) => subscriptionAt(products(), index, segment),
	});
	const sales = createTable<Sale>({
		keyOf: ({ transaction }) => transaction,
		timeOf: ({ orderDate }) => orderDate,
		indexOf: (key) => (/^HP9\d{9}$/.test(key) ? Number(key.slice(3)) : undefined),
		make: (index, segment) => saleAt(products(), subscriptions, index, segment),
	});
	return { subscriptions, sales };
}

interface Tables {
	products: Product[];
	subscriptions: Table<Subscription>;
	sales: Table<Sale>;
}

/** Dates and product of a stretch; `oneTime` decides which kind of product is taken by default. */
function segmentOf({ products }: Tables, clock: Clock, count: number, options: BulkOptions, oneTime: boolean) {
	const to = options.to ?? clock.now();
	const from = options.from ?? to - 3 * 365 * DAY;
	const fitting = products.find(({ plans }) => (plans.length === 0) === oneTime);
	return {
		count,
		from,
		step: Math.max(1, Math.floor((to - from) / count)),
		productId: options.productId ?? fitting?.id ?? 0,
	};
}

/** Adds `count` subscriptions, each with its first sale. */
export function seedSubscriptions(state: Tables, clock: Clock, count: number, options: BulkOptions = {}): void {
	const segment = segmentOf(state, clock, count, options, false);
	const places = { subscription: state.subscriptions.bulkCount(), sale: state.sales.bulkCount() };
	state.subscriptions.addBulk({ ...segment, statuses: options.statuses ?? ['ACTIVE'], twin: places.sale });
	state.sales.addBulk({ ...segment, statuses: ['COMPLETE'], twin: places.subscription });
}

/** Adds `count` one-time sales. */
export function seedSales(state: Tables, clock: Clock, count: number, options: BulkOptions = {}): void {
	const segment = segmentOf(state, clock, count, options, true);
	state.sales.addBulk({ ...segment, statuses: options.statuses ?? ['COMPLETE'] });
}
