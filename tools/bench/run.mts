/**
 * `npm run bench` measures everything and writes docs/benchmarks.md; `npm run bench -- lists` measures one part and shows it.
 * `--quick` tries everything out with hardly any load: its figures mean nothing and are shown only.
 */
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { SetupError, ensureN8n } from '../../test/n8n/install.mts';
import { root } from '../../test/n8n/process.mts';
import { limit } from './limit.mts';
import { lists } from './lists.mts';
import { packageSize } from './package.mts';
import { profile } from './profile.mts';
import { details, document, summary } from './report.mts';
import { requests } from './requests.mts';
import { webhooks } from './webhooks.mts';
import type { Section } from './report.mts';

const PARTS = { webhooks, profile, requests, lists, limit, package: packageSize };

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
	const sections: Section[] = [];
	for (const [name, measure] of Object.entries(PARTS)) {
		if (positionals.length === 0 || positionals.includes(name))
			sections.push(...(await measure({ rounds, quick, say })));
	}
	if (positionals.length > 0 || quick) {
		console.log([summary(sections), ...sections.map(details)].join('\n\n'));
	} else {
		const { version, node } = await ensureN8n();
		const n8nNode = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim().slice(1);
		const minutes = (Date.now() - started) / 60_000;
		await writeFile(
			join(root, 'docs', 'benchmarks.md'),
			document(sections, { n8n: version, n8nNode, minutes, rounds }),
		);
		console.log(`${summary(sections)}\n\nWritten to docs/benchmarks.md`);
	}
} catch (error) {
	console.error(error instanceof SetupError ? error.message : error);
	process.exitCode = 1;
}
