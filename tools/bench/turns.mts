/** Fine turns in random order: what a contender costs, by the processor time of the n8n process. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A ratio, and the range in which 95 of 100 repetitions of the run would find it. */
export interface Ratio {
	value: number;
	low: number;
	high: number;
}

/** Events of each contender before it counts: V8 compiles what runs often, and code that has just been loaded takes half as long again. */
export const WARM_UP = 40;
/** Processes of n8n in each mode: what V8 makes of the same code differs from one start to the next. */
export const STARTS = 2;

const TICK = 10;

/** Processor time of a process so far with all its threads, in milliseconds. */
export function cpuTime(pid: number): number {
	const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
	return (Number(fields[11]) + Number(fields[12])) * TICK;
}

/** Waits until a process has nothing to do any more: what an event leaves behind, such as a new sandbox, counts for that event. */
export async function rest(pid: number): Promise<void> {
	let quiet = 0;
	for (let before = cpuTime(pid); quiet < 2;) {
		await sleep(60);
		const now = cpuTime(pid);
		quiet = now - before <= TICK ? quiet + 1 : 0;
		before = now;
	}
}

/** Processor time that a process takes in a millisecond without any work. */
export async function idleRate(pid: number, milliseconds: number): Promise<number> {
	await rest(pid);
	const before = cpuTime(pid);
	const started = performance.now();
	await sleep(milliseconds);
	return (cpuTime(pid) - before) / (performance.now() - started);
}

/** Numbers from 0 to 1 that are the same in every run. */
export function seeded(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** Gives every contender one turn a round, each round in an order of its own, so that nobody gains by a neighbor or by a busy moment. */
export async function inRandomTurns<Name extends string, Result>(
	rounds: number,
	contenders: Record<Name, () => Promise<Result>>,
): Promise<Record<Name, Result[]>> {
	const names = Object.keys(contenders) as Name[];
	const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Result[]>;
	for (let round = 0; round < rounds; round++) {
		const order = names.map((name) => ({ name, at: Math.random() })).sort((a, b) => a.at - b.at);
		for (const { name } of order) results[name].push(await contenders[name]());
	}
	return results;
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

/**
 * What the one took of the other over all rounds, and its spread by drawing the rounds again.
 * @param others measured in the same rounds
 */
export function ratioOf(values: number[], others: number[]): Ratio {
	const random = seeded(values.length);
	const draws = Array.from({ length: 2000 }, () => {
		const rounds = values.map(() => Math.floor(random() * values.length));
		return sum(rounds.map((round) => values[round]!)) / sum(rounds.map((round) => others[round]!));
	}).sort((a, b) => a - b);
	return { value: sum(values) / sum(others), low: draws[50]!, high: draws[1949]! };
}
