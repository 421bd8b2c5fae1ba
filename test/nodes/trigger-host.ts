import formbody from '@fastify/formbody';
import fastify, { type FastifyInstance } from 'fastify';
import type { IDataObject, INodeParameters, WorkflowExecuteMode } from 'n8n-workflow';

import type { CredentialStore } from './n8n';
import { deliverAndRun } from './n8n';

export interface TriggerHost {
	url: string;
	/** What the next deliveries meet; change it at any time. */
	parameters: INodeParameters;
	mode: WorkflowExecuteMode;
	executionOrder: 'v0' | 'v1';
	/** Deliveries that have arrived, answered or not. */
	arrived: number;
	/** One entry for every execution that was started: the items of each output. */
	executions: IDataObject[][][];
	/** Items of all executions and outputs, in order. */
	items(): IDataObject[];
	close(): Promise<void>;
}

/** A Hotmart Trigger behind a real HTTP server, as n8n's webhook server has it. */
export async function hostTrigger(
	credentials: CredentialStore,
	parameters: INodeParameters = {},
): Promise<TriggerHost> {
	const app: FastifyInstance = fastify();
	await app.register(formbody);
	const staticData: IDataObject = {};
	const host: TriggerHost = {
		url: '',
		parameters: { events: ['*'], simplify: true, ...parameters },
		mode: 'webhook',
		executionOrder: 'v1',
		arrived: 0,
		executions: [],
		items: () => host.executions.flat(2),
		close: async () => await app.close(),
	};
	app.post('/webhook', async (request, reply) => {
		host.arrived += 1;
		const { own, outputs } = await deliverAndRun({
			node: 'hotmartTrigger',
			parameters: host.parameters,
			credentials,
			mode: host.mode,
			executionOrder: host.executionOrder,
			staticData,
			request: { headers: request.headers, body: request.body },
		});
		if (outputs) host.executions.push(outputs);
		return await (own ? reply.status(own.status).send(own.body) : reply.send('ok'));
	});
	host.url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/webhook`;
	return host;
}
