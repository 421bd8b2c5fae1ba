import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { HotmartItem } from './item';

export interface RepeatOptions {
	skipDuplicates?: boolean;
	firstPaymentSignalOnly?: boolean;
	skipOutdated?: boolean;
}

/** Keys that n8n keeps for one trigger; it reads and writes all of them for every event. */
const MAX_KEYS = 2_000;
/** Subscriptions and purchases whose latest event is remembered. */
const MAX_SUBJECTS = 1_000;

const PAYMENT_SIGNALS = ['purchaseApproved', 'refundPeriodOver'];

/** Whether an event was seen before, or comes too late, by the options of the trigger. Remembers the event. */
export async function isRepeated(
	context: IExecuteFunctions,
	item: HotmartItem,
	{ skipDuplicates = true, firstPaymentSignalOnly = false, skipOutdated = false }: RepeatOptions,
): Promise<boolean> {
	const { transaction } = item.purchase;
	const isSignal = firstPaymentSignalOnly && transaction !== null && PAYMENT_SIGNALS.includes(item.access.reason);
	const keys = [...(skipDuplicates ? [item.eventKey] : []), ...(isSignal ? [`payment:${transaction}`] : [])];
	if (keys.length > 0 && (await wereSeen(context, keys))) return true;
	return skipOutdated && isOutdated(context, item);
}

async function wereSeen(context: IExecuteFunctions, keys: string[]): Promise<boolean> {
	const check = async () =>
		await context.helpers.checkProcessedAndRecord(keys, 'node', { mode: 'entries', maxEntries: MAX_KEYS });
	// The first events of a workflow may try to make the same row at once; the one that fails finds it at the second try.
	const answer = await check().catch(check).catch((error: Error) => error);
	if (!(answer instanceof Error)) return answer.processed.length > 0;
	context.logger.warn('Hotmart Trigger: n8n could not tell whether the event was received before, so it is passed on', {
		reason: answer.message,
	});
	return false;
}

/** Kept with the workflow, so best effort where several n8n processes run executions of one workflow at the same time. */
function isOutdated(context: IExecuteFunctions, { subscription, purchase, createdAt }: HotmartItem): boolean {
	const subject = subscription?.subscriberCode ?? purchase.transaction;
	if (subject === null || createdAt === null) return false;
	const memory = context.getWorkflowStaticData('node');
	const { [subject]: latest, ...others } = (memory.latest ?? {}) as IDataObject;
	if (typeof latest === 'string' && createdAt < latest) return true;
	const kept = Object.entries(others).slice(1 - MAX_SUBJECTS);
	memory.latest = { ...Object.fromEntries(kept), [subject]: createdAt };
	return false;
}
