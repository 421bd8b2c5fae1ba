/** What a user installs and loads. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { build } from 'esbuild';

import { ensureN8n } from '../../test/n8n/install.mts';
import { root } from '../../test/n8n/process.mts';
import { figure, inTurn, number, summarize, table, type Figure } from './measure.mts';
import type { Section, Settings } from './report.mts';

const windows = process.platform === 'win32';
const LOADS = 41;
/** Milliseconds of processor time that loading may take, and that one file took on the machine for which the limit was set. */
const LOAD_LIMIT = { all: 50, oneFile: 15 };
/** Bytes that the tarball may have. More than half of it is templates in three languages, which people import. */
export const MAX_TARBALL = 250_000;
/** The heaviest package of this field on npm, which has n8n-core as a dependency. */
const RIVAL = { packages: 408, bytes: 245e6 };

/**
 * Packs the package as npm publishes it and installs it into an empty folder, as n8n does: n8n brings n8n-workflow itself.
 * @param folder an empty one
 * @returns bytes packed, packages, bytes installed, its folder
 */
export function install(folder: string): { tarball: number; packages: number; installed: number; main: string } {
	const npm = (args: string[], cwd: string) =>
		execFileSync('npm', args, { cwd, encoding: 'utf8', shell: windows, stdio: ['ignore', 'pipe', 'pipe'] });
	npm(['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], root);
	const [file] = readdirSync(folder);
	const tarball = statSync(join(folder, file)).size;
	writeFileSync(join(folder, 'package.json'), '{ "private": true }');
	npm(
		['install', '--legacy-peer-deps', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', `./${file}`],
		folder,
	);
	const { packages } = JSON.parse(readFileSync(join(folder, 'node_modules', '.package-lock.json'), 'utf8'));
	const files = readdirSync(join(folder, 'node_modules'), { recursive: true, withFileTypes: true }).filter((entry) =>
		entry.isFile(),
	);
	const installed = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
	const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
	return { tarball, packages: Object.keys(packages).length, installed, main: join(folder, 'node_modules', name) };
}

/**
 * Milliseconds of processor time until all nodes and credentials are there, in a fresh process that has n8n-workflow already.
 * @param node the Node.js that runs n8n
 * @param main folder of the installed package
 */
function loadTime(node: string, main: string) {
	const script = `
		const { join } = require('node:path');
		require('n8n-workflow');
		// What that leaves behind is not to be cleaned up within the time of this package
		gc();
		const { n8n } = require(join(process.argv[1], 'package.json'));
		const before = process.cpuUsage();
		for (const file of [...n8n.credentials, ...n8n.nodes]) for (const Type of Object.values(require(join(process.argv[1], file)))) new Type();
		const { user, system } = process.cpuUsage(before);
		process.stdout.write(String((user + system) / 1000));`;
	const env = { ...process.env, NODE_PATH: join(root, 'node_modules') };
	return Number(execFileSync(node, ['--expose-gc', '-e', script, main], { encoding: 'utf8', env }));
}

/**
 * Writes the same files once more with nothing in them but their `require`s: what Node.js takes for finding, reading and compiling so
 * many files, whatever is in them.
 * @param folder an empty one
 */
function emptied(main: string, folder: string): string {
	cpSync(main, folder, { recursive: true });
	const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(({ name }) =>
		name.endsWith('.js'),
	);
	for (const { parentPath, name } of files) {
		const file = join(parentPath, name);
		const requires = [...readFileSync(file, 'utf8').matchAll(/\brequire\("[^"]+"\)/g)].map(([call]) => `${call};\n`);
		writeFileSync(file, requires.join(''));
	}
	return folder;
}

/**
 * Writes the same code as one file, as packages are that hide which of their files is which: the least that Node.js takes for it.
 * @param folder an empty one
 */
async function bundled(main: string, folder: string): Promise<string> {
	const { n8n } = JSON.parse(readFileSync(join(main, 'package.json'), 'utf8'));
	const classes = [...n8n.credentials, ...n8n.nodes].map((file) => `...require(${JSON.stringify(join(main, file))})`);
	await build({
		stdin: { contents: `module.exports = { ${classes.join(', ')} };`, resolveDir: main },
		outfile: join(folder, 'all.js'),
		bundle: true,
		platform: 'node',
		external: ['n8n-workflow'],
	});
	writeFileSync(join(folder, 'package.json'), JSON.stringify({ n8n: { credentials: [], nodes: ['all.js'] } }));
	return folder;
}

/** Median of some times with the range of the middle half of them: a process that had to wait for others is no time of the package. */
function middleHalf(times: number[]): Figure {
	const quarter = Math.floor(times.length / 4);
	return summarize([...times].sort((a, b) => a - b).slice(quarter, times.length - quarter));
}

export async function packageSize({ quick, say }: Settings): Promise<Section[]> {
	say('packing, installing and loading');
	const { node } = await ensureN8n();
	const folder = mkdtempSync(join(tmpdir(), 'bench-'));
	try {
		const { tarball, packages, installed, main } = install(folder);
		const empty = emptied(main, join(folder, 'emptied'));
		const bundle = await bundled(main, join(folder, 'bundled'));
		const loads = await inTurn(quick ? 3 : LOADS, {
			ours: async () => loadTime(node, main),
			empty: async () => loadTime(node, empty),
			bundle: async () => loadTime(node, bundle),
		});
		const maxRatio = LOAD_LIMIT.all / LOAD_LIMIT.oneFile;
		const [load, least, one] = [middleHalf(loads.ours), middleHalf(loads.empty), middleHalf(loads.bundle)];
		return [
			{
				title: 'The package',
				rows: [
					{
						what: 'tarball',
						against: 'its limit',
						goal: `< ${number(MAX_TARBALL / 1000)} kB`,
						result: `${number(tarball / 1000)} kB`,
						isMet: tarball < MAX_TARBALL,
					},
					{
						what: 'installed packages',
						against: `${RIVAL.packages} of a rival`,
						goal: '1',
						result: `${packages}, ${number(installed / 1000)} kB`,
						isMet: packages === 1,
					},
					{
						what: 'processor time to load all nodes',
						against: 'the same code in one file',
						goal: `≤ ${number(maxRatio, 1)}`,
						result: `${number(load.median / one.median, 2)} (${number(load.median, 1)} ms and ${number(one.median, 1)} ms)`,
						isMet: load.median / one.median <= maxRatio,
					},
				],
				notes: [
					'`npm pack` packs the package. It is installed into an empty folder, as n8n installs a community package (n8n brings n8n-workflow itself). Then a fresh process with the Node.js of n8n loads all nodes and credentials and creates them. That process has loaded n8n-workflow and collected its garbage before.',
					`The limit for loading was set as ${LOAD_LIMIT.all} ms on a machine on which one file took ${LOAD_LIMIT.oneFile} ms. As a ratio it holds on every machine. The package is not one file, because then nobody would find the published code in the repository. n8n loads the nodes once, when it starts.`,
					`Processor time to load them: the median of ${loads.ours.length} processes each, measured in alternation. The brackets hold the middle half.`,
					table(
						['', 'ms'],
						[
							['this package', figure(load, 1)],
							['the same code in one file, bundled by esbuild', figure(one, 1)],
							['the same files with nothing in them but their `require`s', figure(least, 1)],
						],
					),
					table(
						['', 'this package', 'a package with n8n-core as a dependency (noted in 2026 from npm, not measured here)'],
						[
							['packages', number(packages), number(RIVAL.packages)],
							['on the disk', `${number(installed / 1e6, 1)} MB`, `${number(RIVAL.bytes / 1e6)} MB`],
						],
					),
				],
			},
		];
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
