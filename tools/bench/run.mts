/**
 * `npm run bench` measures everything, writes docs/benchmarks.json and the page that follows from it. `npm run bench -- events lists`
 * measures these parts anew and keeps the others. `--mode NAME` restricts the events to one mode of n8n,
 * and `--turns` says how many turns each contender has.
 * `--quick` tries everything out with hardly any load: its figures mean nothing and are shown only.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { SetupError, ensureN8n } from '../../test/n8n/install.mts';
import { root } from '../../test/n8n/process.mts';
import { database } from './database.mts';
import { measureEvents } from './events.mts';
import { hottok } from './hottok.mts';
import { limit } from './limit.mts';
import { farLists, lists } from './lists.mts';
import { MODES, type Mode } from './modes.mts';
import { packageSize } from './package.mts';
import { profile } from './profile.mts';
import { benchmarks, readResults, RESULTS, summary, type Machine, type Results } from './report.mts';
import { queue } from './queue.mts';
import { requests } from './requests.mts';
import { sandboxes } from './sandboxes.mts';
import { schools } from './schools.mts';

const PARTS = {
	database,
	hottok,
	queue,
	sandboxes,
	profile,
	requests,
	schools,
	far: farLists,
	lists,
	limit,
	package: packageSize,
};
const NAMES = ['events', ...Object.keys(PARTS)];
const ROUNDS = 5;

const { values, positionals } = parseArgs({
	options: {
		quick: { type: 'boolean', default: false },
		mode: { type: 'string' },
		turns: { type: 'string', default: '12' },
	},
	allowPositionals: true,
});
const { quick, mode } = values;
const turns = quick ? 2 : Number(values.turns);
if (
	!(Number.isInteger(turns) && turns > 1) ||
	positionals.some((name) => !NAMES.includes(name)) ||
	(mode !== undefined && !Object.hasOwn(MODES, mode))
) {
	console.error(
		`Usage: npm run bench -- [${NAMES.join('] [')}] [--mode "${Object.keys(MODES).join('|')}"] [--turns 12] [--quick]\nWithout a part: all.`,
	);
	process.exit(2);
}

// The processes that were started end with this one.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const started = Date.now();
const say = (what: string) =>
	console.error(`${String(Math.round((Date.now() - started) / 1000)).padStart(5)} s  ${what}`);
const wanted = (name: string) => positionals.length === 0 || positionals.includes(name);

const results: Results = quick ? { events: {}, parts: {} } : readResults();
/** Keeps what is measured so far, as a long run may be ended. */
const save = async () => {
	if (!quick) await writeFile(join(root, RESULTS), `${JSON.stringify(results, null, '\t')}\n`);
};

try {
	const { version: n8n, node } = await ensureN8n();
	const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
	const machine: Machine = {
		day: new Date().toISOString().slice(0, 10),
		version,
		cores: availableParallelism(),
		memory: Math.round(totalmem() / 1e9),
		platform: process.platform,
		n8n,
		n8nNode: spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim().slice(1),
		node: process.versions.node,
	};
	if (wanted('events')) {
		for (const name of Object.keys(MODES) as Mode[]) {
			if (mode !== undefined && mode !== name) continue;
			results.events[name] = { machine, comparisons: await measureEvents(name, { quick, turns, say }) };
			await save();
		}
	}
	for (const [name, measure] of Object.entries(PARTS)) {
		if (!wanted(name)) continue;
		results.parts[name] = { machine, sections: await measure({ rounds: quick ? 1 : ROUNDS, quick, say }) };
		await save();
	}
	console.log(summary(results));
	if (!quick) for (const [file, text] of benchmarks(results)) await writeFile(join(root, file), text);
} catch (error) {
	console.error(error instanceof SetupError ? error.message : error);
	process.exitCode = 1;
}
