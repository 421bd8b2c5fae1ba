/** Return All of very long lists: time and memory, each run in a process of its own. */
import { execFile } from 'node:child_process';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { figure, inTurn, number, ratio, summarize, table } from './measure.mts';
import { startEmulator } from './project.mts';
import type { Section, Settings } from './report.mts';

const child = fileURLToPath(new URL('list-child.mts', import.meta.url));
const SIZES = [100_000, 200_000, 300_000];
const MB = 1e6;

/** What reading a list took. */
interface Run {
	seconds: number;
	/** Bytes of the whole process at the worst moment. */
	peak: number;
	/** Bytes that the rows hold. */
	held: number;
}

/** Milliseconds until an answer of an API that is far away. */
const FAR = 300;

/** Stands before the emulator and keeps each answer back. */
async function farAway(target: string): Promise<{ url: string; close: () => void }> {
	const server = createServer((incoming, answer) => {
		const { method, headers, url } = incoming;
		const onward = request(`${target}${url}`, { method, headers }, (response) => {
			setTimeout(() => {
				answer.writeHead(response.statusCode!, response.headers);
				response.pipe(answer);
			}, FAR);
		});
		onward.on('error', (error) => answer.destroy(error));
		incoming.pipe(onward);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		close: () => {
			server.close();
			server.closeAllConnections();
		},
	};
}

/** Return All from an API whose answers take a while, of the loop that waits for one answer after the other. */
export async function farLists({ quick, say }: Settings): Promise<Section[]> {
	const rows = quick ? 1000 : 100_000;
	say(`${number(rows)} rows with ${FAR} ms an answer`);
	const emulator = await startEmulator({ hotmart: { rateLimitPerMinute: 1e9 } });
	const far = await farAway(emulator.hotmart.url);
	try {
		emulator.hotmart.seedSubscriptions(rows);
		const run = async (contender: string) => {
			const args = ['--expose-gc', '--import', 'tsx', child, contender, String(rows), far.url];
			const { stdout } = await promisify(execFile)(process.execPath, [...args, `${far.url}/security/oauth/token`]);
			return (JSON.parse(stdout) as Run).seconds;
		};
		const [ours, loop] = [await run('node'), await run('axios')];
		const row = {
			what: `Return All of ${number(rows)} rows, ${FAR} ms an answer, time`,
			against: 'an axios loop, one request after the other',
			goal: '≤ 0.5',
			result: `${number(ours / loop, 2)} (${number(ours, 1)} s and ${number(loop, 1)} s)`,
			isMet: ours / loop <= 0.5,
		};
		return [
			{
				title: 'Long lists from far away',
				rows: [row],
				notes: [
					`The same list of ${number(rows)} subscriptions, from an API that delays each answer by ${FAR} ms. A loop waits for one page after the other, because each page names the next one. The Hotmart node reads several ranges of time at once, in order, and within the limit of Hotmart. The loop took ${number(loop, 1)} s, the node ${number(ours, 1)} s.`,
				],
			},
		];
	} finally {
		far.close();
		await emulator.close();
	}
}

export async function lists({ rounds, quick, say }: Settings): Promise<Section[]> {
	const measured = new Map<number, Record<'ours' | 'helper' | 'axios', Run[]>>();
	for (const rows of SIZES) {
		say(`${number(rows)} rows`);
		const emulator = await startEmulator({ hotmart: { rateLimitPerMinute: 1e9 } });
		emulator.hotmart.seedSubscriptions(quick ? rows / 100 : rows);
		const { url, tokenUrl } = emulator.hotmart;
		const run = async (contender: string) => {
			const args = [
				'--expose-gc',
				'--import',
				'tsx',
				child,
				contender,
				String(quick ? rows / 100 : rows),
				url,
				tokenUrl,
			];
			const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1e7 });
			emulator.requests.length = 0;
			return JSON.parse(stdout) as Run;
		};
		try {
			const some = Math.min(rounds, { 100_000: 5, 200_000: 1, 300_000: 3 }[rows] ?? rounds);
			measured.set(
				rows,
				await inTurn(some, { ours: () => run('node'), helper: () => run('helper'), axios: () => run('axios') }),
			);
		} finally {
			await emulator.close();
		}
	}

	const of = (rows: number) => measured.get(rows)!;
	const median = (runs: Run[], key: 'peak' | 'held') => summarize(runs.map((run) => run[key])).median;
	const slope = (who: 'ours' | 'axios', key: 'peak' | 'held', from: number, to: number) =>
		(median(of(to)[who], key) - median(of(from)[who], key)) / (to - from);
	const held = slope('ours', 'held', 100_000, 300_000);
	const halves = [slope('ours', 'held', 100_000, 200_000), slope('ours', 'held', 200_000, 300_000)];
	// Rows with longer numbers and names weigh a little more; anything that grows with the square would double.
	const isLinear = Math.max(...halves) <= 1.1 * Math.min(...halves);

	const times = (rows: number, other: 'helper' | 'axios' = 'axios') =>
		ratio(
			of(rows).ours.map(({ seconds }) => seconds),
			of(rows)[other].map(({ seconds }) => seconds),
		);
	return [
		{
			title: 'Long lists',
			rows: [
				...[100_000, 300_000].map((rows) => ({
					what: `Return All of ${number(rows)} rows, time`,
					against: 'a bare axios loop',
					goal: '≤ 1.3',
					result: figure(times(rows), 2),
					isMet: times(rows).median <= 1.3,
					...(times(rows).median > 1.3 && {
						why: `Compared with the same loop through n8n's own request function, the node takes ${number(times(rows, 'helper').median, 2)} times as long. The rest is the time to read each row into an item, which the loops do not do. It is visible only because the API runs on the same machine and answers in milliseconds.`,
					}),
				})),
				{
					what: 'Return All, memory',
					against: 'a straight line',
					goal: 'linear',
					result: `${number(held)} bytes a row (${halves.map((half) => number(half)).join(' up to 200,000 rows, then ')})`,
					isMet: isLinear,
				},
			],
			notes: [
				'Three readers list all subscriptions of an account: the Hotmart node in n8n-core with its default settings, and two loops of a few lines that retry nothing and keep the rows as they come. One loop uses axios, the other the n8n function that all nodes use for requests (without a credential, because n8n would read it for every request). Each run is a process of its own that has read 5,000 rows before. The emulator is another process. Five rounds of 100,000 rows, one of 200,000, three of 300,000. The time is from the first request to the last row. *Held* is the memory of the rows at the end, *peak* the largest size of the whole process (with n8n-core and a TypeScript compiler in it).',
				table(
					['rows', 'reader', 'seconds', 'peak, MB', 'held, MB'],
					SIZES.flatMap((rows) =>
						(['ours', 'helper', 'axios'] as const).map((who) => [
							number(rows),
							{ ours: 'Hotmart node', helper: "loop with n8n's requests", axios: 'axios loop' }[who],
							figure(summarize(of(rows)[who].map(({ seconds }) => seconds)), 1),
							figure(summarize(of(rows)[who].map(({ peak }) => peak / MB))),
							figure(summarize(of(rows)[who].map((run) => run.held / MB))),
						]),
					),
				),
				`One more row takes ${number(held)} bytes held and ${number(slope('ours', 'peak', 100_000, 300_000))} at the peak; in the axios loop ${number(slope('axios', 'held', 100_000, 300_000))} and ${number(slope('axios', 'peak', 100_000, 300_000))}. The node's rows are simplified, so they are smaller than Hotmart's.`,
			],
		},
	];
}
