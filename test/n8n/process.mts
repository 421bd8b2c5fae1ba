/** N8n as a process of this machine, with the packed package in it. */
import { spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { N8nClient, waitFor } from './client.mts';
import { SetupError, type Installation } from './install.mts';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const host = '127.0.0.1';
const windows = process.platform === 'win32';

/** n8n's commands: everything in one process, or a process of queue mode */
export type Role = 'start' | 'worker' | 'webhook';

export interface N8nOptions {
	/** A worker serves only its health check on `n8n` */
	ports: { n8n: number; broker: number };
	/** Of the user folder; processes of queue mode may share one */
	dataDir: string;
	/** default: start */
	role?: Role;
	/** Added to, and before, the settings that every test has */
	env?: Record<string, string>;
	/** Name of the log file in dataDir, written afresh; default: n8n.log */
	log?: string;
	/** Ends the start early */
	signal?: AbortSignal;
}

/**
 * Free ports, all different. They lie below those that systems give to outgoing connections, one of which could take a
 * port before n8n listens on it, seconds later.
 */
export async function freePorts(count: number): Promise<number[]> {
	const ports: Set<number> = new Set();
	while (ports.size < count) {
		const port = randomInt(20_000, 32_000);
		if (await isFree(port)) ports.add(port);
	}
	return [...ports];
}

export async function isFree(port: number): Promise<boolean> {
	return await new Promise((resolve) => {
		const server = createServer();
		server.once('error', () => resolve(false));
		server.listen(port, host, () => server.close(() => resolve(true)));
	});
}

/** Where n8n keeps the package. */
export const packageFolder = (dataDir: string, name: string) => join(dataDir, '.n8n', 'nodes', 'node_modules', name);

/** Puts the package where n8n keeps the community nodes that a user has installed, exactly as npm would publish it. */
export async function installPackage(dataDir: string) {
	const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
	for (const file of [...manifest.n8n.nodes, ...manifest.n8n.credentials]) {
		if (!existsSync(join(root, file))) throw new SetupError(`${file} is missing: run npm run build first`);
	}
	const folder = await mkdtemp(join(dataDir, 'tarball-'));
	try {
		run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], root);
		const [tarball = ''] = await readdir(folder);
		await installTarball(dataDir, manifest.name, join(folder, tarball));
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/**
 * Puts a packed package where n8n keeps the community nodes that a user has installed.
 * @param name of the package
 */
export async function installTarball(dataDir: string, name: string, tarball: string) {
	const target = packageFolder(dataDir, name);
	const folder = await mkdtemp(join(dataDir, 'packed-'));
	try {
		run('tar', ['-xzf', tarball, '-C', folder], dataDir);
		await rm(target, { recursive: true, force: true });
		await mkdir(dirname(target), { recursive: true });
		await rename(join(folder, 'package'), target);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

function run(command: string, args: string[], cwd: string) {
	const { status, stdout, stderr, error } = spawnSync(command, args, {
		cwd,
		encoding: 'utf8',
		shell: windows && command === 'npm',
	});
	if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? ''}${stdout}${stderr}`);
}

const settingsOf1 = {
	// n8n does not start when it does not know a module
	N8N_DISABLED_MODULES: 'chat-hub,mcp,external-secrets',
	// As 2.x always works: with transactions, so that an execution never looks finished before its data are there
	DB_SQLITE_POOL_SIZE: '4',
};
const settingsOf2 = {
	N8N_DISABLED_MODULES:
		'mcp-registry,instance-ai,chat-hub,mcp,oauth-server,source-control,external-secrets,ldap,sso-oidc,sso-saml,otel,log-streaming,quick-connect,workflow-builder',
};

/** The environment of n8n: nothing of the caller's settings for n8n or npm, and nothing that makes n8n call home. */
function environment({ node, version }: Installation, { ports, dataDir, role, env }: N8nOptions): NodeJS.ProcessEnv {
	const inherited = Object.entries(process.env).filter(
		([name]) => !/^(npm_|N8N_|DB_|QUEUE_|EXECUTIONS_|CREDENTIALS_|GENERIC_|WEBHOOK_|NODE_)/i.test(name),
	);
	return {
		...Object.fromEntries(inherited),
		PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
		NO_PROXY: [process.env.NO_PROXY, host, 'localhost'].filter(Boolean).join(','),
		NODE_ENV: 'production',
		GENERIC_TIMEZONE: Intl.DateTimeFormat().resolvedOptions().timeZone,
		N8N_USER_FOLDER: dataDir,
		N8N_PORT: String(ports.n8n),
		N8N_HOST: host,
		N8N_LISTEN_ADDRESS: host,
		N8N_RUNNERS_BROKER_PORT: String(ports.broker),
		N8N_RUNNERS_BROKER_LISTEN_ADDRESS: host,
		N8N_SECURE_COOKIE: 'false',
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		N8N_VERIFIED_PACKAGES_ENABLED: 'false',
		N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
		...(role === 'worker' && { QUEUE_HEALTH_CHECK_ACTIVE: 'true', QUEUE_HEALTH_CHECK_PORT: String(ports.n8n) }),
		...(version.startsWith('1.') ? settingsOf1 : settingsOf2),
		...env,
	};
}

/**
 * Starts n8n in a process group of its own, so that Ctrl-C in a terminal reaches only us and the end is orderly.
 * Rejects with the end of the log when it does not come up; nothing is left running then.
 */
export async function startN8n(installation: Installation, options: N8nOptions) {
	const { ports, dataDir, role = 'start', log: logName = 'n8n.log', signal: abort } = options;
	const { node, bin, dir } = installation;
	const logFile = join(dataDir, logName);
	const log = openSync(logFile, 'w');
	const child = spawn(node, [bin, role], {
		cwd: dataDir,
		env: environment(installation, options),
		stdio: ['ignore', log, log],
		detached: !windows,
	});
	closeSync(log);
	const ended: Promise<void> = new Promise((resolve) => {
		child.once('error', () => resolve());
		child.once('exit', () => resolve());
	});
	const isRunning = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;

	const signal = (signal: NodeJS.Signals) => {
		if (child.pid === undefined) return;
		try {
			// The group holds n8n's task runners, too
			process.kill(windows ? child.pid : -child.pid, signal);
		} catch {
			// It has ended meanwhile
		}
	};
	const killGroup = () => signal('SIGKILL');
	// Whatever ends this process, n8n must not outlive it
	process.once('exit', killGroup);

	/** Ends n8n as a power cut does. */
	const kill = async () => {
		killGroup();
		await ended;
		process.off('exit', killGroup);
	};
	const stop = async () => {
		if (isRunning()) {
			if (child.pid !== undefined) process.kill(child.pid, 'SIGTERM');
			const timer = setTimeout(killGroup, 15_000);
			await ended;
			clearTimeout(timer);
		}
		killGroup();
		process.off('exit', killGroup);
	};

	const client = new N8nClient(`http://${host}:${ports.n8n}`, dir);
	const isReady = async () => (role === 'start' ? await client.isReady() : await client.isHealthy());
	try {
		await waitFor(async () => abort?.aborted || !isRunning() || (await isReady()), `n8n ${role} to be ready`, 180_000);
		abort?.throwIfAborted();
		if (!isRunning()) throw new Error(`n8n ${role} ended while it started`);
	} catch (error) {
		await stop();
		if (abort?.aborted) throw error;
		const tail = (await readFile(logFile, 'utf8')).trimEnd().split('\n').slice(-20).join('\n');
		throw new Error(`${error instanceof Error ? error.message : error}. The end of ${logFile}:\n${tail}`);
	}
	return { client, pid: child.pid, logFile, isRunning, stop, kill, ended };
}
