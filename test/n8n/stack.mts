/**
 * The whole product on one machine: the emulator of Hotmart and Teachable, a mail server and an AI model that stand in for
 * outside ones in this process, a real n8n as its child with the packed package in it, owner, credentials and workflows. `npm start` and the end-to-end tests both run this.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { NodeHelpers, type INode, type INodeCredentialDescription, type INodeTypeDescription } from 'n8n-workflow';

import { startEmulator, DEMO, type Emulator, type EmulatorOptions } from '../emulator/index.ts';
import { N8nError, type N8nClient, type Workflow, type WorkflowNode } from './client.mts';
import { supportAgent } from './demo-model.mts';
import { fillIn } from './demo-settings.mts';
import { SetupError, ensureN8n, type Release } from './install.mts';
import { freePorts, installPackage, installTarball, root, startN8n } from './process.mts';
import { startMailbox, startModel } from './stand-ins.mts';

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

/** The workflow that assistants connect to. */
export const MCP_TEMPLATE = 'mcp-server.json';

/** What an assistant of this machine identifies itself with; n8n listens on loopback, so it is no secret. */
export const MCP_TOKEN = 'demo-mcp-token-0123456789abcdef';

export type Ports = {
	n8n: number;
	broker: number;
	hotmart: number;
	teachable: number;
	page: number;
	mail: number;
	model: number;
};

export type Credentials = Record<
	| 'hotmartApi'
	| 'hotmartWebhookApi'
	| 'teachableApi'
	| 'teachableWebhookApi'
	| 'smtp'
	| 'openAiApi'
	| 'httpBasicAuth'
	| 'httpBearerAuth',
	{ id: string; name: string }
>;

export async function anyPorts(): Promise<Ports> {
	const [n8n, broker, hotmart, teachable, page, mail, model] = await freePorts(7);
	return { n8n, broker, hotmart, teachable, page, mail, model };
}

/** What was created in an n8n, kept beside its data so that nothing is created twice. */
export type Created = { credentials: Record<string, string>; workflows: Record<string, string> };

async function readCreated(file: string): Promise<Created> {
	return existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : { credentials: {}, workflows: {} };
}

/** Replaces a file in one step, so that a crash leaves the old content or the new. */
async function replaceFile(file: string, content: string) {
	await writeFile(`${file}.new`, content);
	await rename(`${file}.new`, file);
}

/** @returns undefined when it is not there (any more) */
async function ifFound<T>(request: Promise<T>): Promise<T | undefined> {
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
 * @param accessMode default: full
 */
export function credentialData(
	emulator: Emulator,
	{ hotmart = 'full', teachable = 'full' }: { hotmart?: 'full' | 'readOnly'; teachable?: 'full' | 'readOnly' } = {},
) {
	const { clientId, clientSecret, hottok } = DEMO.hotmart;
	const { url: apiUrl, tokenUrl } = emulator.hotmart;
	return {
		hotmartApi: { clientId, clientSecret, environment: 'custom', apiUrl, tokenUrl, accessMode: hotmart },
		hotmartWebhookApi: { webhookToken: hottok },
		teachableApi: { apiKey: DEMO.teachable.apiKey, apiUrl: emulator.teachable.url, accessMode: teachable },
		teachableWebhookApi: { webhookSecret: DEMO.teachable.webhookUrlEnd },
	};
}

/** Creates the credentials, or points existing ones to where the emulator and the stand-ins are now. */
async function ensureCredentials(
	client: N8nClient,
	{ emulator, mailbox, model }: { emulator: Emulator; mailbox: { port: number }; model: { url: string } },
	created: Created,
): Promise<Credentials> {
	const { hotmartApi, hotmartWebhookApi, teachableApi, teachableWebhookApi } = credentialData(emulator);
	// One of each type: a node of an imported template is given the one that it asks for
	const wanted: Record<keyof Credentials, { name: string; data: object }> = {
		hotmartApi: { name: 'Hotmart (emulator)', data: { ...hotmartApi, basicToken: '' } },
		hotmartWebhookApi: { name: 'Hotmart Webhook (emulator)', data: hotmartWebhookApi },
		teachableApi: { name: 'Teachable (emulator)', data: teachableApi },
		teachableWebhookApi: { name: 'Teachable Webhook (emulator)', data: teachableWebhookApi },
		smtp: {
			name: 'E-mail (shown on the emulator page)',
			data: { user: '', password: '', host, port: mailbox.port, secure: false, disableStartTls: true, hostName: '' },
		},
		openAiApi: { name: 'AI model (stand-in)', data: { apiKey: 'stand-in', url: model.url, header: false } },
		httpBasicAuth: {
			name: 'Forms (the login of this n8n)',
			data: { user: OWNER.email, password: OWNER.password },
		},
		httpBearerAuth: { name: 'MCP Server (token on the emulator page)', data: { token: MCP_TOKEN } },
	};
	const result: Record<string, { id: string; name: string }> = {};
	for (const [type, { name: title, data }] of Object.entries(wanted)) {
		const credential = { name: title, type, data };
		const id = created.credentials[type];
		const saved = id ? await ifFound(client.credential(id)) : undefined;
		const moved = saved && addresses.some((name) => saved.data[name] !== (data as Record<string, unknown>)[name]);
		if (saved && moved) await client.updateCredential(saved.id, { ...credential, name: saved.name });
		const { id: known, name } = saved ?? (await client.createCredential(credential));
		created.credentials[type] = known;
		result[type] = { id: known, name };
	}
	return result as Credentials;
}

/** The credentials that the editor asks for, with the node's parameters as they are. */
export function credentialsShown(node: WorkflowNode, nodeType: unknown): INodeCredentialDescription[] {
	const [asNode, type] = [node as unknown as INode, nodeType as INodeTypeDescription];
	// The editor completes the parameters before it looks at them
	const parameters = NodeHelpers.getNodeParameters(type.properties, asNode.parameters, true, false, asNode, type) ?? {};
	return (type.credentials ?? []).filter((wanted) =>
		NodeHelpers.displayParameter(parameters, wanted, asNode, type, parameters),
	);
}

/** What a person does after importing a template: chooses the credentials, and the courses where none are chosen. */
export async function completeTemplate(
	client: N8nClient,
	template: Workflow,
	credentials: Record<string, { id: string; name: string }>,
): Promise<Workflow> {
	const workflow = structuredClone(template);
	for (const node of workflow.nodes) {
		const type = await client.nodeType(node.type);
		for (const { name } of type ? credentialsShown(node, type) : [])
			if (credentials[name]) node.credentials = { ...node.credentials, [name]: credentials[name] };
		fillIn(node, type);
	}
	return workflow;
}

/** @returns file names of the package's templates */
export async function templateFiles(): Promise<string[]> {
	const folder = join(root, 'templates');
	if (!existsSync(folder)) return [];
	return (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
}

/**
 * @param file name in templates/
 * @returns as it is in the package
 */
export async function readTemplate(file: string): Promise<Workflow> {
	return JSON.parse(await readFile(join(root, 'templates', basename(file)), 'utf8'));
}

/** Imports the templates that are not there yet, and publishes those of the new ones that are to be published. */
async function ensureWorkflows(
	client: N8nClient,
	{
		credentials,
		created,
		files,
		published,
	}: {
		credentials: Credentials;
		created: Created;
		files: string[];
		published: string[];
	},
) {
	const workflows: Record<string, Workflow> = {};
	// n8n lists the newest first, and the one to begin with is to be the first that is seen
	const mainLast = [...files].sort((a, b) => Number(a === MAIN_TEMPLATE) - Number(b === MAIN_TEMPLATE));
	for (const file of mainLast) {
		const id = created.workflows[file];
		const existing = id ? await ifFound(client.workflow(id)) : undefined;
		if (existing && !existing.isArchived) {
			workflows[file] = existing;
			continue;
		}
		const complete = await completeTemplate(client, await readTemplate(file), credentials);
		const imported = await client.importWorkflow(complete);
		created.workflows[file] = imported.id;
		if (published.includes(file)) await client.activate(imported.id);
		workflows[file] = await client.workflow(imported.id);
	}
	return workflows;
}

/** Tells the emulated Hotmart where to send events, as a creator does in Hotmart's dashboard. */
function registerWebhook(emulator: Emulator, url: string) {
	const { pathname } = new URL(url);
	const known = emulator.hotmart.webhooks.filter((webhook) => new URL(webhook.url).pathname === pathname);
	if (known.some((webhook) => webhook.active && webhook.url === url)) return;
	// n8n has moved to another port, or was away for so long that Hotmart gave up
	for (const { id } of known) emulator.hotmart.removeWebhook(id);
	emulator.hotmart.registerWebhook({ url });
}

/**
 * What an assistant needs to connect to the demo's MCP server, in the words of the page.
 * @param templates as they are to be imported
 */
async function mcpConnection(n8nUrl: string, templates = [MCP_TEMPLATE]): Promise<Record<string, string>> {
	if (!templates.includes(MCP_TEMPLATE)) return {};
	const { nodes } = await readTemplate(MCP_TEMPLATE);
	const { path } = nodes.find(({ type }) => type.endsWith('.mcpTrigger'))!.parameters;
	return { 'MCP server URL': `${n8nUrl}/mcp/${path}`, 'MCP server token': MCP_TOKEN };
}

function restore(emulator: Emulator, snapshot: string, file: string) {
	try {
		emulator.restore(JSON.parse(snapshot));
	} catch (error) {
		throw new SetupError(
			`${file} cannot be used (${error instanceof Error ? error.message : error}). Delete it to start afresh.`,
		);
	}
}

/** Starts everything, or nothing: what was started is ended again when a later step fails. */
export async function startStack({
	dataDir,
	release,
	ports,
	templates,
	published = [MAIN_TEMPLATE],
	tarballs,
	emulation,
	env,
	onStep = () => {},
	signal,
}: {
	/** Folder of n8n's and the emulator's data; used again, it goes on where it ended */
	dataDir: string;
	/** Which n8n, default: the newest */
	release?: Release;
	/** default: free ones */
	ports?: Ports;
	/** File names in templates/ to import; default: all */
	templates?: string[];
	/** Those of them to publish, once they are new */
	published?: string[];
	/** Packages to install instead of the one that is built here: name to tarball */
	tarballs?: Record<string, string>;
	/** Of the emulator, without its ports */
	emulation?: EmulatorOptions;
	/** Settings of n8n beside those that every test has */
	env?: Record<string, string>;
	/** Told what is being done */
	onStep?: (step: string) => void;
	/** Ends the start early: it rejects, and nothing is left running */
	signal?: AbortSignal;
}) {
	const step = (text: string) => {
		signal?.throwIfAborted();
		onStep(text);
	};
	const installation = await ensureN8n({ release });
	const used = ports ?? (await anyPorts());
	await mkdir(dataDir, { recursive: true });

	const ends: Array<() => Promise<unknown>> = [];
	let stopping = undefined as Promise<void> | undefined;
	const stop = () => {
		stopping ??= (async () => {
			for (const end of ends.reverse()) await end();
		})();
		return stopping;
	};

	try {
		step('Packing the nodes');
		if (!tarballs) await installPackage(dataDir);
		for (const [name, tarball] of Object.entries(tarballs ?? {})) await installTarball(dataDir, name, tarball);

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
			n8nUrl: `http://${host}:${used.n8n}`,
			connection: await mcpConnection(`http://${host}:${used.n8n}`, templates),
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
			const files = templates ?? (await templateFiles());
			workflows = await ensureWorkflows(client, { credentials, created, files, published });
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
