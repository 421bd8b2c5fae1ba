// @ts-check
/**
 * n8n's community package scanner, without its downloads: it looks at the source as it stands here and at the tarball as npm
 * would publish it. First the scanner has to find a planted violation in both, so that a scan that looks at nothing cannot pass.
 */
import { analyzePackage, SOURCE_FILE_PATTERNS } from '@n8n/scan-community-package/scanner/scanner.mjs';
import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PACKED_FILE_PATTERNS = ['**/*.js', 'package.json'];
const root = process.cwd();
const work = mkdtempSync(join(tmpdir(), 'scan-'));

/** Unpacks what npm would publish. */
function pack() {
	const [{ filename, files }] = JSON.parse(
		execFileSync('npm', ['pack', '--json', '--pack-destination', work], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
	);
	execFileSync('tar', ['-xzf', join(work, filename), '-C', work]);
	return { folder: join(work, 'package'), files: files.map(({ path }) => path) };
}

function copySource() {
	const folder = join(work, 'source');
	for (const entry of ['package.json', 'nodes', 'credentials']) cpSync(join(root, entry), join(folder, entry), { recursive: true });
	return folder;
}

async function check(name, folder, patterns, plantIn) {
	const file = join(folder, plantIn);
	if (!existsSync(file)) throw new Error(`${name}: there is no ${plantIn}`);
	const verdict = await analyzePackage(folder, patterns);
	appendFileSync(file, '\nexport const planted = process.env.HOME;\n');
	const planted = await analyzePackage(folder, patterns);
	if (planted.passed) throw new Error(`${name}: the scanner does not see a planted violation`);
	console.log(`${verdict.passed ? 'ok  ' : 'FAIL'} community scanner: ${name}`);
	if (!verdict.passed) console.error(verdict.message, JSON.stringify(verdict.details ?? '', null, '\t'));
	return verdict.passed;
}

try {
	const packed = pack();
	const source = await check('source', copySource(), SOURCE_FILE_PATTERNS, 'nodes/Hotmart/Hotmart.node.ts');
	const tarball = await check('tarball', packed.folder, PACKED_FILE_PATTERNS, 'dist/nodes/Hotmart/Hotmart.node.js');
	const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
	const missing = [...manifest.n8n.nodes, ...manifest.n8n.credentials].filter((path) => !packed.files.includes(path));
	const unwanted = packed.files.filter((path) => !/^(dist\/|templates\/|README\.md|LICENSE|CHANGELOG\.md|package\.json)/.test(path));
	if (missing.length > 0) console.error('Not in the tarball although n8n loads it:', missing);
	if (unwanted.length > 0) console.error('In the tarball although no user needs it:', unwanted);
	if (!source || !tarball || missing.length > 0 || unwanted.length > 0) process.exitCode = 1;
} finally {
	rmSync(work, { recursive: true, force: true });
}
