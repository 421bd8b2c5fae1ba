/**
 * `npx tsx tools/release/pack-halves.mts FOLDER`: splits the package, builds each half with its own scripts, and packs it into the
 * folder as npm publishes it.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { split } from '../split.mts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * @param target folder of the tarballs; made when it is not there
 * @returns the tarball of each half, by the name of its package
 */
export function packHalves(target: string): Record<string, string> {
	const work = mkdtempSync(join(tmpdir(), 'halves-'));
	const npm = (args: string[], cwd: string) =>
		execFileSync('npm', args, {
			cwd,
			encoding: 'utf8',
			shell: process.platform === 'win32',
			stdio: ['ignore', 'pipe', 'inherit'],
		});
	try {
		mkdirSync(target, { recursive: true });
		return Object.fromEntries(
			split(join(work, 'split')).map((home) => {
				// Its tools are a part of those that are installed here
				symlinkSync(join(root, 'node_modules'), join(home, 'node_modules'), 'junction');
				npm(['run', '--silent', 'build'], home);
				const [{ filename }] = JSON.parse(
					npm(['pack', '--ignore-scripts', '--json', '--pack-destination', resolve(target)], home),
				);
				return [basename(home), join(target, filename)];
			}),
		);
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
	const target = process.argv[2];
	if (!target) {
		console.error('Say where to write the tarballs: npx tsx tools/release/pack-halves.mts FOLDER');
		process.exitCode = 1;
	} else for (const tarball of Object.values(packHalves(target))) console.log(tarball);
}
