import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { HotmartItem } from './item';

export interface RepeatOptions {
	skipDuplicates?: boolean;
	firstPaymentSignalOnly?: boolean;
	skipOutdated?: boolean;
}

/** Keys that n8n keeps for one trigger, two for each event; it reads and writes all of them for every event. */
const MAX_KEYS = 4_000;
/** Subscriptions and purchases whose latest event is remembered. */
const MAX_SUBJECTS = 1_000;

const PAYMENT_SIGNALS = ['purchaseApproved', 'refundPeriodOver'];

/**
 * Whether an event was seen before, or comes too late, by the options of the trigger. Remembers the event.
 *
 * An execution that n8n starts again after the worker that ran it died has noted its event before. It is told from another delivery
 * of the event by `delivery`, which differs for each request of Hotmart.
 */
export async function isRepeated(
	context: IExecuteFunctions,
	{ item, delivery }: { item: HotmartItem; delivery: string | null },
	{ skipDuplicates = true, firstPaymentSignalOnly = false, skipOutdated = false }: RepeatOptions,
): Promise<boolean> {
	const transaction = item.purchase?.transaction ?? null;
	// Approved twice is approved again, after a refund request that was withdrawn: a signal is repeated by one of the other kind only.
	const [own, other] = item.access.reason === 'refundPeriodOver' ? ['complete', 'payment'] : ['payment', 'complete'];
	const isSignal = firstPaymentSignalOnly && transaction !== null && PAYMENT_SIGNALS.includes(item.access.reason);
	const keys = skipDuplicates ? [item.eventKey] : [];
	const [asked, noted] = isSignal ? [[`${other}:${transaction}`], [`${own}:${transaction}`]] : [[], []];
	if (keys.length + asked.length > 0 && (await wereSeen(context, { keys, asked, noted, delivery }))) return true;
	return skipOutdated && isOutdated(context, item);
}

/** An event that waits to hear whether it was seen before. */
interface Question {
	/** One of them seen before makes it a repetition. */
	keys: string[];
	/** Likewise, but not remembered. */
	asked: string[];
	/** Only remembered. */
	noted: string[];
	/** Seen before, it makes the event none: this is the same request of Hotmart. */
	delivery: string | null;
}

interface WaitingQuestion extends Question {
	answer: (wasSeen: boolean) => void;
}

/** Events of each trigger that arrived while n8n was asked about earlier ones. */
const WAITING = new Map<string, WaitingQuestion[]>();

/**
 * Asks n8n for all events at once that arrive while it answers. It reads and writes the keys of a trigger as one record, so that
 * questions at the same moment would not know of each other, and each would cost as much as all together.
 */
async function wereSeen(context: IExecuteFunctions, question: Question): Promise<boolean> {
	const trigger = `${context.getWorkflow().id}:${context.getNode().id}`;
	return await new Promise((answer) => {
		const waiting = WAITING.get(trigger);
		if (waiting) waiting.push({ ...question, answer });
		else void askInTurn(context, trigger, [{ ...question, answer }]);
	});
}

const remembered = ({ keys, noted, delivery }: Question) => [
	...keys,
	...noted,
	...(delivery === null ? [] : [delivery]),
];

async function askInTurn(context: IExecuteFunctions, trigger: string, first: WaitingQuestion[]): Promise<void> {
	for (let questions = first; questions.length > 0; questions = WAITING.get(trigger)!) {
		WAITING.set(trigger, []);
		const seen = await findSeen(context, [
			...new Set(questions.flatMap((question) => [...remembered(question), ...question.asked])),
		]);
		const repeated = new Set<WaitingQuestion>();
		// n8n remembers whatever it is asked for.
		const asked = new Set(questions.flatMap((question) => question.asked).filter((key) => !seen.has(key)));
		for (const question of questions) {
			if (!seen.has(question.delivery) && [...question.keys, ...question.asked].some((key) => seen.has(key)))
				repeated.add(question);
			for (const key of remembered(question)) seen.add(key);
		}
		// A repetition stays one when its execution is started again, and takes no place from an event.
		const deliveries = [...repeated].flatMap(({ delivery }) => delivery ?? []);
		await forget(context, [...deliveries, ...[...asked].filter((key) => !seen.has(key))]);
		for (const question of questions) question.answer(repeated.has(question));
	}
	WAITING.delete(trigger);
}

/** Which of these keys n8n has seen before; it remembers all of them. None when it cannot tell. */
async function findSeen(context: IExecuteFunctions, keys: string[]): Promise<Set<unknown>> {
	const check = async () =>
		await context.helpers.checkProcessedAndRecord(keys, 'node', { mode: 'entries', maxEntries: MAX_KEYS });
	// The first events of a workflow may try to make the same row at once; the one that fails finds it at the second try.
	const answer = await check()
		.catch(check)
		.catch((error: Error) => error);
	if (!(answer instanceof Error)) return new Set(answer.processed);
	context.logger.warn('Hotmart Trigger: n8n could not say whether the event arrived before, so it passes', {
		reason: answer.message,
	});
	return new Set();
}

async function forget(context: IExecuteFunctions, keys: string[]): Promise<void> {
	if (keys.length === 0) return;
	await context.helpers
		.removeProcessed(keys, 'node', { mode: 'entries', maxEntries: MAX_KEYS })
		.catch(({ message }: Error) => {
			context.logger.warn('Hotmart Trigger: n8n could not forget a repeated delivery', { reason: message });
		});
}

/**
 * Whether a later event has decided about the same subscription or purchase. What decides nothing outdates nothing, and a refund
 * that comes after the cancellation that it caused still ends access, perhaps sooner.
 *
 * Kept with the workflow, so best effort where several n8n processes run executions of one workflow at the same time.
 */
function isOutdated(context: IExecuteFunctions, { subscription, purchase, createdAt, access }: HotmartItem): boolean {
	const subject = subscription?.subscriberCode ?? purchase?.transaction ?? null;
	if (subject === null || createdAt === null || access.decision === 'none') return false;
	const memory = context.getWorkflowStaticData('node');
	const { [subject]: latest, ...others } = (memory.latest ?? {}) as IDataObject;
	const [at = '', decision] = typeof latest === 'string' ? latest.split(' ') : [];
	if (createdAt < at) return !(decision === 'revoke' && access.decision === 'revoke');
	const kept = Object.entries(others).slice(1 - MAX_SUBJECTS);
	memory.latest = { ...Object.fromEntries(kept), [subject]: `${createdAt} ${access.decision}` };
	return false;
}
