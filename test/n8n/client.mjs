// @ts-check
/** A small client of the REST API that n8n's own editor uses; n8n does not document it, n8n's sources were read. */
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * Asks again and again until the answer is truthy.
 * @template T
 * @param {() => Promise<T> | T} probe
 * @param {string | (() => string | Promise<string>)} description what is waited for, for the error's message
 * @param {number} [timeout] milliseconds
 * @returns {Promise<NonNullable<Exclude<T, false>>>}
 */
export async function waitFor(probe, description, timeout = 60_000) {
	const deadline = Date.now() + timeout;
	for (;;) {
		const answer = await probe();
		if (answer) return /** @type {NonNullable<Exclude<T, false>>} */ (answer);
		if (Date.now() > deadline) {
			const text = typeof description === 'function' ? await description() : description;
			throw new Error(`Waited ${timeout / 1000} s in vain for ${text}`);
		}
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}

/** An answer of n8n that is no success. */
export class N8nError extends Error {
	/**
	 * @param {number} status HTTP status
	 * @param {string} message
	 */
	constructor(status, message) {
		super(message);
		this.status = status;
	}
}

/**
 * @typedef {{ id: string, name: string, type: string, typeVersion: number, parameters: Record<string, any>, position: number[],
 *   webhookId?: string, credentials?: Record<string, { id: string, name: string }> }} WorkflowNode
 * @typedef {{ id: string, name: string, nodes: WorkflowNode[], connections: object, active: boolean, isArchived: boolean,
 *   versionId: string, activeVersionId: string | null, settings?: object, pinData?: object }} Workflow
 * @typedef {{ id: string, status: string, finished: boolean, mode: string, workflowId: string }} ExecutionSummary
 * @typedef {{ name: string, versions: number[], credentials?: Array<{ name: string, displayOptions?: { show?: Record<string, unknown[]> } }>,
 *   webhooks?: Array<{ path: string, isFullPath?: boolean }> }} NodeType
 */

export class N8nClient {
	/** @type {Map<string, NodeType> | undefined} */
	#types;

	/**
	 * @param {string} url n8n's address without a slash at its end
	 * @param {string} dir folder of the installation, whose `flatted` decodes execution data
	 * @param {string} [session] of a client that has signed in
	 */
	constructor(url, dir, session = '') {
		this.url = url;
		this.session = session;
		this.flatted = createRequire(join(dir, 'node_modules', 'n8n', 'package.json'))('flatted');
	}

	/**
	 * @param {string} method
	 * @param {string} path below the address
	 * @param {unknown} [body]
	 * @returns {Promise<any>} the `data` of the answer
	 */
	async request(method, path, body) {
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

	/**
	 * Creates the owner of a fresh instance, or signs in as the owner of one that has been set up.
	 * @param {{ email: string, password: string, firstName: string, lastName: string }} owner
	 */
	async signIn(owner) {
		const { userManagement } = await this.request('GET', '/rest/settings');
		if (userManagement.showSetupOnFirstLoad) await this.request('POST', '/rest/owner/setup', owner);
		await this.request('POST', '/rest/login', { emailOrLdapLoginId: owner.email, password: owner.password });
	}

	/**
	 * @param {string} type full name, such as n8n-nodes-base.webhook
	 * @returns {Promise<NodeType | undefined>} its newest version, with the list of all versions
	 */
	async nodeType(type) {
		this.#types ??= await this.#loadTypes();
		return this.#types.get(type);
	}

	async #loadTypes() {
		/** @type {Map<string, NodeType>} */
		const types = new Map();
		for (const { version, ...entry } of await this.request('GET', '/types/nodes.json')) {
			// n8n lists each version that differs as an entry of its own, some with several version numbers
			const earlier = types.get(entry.name);
			const versions = [version].flat();
			const isNewer = !earlier || Math.max(...versions) > Math.max(...earlier.versions);
			types.set(entry.name, { ...(isNewer ? entry : earlier), versions: [...(earlier?.versions ?? []), ...versions] });
		}
		return types;
	}

	/** @returns {Promise<Array<{ id: string, name: string, type: string }>>} */
	async credentials() {
		return await this.request('GET', '/rest/credentials');
	}

	/**
	 * @param {{ name: string, type: string, data: object }} credential
	 * @returns {Promise<{ id: string, name: string, type: string }>}
	 */
	async createCredential(credential) {
		return await this.request('POST', '/rest/credentials', credential);
	}

	/**
	 * @param {string} id
	 * @returns {Promise<{ id: string, name: string, type: string, data: Record<string, unknown> }>} secrets are blanked by n8n
	 */
	async credential(id) {
		return await this.request('GET', `/rest/credentials/${id}?includeData=true`);
	}

	/**
	 * @param {string} id
	 * @param {{ name: string, type: string, data: object }} credential
	 */
	async updateCredential(id, credential) {
		return await this.request('PATCH', `/rest/credentials/${id}`, credential);
	}

	/**
	 * What the editor's Test button does for a saved credential.
	 * @param {string} id
	 * @returns {Promise<{ status: 'OK' | 'Error', message: string }>}
	 */
	async testCredential(id) {
		const { name, type, data } = await this.credential(id);
		return await this.request('POST', '/rest/credentials/test', { credentials: { id, name, type, data } });
	}

	/** @returns {Promise<Array<{ id: string, name: string }>>} */
	async workflows() {
		return await this.request('GET', '/rest/workflows');
	}

	/**
	 * @param {string} id
	 * @returns {Promise<Workflow>}
	 */
	async workflow(id) {
		return await this.request('GET', `/rest/workflows/${id}`);
	}

	/**
	 * Imports a workflow as the editor does: nodes with webhooks get addresses of their own.
	 * @param {object} workflow as exported; may lack ids
	 * @returns {Promise<Workflow>}
	 */
	async importWorkflow(workflow) {
		const {
			name,
			nodes,
			connections,
			settings = {},
			pinData = {},
		} = /** @type {Workflow} */ (structuredClone(workflow));
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

	/**
	 * The production addresses of a workflow's webhooks.
	 * @param {Workflow} workflow
	 * @returns {Promise<string[]>}
	 */
	async webhookUrls({ nodes }) {
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
	 * @param {string} id
	 * @returns {Promise<string[]>} the production addresses of its webhooks
	 */
	async activate(id) {
		const { versionId } = await this.workflow(id);
		await this.request('POST', `/rest/workflows/${id}/activate`, { versionId });
		const urls = await this.webhookUrls(await this.workflow(id));
		for (const url of urls) await this.waitForWebhook(url);
		return urls;
	}

	/** @param {string} url a production address of a Hotmart trigger */
	async waitForWebhook(url) {
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

	/** @param {string} id */
	async deactivate(id) {
		await this.request('POST', `/rest/workflows/${id}/deactivate`, {});
	}

	/** @param {string} id */
	async deleteWorkflow(id) {
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
	 * @param {string} id
	 * @param {string} trigger name of the trigger node
	 * @param {number} [timeout] milliseconds
	 */
	async run(id, trigger, timeout) {
		// n8n 1.x runs what it is sent, 2.x what it has saved
		const body = { workflowData: await this.workflow(id), triggerToStartFrom: { name: trigger } };
		const { executionId } = await this.request('POST', `/rest/workflows/${id}/run`, body);
		return await this.finished(executionId, timeout);
	}

	/**
	 * @param {string} [workflowId]
	 * @returns {Promise<ExecutionSummary[]>} newest first
	 */
	async executions(workflowId) {
		const filter = encodeURIComponent(JSON.stringify(workflowId ? { workflowId } : {}));
		const { results } = await this.request('GET', `/rest/executions?filter=${filter}&limit=100`);
		return results;
	}

	/**
	 * @param {string} id
	 * @returns {Promise<ExecutionSummary & { text: string, data: any }>} `text` is the data as n8n sends it, `data` is it decoded
	 */
	async execution(id) {
		const { data: text, ...summary } = await this.request('GET', `/rest/executions/${id}`);
		return { ...summary, text, data: this.flatted.parse(text) };
	}

	/**
	 * @param {string} id
	 * @param {number} [timeout] milliseconds
	 */
	async finished(id, timeout = 120_000) {
		const ended = async () => {
			const execution = await this.execution(id);
			return ['new', 'running', 'waiting'].includes(execution.status) ? undefined : execution;
		};
		return await waitFor(ended, `execution ${id} to end`, timeout);
	}
}

/**
 * The items that a node of an execution put out.
 * @param {{ data: any }} execution
 * @param {string} node
 * @param {number} [output]
 * @returns {any[]}
 */
export function outputOf({ data }, node, output = 0) {
	const items = data.resultData.runData[node]?.[0]?.data?.main?.[output] ?? [];
	return items.map((/** @type {{ json: unknown }} */ { json }) => json);
}
