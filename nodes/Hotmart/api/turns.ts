/** Runs a limited number of tasks at the same time. The others wait for their turn, first come, first served. */
export function createTurns(atOnce: () => number): <T>(task: () => Promise<T>) => Promise<T> {
	const waiting: Array<() => void> = [];
	let running = 0;
	const startNext = () => {
		if (waiting.length === 0 || running >= atOnce()) return;
		running += 1;
		waiting.shift()!();
		startNext();
	};
	return async (task) => {
		await new Promise<void>((resolve) => {
			waiting.push(resolve);
			startNext();
		});
		try {
			return await task();
		} finally {
			running -= 1;
			startNext();
		}
	};
}
