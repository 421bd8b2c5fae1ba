// @ts-check
/** A real n8n to be measured: the packed package, a ten-line trigger beside it, and workflows that are hardly more than a trigger. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';

import { ensureN8n } from '../../test/n8n/install.mts';
import { freePorts, installPackage, startN8n } from '../../test/n8n/process.mts';
import { DEMO, startEmulator } from './project.mjs';

const { hottok } = DEMO.hotmart;

/** Of an n8n that listens on loopback and is thrown away: no secret. */
const OWNER = { email: 'bench@example.com', password: 'Hotmart2Teachable', firstName: 'Bench', lastName: 'Mark' };

const PACKAGE = 'n8n-nodes-hotmart-teachable';
const TEN_LINES = 'n8n-nodes-ten-lines';

/** Events that the triggers have n8n remember (nodes/Hotmart/repeated.ts); reading and writing them costs the more the more there are. */
const REMEMBERED = 2000;
/** Keys of the Hotmart Trigger for each of them; the ten lines with a memory keep one. */
const KEYS_PER_EVENT = 2;

const TRIGGERS = {
	/**
	 * The least that a trigger of a community package can be. Its version is 2, as n8n evaluates one expression more for every
	 * request to version 1 of a trigger: the ten lines are measured at their best.
	 */
	TenLineTrigger: `
exports.TenLineTrigger = class {
	description = {
		displayName: 'Ten Line Trigger', name: 'tenLineTrigger', group: ['trigger'], version: 2, description: 'Starts the workflow',
		defaults: { name: 'Ten Line Trigger' }, inputs: [], outputs: ['main'], properties: [],
		webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' }],
	};
	async webhook() {
		return { workflowData: [[{ json: this.getBodyData() }]] };
	}
};`,
	/** The same, but it compares the hottok with that of a credential. */
	HottokTrigger: `
const { TenLineTrigger } = require('./TenLineTrigger.node.js');
exports.HottokTrigger = class extends TenLineTrigger {
	description = {
		...new TenLineTrigger().description, displayName: 'Hottok Trigger', name: 'hottokTrigger',
		credentials: [{ name: 'hotmartWebhookApi', required: true }],
	};
	async webhook() {
		const { webhookToken } = await this.getCredentials('hotmartWebhookApi');
		if (this.getHeaderData()['x-hotmart-hottok'] === webhookToken) return await super.webhook();
		this.getResponseObject().status(401).end();
		return { noWebhookResponse: true };
	}
};`,
	/** Checks the hottok and wants nothing: the least that a trigger can do with an unwanted event. */
	DeafTrigger: `
const { HottokTrigger } = require('./HottokTrigger.node.js');
exports.DeafTrigger = class extends HottokTrigger {
	description = { ...new HottokTrigger().description, displayName: 'Deaf Trigger', name: 'deafTrigger' };
	async webhook() {
		const { workflowData } = await super.webhook();
		if (workflowData) this.getResponseObject().status(200).end();
		return { noWebhookResponse: true };
	}
};`,
	/** The ten lines, but what came before is dropped. */
	MemoryTrigger: `
const { TenLineTrigger } = require('./TenLineTrigger.node.js');
exports.MemoryTrigger = class extends TenLineTrigger {
	description = { ...new TenLineTrigger().description, displayName: 'Memory Trigger', name: 'memoryTrigger' };
	async execute() {
		const [item] = this.getInputData();
		const answer = await this.helpers.checkProcessedAndRecord([item.json.id], 'node', { mode: 'entries', maxEntries: ${REMEMBERED} });
		return [answer.new.length > 0 ? [item] : []];
	}
};`,
	/** Both, which cannot be left out for money. */
	CarefulTrigger: `
const { HottokTrigger } = require('./HottokTrigger.node.js');
const { MemoryTrigger } = require('./MemoryTrigger.node.js');
exports.CarefulTrigger = class extends HottokTrigger {
	description = { ...new HottokTrigger().description, displayName: 'Careful Trigger', name: 'carefulTrigger' };
	execute = MemoryTrigger.prototype.execute;
};`,
};

/** @param {string} dataDir user folder of an n8n that has not started yet */
async function installTenLines(dataDir) {
	const folder = join(dataDir, '.n8n', 'nodes', 'node_modules', TEN_LINES);
	await mkdir(folder, { recursive: true });
	const nodes = Object.keys(TRIGGERS).map((name) => `${name}.node.js`);
	await writeFile(join(folder, 'package.json'), JSON.stringify({ name: TEN_LINES, version: '1.0.0', n8n: { nodes } }));
	for (const [name, source] of Object.entries(TRIGGERS)) await writeFile(join(folder, `${name}.node.js`), source);
}

/**
 * A purchase as Hotmart tells it. `[<id>]` stands where autocannon puts an id of its own into each delivery: the trigger takes
 * a purchase for another one by its transaction.
 * @returns {Promise<Record<string, any>>}
 */
export async function purchaseApproved() {
	const emulator = await startEmulator();
	try {
		// Nothing listens there: the event is only made, not received.
		emulator.hotmart.registerWebhook({ url: 'http://127.0.0.1:9/' });
		await emulator.hotmart.buy({ email: 'student@students.example', productId: DEMO.products.guitar });
		const event = /** @type {any} */ (emulator.hotmart.deliveries.at(-1)?.body);
		if (event?.event !== 'PURCHASE_APPROVED') throw new Error('The emulator did not send an approved purchase');
		const { data } = event;
		return { ...event, id: '[<id>]', data: { ...data, purchase: { ...data.purchase, transaction: '[<id>]' } } };
	} finally {
		await emulator.close();
	}
}

/** The nodes that are measured, as the first or a later node of a workflow. */
export const nodes = {
	/** @param {Record<string, unknown>} [parameters] */
	hotmartTrigger: (parameters = {}) => ({
		type: `${PACKAGE}.hotmartTrigger`,
		typeVersion: 2,
		parameters,
		hasHottok: true,
	}),
	tenLineTrigger: () => ({ type: `${TEN_LINES}.tenLineTrigger`, typeVersion: 2 }),
	hottokTrigger: () => ({ type: `${TEN_LINES}.hottokTrigger`, typeVersion: 2, hasHottok: true }),
	deafTrigger: () => ({ type: `${TEN_LINES}.deafTrigger`, typeVersion: 2, hasHottok: true }),
	memoryTrigger: () => ({ type: `${TEN_LINES}.memoryTrigger`, typeVersion: 2 }),
	carefulTrigger: () => ({ type: `${TEN_LINES}.carefulTrigger`, typeVersion: 2, hasHottok: true }),
	/** @param {string} path */
	webhook: (path) => ({ type: 'n8n-nodes-base.webhook', typeVersion: 2.1, parameters: { httpMethod: 'POST', path } }),
	noOp: () => ({ type: 'n8n-nodes-base.noOp', typeVersion: 1 }),
	/** Lets pass what has the right hottok. */
	hottokCheck: () => ({
		type: 'n8n-nodes-base.if',
		typeVersion: 2.2,
		parameters: { conditions: condition("={{ $json.headers['x-hotmart-hottok'] }}", hottok), options: {} },
	}),
	/** @param {string} event the only one with an output */
	eventSwitch: (event) => ({
		type: 'n8n-nodes-base.switch',
		typeVersion: 3.2,
		parameters: { rules: { values: [{ conditions: condition('={{ $json.body.event }}', event) }] }, options: {} },
	}),
};

/**
 * @param {string} leftValue
 * @param {string} rightValue
 */
function condition(leftValue, rightValue) {
	return {
		options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
		conditions: [{ id: 'condition', leftValue, rightValue, operator: { type: 'string', operation: 'equals' } }],
		combinator: 'and',
	};
}

/**
 * @typedef {{ type: string, typeVersion: number, parameters?: Record<string, unknown>, hasHottok?: boolean }} Part
 * @typedef {{ perSecond: number, cpu: number }} Load events a second, and n8n's processor time an event in milliseconds (NaN where unknown)
 * @typedef {Awaited<ReturnType<typeof startMeasured>>} Measured
 */

/**
 * Processor time of a process so far, in milliseconds; NaN where the system does not tell.
 * @param {number | undefined} pid
 */
function cpuTime(pid) {
	try {
		const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
		return (Number(fields[11]) + Number(fields[12])) * 10;
	} catch {
		return NaN;
	}
}

/**
 * Starts an n8n whose data are thrown away at the end.
 * @param {Record<string, string>} env settings of n8n
 */
export async function startMeasured(env) {
	const installation = await ensureN8n();
	const dataDir = await mkdtemp(join(tmpdir(), 'bench-'));
	const [n8n, broker] = await freePorts(2);
	await installPackage(dataDir);
	await installTenLines(dataDir);
	const { client, pid, stop } = await startN8n(installation, {
		ports: { n8n, broker },
		dataDir,
		env: { ...env, PROFILE_FILE: join(dataDir, 'profile.json') },
	});
	await client.signIn(OWNER);
	const hotmartWebhookApi = await client.createCredential({
		name: 'Hottok',
		type: 'hotmartWebhookApi',
		data: { webhookToken: hottok },
	});

	/**
	 * Activates a workflow whose nodes are in a row.
	 * @param {string} name
	 * @param {Part[]} parts
	 * @returns {Promise<{ id: string, url: string }>} its id and where it listens
	 */
	const activate = async (name, parts) => {
		const { id: credential } = hotmartWebhookApi;
		const row = parts.map(({ hasHottok, ...part }, index) => ({
			name: `Node ${index}`,
			position: [220 * index, 0],
			parameters: {},
			...part,
			...(hasHottok && { credentials: { hotmartWebhookApi: { id: credential, name: 'Hottok' } } }),
		}));
		const connections = Object.fromEntries(
			row.slice(1).map((node, index) => [row[index].name, { main: [[{ node: node.name, type: 'main', index: 0 }]] }]),
		);
		const workflow = { name, nodes: row, connections, settings: { executionOrder: 'v1' } };
		const { id } = await client.importWorkflow(workflow);
		const [registered] = await client.activate(id);
		const url = registered ?? `${client.url}/webhook/${parts[0].parameters?.path}`;
		await client.waitForWebhook(url);
		return { id, url };
	};

	/** Waits until no execution runs. */
	const settle = async () => {
		const filter = encodeURIComponent(JSON.stringify({ status: ['new', 'running'] }));
		while ((await client.request('GET', `/rest/executions?filter=${filter}&limit=1`)).results.length > 0)
			await sleep(20);
	};

	/**
	 * Sends events at full speed and waits until what they started has ended.
	 * @param {{ url: string, event: object, amount: number, connections: number }} load
	 * @returns {Promise<Load>} from the first event that was sent to the last that was dealt with
	 */
	const fire = async ({ url, event, amount, connections }) => {
		const started = performance.now();
		const cpuBefore = cpuTime(pid);
		const {
			'2xx': accepted,
			non2xx,
			errors,
		} = await autocannon({
			url,
			method: 'POST',
			headers: { 'content-type': 'application/json', 'x-hotmart-hottok': hottok },
			body: JSON.stringify(event),
			idReplacement: true,
			amount,
			connections,
			timeout: 60,
			// It notices its end at a sample only.
			sampleInt: 10,
		});
		await settle();
		if (accepted !== amount)
			throw new Error(`${accepted} of ${amount} events were accepted, ${non2xx} refused, ${errors} lost`);
		return { perSecond: amount / ((performance.now() - started) / 1000), cpu: (cpuTime(pid) - cpuBefore) / amount };
	};

	/** Makes the memory of every trigger that remembers events as full as it becomes, as it is in a workflow that is in use. */
	const fillMemories = () => {
		const script = `
			const { DatabaseSync } = require('node:sqlite');
			const { createHash } = require('node:crypto');
			const database = new DatabaseSync(process.argv[1]);
			database.exec('PRAGMA busy_timeout = 10000');
			const data = Array.from({ length: ${REMEMBERED * KEYS_PER_EVENT} }, (_, index) => createHash('md5').update(String(index)).digest('base64'));
			const { changes } = database.prepare('UPDATE processed_data SET value = ?').run(JSON.stringify({ mode: 'entries', data }));
			process.stdout.write(String(changes));`;
		const file = join(dataDir, '.n8n', 'database.sqlite');
		const { stdout, stderr, status } = spawnSync(installation.node, ['-e', script, file], { encoding: 'utf8' });
		if (status !== 0) throw new Error(stderr);
		return Number(stdout);
	};

	/**
	 * The names of the nodes that the latest execution of a workflow ran, and how many executions ended well.
	 * @param {string} workflowId
	 * @returns {Promise<{ ran: string[], succeeded: number }>}
	 */
	const outcome = async (workflowId) => {
		const filter = encodeURIComponent(JSON.stringify({ workflowId, status: ['success'] }));
		const { count, results } = await client.request('GET', `/rest/executions?filter=${filter}&limit=1`);
		const ran = results.length > 0 ? Object.keys((await client.execution(results[0].id)).data.resultData.runData) : [];
		return { ran, succeeded: count };
	};

	return {
		activate,
		dataDir,
		pid,
		fire,
		fillMemories,
		outcome,
		stop: async () => {
			await stop();
			await rm(dataDir, { recursive: true, force: true });
		},
	};
}
