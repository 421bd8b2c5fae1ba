import { randomUUID } from 'node:crypto';

import {
	NodeOperationError,
	UserError,
	type IDataObject,
	type IExecuteFunctions,
	type IPollFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';

import { DAY, toMillis } from '../../shared/dates';
import { readPolicy, type AccessPolicy } from '../access/policy';
import { connect, type HotmartClient } from '../api/client';
import { checkExpressions, passes, readFilters, type EventFilters, type Param } from '../trigger/filters';
import { readItem, shown, type HotmartItem } from '../trigger/item';
import { offerCodesOf } from '../trigger/purchase';
import { Reader } from '../vocabulary/reader';
import { readPolledEvents, type LookBack } from './events';
import { LOOK_BACK } from './fields';
import { lookAround, type Found, type Wanted } from './look';
import { readMemory, type Memory } from './memory';
import { toEnvelope, type Change } from './records';

/** What the user set. */
export interface Settings {
	wanted: Wanted;
	policy: AccessPolicy;
	filters: EventFilters;
	includeExtra: boolean;
}

/** What an execution is started with. `delivery` and `key` are for the memory of repetitions; no output has them. */
export type Entry = INodeExecutionData & { key: string; delivery: string };

/** An event that passes the filters, with the record that it was seen in. */
interface Hit {
	change: Change;
	item: HotmartItem;
}

const UCODE = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** @throws UserError that names the field which cannot be read */
export function readSettings(context: IPollFunctions | IExecuteFunctions, param: Param): Settings {
	checkExpressions(context.getNode().parameters, param);
	const options = param('options', {}) as IDataObject;
	const days = Object.fromEntries(
		Object.entries(LOOK_BACK).map(([name, { label, preset }]) => [name, readDays(label, options[name] ?? preset)]),
	) as Record<LookBack, number>;
	const since = param('firstLook', 'now') === 'since' ? readSince(param('since', ''), context.getTimezone()) : null;
	return {
		wanted: { events: readPolledEvents(param), days, since },
		policy: readPolicy(param),
		filters: readFilters(param),
		includeExtra: options.includeExtra === true,
	};
}

function readDays(label: string, value: unknown): number {
	const days = Number(value);
	if (days >= 1 && days <= 3_650) return days;
	throw new UserError(`The option "${label}" cannot be "${String(value)}". Enter a number of days from 1 to 3650.`);
}

function readSince(value: unknown, timezone: string): number {
	const since = toMillis(value, timezone);
	if (since !== null) return since;
	throw new UserError(`The field "Catch Up Since" cannot be "${String(value)}". Enter a date such as 2026-01-31.`);
}

/** Polls under way in this process, by workflow and node: no poll starts before a slow one has ended. */
const UNDER_WAY = new Set<string>();
/** What this process has emitted last and not noted yet, likewise. */
const EMITTED = new Map<string, Pick<Memory, 'sales' | 'subscriptions'>>();

/**
 * Looks for news. The memory gets what is emitted only at the next poll: n8n stores it together with the start of the run, and
 * after a crash in between the items come again. The run drops those whose run had begun.
 *
 * @returns null when there is nothing new
 * @throws RequestError when Hotmart cannot be asked; the memory stays as it was
 */
export async function poll(context: IPollFunctions): Promise<Entry[] | null> {
	const key = `${context.getWorkflow().id}:${context.getNode().id}`;
	if (UNDER_WAY.has(key)) return null;
	UNDER_WAY.add(key);
	try {
		return await pollOnce(context, key);
	} finally {
		UNDER_WAY.delete(key);
	}
}

async function pollOnce(context: IPollFunctions, key: string): Promise<Entry[] | null> {
	const settings = readSettings(context, paramOf(context));
	const client = connect(context);
	const kept = context.getWorkflowStaticData('node');
	const before = readMemory(kept);
	const emitted = EMITTED.get(key);
	if (before && emitted) {
		Object.assign(before.sales, emitted.sales);
		Object.assign(before.subscriptions, emitted.subscriptions);
	}
	const found = await lookAround(client, settings.wanted, before, Date.now());
	const hits = await readHits(client, found, settings);
	EMITTED.set(key, holdBack(found.memory, before, hits));
	kept.memory = found.memory;
	return hits.length === 0 ? null : hits.map((hit) => entryOf(hit, settings));
}

/** Removes what is emitted from the memory, and returns it. */
function holdBack(memory: Memory, before: Memory | undefined, hits: Hit[]): Pick<Memory, 'sales' | 'subscriptions'> {
	const held: Pick<Memory, 'sales' | 'subscriptions'> = { sales: {}, subscriptions: {} };
	for (const { change } of hits) {
		const [part, name] =
			change.kind === 'sale'
				? (['sales', change.sale.transaction] as const)
				: (['subscriptions', change.subscription.code] as const);
		const now = memory[part][name];
		if (now === undefined) continue;
		held[part][name] = now;
		const old = before?.[part][name];
		if (old === undefined) delete memory[part][name];
		else memory[part][name] = old;
	}
	return held;
}

/** The parameters of a node in a poll, or in a run, where they are the same for all items. */
export const paramOf = (context: IPollFunctions | IExecuteFunctions): Param =>
	'getInputData' in context
		? (name, fallback) => context.getNodeParameter(name, 0, fallback)
		: (name, fallback) => context.getNodeParameter(name, fallback);

async function readHits(client: HotmartClient, found: Found, settings: Settings): Promise<Hit[]> {
	const filters = found.changes.length === 0 ? settings.filters : await withIds(client, settings.filters);
	return found.changes.flatMap((change) => {
		const owner = change.kind === 'sale' ? found.owners.get(change.sale.transaction) : undefined;
		const envelope = toEnvelope(change, Date.now(), owner);
		const item = readItem(envelope, settings.policy);
		return passes(item, filters, offerCodesOf(new Reader(envelope.data))) ? [{ change, item }] : [];
	});
}

/** The list of sales has no ucode of a product, so products that were chosen by it are looked for by their ID, too. */
async function withIds(client: HotmartClient, filters: EventFilters): Promise<EventFilters> {
	const products = [...filters.products];
	for (const ucode of filters.products.filter((entry) => UCODE.test(entry)))
		products.push(String((await client.product(ucode)).id));
	return { ...filters, products };
}

function entryOf({ change, item }: Hit, { includeExtra }: Settings): Entry {
	return { json: shown(item, includeExtra), key: `${item.eventKey}#${change.count}`, delivery: randomUUID() };
}

/** How far back the editor looks for an event to show, in days: the first range with an event counts. */
const TEST_DAYS = [2, 60];

/**
 * The latest event of the account that passes the filters, for the editor.
 *
 * @throws NodeOperationError when there is none
 */
export async function pollForTest(context: IPollFunctions | IExecuteFunctions): Promise<Entry[]> {
	const settings = readSettings(context, paramOf(context));
	const client = connect(context);
	for (const days of TEST_DAYS) {
		const now = Date.now();
		const none = { paymentDays: 0, refundDays: 0, chargebackDays: 0 };
		const wanted: Wanted = { ...settings.wanted, days: none, since: now - days * DAY };
		const hits = await readHits(client, await lookAround(client, wanted, undefined, now), settings);
		const latest = hits.at(-1);
		if (latest) return [entryOf(latest, settings)];
	}
	throw new NodeOperationError(
		context.getNode(),
		'Nothing has happened in the last 60 days that this trigger looks for',
		{
			description: 'Choose more events or products, or wait for a sale.',
		},
	);
}
