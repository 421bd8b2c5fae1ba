import { randomUUID } from 'node:crypto';

import { UserError, type IDataObject, type IExecuteFunctions, type INodeProperties } from 'n8n-workflow';

const [FEWEST_EVENTS, USUAL_EVENTS, MOST_EVENTS] = [500, 2_000, 20_000];

/** How many events a trigger remembers. n8n keeps 27 bytes for each key, and reads and writes all of them for every event. */
export const rememberedEventsField: INodeProperties = {
	displayName: 'Remembered Events',
	name: 'rememberedEvents',
	type: 'number',
	typeOptions: { minValue: FEWEST_EVENTS, maxValue: MOST_EVENTS },
	default: USUAL_EVENTS,
	description:
		'How many events the trigger remembers; n8n reads and writes 54 kB per 1,000 of them for every event, twice as much in queue mode',
};

/** @throws UserError when the option is no number of events that can be remembered */
export function readRememberedEvents({ rememberedEvents = USUAL_EVENTS }: IDataObject): number {
	const count = Number(rememberedEvents);
	if (Number.isInteger(count) && count >= FEWEST_EVENTS && count <= MOST_EVENTS) return count;
	throw new UserError(
		`The option "Remembered Events" cannot be ${JSON.stringify(rememberedEvents)}. Enter a whole number from ${FEWEST_EVENTS} to ${MOST_EVENTS.toLocaleString('en-US')}.`,
	);
}

/** Tells this process from any other, and from itself before a restart. */
const PROCESS = randomUUID();

/** Makes the mark of a request, for `Question.delivery`. */
export const markDelivery = (): string => `${PROCESS}:${randomUUID()}`;

/**
 * Whether the process that took the request runs its execution, too. Outside queue mode it does, and n8n never starts an execution
 * again that had begun: when it died, it shows the execution as crashed (n8n §3.5).
 */
const isOfThisProcess = (delivery: string | null) => delivery !== null && delivery.startsWith(PROCESS);

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
	 * died has noted its event before; this differs for each request, and tells it from another delivery of the event. Noted in queue
	 * mode only: elsewhere it would halve what the memory holds, for nothing.
	 */
	delivery: string | null;
}

interface WaitingQuestion extends Question {
	/** How many events the trigger remembers. */
	events: number;
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
export async function wereSeen(
	context: IExecuteFunctions,
	{ delivery, ...others }: Question,
	events = USUAL_EVENTS,
): Promise<boolean> {
	const trigger = `${context.getWorkflow().id}:${context.getNode().id}`;
	const question = { ...others, events, delivery: isOfThisProcess(delivery) ? null : delivery };
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
	const maxKeys = Math.max(...questions.map(({ events, delivery }) => events * (delivery === null ? 1 : 2)));
	const keys = [...new Set([...recent, ...questions.flatMap((question) => toRemember(question)), ...rivals])];
	const seen = await findSeen(context, keys, maxKeys);
	for (const key of recent) seen.add(key);
	// n8n remembers everything that it is asked about.
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
	await forget(context, [...deliveries, ...unseenRivals.filter((key) => !seen.has(key))], maxKeys);
	return repeated;
}

/** Which of these keys n8n has seen before; it remembers all of them. None when it cannot tell. */
async function findSeen(context: IExecuteFunctions, keys: string[], maxEntries: number): Promise<Set<unknown>> {
	const check = async () =>
		await context.helpers.checkProcessedAndRecord(keys, 'node', { mode: 'entries', maxEntries });
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

async function forget(context: IExecuteFunctions, keys: string[], maxEntries: number): Promise<void> {
	if (keys.length === 0) return;
	await context.helpers.removeProcessed(keys, 'node', { mode: 'entries', maxEntries }).catch(({ message }: Error) => {
		context.logger.warn(`${context.getNode().name}: n8n could not forget a repeated delivery`, { reason: message });
	});
}
