import {
	ExecutionLifecycleHooks,
	HookContext,
	LoadOptionsContext,
	PollContext,
	WebhookContext,
	WorkflowExecute,
} from 'n8n-core';
import {
	createRunExecutionData,
	ICredentialsHelper,
	NodeHelpers,
	sleep,
	Workflow,
	type DeduplicationItemTypes,
	type ICheckProcessedContextData,
	type ICheckProcessedOptions,
	type ICredentialDataDecryptedObject,
	type ICredentialType,
	type IDataDeduplicator,
	type IDataObject,
	type IDeduplicationOutput,
	type IHttpRequestHelper,
	type IHttpRequestOptions,
	type INode,
	type INodeExecutionData,
	type INodeListSearchResult,
	type INodeParameters,
	type INodeType,
	type INodeTypes,
	type IRun,
	type IWebhookData,
	type IWebhookResponseData,
	type IWorkflowExecuteAdditionalData,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import { HotmartApi } from '../../credentials/HotmartApi.credentials';
import { HotmartWebhookApi } from '../../credentials/HotmartWebhookApi.credentials';
import { TeachableApi } from '../../credentials/TeachableApi.credentials';
import { TeachableWebhookApi } from '../../credentials/TeachableWebhookApi.credentials';
import { Hotmart } from '../../nodes/Hotmart/Hotmart.node.ts';
import { HotmartPollingTrigger } from '../../nodes/Hotmart/HotmartPollingTrigger.node.ts';
import { HotmartTrigger } from '../../nodes/Hotmart/HotmartTrigger.node.ts';
import { Teachable } from '../../nodes/Teachable/Teachable.node.ts';
import { TeachableTrigger } from '../../nodes/Teachable/TeachableTrigger.node.ts';

const PACKAGE = 'n8n-nodes-hotmart-teachable';

/** The nodes that run here, by the names that workflows have for them. */
export const NODES: Record<string, INodeType> = {
	hotmart: new Hotmart(),
	hotmartPollingTrigger: new HotmartPollingTrigger(),
	hotmartTrigger: new HotmartTrigger(),
	teachable: new Teachable(),
	teachableTrigger: new TeachableTrigger(),
};

/** The triggers as another process has them: with a memory of its own. */
export function nodesOfAnotherProcess(): Record<string, INodeType> {
	const nodes: Record<string, INodeType> = {};
	jest.isolateModules(() => {
		const hotmart = jest.requireActual<typeof import('../../nodes/Hotmart/HotmartTrigger.node.ts')>(
			'../../nodes/Hotmart/HotmartTrigger.node.ts',
		);
		const teachable = jest.requireActual<typeof import('../../nodes/Teachable/TeachableTrigger.node.ts')>(
			'../../nodes/Teachable/TeachableTrigger.node.ts',
		);
		nodes.hotmartTrigger = new hotmart.HotmartTrigger();
		nodes.teachableTrigger = new teachable.TeachableTrigger();
	});
	return nodes;
}

const CREDENTIALS: Record<string, ICredentialType> = {
	hotmartApi: new HotmartApi(),
	hotmartWebhookApi: new HotmartWebhookApi(),
	teachableApi: new TeachableApi(),
	teachableWebhookApi: new TeachableWebhookApi(),
};

const nodeTypes: INodeTypes = {
	getByName: (name) => NODES[name.split('.')[1]!]!,
	getByNameAndVersion: (name, version) => NodeHelpers.getVersionedNodeType(NODES[name.split('.')[1]!]!, version),
	getKnownTypes: () => ({}),
};

/** Does for credentials in memory what n8n's own helper does for those in its database, by the same rules. */
export class CredentialStore extends ICredentialsHelper {
	constructor(readonly stored: Record<string, ICredentialDataDecryptedObject>) {
		super();
	}

	getParentTypes = () => [];

	isCredentialUsableByNode = () => true;

	runPreAuthentication = async () => undefined;

	getCredentialsProperties = (type: string) => CREDENTIALS[type]!.properties;

	updateCredentials = async () => {};

	updateCredentialsOauthTokenData = async () => {};

	async getCredentials(): Promise<never> {
		throw new Error('Nodes read credentials decrypted');
	}

	async getDecrypted(_data: unknown, _node: unknown, type: string) {
		const defaults = CREDENTIALS[type]!.properties.map(({ name, default: value }) => [name, value] as const);
		return { ...Object.fromEntries(defaults), ...this.stored[type] } as ICredentialDataDecryptedObject;
	}

	async preAuthentication(
		helpers: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		_node: INode,
		isExpired: boolean,
	) {
		const type = CREDENTIALS[typeName]!;
		const property = type.properties.find(({ typeOptions }) => typeOptions?.expirable);
		if (!property || !type.preAuthentication || (credentials[property.name] !== '' && !isExpired)) return undefined;
		const renewed = (await type.preAuthentication.call(helpers, credentials)) as ICredentialDataDecryptedObject;
		this.stored[typeName] = { ...this.stored[typeName], ...renewed };
		return Object.assign(credentials, renewed);
	}

	async authenticate(credentials: ICredentialDataDecryptedObject, typeName: string, options: IHttpRequestOptions) {
		const { authenticate } = CREDENTIALS[typeName]!;
		if (typeof authenticate !== 'function') throw new Error(`${typeName} does not authenticate by a function`);
		return await authenticate(credentials, options);
	}
}

/** A workflow of one node of this package. */
export interface OneNode {
	node: keyof typeof NODES;
	parameters: INodeParameters;
	credentials: CredentialStore;
	onError?: INode['onError'];
	timezone?: string;
	/** ID of the workflow; what a process remembers of one workflow another does not know. */
	workflowId?: string;
	/** Whether no credential is chosen in the node. */
	withoutCredentials?: boolean;
}

function assemble(options: OneNode) {
	const { node, parameters, credentials, onError, timezone = 'America/Sao_Paulo', workflowId = 'workflow' } = options;
	const { description } = NODES[node]!;
	const instance: INode = {
		id: 'node',
		name: description.displayName,
		type: `${PACKAGE}.${description.name}`,
		typeVersion: Number(description.version),
		position: [0, 0],
		parameters,
		onError,
		webhookId: 'webhook-id',
		credentials: options.withoutCredentials
			? {}
			: Object.fromEntries((description.credentials ?? []).map(({ name }) => [name, { id: name, name }])),
	};
	const workflow = new Workflow({
		id: workflowId,
		nodes: [instance],
		connections: {},
		active: false,
		nodeTypes,
		settings: { timezone },
	});
	const additionalData = {
		credentialsHelper: credentials,
		hooks: new ExecutionLifecycleHooks('internal', 'execution', {
			id: 'workflow',
			name: 'test',
			nodes: [instance],
			connections: {},
			active: false,
			isArchived: false,
			createdAt: new Date(),
			updatedAt: new Date(),
			activeVersionId: null,
		}),
		executionId: 'execution',
		currentNodeExecutionIndex: 0,
		variables: {},
		setExecutionStatus: () => {},
		sendDataToUI: () => {},
		webhookBaseUrl: 'http://127.0.0.1/webhook',
		webhookTestBaseUrl: 'http://127.0.0.1/webhook-test',
		webhookWaitingBaseUrl: 'http://127.0.0.1/webhook-waiting',
		formWaitingBaseUrl: 'http://127.0.0.1/form-waiting',
		restApiUrl: 'http://127.0.0.1/rest',
		instanceBaseUrl: 'http://127.0.0.1/',
	} as unknown as IWorkflowExecuteAdditionalData;
	return { instance: workflow.getNode(instance.name)!, workflow, additionalData };
}

export interface Outcome {
	run: IRun;
	/** Items of the first output. */
	items: INodeExecutionData[];
	json: IDataObject[];
	/** Items of the error output. */
	failed: INodeExecutionData[];
	error: (Error & { description?: string; httpCode?: string; context?: IDataObject }) | undefined;
}

/** Runs an action node in the real n8n-core for the given input items. */
export async function runNode(options: OneNode & { input?: IDataObject[]; signal?: AbortSignal }): Promise<Outcome> {
	const { instance, workflow, additionalData } = assemble(options);
	const main = [(options.input ?? [{}]).map((json) => ({ json }))];
	const data = createRunExecutionData({
		executionData: { nodeExecutionStack: [{ node: instance, data: { main }, source: null }] },
	});
	const execution = new WorkflowExecute(additionalData, 'internal', data).processRunExecutionData(workflow);
	options.signal?.addEventListener('abort', () => execution.cancel());
	const run = await execution;
	const outputs = run.data.resultData.runData[instance.name]?.[0]?.data?.main;
	const items = outputs?.[0] ?? [];
	return {
		run,
		items,
		json: items.map(({ json }) => json),
		failed: outputs?.[1] ?? [],
		error: run.data.resultData.error as Outcome['error'],
	};
}

/** Calls a list search of a node as the editor does. */
export async function searchList(
	options: OneNode & { method: string; filter?: string; paginationToken?: string },
): Promise<INodeListSearchResult> {
	const { instance, workflow, additionalData } = assemble(options);
	Object.assign(additionalData, { currentNodeParameters: options.parameters });
	const context = new LoadOptionsContext(workflow, instance, additionalData, 'parameters');
	const method = NODES[options.node]!.methods?.listSearch?.[options.method];
	if (!method) throw new Error(`The node ${options.node} has no list search ${options.method}`);
	return await method.call(context, options.filter, options.paginationToken);
}

export interface WebhookRequest {
	headers: Record<string, string | string[] | undefined>;
	body: unknown;
	query?: unknown;
}

export interface WebhookAnswer {
	/** What the node itself answered; undefined when it leaves the answer to n8n. */
	own?: { status: number; body: unknown };
	/** Items with which an execution is started; undefined when none is. */
	started?: INodeExecutionData[][];
}

/** Does with a trigger node what n8n does when its workflow is published. */
export async function publish(options: OneNode): Promise<void> {
	const { instance, workflow, additionalData } = assemble(options);
	const webhookData = { node: instance.name, webhookDescription: {} } as unknown as IWebhookData;
	const context = new HookContext(workflow, instance, additionalData, 'trigger', 'activate', webhookData);
	const { checkExists, create } = NODES[options.node]!.webhookMethods!.default!;
	if (!(await checkExists!.call(context))) await create!.call(context);
}

export type Delivery = OneNode & { request: WebhookRequest; mode?: WorkflowExecuteMode };

/** Delivers a request to a trigger node through n8n-core's webhook context, up to the point where n8n starts an execution. */
export async function deliver(delivery: Delivery, nodes = NODES): Promise<WebhookAnswer> {
	const { instance, workflow, additionalData } = assemble(delivery);
	const answer: WebhookAnswer = {};
	let status = 200;
	const response = {
		status(code: number) {
			status = code;
			return response;
		},
		json(body: unknown) {
			answer.own = { status, body };
			return response;
		},
	};
	Object.assign(additionalData, {
		httpRequest: { params: {}, query: {}, ...delivery.request },
		httpResponse: response,
	});
	const webhookData = { node: instance.name, webhookDescription: {} } as unknown as IWebhookData;
	const mode = delivery.mode ?? 'webhook';
	const context = new WebhookContext(workflow, instance, additionalData, mode, webhookData, [], null);
	const result: IWebhookResponseData = await nodes[delivery.node]!.webhook!.call(context);
	if (result.workflowData) answer.started = result.workflowData;
	return answer;
}

/** Delivers a request and runs the execution that it starts, if any: the items of each output of the trigger. */
export async function deliverAndRun(
	delivery: Delivery & { executionOrder?: 'v0' | 'v1'; staticData?: IDataObject },
): Promise<WebhookAnswer & { run?: IRun; outputs?: IDataObject[][] }> {
	const answer = await deliver(delivery);
	return answer.started ? { ...answer, ...(await runStarted(delivery, answer.started)) } : answer;
}

/** Runs an execution from what n8n has stored of it: the items that the trigger's `webhook` has started it with. */
export async function runStarted(
	delivery: OneNode & { mode?: WorkflowExecuteMode; executionOrder?: 'v0' | 'v1'; staticData?: IDataObject },
	started: INodeExecutionData[][],
): Promise<{ run: IRun; outputs: IDataObject[][] }> {
	const { instance, workflow, additionalData } = assemble(delivery);
	workflow.settings.executionOrder = delivery.executionOrder ?? 'v1';
	workflow.staticData = delivery.staticData ?? {};
	const data = createRunExecutionData({
		executionData: { nodeExecutionStack: [{ node: instance, data: { main: started }, source: null }] },
	});
	const mode = delivery.mode ?? 'webhook';
	const run = await new WorkflowExecute(additionalData, mode, data).processRunExecutionData(workflow);
	const main = run.data.resultData.runData[instance.name]?.[0]?.data?.main ?? [];
	return { run, outputs: main.map((items) => (items ?? []).map(({ json }) => json)) };
}

/**
 * Polls as n8n does at a poll time, up to the point where n8n starts an execution.
 *
 * @param staticData what n8n keeps of the node; the poll changes it
 */
export async function pollNode(options: OneNode, staticData: IDataObject): Promise<INodeExecutionData[][] | null> {
	const { instance, workflow, additionalData } = assemble(options);
	workflow.staticData = { [`node:${instance.name}`]: staticData };
	const context = new PollContext(workflow, instance, additionalData, 'trigger', 'update');
	return await NODES[options.node]!.poll!.call(context);
}

/** Names of the outputs that n8n shows for a node with these parameters. */
export function outputNames(options: OneNode): Array<string | undefined> {
	const { instance, workflow } = assemble(options);
	const outputs = NodeHelpers.getNodeOutputs(workflow, instance, NODES[options.node]!.description);
	return outputs.map((output) => (typeof output === 'string' ? output : output.displayName));
}

/** Remembers what was processed in memory, by the rules of n8n's own service for its mode `entries`. */
export class Deduplicator implements IDataDeduplicator {
	private readonly seen = new Map<string, string[]>();

	/** Errors to throw at the next calls, as a database does. */
	failures: Error[] = [];

	/** How often it was asked. */
	questions = 0;

	/** Answers wait until this has happened, as they do on a slow database. */
	gate: Promise<unknown> = Promise.resolve();

	async checkProcessedAndRecord(
		items: DeduplicationItemTypes[],
		scope: string,
		{ node, workflow }: ICheckProcessedContextData,
		{ maxEntries = Infinity }: ICheckProcessedOptions,
	): Promise<IDeduplicationOutput> {
		this.questions += 1;
		const failure = this.failures.shift();
		if (failure) throw failure;
		await this.gate;
		const key = `${workflow.id}:${scope}:${node?.id}`;
		const seen = this.seen.get(key) ?? [];
		// Between reading and writing others read the same.
		await sleep(5);
		const processed = items.filter((item) => seen.includes(String(item)));
		const fresh = items.filter((item) => !seen.includes(String(item)));
		this.seen.set(key, [...seen, ...fresh.map(String)].slice(-Math.min(maxEntries, 1e6)));
		return { new: fresh, processed };
	}

	async removeProcessed(
		items: DeduplicationItemTypes[],
		scope: string,
		{ node, workflow }: ICheckProcessedContextData,
	) {
		const key = `${workflow.id}:${scope}:${node?.id}`;
		this.seen.set(
			key,
			(this.seen.get(key) ?? []).filter((item) => !items.map(String).includes(item)),
		);
	}

	async clearAllProcessedItems() {
		this.seen.clear();
	}

	async getProcessedDataCount() {
		return [...this.seen.values()].reduce((sum, { length }) => sum + length, 0);
	}
}
