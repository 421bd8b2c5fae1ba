/**
 * Runs the end-to-end tests against one stack that all test files share. Counts go to artifacts/summary.json.
 * `node test/e2e/run.mts editor` runs only the files whose names contain the word, and `--lts` takes n8n 1.x; of that
 * run everything is in artifacts/lts. At the end of every run all that n8n has stored is searched for secrets.
 */
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { run } from 'node:test';
import { spec as Spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { SetupError } from '../n8n/install.mts';

/** What has to do with the editor's looks, with `npm start` and with deploy/ is about the newest n8n only. */
const onlyCurrent = ['editor.test.mts', 'start.test.mts', 'queue.test.mts', 'deploy.test.mts'];

const { values, positionals } = parseArgs({
	options: { lts: { type: 'boolean', default: false } },
	allowPositionals: true,
});
process.env.E2E_RELEASE = values.lts ? 'lts' : 'current';
const { artifacts, startTestStack } = await import('../n8n/harness.mts');

const here = fileURLToPath(new URL('.', import.meta.url));
const [wanted = ''] = positionals;
const last = 'secrets.mts';
const tests = (await readdir(here))
	.filter((name) => name.endsWith('.test.mts') && name.includes(wanted) && !(values.lts && onlyCurrent.includes(name)))
	.sort();
const files = tests.length > 0 || last.includes(wanted) ? [...tests, last] : [];

/** The runner's own count of tests (suites are no tests). */
async function runTests() {
	const counts: Record<string, number> = {};
	const stream = run({ files: files.map((name) => join(here, name)), concurrency: 1, timeout: 20 * 60_000 });
	stream.on('test:diagnostic', ({ message, nesting }) => {
		const [, name, count] = message.match(/^(tests|pass|fail|cancelled|skipped|todo) (\d+)$/) ?? []; // cspell:disable-line: Node's word
		if (nesting === 0 && name) counts[name] = Number(count);
	});
	const output = stream.compose(new Spec());
	output.pipe(process.stdout);
	await finished(output, { writable: false });
	return { passed: counts.pass ?? 0, failed: (counts.fail ?? 0) + (counts.cancelled ?? 0) }; // cspell:disable-line
}

let summary = { passed: 0, failed: 1 };
try {
	await rm(artifacts, { recursive: true, force: true });
	await mkdir(artifacts, { recursive: true });
	const { addresses, stop } = await startTestStack();
	process.env.E2E_STACK = JSON.stringify(addresses);
	const interrupted = () => void stop().then(() => process.exit(130));
	process.once('SIGINT', interrupted);
	process.once('SIGTERM', interrupted);
	try {
		summary = await runTests();
	} finally {
		await copyFile(join(addresses.dataDir, 'n8n.log'), join(artifacts, 'n8n.log'));
		await stop();
	}
} catch (error) {
	console.error(error instanceof SetupError ? error.message : error);
}
await writeFile(join(artifacts, 'summary.json'), JSON.stringify(summary));
console.log(`${summary.passed} passed, ${summary.failed} failed`);
process.exit(summary.failed > 0 || summary.passed === 0 ? 1 : 0);
