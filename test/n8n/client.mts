/** A small client of the REST API that n8n's own editor uses; n8n does not document it, n8n's sources were read. */
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * Asks again and again until the answer is truthy.
 * @param description what is waited for, for the error's message
 * @param timeout milliseconds
 */
export async function waitFor<T>(
	probe: () => Promise<T> | T,
	description: string | (() => string | Promise<string>),
	timeout = 60_000,
): Promise<NonNullable<Exclude<T, false>>> {
	const deadline = Date.now() + timeout;
	for (;;) {
		const answer = await probe();
		if (answer) return answer as NonNullable<Exclude<T, false>>;
		if (Date.now() > deadline) {
			const text = typeof description === 'function' ? await description() : description;
			throw new Error(`Waited ${timeout / 1000} s in vain for ${text}`);
		}
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}

/** An answer of n8n that is no success. */
export class N8nError extends Error {
	/** HTTP status */
	readonly status: number;

	constructor(status: number, message: string) {
		super(message);
		this.status = status;
	}
}

export type WorkflowNode = {
	id: string;
	name: string;
	type: string;
	typeVersion: number;
	parameters: Record<string, any>;
	position: number[];
	webhookId?: string;
	disabled?: boolean;
	credentials?: Record<string, { id: string; name: string }>;
};

export type Workflow = {
	id: string;
	name: string;
	nodes: WorkflowNode[];
	connections: object;
	active: boolean;
	isArchived: boolean;
	versionId: string;
	activeVersionId: string | null;
	settings?: object;
	pinData?: object;
};

export type ExecutionSummary = { id: string; status: string; finished: boolean; mode: string; workflowId: string };

export type NodeType = {
	name: string;
	versions: number[];
	credentials?: Array<{ name: string }>;
	webhooks?: Array<{ path: string; isFullPath?: boolean }>;
	properties: Array<{ name: string; modes?: Array<{ name: string }> }>;
};

export class N8nClient {
	readonly url: string;
	/** Cookies of whoever has signed in. */
	session: string;
	readonly flatted: { parse(text: string): any };
	#types: Map<string, NodeType> | undefined;

	/**
	 * @param url n8n's address without a slash at its end
	 * @param dir folder of the installation, whose `flatted` decodes execution data
	 * @param session of a client that has signed in
	 */
	constructor(url: string, dir: string, session = '') {
		this.url = url;
		this.session = session;
		this.flatted = createRequire(join(dir, 'node_modules', 'n8n', 'package.json'))('flatted');
	}

	/**
	 * @param path below the address
	 * @returns the `data` of the answer
	 */
	async request(method: string, path: string, body?: unknown): Promise<any> {
		const response = await fetch(`${this.url}${path}`, {
			method,
			// n8n closes idle connections after five seconds, on a busy machine just when one is used again
			headers: { 'content-type': 'application/json', cookie: this.session, connection: 'close' },
			body: body === undefined ? undefined : JSON.stringify(body),
			signal: AbortSignal.timeout(120_000),
		});
		const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
		if (cookies.length) this.session = cookies.join('; ');
		const text = await response.text();
		if (!response.ok)
			throw new N8nError(response.status, `${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`);
		const json = JSON.parse(text);
		return json !== null && typeof json === 'object' && 'data' in json ? json.data : json;
	}

	/** Whether the process is connected to its database (and queue) and the database is migrated. */
	async isHealthy() {
		try {
			await this.request('GET', '/healthz/readiness');
			return true;
		} catch {
			return false;
		}
	}

	/** Whether n8n answers requests, its database migrated and its routes mounted. */
	async isReady() {
		try {
			await this.request('GET', '/healthz/readiness');
			return Boolean((await this.request('GET', '/rest/settings')).userManagement);
		} catch {
			return false;
		}
	}

	/** Creates the owner of a fresh instance, or signs in as the owner of one that has been set up. */
	async signIn(owner: { email: string; password: string; firstName: string; lastName: string }) {
		const { userManagement } = await this.request('GET', '/rest/settings');
		if (userManagement.showSetupOnFirstLoad) await this.request('POST', '/rest/owner/setup', owner);
		await this.request('POST', '/rest/login', { emailOrLdapLoginId: owner.email, password: owner.password });
	}

	/**
	 * @param type full name, such as n8n-nodes-base.webhook
	 * @returns its newest version, with the list of all versions
	 */
	async nodeType(type: string): Promise<NodeType | undefined> {
		this.#types ??= await this.#loadTypes();
		return this.#types.get(type);
	}

	async #loadTypes() {
		const types: Map<string, NodeType> = new Map();
		for (const { version, ...entry } of await this.request('GET', '/types/nodes.json')) {
			// n8n lists each version that differs as an entry of its own, some with several version numbers
			const earlier = types.get(entry.name);
			const versions = [version].flat();
			const isNewer = !earlier || Math.max(...versions) > Math.max(...earlier.versions);
			types.set(entry.name, { ...(isNewer ? entry : earlier), versions: [...(earlier?.versions ?? []), ...versions] });
		}
		return types;
	}

	async credentials(): Promise<Array<{ id: string; name: string; type: string }>> {
		return await this.request('GET', '/rest/credentials');
	}

	async createCredential(credential: {
		name: string;
		type: string;
		data: object;
	}): Promise<{ id: string; name: string; type: string }> {
		return await this.request('POST', '/rest/credentials', credential);
	}

	/** @returns secrets are blanked by n8n */
	async credential(id: string): Promise<{ id: string; name: string; type: string; data: Record<string, unknown> }> {
		return await this.request('GET', `/rest/credentials/${id}?includeData=true`);
	}

	async updateCredential(id: string, credential: { name: string; type: string; data: object }) {
		return await this.request('PATCH', `/rest/credentials/${id}`, credential);
	}

	/** What the editor's Test button does for a saved credential. */
	async testCredential(id: string): Promise<{ status: 'OK' | 'Error'; message: string }> {
		const { name, type, data } = await this.credential(id);
		return await this.request('POST', '/rest/credentials/test', { credentials: { id, name, type, data } });
	}

	async workflows(): Promise<Array<{ id: string; name: string }>> {
		return await this.request('GET', '/rest/workflows');
	}

	async workflow(id: string): Promise<Workflow> {
		return await this.request('GET', `/rest/workflows/${id}`);
	}

	/**
	 * Imports a workflow as the editor does: nodes with webhooks get addresses of their own.
	 * @param workflow as exported; may lack ids
	 */
	async importWorkflow(workflow: object): Promise<Workflow> {
		const { name, nodes, connections, settings = {}, pinData = {} } = structuredClone(workflow) as Workflow;
		for (const node of nodes) {
			node.id ??= randomUUID();
			if ((await this.nodeType(node.type))?.webhooks?.length) node.webhookId = randomUUID();
		}
		return await this.request('POST', '/rest/workflows', {
			name,
			nodes,
			connections,
			settings,
			pinData,
			active: false,
		});
	}

	/** The production addresses of a workflow's webhooks. */
	async webhookUrls({ nodes }: Workflow): Promise<string[]> {
		const urls = [];
		for (const { type, webhookId } of nodes) {
			for (const { path, isFullPath } of (await this.nodeType(type))?.webhooks ?? []) {
				if (webhookId && !isFullPath) urls.push(`${this.url}/webhook/${webhookId}/${path}`);
			}
		}
		return urls;
	}

	/**
	 * Publishes the newest version of a workflow and waits until its webhooks are registered, which n8n does after it
	 * has answered. Hotmart triggers refuse the probe (no hottok), so it starts nothing.
	 * @returns the production addresses of its webhooks
	 * @throws {Error} what a trigger says that refuses to be published
	 */
	async activate(id: string): Promise<string[]> {
		const { versionId } = await this.workflow(id);
		await this.request('POST', `/rest/workflows/${id}/activate`, { versionId });
		await this.#published(id);
		const urls = await this.webhookUrls(await this.workflow(id));
		for (const url of urls) await this.waitForWebhook(url);
		return urls;
	}

	/** Waits for n8n 2 to publish, which it does after it has answered; n8n 1 has published then, or has refused. */
	async #published(id: string) {
		const status = async () => {
			try {
				return await this.request('GET', `/rest/workflows/${id}/publication-status`);
			} catch (error) {
				if (error instanceof N8nError && error.status === 404) return { status: 'published', triggers: [] };
				throw error;
			}
		};
		const { triggers } = await waitFor(async () => {
			const now = await status();
			return now.status !== 'in_progress' && now;
		}, `workflow ${id} to be published`);
		const refused = triggers.flatMap(({ errorMessage }: { errorMessage: string | null }) => errorMessage ?? []);
		if (refused.length > 0) throw new Error(`Workflow ${id} was not published: ${refused.join('; ')}`);
	}

	/** @param url a production address of a Hotmart trigger */
	async waitForWebhook(url: string) {
		const registered = async () => {
			const response = await fetch(url, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: '{}',
			});
			await response.arrayBuffer();
			return response.status !== 404;
		};
		await waitFor(registered, `n8n to register ${url}`);
	}

	async deactivate(id: string) {
		await this.request('POST', `/rest/workflows/${id}/deactivate`, {});
	}

	async deleteWorkflow(id: string) {
		const { isArchived } = await this.workflow(id);
		if (!isArchived) await this.request('POST', `/rest/workflows/${id}/archive`, {});
		// Archiving unpublishes, which n8n does after it has answered; until then it refuses with 409
		const deleted = async () => {
			try {
				return await this.request('DELETE', `/rest/workflows/${id}`);
			} catch (error) {
				if (error instanceof N8nError && error.status === 409) return false;
				throw error;
			}
		};
		await waitFor(deleted, `workflow ${id} to be deleted`);
	}

	/**
	 * Runs a saved workflow from one of its triggers and waits for its end.
	 * @param trigger name of the trigger node
	 * @param timeout milliseconds
	 */
	async run(id: string, trigger: string, timeout?: number) {
		// n8n 1.x runs what it is sent, 2.x what it has saved
		const body = { workflowData: await this.workflow(id), triggerToStartFrom: { name: trigger } };
		const { executionId } = await this.request('POST', `/rest/workflows/${id}/run`, body);
		return await this.finished(executionId, timeout);
	}

	/** @returns newest first */
	async executions(workflowId?: string): Promise<ExecutionSummary[]> {
		const filter = encodeURIComponent(JSON.stringify(workflowId ? { workflowId } : {}));
		const { results } = await this.request('GET', `/rest/executions?filter=${filter}&limit=100`);
		return results;
	}

	/** @returns `text` is the data as n8n sends it, `data` is it decoded */
	async execution(id: string): Promise<ExecutionSummary & { text: string; data: any }> {
		const { data: text, ...summary } = await this.request('GET', `/rest/executions/${id}`);
		return { ...summary, text, data: this.flatted.parse(text) };
	}

	/** @param timeout milliseconds */
	async finished(id: string, timeout = 120_000) {
		const ended = async () => {
			const execution = await this.execution(id);
			return ['new', 'running', 'waiting'].includes(execution.status) ? undefined : execution;
		};
		return await waitFor(ended, `execution ${id} to end`, timeout);
	}
}

/** The items that a node of an execution put out. */
export function outputOf({ data }: { data: any }, node: string, output = 0): any[] {
	const items = data.resultData.runData[node]?.[0]?.data?.main?.[output] ?? [];
	return items.map(({ json }: { json: unknown }) => json);
}
