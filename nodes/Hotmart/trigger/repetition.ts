import type { IExecuteFunctions } from 'n8n-workflow';

import { wereSeen } from '../../shared/memory';
import type { Reason } from './events';
import type { HotmartItem } from './item';

export interface RepeatOptions {
	skipDuplicates?: boolean;
	firstPaymentSignalOnly?: boolean;
	/** How many events are remembered; default 2,000. */
	rememberedEvents?: number;
	/** The execution retries a crashed one from the start. That one may have remembered its event, or not. */
	isRetry?: boolean;
}

const PAYMENT_SIGNALS: Reason[] = ['purchaseApproved', 'refundPeriodOver'];

/** Whether an event was seen before, by the options of the trigger. Remembers the event. */
export async function isRepeated(
	context: IExecuteFunctions,
	{ item, delivery, key = item.eventKey }: { item: HotmartItem; delivery: string | null; key?: string },
	{ skipDuplicates = true, firstPaymentSignalOnly = false, rememberedEvents, isRetry = false }: RepeatOptions,
): Promise<boolean> {
	const { transaction = null } = item.purchase ?? {};
	// Two approvals are not a repetition: the second one follows a withdrawn refund request. Only the other kind repeats a signal.
	const [signal, otherSignal] =
		item.access.reason === 'refundPeriodOver' ? ['complete', 'payment'] : ['payment', 'complete'];
	const isSignal = firstPaymentSignalOnly && transaction !== null && PAYMENT_SIGNALS.includes(item.access.reason);
	const keys = skipDuplicates ? [key] : [];
	const question = {
		keys: isRetry ? [] : keys,
		rivals: isSignal ? [`${otherSignal}:${transaction}`] : [],
		// A retry always passes, and a later delivery is a repetition of it
		notes: [...(isRetry ? keys : []), ...(isSignal ? [`${signal}:${transaction}`] : [])],
		delivery,
	};
	return question.keys.length + question.notes.length > 0 && (await wereSeen(context, question, rememberedEvents));
}
