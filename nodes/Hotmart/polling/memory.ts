import type { IDataObject } from 'n8n-workflow';

import { DAY } from '../../shared/dates';
import { isRecord } from '../../shared/record';

/** What the trigger has seen. n8n keeps it with the workflow, so it is small: one short text for each sale and subscription. */
export interface Memory {
	/** When it looked last. Milliseconds since 1970-01-01 UTC, like all times here. */
	lookedAt: number;
	/** When the last full look was, and how many requests it took. */
	wholeAt: number;
	wholeRequests: number;
	/** What the user wants to be caught up with on the first look; the time of that look where nothing is. */
	since: number;
	/** Since which order time each list was read, by the state of its sales; `subscriptions` and `cancellations`: 0 once they were. */
	from: Record<string, number>;
	/** By transaction. */
	sales: Record<string, string>;
	/** By subscriber code. */
	subscriptions: Record<string, string>;
}

/** A sale as it was seen. */
export interface SeenSale {
	letter: string;
	/** Whether it was seen paid at some time. */
	wasApproved: boolean;
	/** How many changes of it were seen. */
	count: number;
	orderedAt: number;
}

/** A subscription as it was seen. */
export interface SeenSubscription {
	state: 'running' | 'waiting' | 'canceled' | 'expired';
	planId: number | null;
	count: number;
	/** When it was canceled or ended; of others 0. */
	endedAt: number;
}

const HOUR = 3_600_000;
const inHours = (time: number) => Math.round(time / HOUR).toString(36);
const fromHours = (text: string) => parseInt(text, 36) * HOUR;

/** Writes a sale as text, such as `a+2.a4k2`. */
export const writeSale = ({ letter, wasApproved, count, orderedAt }: SeenSale): string =>
	`${letter}${wasApproved ? '+' : '-'}${count}.${inHours(orderedAt)}`;

/** Reads what `writeSale` wrote. */
export function readSale(text: string | undefined): SeenSale | undefined {
	const [, letter, mark, count, hours] = /^(\w)([+-])(\d+)\.(\w+)$/.exec(text ?? '') ?? [];
	if (letter === undefined) return undefined;
	return { letter, wasApproved: mark === '+', count: Number(count), orderedAt: fromHours(hours!) };
}

const STATES: Array<SeenSubscription['state']> = ['running', 'waiting', 'canceled', 'expired'];

/** Writes a subscription as text, such as `r558689.0.0`. */
export const writeSubscription = ({ state, planId, count, endedAt }: SeenSubscription): string =>
	`${state[0]}${planId ?? ''}.${count}.${inHours(endedAt)}`;

/** Reads what `writeSubscription` wrote. */
export function readSubscription(text: string | undefined): SeenSubscription | undefined {
	const [, letter, plan, count, hours] = /^(\w)(\d*)\.(\d+)\.(\w+)$/.exec(text ?? '') ?? [];
	const state = STATES.find((each) => each[0] === letter);
	if (state === undefined) return undefined;
	return { state, planId: plan ? Number(plan) : null, count: Number(count), endedAt: fromHours(hours!) };
}

/** Reads the memory that n8n has kept; undefined before the first look. */
export function readMemory(kept: IDataObject): Memory | undefined {
	const { memory } = kept;
	if (!isRecord(memory) || typeof memory.lookedAt !== 'number') return undefined;
	return JSON.parse(JSON.stringify(memory)) as Memory;
}

/** How long records are kept after their look-back window: clocks differ, and a day is read twice. */
const MARGIN = 2 * DAY;
/** How long a subscription that has ended is kept: it may be reactivated. */
const ENDED_DAYS = 180;

/**
 * Drops what has left its look-back window.
 *
 * @param oldest order times before which sales are not read any more, by the letters of their states
 */
export function forgetOld(memory: Memory, now: number, oldest: Record<string, number>): void {
	for (const [transaction, text] of Object.entries(memory.sales)) {
		const seen = readSale(text);
		if (!seen || seen.orderedAt < (oldest[seen.letter] ?? now) - MARGIN) delete memory.sales[transaction];
	}
	for (const [code, text] of Object.entries(memory.subscriptions)) {
		const seen = readSubscription(text);
		const hasEnded = seen?.state === 'canceled' || seen?.state === 'expired';
		if (!seen || (hasEnded && seen.endedAt < now - ENDED_DAYS * DAY)) delete memory.subscriptions[code];
	}
}
