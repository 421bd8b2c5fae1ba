import type { RequestContext } from './http/request';

/** What a run waits for: the rate limit of the API, or the end of an outage. */
export type WaitReason = 'rateLimit' | 'outage';

/** How far a run is, and how long it had to wait. */
export interface Progress {
	/** Notes that so many parts of the work of the run are done. */
	note(done: number, total: number): void;
	/** Says that the run waits so many milliseconds and how far it is. */
	wait(reason: WaitReason, millis: number): void;
	/** Whether the run had to wait for the rate limit. */
	isLimited(): boolean;
	/** Shows above the node's output how long the run had to wait, if it was long. */
	hint(): void;
}

/** Shorter waits are not worth a line, in milliseconds. */
const MIN_LINE = 500;
/** Shorter waits in all are not worth a hint, in milliseconds. */
const MIN_HINT = 5000;

const LINES: Record<WaitReason, string> = {
	rateLimit: 'for the rate limit of the API',
	outage: 'for the API to answer again',
};

const HINTS: Record<WaitReason, (seconds: number) => string> = {
	rateLimit: (seconds) =>
		`The rate limit of the API made this run wait ${seconds} s in all. Nothing is lost. A run with fewer items ends sooner.`,
	outage: (seconds) =>
		`The API did not answer for a while, so this run waited ${seconds} s in all and sent its requests again.`,
};

/** Follows the progress of a run: in n8n's log, and in the browser's console for a run from the editor. */
export function createProgress(context: RequestContext): Progress {
	let [done, total] = [0, 0];
	const waited: Record<WaitReason, number> = { rateLimit: 0, outage: 0 };
	return {
		note(doneNow, totalNow) {
			[done, total] = [doneNow, totalNow];
		},

		wait(reason, millis) {
			waited[reason] += millis;
			if (millis < MIN_LINE) return;
			const far = total > 1 ? `${done} of ${total} done, ` : '';
			const line = `${context.getNode().name}: ${far}waiting ${Math.ceil(millis / 1000)} s ${LINES[reason]}`;
			context.logger?.info(line);
			if ('sendMessageToUI' in context) context.sendMessageToUI(line);
		},

		isLimited: () => waited.rateLimit > 0,

		hint() {
			if (!('addExecutionHints' in context)) return;
			for (const reason of ['rateLimit', 'outage'] as const)
				if (waited[reason] >= MIN_HINT)
					context.addExecutionHints?.({
						message: HINTS[reason](Math.round(waited[reason] / 1000)),
						location: 'outputPane',
					});
		},
	};
}
