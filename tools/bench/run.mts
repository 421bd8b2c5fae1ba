/**
 * `npm run bench` measures everything, writes docs/benchmarks.json and the page that follows from it; `npm run bench -- lists`
 * measures one part anew and keeps the others.
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
import { limit } from './limit.mts';
import { lists } from './lists.mts';
import { packageSize } from './package.mts';
import { profile } from './profile.mts';
import { benchmarks, details, readResults, RESULTS, summary } from './report.mts';
import { requests } from './requests.mts';
import { sandboxes } from './sandboxes.mts';
import { webhooks } from './webhooks.mts';
import type { Section } from './report.mts';

const PARTS = { webhooks, sandboxes, profile, requests, lists, limit, package: packageSize };

const { values, positionals } = parseArgs({
	options: { quick: { type: 'boolean', default: false } },
	allowPositionals: true,
});
const { quick } = values;
const rounds = quick ? 1 : 5;
const unknown = positionals.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0) {
	console.error(`Usage: npm run bench -- [${Object.keys(PARTS).join('] [')}] [--quick]`);
	process.exit(2);
}

// The processes that were started end with this one.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const started = Date.now();
const say = (what: string) =>
	console.error(`${String(Math.round((Date.now() - started) / 1000)).padStart(5)} s  ${what}`);

try {
	const { version: n8n, node } = await ensureN8n();
	const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
	const machine = {
		day: new Date().toISOString().slice(0, 10),
		version,
		cores: availableParallelism(),
		memory: Math.round(totalmem() / 1e9),
		platform: process.platform,
		n8n,
		n8nNode: spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim().slice(1),
		node: process.versions.node,
	};
	const results = quick ? {} : readResults();
	const shown: Section[] = [];
	for (const [name, measure] of Object.entries(PARTS)) {
		if (positionals.length > 0 && !positionals.includes(name)) continue;
		const sections = await measure({ rounds, quick, say });
		shown.push(...sections);
		results[name] = { machine, sections };
		// After each part, as a long run may be ended
		if (!quick) await writeFile(join(root, RESULTS), `${JSON.stringify(results, null, '\t')}\n`);
	}
	console.log([summary(shown), ...shown.map(details)].join('\n\n'));
	if (!quick) {
		const [file, text] = benchmarks(results);
		await writeFile(join(root, file), text);
		console.log(`\nWritten to ${RESULTS} and ${file}`);
	}
} catch (error) {
	console.error(error instanceof SetupError ? error.message : error);
	process.exitCode = 1;
}
