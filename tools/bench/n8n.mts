/** A real n8n to be measured: the packed package, a ten-line trigger beside it, and workflows that are hardly more than a trigger. */
import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';

import { ensureN8n } from '../../test/n8n/install.mts';
import type { N8nClient } from '../../test/n8n/client.mts';
import { freePorts, installPackage, startN8n } from '../../test/n8n/process.mts';
import { DEMO, startEmulator } from './project.mts';
import { cpuTime, rest } from './turns.mts';

const { hottok } = DEMO.hotmart;

/** Of an n8n that listens on loopback and is thrown away: no secret. */
export const OWNER = {
	email: 'bench@example.com',
	password: 'Hotmart2Teachable',
	firstName: 'Bench',
	lastName: 'Mark',
};

const PACKAGE = 'n8n-nodes-hotmart-teachable';
const TEN_LINES = 'n8n-nodes-ten-lines';

/** Events that the triggers have n8n remember (nodes/Hotmart/trigger/repetition.ts); the more there are, the more reading and writing them costs. */
const REMEMBERED = 2000;
/** Keys for each of them outside queue mode. */
const KEYS_PER_EVENT = 1;

/**
 * A purchase as Hotmart tells it. `[<id>]` stands where autocannon puts an id of its own into each delivery: the trigger takes
 * a purchase for another one by its transaction.
 */
export async function purchaseApproved(): Promise<Record<string, any>> {
	const emulator = await startEmulator();
	try {
		// Nothing listens there: the event is only made, not received.
		emulator.hotmart.registerWebhook({ url: 'http://127.0.0.1:9/' });
		await emulator.hotmart.buy({ email: 'student@students.example', productId: DEMO.products.guitar });
		const event = emulator.hotmart.deliveries.at(-1)?.body as any;
		if (event?.event !== 'PURCHASE_APPROVED') throw new Error('The emulator did not send an approved purchase');
		const { data } = event;
		return { ...event, id: '[<id>]', data: { ...data, purchase: { ...data.purchase, transaction: '[<id>]' } } };
	} finally {
		await emulator.close();
	}
}

/** The nodes that are measured, as the first or a later node of a workflow. */
export const nodes = {
	hotmartTrigger: (parameters: Record<string, unknown> = {}) => ({
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
	webhook: (path: string, hasHeaderAuth = false) => ({
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2.1,
		parameters: { httpMethod: 'POST', path, ...(hasHeaderAuth && { authentication: 'headerAuth' }) },
	}),
	/** A request with the header of a credential, as n8n's editor makes it. */
	httpRequest: (parameters: Record<string, unknown>) => ({
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		parameters: {
			authentication: 'genericCredentialType',
			genericAuthType: 'httpHeaderAuth',
			...parameters,
			options: {},
		},
	}),
	applyAccess: (course: number) => ({
		type: `${PACKAGE}.teachable`,
		typeVersion: 1,
		parameters: {
			resource: 'enrollment',
			operation: 'applyAccess',
			courseFrom: 'chosen',
			courseId: { __rl: true, mode: 'id', value: String(course) },
		},
	}),
	leastAccess: () => ({ type: `${TEN_LINES}.leastAccess`, typeVersion: 1 }),
	noOp: () => ({ type: 'n8n-nodes-base.noOp', typeVersion: 1 }),
	/** Lets pass what has the right hottok. */
	hottokCheck: () => ({
		type: 'n8n-nodes-base.if',
		typeVersion: 2.2,
		parameters: { conditions: condition("={{ $json.headers['x-hotmart-hottok'] }}", hottok), options: {} },
	}),
	/** @param event the only one with an output */
	eventSwitch: (event: string) => ({
		type: 'n8n-nodes-base.switch',
		typeVersion: 3.2,
		parameters: { rules: { values: [{ conditions: condition('={{ $json.body.event }}', event) }] }, options: {} },
	}),
};

function condition(leftValue: string, rightValue: string) {
	return {
		options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
		conditions: [{ id: 'condition', leftValue, rightValue, operator: { type: 'string', operation: 'equals' } }],
		combinator: 'and',
	};
}

/** A node of a measured workflow. */
export interface Part {
	type: string;
	typeVersion: number;
	parameters?: Record<string, unknown>;
	/** Whether it has the credential with the hottok. */
	hasHottok?: boolean;
	credentials?: Record<string, { id: string; name: string }>;
}

/** Events to be sent one after the other or at a time, each made when it is sent. */
export interface TurnOptions {
	/** Where to, or who tells for each event. */
	url: string | (() => string);
	next: () => object;
	events: number;
	/** How many are sent at a time. */
	connections: number;
	/** How many executions they start. */
	executions: number;
}

/** What a load cost. */
export interface Load {
	/** Events a second, from the first that was sent to the last that was dealt with. */
	perSecond: number;
}

/** A workflow that listens. */
export interface Flow {
	id: string;
	url: string;
}

/** Answers each line on stdin with the numbers of executions that are open and that have ended well. */
const WATCH = `
	const { DatabaseSync } = require('node:sqlite');
	const database = new DatabaseSync(process.argv[1], { readOnly: true });
	database.exec('PRAGMA busy_timeout = 10000');
	const count = database.prepare("SELECT coalesce(sum(status IN ('new', 'running')), 0) AS open, coalesce(sum(status = 'success'), 0) AS succeeded FROM execution_entity");
	require('node:readline').createInterface({ input: process.stdin }).on('line', () => console.log(JSON.stringify(count.get())));`;

/**
 * A workflow whose nodes are in a row.
 * @param hottok id of the credential with the hottok
 */
export function chain(name: string, parts: Part[], hottok: string) {
	const row = parts.map(({ hasHottok, ...part }, index) => ({
		name: `Node ${index}`,
		position: [220 * index, 0] as [number, number],
		parameters: {},
		...part,
		...(hasHottok && { credentials: { hotmartWebhookApi: { id: hottok, name: 'Hottok' } } }),
	}));
	const connections = Object.fromEntries(
		row.slice(1).map((node, index) => [row[index]!.name, { main: [[{ node: node.name, type: 'main', index: 0 }]] }]),
	);
	return { name, nodes: row, connections, settings: { executionOrder: 'v1' } };
}

/** An n8n whose data are thrown away at the end. */
export class MeasuredN8n {
	private constructor(
		private readonly client: N8nClient,
		/** Path of the Node.js that runs it. */
		private readonly node: string,
		/** Id of the credential with the hottok. */
		private readonly hottok: string,
		/** Its user folder. */
		readonly dataDir: string,
		readonly pid: number,
		private readonly stopProcess: () => Promise<void>,
	) {
		this.watcher = spawn(node, ['--no-warnings', '-e', WATCH, join(dataDir, '.n8n', 'database.sqlite')], {
			stdio: ['pipe', 'pipe', 'inherit'],
		});
		this.counts = createInterface({ input: this.watcher.stdout })[Symbol.asyncIterator]();
	}

	/** Counts executions without asking n8n. */
	private readonly watcher: ChildProcessByStdio<Writable, Readable, null>;
	private readonly counts: AsyncIterator<string>;

	/** @param env settings of n8n */
	static async start(env: Record<string, string>): Promise<MeasuredN8n> {
		const installation = await ensureN8n();
		const dataDir = await mkdtemp(join(tmpdir(), 'bench-'));
		const [n8n, broker] = await freePorts(2);
		await installPackage(dataDir);
		const tenLines = fileURLToPath(new URL('ten-lines', import.meta.url));
		await cp(tenLines, join(dataDir, '.n8n', 'nodes', 'node_modules', TEN_LINES), { recursive: true });
		const { client, pid, stop } = await startN8n(installation, {
			ports: { n8n: n8n!, broker: broker! },
			dataDir,
			env: { ...env, PROFILE_FILE: join(dataDir, 'profile.json'), COUNT_FOLDER: dataDir },
		});
		await client.signIn(OWNER);
		const { id } = await client.createCredential({
			name: 'Hottok',
			type: 'hotmartWebhookApi',
			data: { webhookToken: hottok },
		});
		return new MeasuredN8n(client, installation.node, id, dataDir, pid as number, stop);
	}

	/** Data of a Header Auth credential for n8n's Webhook node, with the hottok. */
	readonly headerAuth = { name: 'x-hotmart-hottok', value: hottok };

	/** Creates a credential, to be named in a node. */
	async credential(type: string, data: Record<string, string>): Promise<{ id: string; name: string }> {
		const name = `${type} ${randomUUID()}`;
		const { id } = await this.client.createCredential({ name, type, data });
		return { id, name };
	}

	private async executions(): Promise<{ open: number; succeeded: number }> {
		this.watcher.stdin.write('\n');
		return JSON.parse((await this.counts.next()).value);
	}

	/**
	 * Sends events and waits until what they started has ended, is saved, and has left nothing to do.
	 * @returns n8n's processor time and the time that passed, both in milliseconds
	 */
	async turn({
		url,
		next,
		events,
		connections,
		executions,
	}: TurnOptions): Promise<{ cpu: number; milliseconds: number }> {
		const before = await this.executions();
		const started = performance.now();
		const cpuBefore = cpuTime(this.pid);
		let left = events;
		const send = async () => {
			while (left-- > 0) {
				const answer = await fetch(typeof url === 'string' ? url : url(), {
					method: 'POST',
					headers: { 'content-type': 'application/json', 'x-hotmart-hottok': hottok },
					body: JSON.stringify(next()),
				});
				// Read, so that the connection is used again
				const text = await answer.text();
				if (answer.status !== 200) throw new Error(`An event was answered with ${answer.status}: ${text}`);
				if (connections === 1) await this.finished(before.succeeded + Math.min(executions, events - left));
			}
		};
		await Promise.all(Array.from({ length: connections }, send));
		await this.finished(before.succeeded + executions);
		await rest(this.pid);
		const { succeeded } = await this.executions();
		if (succeeded !== before.succeeded + executions)
			throw new Error(`${succeeded - before.succeeded} instead of ${executions} executions succeeded`);
		return { cpu: cpuTime(this.pid) - cpuBefore, milliseconds: performance.now() - started };
	}

	/** What the latest execution that failed says. */
	private async lastError(): Promise<string> {
		const filter = encodeURIComponent(JSON.stringify({ status: ['error'] }));
		const { results } = await this.client.request('GET', `/rest/executions?filter=${filter}&limit=1`);
		if (results.length === 0) return 'none has failed';
		const { data } = await this.client.execution(results[0].id);
		const { error, lastNodeExecuted } = data.resultData;
		return `${results[0].workflowName}, ${lastNodeExecuted}: ${error?.message} ${error?.description ?? ''}`;
	}

	/** Waits until so many executions have succeeded. */
	private async finished(count: number): Promise<void> {
		const end = Date.now() + 15_000;
		while ((await this.executions()).succeeded < count) {
			if (Date.now() > end)
				throw new Error(
					`An execution did not succeed: ${await this.lastError()} ${JSON.stringify(await this.executions())} of ${count}`,
				);
			await sleep(10);
		}
	}

	/** Publishes a workflow whose nodes are in a row. */
	async activate(name: string, parts: Part[]): Promise<Flow> {
		const { id } = await this.client.importWorkflow(chain(name, parts, this.hottok));
		const [registered] = await this.client.activate(id);
		const url = registered ?? `${this.client.url}/webhook/${parts[0]!.parameters?.path}`;
		await this.client.waitForWebhook(url);
		return { id, url };
	}

	/** Waits until no execution runs. */
	private async settle(): Promise<void> {
		const filter = encodeURIComponent(JSON.stringify({ status: ['new', 'running'] }));
		while ((await this.client.request('GET', `/rest/executions?filter=${filter}&limit=1`)).results.length > 0)
			await sleep(20);
	}

	/** Sends events at full speed and waits until what they started has ended. */
	async fire({ url, event, amount, connections }: FireOptions): Promise<Load> {
		const started = performance.now();
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
		await this.settle();
		if (accepted !== amount)
			throw new Error(`${accepted} of ${amount} events were accepted, ${non2xx} refused, ${errors} lost`);
		return { perSecond: amount / ((performance.now() - started) / 1000) };
	}

	/**
	 * Makes the memory of every trigger that remembers events as full as it becomes, as it is in a workflow that is in use.
	 * @returns how many memories there are
	 */
	fillMemories(): number {
		const script = `
			const { DatabaseSync } = require('node:sqlite');
			const { createHash } = require('node:crypto');
			const database = new DatabaseSync(process.argv[1]);
			database.exec('PRAGMA busy_timeout = 10000');
			const data = Array.from({ length: ${REMEMBERED * KEYS_PER_EVENT} }, (_, index) => createHash('md5').update(String(index)).digest('base64'));
			const { changes } = database.prepare('UPDATE processed_data SET value = ?').run(JSON.stringify({ mode: 'entries', data }));
			process.stdout.write(String(changes));`;
		const file = join(this.dataDir, '.n8n', 'database.sqlite');
		const { stdout, stderr, status } = spawnSync(this.node, ['-e', script, file], { encoding: 'utf8' });
		if (status !== 0) throw new Error(stderr);
		return Number(stdout);
	}

	/** The names of the nodes that the latest execution of a workflow ran, and how many executions ended well. */
	async outcome(workflowId: string): Promise<{ ran: string[]; succeeded: number }> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId, status: ['success'] }));
		const { count, results } = await this.client.request('GET', `/rest/executions?filter=${filter}&limit=1`);
		if (results.length === 0) return { ran: [], succeeded: count };
		const { data } = await this.client.execution(results[0].id);
		return { ran: Object.keys(data.resultData.runData), succeeded: count };
	}

	async stop(): Promise<void> {
		this.watcher.stdin.end();
		await this.stopProcess();
		await rm(this.dataDir, { recursive: true, force: true });
	}
}

/** Events to be sent, all alike but for an id of their own. */
export interface FireOptions {
	url: string;
	event: object;
	amount: number;
	/** How many are sent at a time. */
	connections: number;
}
