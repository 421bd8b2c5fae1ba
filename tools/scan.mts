/**
 * n8n's community package scanner, without its downloads: it looks at the source as it stands here and at the tarball as npm
 * would publish it. First the scanner has to find a planted violation in both, so that a scan that looks at nothing cannot pass.
 * Then the package is split by service, and each half has to pass the linter, which has the scanner's rules, and to be built alone.
 */
// @ts-expect-error n8n ships no types with its scanner
import { analyzePackage, SOURCE_FILE_PATTERNS } from '@n8n/scan-community-package/scanner/scanner.mjs';
import { execFileSync, spawnSync } from 'node:child_process';
import {
	cpSync,
	existsSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { split } from './split.mts';

const PACKED_FILE_PATTERNS = ['**/*.js', 'package.json'];
const root = process.cwd();
const work = mkdtempSync(join(tmpdir(), 'scan-'));

/** Unpacks what npm would publish. */
function pack() {
	const [{ filename, files }] = JSON.parse(
		execFileSync('npm', ['pack', '--json', '--pack-destination', work], {
			cwd: root,
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'ignore'],
		}),
	);
	execFileSync('tar', ['-xzf', join(work, filename), '-C', work]);
	return { folder: join(work, 'package'), files: files.map(({ path }: { path: string }) => path) };
}

function copySource() {
	const folder = join(work, 'source');
	for (const entry of ['package.json', 'nodes', 'credentials'])
		cpSync(join(root, entry), join(folder, entry), { recursive: true });
	return folder;
}

/**
 * @param patterns of the files to look at
 * @param plantIn file that gets a violation for a moment
 */
async function scan(name: string, folder: string, patterns: string[], plantIn: string) {
	const file = join(folder, plantIn);
	if (!existsSync(file)) throw new Error(`${name}: there is no ${plantIn}`);
	const written = readFileSync(file, 'utf8');
	writeFileSync(file, `${written}\nexport const planted = process.env.HOME;\n`);
	const planted = await analyzePackage(folder, patterns);
	writeFileSync(file, written);
	if (planted.passed) throw new Error(`${name}: the scanner does not see a planted violation`);

	const verdict = await analyzePackage(folder, patterns);
	const files = readdirSync(folder, { recursive: true }).filter((path) => /\.(js|ts|json)$/.test(String(path))).length;
	console.log(`${verdict.passed ? 'ok  ' : 'FAIL'} community scanner: ${name} (${files} files)`);
	if (!verdict.passed) console.error(verdict.message, JSON.stringify(verdict.details ?? '', null, '\t'));
	return verdict.passed;
}

/** Lints and builds a half of the package with its own scripts, and loads what n8n would load of it. */
function standsAlone(folder: string) {
	const { name, n8n } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
	const stale = readdirSync(folder, { recursive: true })
		.map(String)
		.filter(
			(path) =>
				path.endsWith('.json') && /"n8n-nodes-hotmart-teachable\./.test(readFileSync(join(folder, path), 'utf8')),
		);
	console.log(
		`${stale.length === 0 ? 'ok  ' : 'FAIL'} ${name} names no node type of the whole package ${stale.join(', ')}`,
	);
	if (stale.length > 0) return false;
	symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
	const load = `for (const file of ${JSON.stringify([...n8n.nodes, ...n8n.credentials])}) require('./' + file)`;
	for (const [what, command, args] of [
		['linted', 'npm', ['run', '--silent', 'lint']],
		['built', 'npm', ['run', '--silent', 'build']],
		['loaded', process.execPath, ['-e', load]],
	] as const) {
		const { status, stdout, stderr } = spawnSync(command, args, {
			cwd: folder,
			encoding: 'utf8',
			shell: process.platform === 'win32' && command === 'npm',
		});
		console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} alone can be ${what}`);
		if (status === 0) continue;
		console.error(stdout, stderr);
		return false;
	}
	return true;
}

const passed: boolean[] = [];
try {
	const packed = pack();
	passed.push(await scan('source', copySource(), SOURCE_FILE_PATTERNS, 'nodes/Hotmart/Hotmart.node.ts'));
	passed.push(await scan('tarball', packed.folder, PACKED_FILE_PATTERNS, 'dist/nodes/Hotmart/Hotmart.node.js'));

	const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
	const missing = [...manifest.n8n.nodes, ...manifest.n8n.credentials].filter((path) => !packed.files.includes(path));
	const unwanted = packed.files.filter(
		(path: string) => !/^(dist\/|templates\/|README\.md|LICENSE|CHANGELOG\.md|package\.json)/.test(path),
	);
	if (missing.length > 0) console.error('Not in the tarball although n8n loads it:', missing);
	if (unwanted.length > 0) console.error('In the tarball although no user needs it:', unwanted);
	passed.push(missing.length === 0, unwanted.length === 0);

	for (const folder of split(join(work, 'split'))) passed.push(standsAlone(folder));
} finally {
	rmSync(work, { recursive: true, force: true });
}
if (passed.includes(false)) process.exitCode = 1;
