/** What a sandbox for expressions costs n8n, with its compile cache and without. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { ensureN8n } from '../../test/n8n/install.mts';
import { number, summarize } from './measure.mts';
import type { Section, Settings } from './report.mts';

/** In n8n's own Node.js, as the sandbox is a native module of it. */
const SCRIPT = `
	const { IsolatedVmBridge } = require(process.argv[1]);
	const cpu = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
	const make = async (compileCache) => {
		const bridge = new IsolatedVmBridge({ compileCache });
		const before = cpu();
		await bridge.initialize();
		const took = cpu() - before;
		await bridge.dispose();
		return took;
	};
	(async () => {
		const took = { plain: [], cached: [] };
		// The first ones read and compile what all others use
		for (const compileCache of [false, true]) await make(compileCache);
		for (let round = 0; round < Number(process.argv[2]); round++)
			for (const [name, compileCache] of [['plain', false], ['cached', true]]) took[name].push(await make(compileCache));
		process.stdout.write(JSON.stringify(took));
	})();`;

/** Milliseconds of processor time for each sandbox. */
type Took = Record<'plain' | 'cached', number[]>;

export async function sandboxes({ quick, say }: Settings): Promise<Section[]> {
	say('making sandboxes');
	const { dir, node } = await ensureN8n();
	const module = join(dir, 'node_modules', '@n8n', 'expression-runtime');
	const output = execFileSync(node, ['--no-node-snapshot', '-e', SCRIPT, module, quick ? '2' : '40'], {
		encoding: 'utf8',
	});
	const { plain, cached } = JSON.parse(output) as Took;
	const [without, having] = [summarize(plain), summarize(cached)];
	return [
		{
			title: 'A sandbox for expressions',
			rows: [],
			notes: [
				`n8n takes ${number(without.median, 1)} ms of processor time (${number(without.min, 1)} to ${number(without.max, 1)}) to make a sandbox, and ${number(having.median, 1)} ms (${number(having.min, 1)} to ${number(having.max, 1)}) with its compile cache. These are medians of ${plain.length} each, made in alternation in one process. [Scale](scale.md#settings-of-n8n) says how many sandboxes an event takes.`,
			],
		},
	];
}
