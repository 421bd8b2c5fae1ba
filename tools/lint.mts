/**
 * `npm run lint`: n8n's strict rules, the project's own, types, formatting and American
 * spelling. `--fix` mends what can be mended by itself, and names as arguments limit it to some of them (`npm run lint -- types`).
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
	options: { fix: { type: 'boolean', default: false } },
	allowPositionals: true,
});
const fix = values.fix ? ['--fix'] : [];

/** What is run, by the name of the step. */
const STEPS: Record<string, string[]> = {
	n8n: ['n8n-node', 'lint', ...fix],
	rules: ['eslint', '--config', 'eslint.base.config.mjs', '.', ...fix],
	types: ['tsc', '--noEmit', '-p', 'test/tsconfig.json'],
	format: ['prettier', values.fix ? '--write' : '--check', '--log-level', 'warn', '.'],
	spelling: ['cspell', '--no-progress', '--no-summary', '.'],
};

const unknown = positionals.filter((name) => !Object.hasOwn(STEPS, name));
if (unknown.length > 0) {
	console.error(`Usage: npm run lint -- [${Object.keys(STEPS).join('] [')}] [--fix]`);
	process.exit(2);
}
for (const [name, [command, ...args]] of Object.entries(STEPS)) {
	if (positionals.length > 0 && !positionals.includes(name)) continue;
	// npm puts the programs of node_modules/.bin into the path of a script; on Windows these are .cmd files
	const { status } = spawnSync(command!, args, { stdio: 'inherit', shell: process.platform === 'win32' });
	if (status === 0) continue;
	console.error(`npm run lint -- ${name} has failed`);
	process.exitCode = 1;
}
