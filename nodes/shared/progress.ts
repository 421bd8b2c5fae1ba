import type { IExecuteFunctions } from 'n8n-workflow';

import type { RequestContext } from './http';

interface Progress {
	done: number;
	total: number;
	/** How long the vendor's rate limit made the run wait, in milliseconds. */
	waited: number;
}

/** How far each run is; n8n has no place for it. */
const RUNS = new WeakMap<RequestContext, Progress>();

const progressOf = (context: RequestContext) => RUNS.get(context) ?? { done: 0, total: 0, waited: 0 };

/** Notes that so many parts of the work of a run are done. */
export function noteProgress(context: RequestContext, done: number, total: number): void {
	RUNS.set(context, { ...progressOf(context), done, total });
}

/**
 * Says that a run waits for the rate limit and how far it is: in n8n's log, and in the browser's console for a run from the
 * editor. Shorter waits than half a second are not worth a word.
 */
export function noteWait(context: RequestContext, millis: number): void {
	const progress = progressOf(context);
	RUNS.set(context, { ...progress, waited: progress.waited + millis });
	if (millis < 500) return;
	const far = progress.total > 1 ? `${progress.done} of ${progress.total} done, ` : '';
	const text = `${context.getNode().name}: ${far}waiting ${Math.ceil(millis / 1000)} s for the rate limit of the API`;
	context.logger?.info(text);
	if ('sendMessageToUI' in context) context.sendMessageToUI(text);
}

/** Shows above the node's output how long the rate limit made the run wait, if it was long. */
export function hintWaits(context: IExecuteFunctions): void {
	const { waited } = progressOf(context);
	if (waited < 5000) return;
	context.addExecutionHints?.({
		message: `The rate limit of the API made this run wait ${Math.round(waited / 1000)} s in all. Nothing is lost; fewer items at a time end sooner.`,
		location: 'outputPane',
	});
}
