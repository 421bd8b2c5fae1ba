/** Asks a process of n8n for what it has handed to its database and got back (counter.cjs). */
import { readFileSync, rmSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const COUNTER = fileURLToPath(new URL('counter.cjs', import.meta.url));

/** What went between n8n and its database. */
export interface Counts {
	statements: number;
	/** Bytes of the values of statements. */
	written: number;
	/** Bytes of the values in rows. */
	read: number;
}

/** @param folder that the process has in COUNT_FOLDER */
export async function countsOf(pid: number, folder: string): Promise<Counts> {
	const file = join(folder, `${pid}.json`);
	rmSync(file, { force: true });
	process.kill(pid, 'SIGUSR2');
	while (!existsSync(file)) await sleep(5);
	return JSON.parse(readFileSync(file, 'utf8'));
}

export const combine = (one: Counts, other: Counts, way: (a: number, b: number) => number): Counts => ({
	statements: way(one.statements, other.statements),
	written: way(one.written, other.written),
	read: way(one.read, other.read),
});

export const since = (now: Counts, before: Counts): Counts => combine(now, before, (a, b) => a - b);
