/** Where n8n's main thread spends its time for an accepted webhook, by V8's sampling profiler. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { inTurn, number, summarize, table } from './measure.mts';
import { nodes, purchaseApproved, MeasuredN8n } from './n8n.mts';
import type { Section, Settings } from './report.mts';

const ENGINES: Array<{ name: string; env: Record<string, string>; amount: number }> = [
	{ name: 'default', env: {}, amount: 20 },
	{ name: 'lazy isolates', env: { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' }, amount: 60 },
];

/**
 * A sample counts for the first of these that a function on its stack belongs to, from the innermost function outwards; natives
 * and Node.js's own functions count for whoever called them.
 */
const AREAS = [
	['the node itself', /node_modules\/n8n-nodes-(?:hotmart-teachable|ten-lines)\//],
	['database', /node_modules\/(?:@n8n\/typeorm|@n8n\/db|sqlite3|tarn|async-mutex)\//],
	['sandboxes for expressions', /node_modules\/(?:isolated-vm|@n8n\/expression-runtime)\//],
	[
		'HTTP',
		/node_modules\/(?:express|router|compression|raw-body|body-parser|on-headers|etag|content-type|finalhandler|send)\/|^node:(?:_?http|net)/,
	],
	['the rest of n8n', /node_modules\//],
] as const;
const NOBODY = 'Node.js';
const NAMES = [...AREAS.map(([name]) => name), NOBODY];

export type ProfileNode = { id: number; callFrame: { functionName: string; url: string }; children?: number[] };

/**
 * Milliseconds of each area, without the time in which the thread had nothing to do or ran no JavaScript.
 * @param profile V8's; `timeDeltas` are microseconds
 */
function timeByArea({
	nodes: tree,
	samples,
	timeDeltas,
}: {
	nodes: ProfileNode[];
	samples: number[];
	timeDeltas: number[];
}): Record<string, number> {
	const byId = new Map(tree.map((node) => [node.id, node]));
	const areas: Map<number, string | undefined> = new Map();
	/** @param outer area of what called it */
	const visit = (node: ProfileNode, outer: string | undefined) => {
		const { functionName, url } = node.callFrame;
		const own = AREAS.find(([, pattern]) => pattern.test(url))?.[0];
		// What V8 itself does, starting and ending the profile above all, is no time of the event
		const area = ['(idle)', '(program)'].includes(functionName) ? undefined : (own ?? outer);
		areas.set(node.id, area);
		for (const child of node.children ?? []) visit(byId.get(child) as ProfileNode, area);
	};
	visit(tree[0], NOBODY);
	const sums: Record<string, number> = Object.fromEntries(NAMES.map((name) => [name, 0]));
	for (const [index, id] of samples.entries()) {
		const area = areas.get(id);
		if (area) sums[area] += timeDeltas[index] / 1000;
	}
	return sums;
}

export async function profile({ rounds, quick, say }: Settings): Promise<Section[]> {
	const event = await purchaseApproved();
	const lines: string[][] = [];
	for (const { name: engine, env, amount: usual } of ENGINES) {
		say(`profile of n8n with ${engine}`);
		const n8n = await MeasuredN8n.start({
			...env,
			NODE_OPTIONS: `--require "${fileURLToPath(new URL('profiler.cjs', import.meta.url))}"`,
		});
		try {
			const flows = {
				'ten lines': await n8n.activate('Ten lines', [nodes.tenLineTrigger(), nodes.noOp()]),
				'ten lines with hottok': await n8n.activate('With hottok', [nodes.hottokTrigger(), nodes.noOp()]),
				'ten lines with memory': await n8n.activate('With memory', [nodes.memoryTrigger(), nodes.noOp()]),
				'ten lines with both': await n8n.activate('With both', [nodes.carefulTrigger(), nodes.noOp()]),
				'Hotmart Trigger': await n8n.activate('Hotmart Trigger', [nodes.hotmartTrigger(), nodes.noOp()]),
			};
			for (const { url } of Object.values(flows))
				await n8n.fire({ url, event, amount: quick ? 2 : 40, connections: 2 });
			n8n.fillMemories();
			const amount = quick ? 2 : usual;
			const file = join(n8n.dataDir, 'profile.json');
			const profiled = async (url: string) => {
				const toggle = () => process.kill(n8n.pid as number, 'SIGUSR2');
				toggle();
				await n8n.fire({ url, event, amount, connections: 1 });
				toggle();
				while (!existsSync(file)) await sleep(20);
				const sums = timeByArea(JSON.parse(readFileSync(file, 'utf8')));
				rmSync(file);
				return Object.fromEntries(Object.entries(sums).map(([area, time]) => [area, time / amount]));
			};
			const contenders = Object.entries(flows).map(([name, { url }]) => [name, () => profiled(url)] as const);
			const results = await inTurn(rounds, Object.fromEntries(contenders));
			for (const [name, times] of Object.entries(results)) {
				const median = (of: (time: Record<string, number>) => number) => number(summarize(times.map(of)).median, 1);
				const total = median((time) => Object.values(time).reduce((sum, value) => sum + value, 0));
				lines.push([engine, name, total, ...NAMES.map((area) => median((time) => time[area]))]);
			}
		} finally {
			await n8n.stop();
		}
	}
	return [
		{
			title: 'Where the time of an accepted webhook goes',
			rows: [],
			notes: [
				"Milliseconds of n8n's main thread for each event, one at a time, by V8's sampling profiler. Each figure is a separate median, so a row does not add up to its total exactly. The profiler itself takes time, too. *The node itself* is the code of the trigger. When the trigger calls n8n, that time counts for n8n.",
				table(['n8n', 'first node', 'total', ...NAMES], lines),
			],
		},
	];
}
