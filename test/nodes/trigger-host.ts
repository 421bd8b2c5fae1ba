import { randomUUID } from 'node:crypto';

import formbody from '@fastify/formbody';
import fastify, { type FastifyInstance } from 'fastify';
import type { IDataObject, INodeExecutionData, INodeParameters, WorkflowExecuteMode } from 'n8n-workflow';

import { deliver, nodesOfAnotherProcess, runStarted, type CredentialStore, type Delivery, type OneNode } from './n8n';

export interface TriggerHost {
	url: string;
	/** What the next deliveries meet; change it at any time. */
	parameters: INodeParameters;
	credentials: CredentialStore;
	mode: WorkflowExecuteMode;
	executionOrder: 'v0' | 'v1';
	/** What the node does when it fails. */
	onError: OneNode['onError'];
	/** Whether another process takes the requests than the one that runs the executions. */
	inQueueMode: boolean;
	/** How often n8n starts each execution: in queue mode again when the worker that ran it died. */
	attempts: number;
	/** Deliveries that have arrived, answered or not. */
	arrived: number;
	/** One entry for every execution that was started: the items of each output. */
	executions: IDataObject[][][];
	/** What executions that failed show, in order. */
	errors: string[];
	/** Items of all executions and outputs, in order. */
	items(): IDataObject[];
	close(): Promise<void>;
}

/** A trigger, by default that of Hotmart, behind a real HTTP server, as n8n's webhook server has it. */
export async function hostTrigger(
	credentials: CredentialStore,
	parameters: INodeParameters = {},
	node: 'hotmartTrigger' | 'teachableTrigger' = 'hotmartTrigger',
): Promise<TriggerHost> {
	const app: FastifyInstance = fastify();
	await app.register(formbody);
	const staticData: IDataObject = {};
	const workflowId = randomUUID();
	const host: TriggerHost = {
		url: '',
		parameters: { events: ['*'], simplify: true, ...parameters },
		credentials,
		mode: 'webhook',
		executionOrder: 'v1',
		onError: undefined,
		inQueueMode: false,
		attempts: 1,
		arrived: 0,
		executions: [],
		errors: [],
		items: () => host.executions.flat(2),
		close: async () => await app.close(),
	};
	let receiver: ReturnType<typeof nodesOfAnotherProcess> | undefined;
	app.post('/webhook', async (request, reply) => {
		host.arrived += 1;
		const delivery: Delivery = {
			node,
			onError: host.onError,
			parameters: host.parameters,
			credentials: host.credentials,
			workflowId,
			mode: host.mode,
			request: { headers: request.headers, body: request.body, query: request.query },
		};
		const { own, started } = await deliver(
			delivery,
			host.inQueueMode ? (receiver ??= nodesOfAnotherProcess()) : undefined,
		);
		for (let attempt = 0; started && attempt < host.attempts; attempt++) {
			const settings = { executionOrder: host.executionOrder, staticData };
			// As n8n stores it in between
			const stored = JSON.parse(JSON.stringify(started)) as INodeExecutionData[][];
			const { run, outputs } = await runStarted({ ...delivery, ...settings }, stored);
			host.executions.push(outputs);
			if (run.data.resultData.error) host.errors.push(run.data.resultData.error.message);
		}
		return await (own ? reply.status(own.status).send(own.body) : reply.send('ok'));
	});
	host.url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/webhook`;
	return host;
}
