import type { IDataObject } from 'n8n-workflow';

import { DAY } from '../../shared/dates';
import { addresses } from '../api/addresses';
import type { HotmartClient } from '../api/client';
import { allTimes } from '../api/ranges';
import { SUBSCRIPTION_STATUSES } from '../vocabulary/status';
import { noteSale, noteSubscription, type Look } from './changes';
import { SALE_STATES, type LookBack } from './events';
import { forgetOld, type Memory } from './memory';
import { Owners } from './owners';
import { toSale, toSubscription, type Change, type SubscriptionFacts } from './records';

/** Largest page of these lists (Hotmart §2.3). */
const PAGE_SIZE = 500;
/** Average cost of full looks, in milliseconds per request: 25 requests per minute, 5% of Hotmart's limit. */
const MILLIS_PER_REQUEST = 2_400;
/** How far back a look goes that is not a full one, and by how much looks overlap. */
const OVERLAP = 2 * DAY;

const CANCELED = Object.values(SUBSCRIPTION_STATUSES).flatMap(({ rest }) =>
	rest.startsWith('CANCELLED') ? [rest] : [],
);
/** Events that only the list of all subscriptions shows. */
const OF_ALL_SUBSCRIPTIONS = ['SWITCH_PLAN', 'SUBSCRIPTION_EXPIRED', 'SUBSCRIPTION_REACTIVATED'];

/** What is looked for, and how far back. */
export interface Wanted {
	events: string[];
	days: Record<LookBack, number>;
	/** Set when the user wants to be caught up on the first look. */
	since: number | null;
}

/** What a look found: the changes in the order in which they happened, and the memory that has them. */
export interface Found {
	changes: Change[];
	memory: Memory;
	/** The subscription of each payment, by its transaction. */
	owners: Map<string, SubscriptionFacts>;
}

/** What a look reads, and from when on. */
interface Scope {
	look: Look;
	states: typeof SALE_STATES;
	/** Whether the list of all subscriptions is needed, and that of the canceled ones. */
	wantsAll: boolean;
	wantsCanceled: boolean;
	/** Whether to read everything that may still change, and not only what is recent. */
	isWhole: boolean;
	/** When the last such look was. */
	wholeAt: number;
}

/** What was read. */
interface Reading {
	changes: Change[];
	requests: number;
}

/** Looks for changes since the memory was made. Does not change the given memory. */
export async function lookAround(
	client: HotmartClient,
	wanted: Wanted,
	before: Memory | undefined,
	now: number,
): Promise<Found> {
	const scope = scopeOf(wanted, before, now);
	const { isWhole, wantsAll, look } = scope;
	const sales = await readSales(client, wanted, scope);
	const payments = sales.changes.flatMap((change) =>
		change.kind === 'sale' && wanted.events.includes(change.event) ? [change.sale] : [],
	);
	const owners = new Owners(client, payments);
	const subscriptions = await readSubscriptions(client, scope, (subscription) => owners.note(subscription));

	const { memory } = look;
	memory.lookedAt = now;
	if (isWhole) {
		const wholeRequests = sales.requests + subscriptions.requests;
		Object.assign(memory, { wholeAt: now, wholeRequests, from: startsOf(scope, wanted) });
		const kept = SALE_STATES.map(({ letter, lookBack }) => [letter, now - wanted.days[lookBack] * DAY]);
		forgetOld(memory, now, Object.fromEntries(kept) as Record<string, number>);
	}
	const changes = [...sales.changes, ...subscriptions.changes].filter(({ event }) => wanted.events.includes(event));
	// Times that a clock ahead of this one has made are now.
	const timeOf = ({ at }: Change) => Math.min(at ?? now, now);
	changes.sort((a, b) => timeOf(a) - timeOf(b));
	return { changes, memory, owners: await owners.find(wantsAll && isWhole) };
}

function scopeOf(wanted: Wanted, before: Memory | undefined, now: number): Scope {
	const memory = before ? (JSON.parse(JSON.stringify(before)) as Memory) : emptyMemory(now, wanted.since ?? now);
	const states = SALE_STATES.filter(({ event }) => wanted.events.includes(event));
	const wantsAll = OF_ALL_SUBSCRIPTIONS.some((event) => wanted.events.includes(event));
	const wantsCanceled = wanted.events.includes('SUBSCRIPTION_CANCELLATION');
	const lists = [
		...states.map(({ word }) => word),
		...(wantsAll ? ['subscriptions'] : []),
		...(wantsCanceled ? ['cancellations'] : []),
	];
	const isWhole =
		!before ||
		lists.some((name) => before.from[name] === undefined) ||
		Math.abs(now - before.wholeAt) >= before.wholeRequests * MILLIS_PER_REQUEST;
	// A clock that was ahead must not hide anything.
	const wholeAt = Math.min(before?.wholeAt ?? memory.since, now);
	const lookedAt = Math.min(before?.lookedAt ?? memory.since, now);
	const look: Look = {
		now,
		isFirst: !before,
		catchesUp: !before && wanted.since !== null,
		memory,
		readFrom: before?.from ?? {},
		lookedAt,
	};
	return { look, states, wantsAll, wantsCanceled, isWhole, wholeAt };
}

const emptyMemory = (now: number, since: number): Memory => ({
	lookedAt: now,
	wholeAt: now,
	wholeRequests: 0,
	since,
	from: {},
	sales: {},
	subscriptions: {},
});

/** From when on a whole look reads each of its lists. */
const startsOf = ({ states, wantsAll, wantsCanceled, wholeAt }: Scope, { days }: Wanted): Record<string, number> => ({
	...Object.fromEntries(states.map(({ word, lookBack }) => [word, wholeAt - days[lookBack] * DAY])),
	...(wantsAll && { subscriptions: 0 }),
	...(wantsCanceled && { cancellations: 0 }),
});

async function readSales(client: HotmartClient, wanted: Wanted, scope: Scope): Promise<Reading> {
	const { look, states, isWhole } = scope;
	const starts = startsOf(scope, wanted);
	const changes: Change[] = [];
	let requests = 0;
	for (const state of states) {
		const start = isWhole ? starts[state.word] : look.lookedAt - OVERLAP;
		const query = { transaction_status: state.word, start_date: start };
		requests += await readList(client, addresses.sales, query, (record) => {
			changes.push(...noteSale(look, toSale(record), state));
		});
	}
	return { changes, requests };
}

/** @param onRead is shown every subscription that is read */
async function readSubscriptions(
	client: HotmartClient,
	{ look, wantsAll, wantsCanceled, isWhole }: Scope,
	onRead: (subscription: SubscriptionFacts) => void,
): Promise<Reading> {
	const changes: Change[] = [];
	const planNames = new Map<number | null, string | null>();
	const noteOne = (name: string) => (record: IDataObject) => {
		const subscription = toSubscription(record);
		planNames.set(subscription.planId, subscription.planName);
		onRead(subscription);
		changes.push(...noteSubscription({ ...look, isFirst: look.readFrom[name] === undefined }, subscription));
	};
	let requests = 0;
	if (wantsAll && isWhole) requests += await readList(client, addresses.subscriptions, {}, noteOne('subscriptions'));
	else if (wantsCanceled) {
		const [from, to] = [look.lookedAt - OVERLAP, look.now + DAY];
		const query = { status: CANCELED, cancelation_date: from, end_cancelation_date: to };
		requests += await readList(client, addresses.subscriptions, query, noteOne('cancellations'));
	}
	for (const change of changes)
		if (change.kind === 'subscription' && change.previousPlan)
			change.previousPlan.name = planNames.get(change.previousPlan.id) ?? null;
	return { changes, requests };
}

/** Reads a list record by record, and returns with how many requests. */
async function readList(
	{ list }: HotmartClient,
	path: string,
	query: IDataObject,
	note: (record: IDataObject) => void,
): Promise<number> {
	// A range that takes too long is read again in halves, so each record counts only once.
	const records = await list({ path, query: allTimes(path, query) }, { limit: Infinity, read: note, isPatient: true });
	return Math.max(1, Math.ceil(records.length / PAGE_SIZE));
}
