// @ts-check
/**
 * The whole product on one machine: the emulator of Hotmart and Teachable, a mail server and an AI model that stand in for
 * outside ones in this process, a real n8n as its child with the packed package in it, owner, credentials and workflows. `npm start` and the end-to-end tests both run this.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { tsImport } from 'tsx/esm/api';

import { fillIn } from './demo-settings.mjs';
import { SetupError, ensureN8n } from './install.mjs';
import { N8nError } from './client.mjs';
import { freePorts, installPackage, root, startN8n } from './process.mjs';
import { startMailbox, startModel } from './stand-ins.mjs';
import { supportAgent } from './demo-model.mjs';

export { isFree, root } from './process.mjs';

/** @type {{ startEmulator: typeof import('../emulator/index').startEmulator, DEMO: typeof import('../emulator/seed').DEMO }} */
const { startEmulator, DEMO } = await tsImport('../emulator/index.ts', import.meta.url);
export { DEMO };

/** The only account of the n8n that this starts; it listens on loopback, so the password is no secret. */
export const OWNER = {
	email: 'demo@example.com',
	password: 'Hotmart2Teachable',
	firstName: 'Demo',
	lastName: 'Creator',
};

/** The workflow that is active from the start, and that Hotmart's events are sent to. */
export const MAIN_TEMPLATE = 'hotmart-to-teachable.json';

/**
 * @typedef {{ n8n: number, broker: number, hotmart: number, teachable: number, page: number, mail: number, model: number }} Ports
 * @typedef {import('./client.mjs').Workflow} Workflow
 * @typedef {import('./client.mjs').N8nClient} N8nClient
 * @typedef {import('../emulator/index').Emulator} Emulator
 * @typedef {Record<'hotmartApi' | 'hotmartWebhookApi' | 'teachableApi' | 'smtp' | 'openAiApi' | 'httpBasicAuth', { id: string, name: string }>} Credentials
 */

/** @returns {Promise<Ports>} */
export async function anyPorts() {
	const [n8n, broker, hotmart, teachable, page, mail, model] = await freePorts(7);
	return { n8n, broker, hotmart, teachable, page, mail, model };
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

const host = '127.0.0.1';
/** The fields of credentials that say where something is; the others are left as the user has set them. */
const addresses = ['apiUrl', 'tokenUrl', 'url', 'port'];

/**
 * What the credentials for an emulator hold, by their type.
 * @param {Emulator} emulator
 * @param {{ hotmart?: 'full' | 'readOnly', teachable?: 'full' | 'readOnly' }} [accessMode] default: full
 */
export function credentialData(emulator, { hotmart = 'full', teachable = 'full' } = {}) {
	const { clientId, clientSecret, hottok } = DEMO.hotmart;
	const { url: apiUrl, tokenUrl } = emulator.hotmart;
	return {
		hotmartApi: { clientId, clientSecret, environment: 'custom', apiUrl, tokenUrl, accessMode: hotmart },
		hotmartWebhookApi: { webhookToken: hottok },
		teachableApi: { apiKey: DEMO.teachable.apiKey, apiUrl: emulator.teachable.url, accessMode: teachable },
	};
}

/**
 * Creates the credentials, or points existing ones to where the emulator and the stand-ins are now.
 * @param {N8nClient} client
 * @param {{ emulator: Emulator, mailbox: { port: number }, model: { url: string } }} parts
 * @param {Created} created
 * @returns {Promise<Credentials>}
 */
async function ensureCredentials(client, { emulator, mailbox, model }, created) {
	const { hotmartApi, hotmartWebhookApi, teachableApi } = credentialData(emulator);
	const wanted = [
		{ name: 'Hotmart (emulator)', type: 'hotmartApi', data: { ...hotmartApi, basicToken: '' } },
		{ name: 'Hotmart Webhook (emulator)', type: 'hotmartWebhookApi', data: hotmartWebhookApi },
		{ name: 'Teachable (emulator)', type: 'teachableApi', data: teachableApi },
		{
			name: 'E-mail (shown on the emulator page)',
			type: 'smtp',
			data: { user: '', password: '', host, port: mailbox.port, secure: false, disableStartTls: true, hostName: '' },
		},
		{ name: 'AI model (stand-in)', type: 'openAiApi', data: { apiKey: 'stand-in', url: model.url, header: false } },
		{ name: 'Pages (user demo, password demo)', type: 'httpBasicAuth', data: { user: 'demo', password: 'demo' } },
		{
			name: 'Forms (the login of this n8n)',
			type: 'httpBasicAuth',
			data: { user: OWNER.email, password: OWNER.password },
		},
	];
	/** @type {Record<string, { id: string, name: string }>} */
	const result = {};
	for (const credential of wanted) {
		const { type, data } = credential;
		const id = created.credentials[type];
		let saved = id ? await ifFound(client.credential(id)) : undefined;
		const moved =
			saved && addresses.some((name) => saved.data[name] !== /** @type {Record<string, unknown>} */ (data)[name]);
		if (saved && moved) await client.updateCredential(saved.id, { ...credential, name: saved.name });
		const { id: known, name } = saved ?? (await client.createCredential(credential));
		created.credentials[type] = known;
		result[type] = { id: known, name };
	}
	return /** @type {Credentials} */ (result);
}

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
		for (const { name, displayOptions } of (await client.nodeType(node.type))?.credentials ?? []) {
			const isAsked = Object.entries(displayOptions?.show ?? {}).every(([parameter, values]) =>
				values.includes(node.parameters[parameter]),
			);
			if (credentials[name] && isAsked) node.credentials = { ...node.credentials, [name]: credentials[name] };
		}
		fillIn(node);
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
		throw new SetupError(
			`${file} cannot be used (${error instanceof Error ? error.message : error}). Delete it to start afresh.`,
		);
	}
}

/**
 * Starts everything, or nothing: what was started is ended again when a later step fails.
 * @param {object} options
 * @param {string} options.dataDir folder of n8n's and the emulator's data; used again, it goes on where it ended
 * @param {import('./install.mjs').Release} [options.release] which n8n, default: the newest
 * @param {Ports} [options.ports] default: free ones
 * @param {string[]} [options.templates] file names in templates/ to import; default: all
 * @param {import('../emulator/index').EmulatorOptions} [options.emulation] of the emulator, without its ports
 * @param {Record<string, string>} [options.env] settings of n8n beside those that every test has
 * @param {(step: string) => void} [options.onStep] told what is being done
 * @param {AbortSignal} [options.signal] ends the start early: it rejects, and nothing is left running
 */
export async function startStack({ dataDir, release, ports, templates, emulation, env, onStep = () => {}, signal }) {
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
		const mailbox = await startMailbox({ port: used.mail, onMail: (mail) => void emulator.mails.push(mail) });
		ends.push(() => mailbox.close());
		const model = await startModel({ port: used.model, reply: supportAgent });
		ends.push(() => model.close());
		const { hotmart, teachable, page } = used;
		const emulator = await startEmulator({
			...emulation,
			ports: { hotmart, teachable, page },
			mailServer: `${host}:${mailbox.port}`,
		});
		ends.push(() => emulator.close());
		const snapshotFile = join(dataDir, 'emulator.json');
		if (existsSync(snapshotFile)) restore(emulator, await readFile(snapshotFile, 'utf8'), snapshotFile);
		let saved = JSON.stringify(emulator.snapshot());
		let saving = Promise.resolve();
		/** Writes the emulator's state when it has changed, one write after the other. */
		const save = () => {
			saving = saving
				.catch(() => {})
				.then(async () => {
					const text = JSON.stringify(emulator.snapshot());
					if (text === saved) return;
					await replaceFile(snapshotFile, text);
					saved = text;
				});
			return saving;
		};

		step(`Starting n8n ${installation.version}`);
		const { client, stop: stopN8n, ended } = await startN8n(installation, { ports: used, dataDir, env, signal });
		ends.push(stopN8n);
		ends.push(save);

		step('Creating the account, the credentials and the workflows');
		await client.signIn(OWNER);
		const createdFile = join(dataDir, 'created.json');
		const created = await readCreated(createdFile);
		let credentials;
		let workflows;
		try {
			credentials = await ensureCredentials(client, { emulator, mailbox, model }, created);
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
		return {
			installation,
			client,
			emulator,
			ports: used,
			dataDir,
			credentials,
			workflows,
			main,
			webhookUrl,
			save,
			ended,
			stop,
		};
	} catch (error) {
		await stop();
		throw error;
	}
}
