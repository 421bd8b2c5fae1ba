import type { IExecuteFunctions } from 'n8n-workflow';

/** Keys that n8n keeps for one trigger, two for each event; it reads and writes all of them for every event. */
const MAX_KEYS = 4_000;

/** An event that waits to hear whether it was seen before. */
export interface Question {
	/** One of them seen before makes it a repetition. */
	keys: string[];
	/** Likewise, but not remembered. */
	rivals: string[];
	/** Only remembered. */
	notes: string[];
	/**
	 * Seen before, it makes the event none: this is the same request. An execution that n8n starts again after the worker that ran it
	 * died has noted its event before; this differs for each request, and tells it from another delivery of the event.
	 */
	delivery: string | null;
}

interface WaitingQuestion extends Question {
	answer: (wasSeen: boolean) => void;
}

/** Events of each trigger that arrived while n8n was asked about earlier ones. */
const WAITING = new Map<string, WaitingQuestion[]>();

/**
 * Whether an event was seen before by this trigger. Remembers the event.
 *
 * Asks n8n for all events at once that arrive while it answers. It reads and writes the keys of a trigger as one record, so that
 * questions at the same moment would not know of each other, and each would cost as much as all together.
 */
export async function wereSeen(context: IExecuteFunctions, question: Question): Promise<boolean> {
	const trigger = `${context.getWorkflow().id}:${context.getNode().id}`;
	return await new Promise((answer) => {
		const waiting = WAITING.get(trigger);
		if (waiting) waiting.push({ ...question, answer });
		else void askInTurn(context, trigger, [{ ...question, answer }]);
	});
}

const toRemember = ({ keys, notes, delivery }: Question) => [
	...keys,
	...notes,
	...(delivery === null ? [] : [delivery]),
];

/** Keys that this process has noted last, of each trigger. */
const RECENT = new Map<string, string[]>();
const MAX_RECENT = 200;

async function askInTurn(context: IExecuteFunctions, trigger: string, first: WaitingQuestion[]): Promise<void> {
	for (let questions = first; questions.length > 0; questions = WAITING.get(trigger)!) {
		WAITING.set(trigger, []);
		const repeated = await askTogether(context, trigger, questions);
		for (const question of questions) question.answer(repeated.has(question));
	}
	WAITING.delete(trigger);
}

/**
 * Asks n8n about events that came together, and returns the repeated ones. n8n rewrites its record as a whole, so that another
 * process that writes at the same moment erases the keys of this one: therefore they are noted again with each later question.
 */
async function askTogether(
	context: IExecuteFunctions,
	trigger: string,
	questions: WaitingQuestion[],
): Promise<Set<WaitingQuestion>> {
	const recent = RECENT.get(trigger) ?? [];
	const rivals = new Set(questions.flatMap((question) => question.rivals));
	const seen = await findSeen(context, [
		...new Set([...recent, ...questions.flatMap((question) => toRemember(question)), ...rivals]),
	]);
	for (const key of recent) seen.add(key);
	// n8n remembers whatever it is asked for.
	const unseenRivals = [...rivals].filter((key) => !seen.has(key));
	const repeated = new Set<WaitingQuestion>();
	for (const question of questions) {
		if (!seen.has(question.delivery) && [...question.keys, ...question.rivals].some((key) => seen.has(key)))
			repeated.add(question);
		for (const key of toRemember(question)) seen.add(key);
	}
	const notes = questions.flatMap((question) => (repeated.has(question) ? [] : toRemember(question)));
	RECENT.set(trigger, [...recent, ...notes].slice(-MAX_RECENT));
	// A repetition stays one when its execution is started again, and takes no place from an event.
	const deliveries = [...repeated].flatMap(({ delivery }) => delivery ?? []);
	await forget(context, [...deliveries, ...unseenRivals.filter((key) => !seen.has(key))]);
	return repeated;
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
	context.logger.warn(`${context.getNode().name}: n8n could not say whether the event arrived before, so it passes`, {
		reason: answer.message,
	});
	return new Set();
}

async function forget(context: IExecuteFunctions, keys: string[]): Promise<void> {
	if (keys.length === 0) return;
	await context.helpers
		.removeProcessed(keys, 'node', { mode: 'entries', maxEntries: MAX_KEYS })
		.catch(({ message }: Error) => {
			context.logger.warn(`${context.getNode().name}: n8n could not forget a repeated delivery`, { reason: message });
		});
}
