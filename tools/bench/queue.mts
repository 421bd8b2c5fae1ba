/** Queue mode as deploy/ has it, with one, two and four workers: how fast it is, and who works how long for an event. */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { startQueueStack, type Member } from '../../test/n8n/queue-stack.mts';
import { combine, COUNTER, countsOf, since, type Counts } from './counts.mts';
import { number, table } from './measure.mts';
import { chain, nodes, OWNER, purchaseApproved } from './n8n.mts';
import { DEMO } from './project.mts';
import type { Section, Settings } from './report.mts';
import { cpuTime } from './turns.mts';

const WORKERS = [4, 2, 1];
/** Events that are sent at a time. */
const SENDERS = 40;
/** Waits until everything has ended, however slow the machine is. */
const PATIENCE = 180_000;

/** Processor time of PostgreSQL: of the server, of the processes that it has ended, and of those that it still has. */
function databaseTime(pid: number): number {
	const ofFamily = (process: string): number => {
		const fields = readFileSync(`/proc/${process}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
		if (Number(process) !== pid && Number(fields[1]) !== pid) return 0;
		const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map(Number) as [number, number, number, number];
		return (user + system + (Number(process) === pid ? endedUser + endedSystem : 0)) * 10;
	};
	const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
	return all.reduce((sum, process) => {
		try {
			return sum + ofFamily(process);
		} catch (error) {
			// It has ended meanwhile, as processes of the machine do
			if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return sum;
			throw error;
		}
	}, 0);
}

const NONE: Counts = { statements: 0, written: 0, read: 0 };
const plus = (one: Counts, other: Counts) => combine(one, other, (a, b) => a + b);

export async function queue({ quick, say }: Settings): Promise<Section[]> {
	const model = await purchaseApproved();
	const dataDir = await mkdtemp(join(tmpdir(), 'bench-queue-'));
	const stack = await startQueueStack({
		dataDir,
		onStep: say,
		settings: { WORKERS: String(Math.max(...WORKERS)) },
		preload: { script: COUNTER, env: { COUNT_FOLDER: dataDir } },
	});
	try {
		const { client, db, main, workers, webhooks, databasePid, queuePid } = stack;
		await client.signIn(OWNER);
		const { hottok } = DEMO.hotmart;
		const { id } = await client.createCredential({
			name: 'Hottok',
			type: 'hotmartWebhookApi',
			data: { webhookToken: hottok },
		});
		const workflow = await client.importWorkflow(chain('Queue', [nodes.hotmartTrigger(), nodes.noOp()], id));
		const [url] = await client.activate(workflow.id);
		if (!url) throw new Error('n8n has registered no URL');
		await client.waitForWebhook(url);
		const count = async () => {
			const { rows } = await db.query(
				`SELECT count(*) FILTER (WHERE status = 'success')::int AS succeeded, count(*) FILTER (WHERE status IN ('new', 'running'))::int AS open FROM execution_entity`,
			);
			return rows[0] as { succeeded: number; open: number };
		};
		const post = async (body: string) => {
			const headers = { 'content-type': 'application/json', 'x-hotmart-hottok': hottok };
			const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(PATIENCE) });
			const text = await answer.text();
			if (answer.status !== 200) say(`sent again after ${answer.status} ${text.slice(0, 100)}`);
			return answer.status;
		};
		let resent = 0;
		const send = async (events: number) => {
			resent = 0;
			const { succeeded } = await count();
			let left = events;
			const sender = async () => {
				while (left-- > 0) {
					const transaction = randomUUID();
					const purchase = { ...model.data.purchase, transaction };
					const body = JSON.stringify({ ...model, id: transaction, data: { ...model.data, purchase } });
					// As Hotmart does: what was not answered with success is sent again
					while ((await post(body)) !== 200) {
						resent += 1;
						if (resent > events) throw new Error(`${resent} of ${events} events had to be sent again`);
						await sleep(250);
					}
				}
			};
			const started = performance.now();
			await Promise.all(Array.from({ length: SENDERS }, sender));
			while ((await count()).succeeded < succeeded + events) {
				if (performance.now() - started > PATIENCE)
					throw new Error(`${events} events: after ${PATIENCE / 1000} s there are ${JSON.stringify(await count())}`);
				await sleep(50);
			}
			return performance.now() - started;
		};
		const fillMemory = async () => {
			// Two keys for each of 2,000 events, as in queue mode
			const data = Array.from({ length: 4000 }, (_, index) => String(index).padStart(24, 'k'));
			const { rowCount } = await db.query('UPDATE processed_data SET value = $1', [
				JSON.stringify({ mode: 'entries', data }),
			]);
			if (rowCount !== 1) throw new Error(`${rowCount} memories instead of one`);
		};

		const amount = quick ? 40 : 300;
		// A worker that has run little is slow: each of them has run 150 before it is measured
		await send(quick ? 20 : 600);
		await fillMemory();
		const lines: string[][] = [];
		for (const running of WORKERS) {
			for (const worker of workers.slice(running)) await worker.stop();
			const active = workers.slice(0, running);
			say(`${amount} events, ${running} workers`);
			const members = { main: [main], webhooks, workers: active };
			const numbersOf = (all: Member[]) => all.map((member) => member.pid()!);
			const everybody = numbersOf(Object.values(members).flat());
			const times = () => ({
				...Object.fromEntries(
					Object.entries(members).map(([name, all]) => [
						name,
						numbersOf(all).reduce((sum, pid) => sum + cpuTime(pid), 0),
					]),
				),
				database: databaseTime(databasePid!),
				queue: cpuTime(queuePid!),
			});
			const counts = async () => {
				let all = NONE;
				for (const pid of everybody) all = plus(all, await countsOf(pid, dataDir));
				return all;
			};
			const [countsBefore, before] = [await counts(), times() as Record<string, number>];
			const milliseconds = await send(amount);
			const [after, counted] = [times() as Record<string, number>, since(await counts(), countsBefore)];
			const each = (name: string) => number((after[name]! - before[name]!) / amount, 1);
			lines.push([
				String(running),
				number(amount / (milliseconds / 1000), 1),
				...['webhooks', 'workers', 'main', 'database', 'queue'].map(each),
				number(counted.statements / amount, 1),
				number(counted.written / amount / 1000, 1),
				number(counted.read / amount / 1000, 1),
				String(resent),
			]);
		}
		return [
			{
				title: 'Queue mode',
				rows: [],
				notes: [
					`This is the set-up of [deploy/](../deploy/README.md) without containers: Caddy, two webhook processes, main, PostgreSQL and Redis, and one, two or four workers of 10 executions each. All of them share ${availableParallelism()} cores. ${amount} purchases come, ${SENDERS} at a time, for one workflow of the *Hotmart Trigger* and a *No Operation* node. Its memory is full (2,000 events of two keys). The time ends when n8n has saved every execution. More workers cannot be faster than the cores here. How it grows with more cores is told by the processor time that an event takes in each kind of process, in milliseconds, and by its statements and bytes in the database.`,
					table(
						[
							'workers',
							'events a second',
							'webhook processes, ms',
							'workers, ms',
							'main, ms',
							'PostgreSQL, ms',
							'Redis, ms',
							'statements',
							'kB written',
							'kB read',
							'sent again',
						],
						lines.reverse(),
					),
				],
			},
		];
	} finally {
		await stack.stop();
		await rm(dataDir, { recursive: true, force: true });
	}
}
