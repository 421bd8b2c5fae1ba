// @ts-check
/**
 * The whole product on one machine: the emulator of Hotmart and Teachable in this process, a real n8n as its child with
 * the packed package in it, owner, credentials and workflows. `npm start` and the end-to-end tests both run this.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, openSync, closeSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tsImport } from 'tsx/esm/api';

import { SetupError, ensureN8n } from './install.mjs';
import { N8nClient, N8nError, waitFor } from './n8n-client.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const host = '127.0.0.1';
const windows = process.platform === 'win32';

/** @type {{ startEmulator: typeof import('../emulator/index').startEmulator, DEMO: typeof import('../emulator/seed').DEMO }} */
const { startEmulator, DEMO } = await tsImport('../emulator/index.ts', import.meta.url);
export { DEMO };

/** The only account of the n8n that this starts; it listens on loopback, so the password is no secret. */
export const OWNER = { email: 'demo@example.com', password: 'Hotmart2Teachable', firstName: 'Demo', lastName: 'Creator' };

/** The workflow that is active from the start, and that Hotmart's events are sent to. */
export const MAIN_TEMPLATE = 'hotmart-to-teachable.json';

/**
 * @typedef {{ n8n: number, broker: number, hotmart: number, teachable: number, page: number }} Ports
 * @typedef {import('./n8n-client.mjs').Workflow} Workflow
 * @typedef {import('../emulator/index').Emulator} Emulator
 * @typedef {Record<'hotmartApi' | 'hotmartWebhookApi' | 'teachableApi', { id: string, name: string }>} Credentials
 */

/**
 * Free ports, all different. They lie below those that systems give to outgoing connections, one of which could take a
 * port before n8n listens on it, seconds later.
 * @param {number} count
 * @returns {Promise<number[]>}
 */
async function freePorts(count) {
	/** @type {Set<number>} */
	const ports = new Set();
	while (ports.size < count) {
		const port = randomInt(20_000, 32_000);
		if (await isFree(port)) ports.add(port);
	}
	return [...ports];
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
export async function isFree(port) {
	return await new Promise((resolve) => {
		const server = createServer();
		server.once('error', () => resolve(false));
		server.listen(port, host, () => server.close(() => resolve(true)));
	});
}

/** @returns {Promise<Ports>} */
export async function anyPorts() {
	const [n8n, broker, hotmart, teachable, page] = await freePorts(5);
	return { n8n, broker, hotmart, teachable, page };
}

/**
 * Puts the package where n8n keeps the community nodes that a user has installed, exactly as npm would publish it.
 * @param {string} dataDir
 */
async function installPackage(dataDir) {
	const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
	for (const file of [...manifest.n8n.nodes, ...manifest.n8n.credentials]) {
		if (!existsSync(join(root, file))) throw new SetupError(`${file} is missing: run npm run build first`);
	}
	const target = join(dataDir, '.n8n', 'nodes', 'node_modules', manifest.name);
	const folder = await mkdtemp(join(dataDir, 'packed-'));
	try {
		run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], root);
		const [tarball] = await readdir(folder);
		run('tar', ['-xzf', tarball], folder);
		await rm(target, { recursive: true, force: true });
		await mkdir(dirname(target), { recursive: true });
		await rename(join(folder, 'package'), target);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 */
function run(command, args, cwd) {
	const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', shell: windows && command === 'npm' });
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

/**
 * The environment of n8n: nothing of the caller's settings for n8n or npm, and nothing that makes n8n call home.
 * @param {import('./install.mjs').Installation} installation
 * @param {Ports} ports
 * @param {string} dataDir
 * @returns {NodeJS.ProcessEnv}
 */
function environment({ node, version }, ports, dataDir) {
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
		...(version.startsWith('1.') ? settingsOf1 : settingsOf2),
	};
}

/**
 * Starts n8n in a process group of its own, so that Ctrl-C in a terminal reaches only us and the end is orderly.
 * @param {import('./install.mjs').Installation} installation
 * @param {Ports} ports
 * @param {string} dataDir
 * @param {AbortSignal} [abort]
 */
async function startN8n(installation, ports, dataDir, abort) {
	const { node, bin, dir } = installation;
	const logFile = join(dataDir, 'n8n.log');
	const log = openSync(logFile, 'w');
	const child = spawn(node, [bin, 'start'], {
		cwd: dataDir,
		env: environment(installation, ports, dataDir),
		stdio: ['ignore', log, log],
		detached: !windows,
	});
	closeSync(log);
	/** @type {Promise<void>} */
	const ended = new Promise((resolve) => {
		child.once('error', () => resolve());
		child.once('exit', () => resolve());
	});
	const isRunning = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;

	/** @param {NodeJS.Signals} signal */
	const signal = (signal) => {
		if (child.pid === undefined) return;
		try {
			// The group holds n8n's task runners, too
			process.kill(windows ? child.pid : -child.pid, signal);
		} catch {
			// It has ended meanwhile
		}
	};
	// Whatever ends this process, n8n must not outlive it
	const kill = () => signal('SIGKILL');
	process.once('exit', kill);

	const stop = async () => {
		if (isRunning()) {
			if (child.pid !== undefined) process.kill(child.pid, 'SIGTERM');
			const timer = setTimeout(kill, 15_000);
			await ended;
			clearTimeout(timer);
		}
		kill();
		process.off('exit', kill);
	};

	const client = new N8nClient(`http://${host}:${ports.n8n}`, dir);
	try {
		await waitFor(async () => abort?.aborted || !isRunning() || (await client.isReady()), 'n8n to start', 180_000);
		abort?.throwIfAborted();
		if (!isRunning()) throw new Error('n8n ended while it started');
	} catch (error) {
		await stop();
		if (abort?.aborted) throw error;
		const tail = (await readFile(logFile, 'utf8')).trimEnd().split('\n').slice(-20).join('\n');
		throw new Error(`${error instanceof Error ? error.message : error}. The end of ${logFile}:\n${tail}`);
	}
	return { client, stop, ended };
}

/**
 * What was created in an n8n, kept beside its data so that nothing is created twice.
 * @typedef {{ credentials: Record<string, string>, workflows: Record<string, string> }} Created
 */

/**
 * @param {string} file
 * @returns {Promise<Created>}
 */
async function readCreated(file) {
	return existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : { credentials: {}, workflows: {} };
}

/**
 * Replaces a file in one step, so that a crash leaves the old content or the new.
 * @param {string} file
 * @param {string} content
 */
async function replaceFile(file, content) {
	await writeFile(`${file}.new`, content);
	await rename(`${file}.new`, file);
}

/**
 * @template T
 * @param {Promise<T>} request
 * @returns {Promise<T | undefined>} undefined when it is not there (any more)
 */
async function ifFound(request) {
	try {
		return await request;
	} catch (error) {
		if (error instanceof N8nError && [403, 404].includes(error.status)) return undefined;
		throw error;
	}
}

/**
 * Creates the three credentials, or points existing ones to where the emulator is now.
 * @param {N8nClient} client
 * @param {Emulator} emulator
 * @param {Created} created
 * @returns {Promise<Credentials>}
 */
async function ensureCredentials(client, emulator, created) {
	const { clientId, clientSecret, hottok } = DEMO.hotmart;
	const wanted = [
		{
			name: 'Hotmart (emulator)',
			type: 'hotmartApi',
			data: {
				environment: 'custom',
				apiUrl: emulator.hotmart.url,
				tokenUrl: emulator.hotmart.tokenUrl,
				clientId,
				clientSecret,
				basicToken: '',
				accessMode: 'full',
			},
		},
		{ name: 'Hotmart Webhook (emulator)', type: 'hotmartWebhookApi', data: { webhookToken: hottok } },
		{
			name: 'Teachable (emulator)',
			type: 'teachableApi',
			data: { apiKey: DEMO.teachable.apiKey, apiUrl: emulator.teachable.url, accessMode: 'full' },
		},
	];
	/** @type {Record<string, { id: string, name: string }>} */
	const result = {};
	for (const credential of wanted) {
		const { type, data } = credential;
		const id = created.credentials[type];
		let saved = id ? await ifFound(client.credential(id)) : undefined;
		const moved = saved && 'apiUrl' in data && saved.data.apiUrl !== data.apiUrl;
		if (saved && moved) await client.updateCredential(saved.id, { ...credential, name: saved.name });
		const { id: known, name } = saved ?? (await client.createCredential(credential));
		created.credentials[type] = known;
		result[type] = { id: known, name };
	}
	return /** @type {Credentials} */ (result);
}

/** What the demo school teaches: everyone who buys gets the first course, the annual plan has one of its own. */
const COURSE = { value: String(DEMO.courses.guitar), name: 'Guitar from Zero' };
const COURSE_BY_PLAN = { [DEMO.plans.annual]: DEMO.courses.masterclass };

/**
 * What a person does after importing a template: chooses the credentials, and the courses where none are chosen.
 * @param {N8nClient} client
 * @param {Workflow} template
 * @param {Record<string, { id: string, name: string }>} credentials
 * @returns {Promise<Workflow>}
 */
export async function completeTemplate(client, template, credentials) {
	const workflow = structuredClone(template);
	for (const node of workflow.nodes) {
		for (const { name } of (await client.nodeType(node.type))?.credentials ?? []) {
			if (credentials[name]) node.credentials = { ...node.credentials, [name]: credentials[name] };
		}
		const { courseId, assignments } = node.parameters ?? {};
		if (courseId?.__rl && courseId.value === '') {
			node.parameters.courseId = { __rl: true, mode: 'list', value: COURSE.value, cachedResultName: COURSE.name };
		}
		for (const assignment of assignments?.assignments ?? []) {
			if (assignment.name === 'course' && assignment.value === '') assignment.value = COURSE.value;
			if (assignment.name === 'courseByPlan' && assignment.value === '{}') assignment.value = JSON.stringify(COURSE_BY_PLAN);
		}
	}
	return workflow;
}

/** @returns {Promise<string[]>} file names of the package's templates */
export async function templateFiles() {
	const folder = join(root, 'templates');
	if (!existsSync(folder)) return [];
	return (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
}

/**
 * @param {string} file name in templates/
 * @returns {Promise<Workflow>} as it is in the package
 */
export async function readTemplate(file) {
	return JSON.parse(await readFile(join(root, 'templates', basename(file)), 'utf8'));
}

/**
 * Imports the templates that are not there yet and activates the main one when it is new.
 * @param {N8nClient} client
 * @param {Credentials} credentials
 * @param {Created} created
 * @param {string[]} files
 */
async function ensureWorkflows(client, credentials, created, files) {
	/** @type {Record<string, Workflow>} */
	const workflows = {};
	for (const file of files) {
		const id = created.workflows[file];
		const existing = id ? await ifFound(client.workflow(id)) : undefined;
		if (existing && !existing.isArchived) {
			workflows[file] = existing;
			continue;
		}
		const complete = await completeTemplate(client, await readTemplate(file), credentials);
		const imported = await client.importWorkflow(complete);
		created.workflows[file] = imported.id;
		if (file === MAIN_TEMPLATE) await client.activate(imported.id);
		workflows[file] = await client.workflow(imported.id);
	}
	return workflows;
}

/**
 * Tells the emulated Hotmart where to send events, as a creator does in Hotmart's dashboard.
 * @param {Emulator} emulator
 * @param {string} url
 */
function registerWebhook(emulator, url) {
	const { pathname } = new URL(url);
	const known = emulator.hotmart.webhooks.filter((webhook) => new URL(webhook.url).pathname === pathname);
	if (known.some((webhook) => webhook.active && webhook.url === url)) return;
	// n8n has moved to another port, or was away for so long that Hotmart gave up
	for (const { id } of known) emulator.hotmart.removeWebhook(id);
	emulator.hotmart.registerWebhook({ url });
}

/**
 * @param {Emulator} emulator
 * @param {string} snapshot
 * @param {string} file
 */
function restore(emulator, snapshot, file) {
	try {
		emulator.restore(JSON.parse(snapshot));
	} catch (error) {
		throw new SetupError(`${file} cannot be used (${error instanceof Error ? error.message : error}). Delete it to start afresh.`);
	}
}

/**
 * Starts everything, or nothing: what was started is ended again when a later step fails.
 * @param {object} options
 * @param {string} options.dataDir folder of n8n's and the emulator's data; used again, it goes on where it ended
 * @param {import('./install.mjs').Release} [options.release] which n8n, default: the newest
 * @param {Ports} [options.ports] default: free ones
 * @param {string[]} [options.templates] file names in templates/ to import; default: all
 * @param {(step: string) => void} [options.onStep] told what is being done
 * @param {AbortSignal} [options.signal] ends the start early: it rejects, and nothing is left running
 */
export async function startStack({ dataDir, release, ports, templates, onStep = () => {}, signal }) {
	/** @param {string} text */
	const step = (text) => {
		signal?.throwIfAborted();
		onStep(text);
	};
	const installation = await ensureN8n({ release });
	const used = ports ?? (await anyPorts());
	await mkdir(dataDir, { recursive: true });

	/** @type {Array<() => Promise<unknown>>} */
	const ends = [];
	let stopping = /** @type {Promise<void> | undefined} */ (undefined);
	const stop = () => {
		stopping ??= (async () => {
			for (const end of ends.reverse()) await end();
		})();
		return stopping;
	};

	try {
		step('Packing the nodes');
		await installPackage(dataDir);

		step('Starting the emulator of Hotmart and Teachable');
		const { n8n: _n8n, broker: _broker, ...emulatorPorts } = used;
		const emulator = await startEmulator({ ports: emulatorPorts });
		ends.push(() => emulator.close());
		const snapshotFile = join(dataDir, 'emulator.json');
		if (existsSync(snapshotFile)) restore(emulator, await readFile(snapshotFile, 'utf8'), snapshotFile);
		let saved = JSON.stringify(emulator.snapshot());
		let saving = Promise.resolve();
		/** Writes the emulator's state when it has changed, one write after the other. */
		const save = () => {
			saving = saving.catch(() => {}).then(async () => {
				const text = JSON.stringify(emulator.snapshot());
				if (text === saved) return;
				await replaceFile(snapshotFile, text);
				saved = text;
			});
			return saving;
		};

		step(`Starting n8n ${installation.version}`);
		const { client, stop: stopN8n, ended } = await startN8n(installation, used, dataDir, signal);
		ends.push(stopN8n);
		ends.push(save);

		step('Creating the account, the credentials and the workflows');
		await client.signIn(OWNER);
		const createdFile = join(dataDir, 'created.json');
		const created = await readCreated(createdFile);
		let credentials;
		let workflows;
		try {
			credentials = await ensureCredentials(client, emulator, created);
			workflows = await ensureWorkflows(client, credentials, created, templates ?? (await templateFiles()));
		} finally {
			await replaceFile(createdFile, JSON.stringify(created));
		}

		const main = workflows[MAIN_TEMPLATE];
		const [webhookUrl] = main ? await client.webhookUrls(main) : [];
		if (main?.activeVersionId && webhookUrl) {
			await client.waitForWebhook(webhookUrl);
			registerWebhook(emulator, webhookUrl);
		}
		await save();
		return { installation, client, emulator, ports: used, dataDir, credentials, workflows, main, webhookUrl, save, ended, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}
