/**
 * The set-up of deploy/ without containers: what docker-compose.yml says of each process (its command, its environment),
 * the same Caddyfile in front, and Debian's PostgreSQL and Redis. Only addresses differ, because all share one host.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, writeFileSync } from 'node:fs';
import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { parse } from 'yaml';

import { N8nClient, waitFor } from './client.mts';
import { SetupError, ensureN8n } from './install.mts';
import { freePorts, installPackage, root, startN8n, type Role } from './process.mts';

const host = '127.0.0.1';
export const deployFolder = join(root, 'deploy');

/** As far as it is read here */
export interface Service {
	image: string;
	command?: string | string[];
	environment?: Record<string, string>;
	healthcheck?: { test: string[] };
	deploy?: { replicas: string };
	tmpfs?: string[];
}

export type Services = Record<string, Service>;

/**
 * What compose does to `${NAME}`, `${NAME:-default}` and `${NAME:?text}`.
 * @throws SetupError for a variable that is required and empty
 */
export function interpolate(text: string, values: Record<string, string | undefined>) {
	return text.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_whole, name, kind, rest) => {
		if (values[name]) return values[name];
		if (kind === '?') throw new SetupError(rest);
		return kind === '-' ? rest : '';
	});
}

/**
 * The services of the shipped compose file.
 * @param values of .env
 */
export async function readServices(values: Record<string, string | undefined>): Promise<Services> {
	const text = await readFile(join(deployFolder, 'docker-compose.yml'), 'utf8');
	return parse(interpolate(text, values), { merge: true }).services;
}

/** A filled-in .env: the example's values, and for what is empty there what a person would enter. */
export async function fillInEnv(): Promise<Record<string, string>> {
	const example = parseEnv(await readFile(join(deployFolder, '.env.example'), 'utf8'));
	const secret = () => randomBytes(32).toString('hex');
	return {
		...example,
		N8N_DOMAIN: 'n8n.example.com',
		ACME_EMAIL: 'owner@example.com',
		EDITOR_FROM: '127.0.0.1',
		N8N_ENCRYPTION_KEY: secret(),
		POSTGRES_PASSWORD: secret(),
		REDIS_PASSWORD: secret(),
	};
}

/** Debian keeps PostgreSQL's server programs out of the PATH. */
export function program(name: string): string | undefined {
	const versions = '/usr/lib/postgresql';
	const newestFirst = existsSync(versions) ? readdirSync(versions).sort((a, b) => Number(b) - Number(a)) : [];
	const folders = [
		...(process.env.PATH ?? '').split(':'),
		...newestFirst.map((version) => join(versions, version, 'bin')),
	];
	return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

function programs(): { postgres: string; initdb: string; redis: string; caddy: string } {
	const [postgres, initdb, redis, redisClient, caddy] = [
		'postgres',
		'initdb',
		'redis-server',
		'redis-cli',
		'caddy',
	].map(program);
	if (postgres && initdb && redis && redisClient && caddy) return { postgres, initdb, redis, caddy };
	const missing = [
		...(postgres && initdb ? [] : ['postgresql']),
		...(redis && redisClient ? [] : ['redis-server']),
		...(caddy ? [] : ['caddy']),
	];
	throw new SetupError(
		`Programs of these Debian packages are missing: apt-get install --no-install-recommends ${missing.join(' ')}`,
	);
}

/** PostgreSQL refuses to run as root. */
function databaseUser() {
	const { uid, gid } = userInfo();
	if (uid !== 0) return { uid, gid };
	const id = (flag: string) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
	return { uid: id('-u'), gid: id('-g') };
}

/** A server of this machine that ends with this process at the latest. */
function startServer(
	command: string,
	args: string[],
	{
		log,
		stopSignal = 'SIGTERM',
		...options
	}: { cwd: string; log: string; env?: NodeJS.ProcessEnv; uid?: number; gid?: number; stopSignal?: NodeJS.Signals },
) {
	const file = openSync(log, 'w');
	const child = spawn(command, args, { ...options, stdio: ['ignore', file, file] });
	closeSync(file);
	const ended: Promise<void> = new Promise((resolve) => {
		child.once('error', () => resolve());
		child.once('exit', () => resolve());
	});
	const kill = () => void child.kill('SIGKILL');
	process.once('exit', kill);
	return {
		pid: child.pid,
		isRunning: () => child.pid !== undefined && child.exitCode === null && child.signalCode === null,
		async stop() {
			child.kill(stopSignal);
			const timer = setTimeout(kill, 15_000);
			await ended;
			clearTimeout(timer);
			process.off('exit', kill);
		},
	};
}

/** Waits for a server; rejects with its log when it ends instead. */
async function ready(
	server: ReturnType<typeof startServer>,
	isReady: () => Promise<boolean>,
	name: string,
	log: string,
) {
	await waitFor(async () => !server.isRunning() || (await isReady()), `${name} to be ready`, 60_000);
	if (!server.isRunning()) throw new Error(`${name} ended while it started:\n${await readFile(log, 'utf8')}`);
}

/** @returns whether it succeeded */
const succeeds = (attempt: () => Promise<unknown>): Promise<boolean> =>
	attempt().then(
		() => true,
		() => false,
	);

export type N8nProcess = Awaited<ReturnType<typeof startN8n>>;

/** A process of n8n; it keeps its folder and its ports when it is started again */
export interface Member {
	start: () => Promise<void>;
	/** With SIGKILL, its task runner included */
	kill: () => Promise<void>;
	stop: () => Promise<void>;
	url: string;
	logFile: string;
	env: Record<string, string>;
	/** Undefined before it has started */
	pid: () => number | undefined;
}

/** Starts everything, or nothing. */
export async function startQueueStack({
	dataDir,
	onStep = () => {},
	settings = {},
	preload,
}: {
	dataDir: string;
	onStep?: (step: string) => void;
	/** What is entered into .env besides */
	settings?: Record<string, string>;
	/** A script that every n8n loads before its own, and the variables for it */
	preload?: { script: string; env: Record<string, string> };
}) {
	const { postgres, initdb, redis, caddy } = programs();
	const installation = await ensureN8n();
	const values: Record<string, string> = { ...(await fillInEnv()), ...settings };
	const services = await readServices(values);
	const required = createRequire(join(installation.dir, 'node_modules', 'n8n', 'package.json'));

	const ends: Array<() => Promise<unknown>> = [];
	// Without a listener these signals end this process at once, and what it started would live on
	const interrupted = () => process.exit(130);
	for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, interrupted);
	const stop = async () => {
		for (const end of ends.splice(0).reverse()) await end();
		for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, interrupted);
	};
	try {
		onStep('Starting PostgreSQL, Redis and Caddy');
		const [databasePort, queuePort, proxyPort] = await freePorts(3);

		const user = databaseUser();
		// Its user has to get to its folder in there
		chmodSync(dataDir, 0o711);
		const databaseFolder = join(dataDir, 'postgres');
		mkdirSync(databaseFolder, { mode: 0o700 });
		const { POSTGRES_DB = '', POSTGRES_USER = '', POSTGRES_PASSWORD = '' } = services.postgres.environment ?? {};
		const passwordFile = join(databaseFolder, 'password');
		writeFileSync(passwordFile, POSTGRES_PASSWORD);
		for (const path of [databaseFolder, passwordFile]) chownSync(path, user.uid, user.gid);
		const cluster = join(databaseFolder, 'cluster');
		const made = spawnSync(
			initdb,
			[
				'--pgdata',
				cluster,
				'--username',
				POSTGRES_USER,
				'--pwfile',
				passwordFile,
				'--auth=scram-sha-256',
				'--encoding=UTF8',
				'--locale=C',
			],
			{ ...user, cwd: databaseFolder, encoding: 'utf8' },
		);
		if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? ''}${made.stdout}${made.stderr}`);
		const databaseLog = join(dataDir, 'postgres.log');
		const database = startServer(
			postgres,
			[
				'-D',
				cluster,
				'-p',
				String(databasePort),
				'-c',
				`listen_addresses=${host}`,
				'-c',
				`unix_socket_directories=${databaseFolder}`,
			],
			// A fast shutdown: it does not wait for clients
			{ ...user, cwd: databaseFolder, log: databaseLog, stopSignal: 'SIGINT' },
		);
		ends.push(database.stop);
		const { Client, Pool } = required('pg');
		const address = { host, port: databasePort, user: POSTGRES_USER, password: POSTGRES_PASSWORD };
		const query = async (name: string, sql: string) => {
			const client = new Client({ ...address, database: name });
			await client.connect();
			await client.query(sql).finally(() => client.end());
		};
		await ready(database, () => succeeds(() => query('postgres', 'SELECT 1')), 'PostgreSQL', databaseLog);
		await query('postgres', `CREATE DATABASE ${POSTGRES_DB}`);
		const db = new Pool({ ...address, database: POSTGRES_DB, max: 2 });
		// A connection that ends with the server is no news
		db.on('error', () => {});
		ends.push(() => db.end());

		const queueFolder = join(dataDir, 'redis');
		await mkdir(queueFolder);
		const queueLog = join(dataDir, 'redis.log');
		const [, ...queueSettings] = services.redis.command as string[];
		const queue = startServer(
			redis,
			[...queueSettings, '--port', String(queuePort), '--bind', host, '--dir', queueFolder],
			{
				cwd: queueFolder,
				log: queueLog,
			},
		);
		ends.push(queue.stop);
		const Redis = required('ioredis');
		const jobs = new Redis({ host, port: queuePort, password: values.REDIS_PASSWORD, lazyConnect: true });
		jobs.on('error', () => {});
		ends.push(async () => jobs.disconnect());
		await ready(queue, () => succeeds(() => jobs.ping()), 'Redis', queueLog);
		const stalledJobs = startServer('sh', [join(deployFolder, 'stalled-jobs.sh')], {
			cwd: dataDir,
			log: join(dataDir, 'stalled-jobs.log'),
			env: {
				...process.env,
				...services['stalled-jobs'].environment,
				REDIS_HOST: host,
				REDIS_PORT: String(queuePort),
				ALIVE_FILE: join(dataDir, 'stalled-jobs.alive'),
			},
		});
		ends.push(stalledJobs.stop);

		onStep('Packing the nodes');
		const packed = join(dataDir, 'packed');
		await mkdir(packed);
		await installPackage(packed);

		/** @param name of the folder and of the log file */
		const member = async (name: string, service: 'main' | 'worker' | 'webhook'): Promise<Member> => {
			const folder = join(dataDir, name);
			await cp(packed, folder, { recursive: true });
			const [n8n, broker] = await freePorts(2);
			const { command, environment = {}, tmpfs = [] } = services[service];
			// A folder of the container in memory: empty at each start
			const memory = join(folder, 'memory');
			const isInMemory = (path: string) => tmpfs.some((mount) => path.startsWith(`${mount.split(':')[0]}/`));
			const inMemory = (value: string) => (isInMemory(String(value)) ? join(memory, value) : value);
			const moved = Object.entries(environment).map(([name, value]) => [name, inMemory(value)]);
			const env = {
				...Object.fromEntries(moved),
				DB_POSTGRESDB_HOST: host,
				DB_POSTGRESDB_PORT: String(databasePort),
				QUEUE_BULL_REDIS_HOST: host,
				QUEUE_BULL_REDIS_PORT: String(queuePort),
				N8N_WORKER_SERVER_ADDRESS: host,
				...(preload && {
					...preload.env,
					NODE_OPTIONS: `${environment.NODE_OPTIONS ?? ''} --require "${preload.script}"`,
				}),
			};
			let running: N8nProcess | undefined;
			const log = `${name}.log`;
			let starts = 0;
			return {
				env,
				url: `http://${host}:${n8n}`,
				logFile: join(folder, log),
				pid: () => running?.pid,
				async start() {
					starts += 1;
					await rm(memory, { recursive: true, force: true });
					const role = command as Role;
					// The log of each start is kept
					running = await startN8n(installation, {
						ports: { n8n, broker },
						dataDir: folder,
						role,
						env,
						log: starts === 1 ? log : `${name}-${starts}.log`,
					});
				},
				kill: async () => await running?.kill(),
				stop: async () => await running?.stop(),
			};
		};
		const numbered = async (service: 'worker' | 'webhook') => {
			const replicas = Number(services[service].deploy?.replicas);
			return await Promise.all(
				Array.from({ length: replicas }, (_, index) => member(`${service}-${index + 1}`, service)),
			);
		};
		const main = await member('main', 'main');
		const [workers, webhooks] = [await numbered('worker'), await numbered('webhook')];
		ends.push(() => Promise.all([main, ...workers, ...webhooks].map((each) => each.stop())));
		onStep(`Starting n8n ${installation.version}: main`);
		await main.start();
		onStep(`Starting ${workers.length} workers and ${webhooks.length} webhook processes`);
		// One worker and one webhook process at a time: all at once take longer on two cores
		for (let index = 0; index < Math.max(workers.length, webhooks.length); index++) {
			await Promise.all([workers[index]?.start(), webhooks[index]?.start()]);
		}

		const proxyLog = join(dataDir, 'caddy.log');
		const proxy = startServer(caddy, ['run', '--config', join(deployFolder, 'Caddyfile'), '--adapter', 'caddyfile'], {
			cwd: dataDir,
			log: proxyLog,
			env: {
				...process.env,
				HOME: dataDir,
				XDG_CONFIG_HOME: dataDir,
				XDG_DATA_HOME: dataDir,
				...services.proxy.environment,
				// Debian's Caddy is older than that of the image
				BUFFERING: 'buffer_requests',
				SITE_ADDRESS: `http://${host}:${proxyPort}`,
				MAIN_UPSTREAM: new URL(main.url).host,
				WEBHOOK_UPSTREAMS: webhooks.map(({ url }) => new URL(url).host).join(' '),
			},
		});
		ends.push(proxy.stop);
		const client = new N8nClient(`http://${host}:${proxyPort}`, installation.dir);
		await ready(proxy, () => client.isReady(), 'Caddy', proxyLog);
		return {
			...{ client, db, jobs, main, workers, webhooks, services, values, installation, databasePort, queuePort, stop },
			databasePid: database.pid,
			queuePid: queue.pid,
		};
	} catch (error) {
		await stop();
		throw error;
	}
}
