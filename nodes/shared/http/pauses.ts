import { sleep, type IDataObject } from 'n8n-workflow';

import type { Progress } from '../progress';
import { resetIn } from './rateLimit';
import type { RequestContext } from './request';

/** Why a request is sent again: the vendor is down, answers without what its API says, or wants fewer requests. */
export type Reason = 'outage' | 'oddAnswer' | 'rateLimit';

/**
 * How often a request is repeated at most. An answer that is not the API's mostly means that the address is wrong, which does
 * not pass.
 */
const REPETITIONS: Record<Reason, number> = { outage: 20, oddAnswer: 2, rateLimit: 8 };
/** How often to try in an outage when nobody wants to wait, as in the editor, or when the waiting time is used up. */
const QUICK_REPETITIONS = 4;
/** How long one run waits for outages to end, in milliseconds, all its waits together. */
const PATIENCE = 5 * 60_000;
/** First wait before a repetition in milliseconds; doubles each time up to the longest. */
const FIRST_WAIT = 500;
const MAX_WAIT = 30_000;

/** Milliseconds to wait before a request is repeated for the n-th time, from 1, when the vendor does not say how long. */
export const backoff = (repetition: number): number => Math.min(FIRST_WAIT * 2 ** (repetition - 1), MAX_WAIT);

/** The pauses that all requests of one client share. Every one of them ends when the execution is canceled. */
export interface Pauses {
	/** Waits until the rate limit allows a request. */
	untilAllowed(): Promise<void>;
	/** No request may start within so many milliseconds. */
	allowAfter(millis: number): void;
	/**
	 * Waits before a request is sent again for the n-th time, from 1.
	 *
	 * @returns false, without a wait, when it was repeated often enough
	 */
	beforeRepetition(reason: Reason, repetition: number, headers: IDataObject): Promise<boolean>;
}

export function createPauses(context: RequestContext, progress: Progress): Pauses {
	let openAt = 0;
	/** Until when the wait was reported: several requests may wait for the same moment. */
	let toldUntil = 0;
	// The editor waits for its lists.
	let patience = 'getExecutionCancelSignal' in context ? PATIENCE : 0;
	const signal = 'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
	const canceled = new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
	const wait = async (millis: number) => await Promise.race([sleep(millis), canceled]);

	return {
		async untilAllowed() {
			for (let left = openAt - Date.now(); left > 0 && !signal?.aborted; left = openAt - Date.now()) {
				if (openAt > toldUntil) progress.wait('rateLimit', openAt - Math.max(toldUntil, Date.now()));
				toldUntil = openAt;
				await wait(left);
			}
		},

		allowAfter(millis) {
			openAt = Math.max(openAt, Date.now() + millis);
		},

		async beforeRepetition(reason, repetition, headers) {
			if (repetition > REPETITIONS[reason] || signal?.aborted) return false;
			if (reason === 'rateLimit') return true;
			const reset = resetIn(headers);
			const millis = reset === undefined ? backoff(repetition) * (1 + Math.random() / 4) : Math.min(reset, MAX_WAIT);
			if (repetition > QUICK_REPETITIONS) {
				if (millis > patience) return false;
				patience -= millis;
			}
			progress.wait('outage', millis);
			await wait(millis);
			return true;
		},
	};
}
