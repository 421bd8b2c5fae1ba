import { randomUUID } from 'node:crypto';

import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import type { HotmartItem } from '../../nodes/Hotmart/trigger/item';
import { pollNode, runStarted, type CredentialStore } from './n8n';

/** A Hotmart Polling Trigger in a workflow that is published; tests let its poll times come. */
export interface PollingHost {
	parameters: INodeParameters;
	/** What n8n has stored with the workflow. */
	stored: IDataObject;
	/** What it holds in this process. */
	held: IDataObject;
	/** Items of all executions. */
	items: HotmartItem[];
	/** Those of the last execution, by output. */
	outputs: HotmartItem[][];
	/** How many executions were started. */
	executions: number;
	/** A poll time comes; what it brings runs. Returns the items of the run. */
	poll(): Promise<HotmartItem[]>;
	/** A poll time comes and n8n dies before the run begins, after it has stored what the node keeps or before that. */
	pollAndDie(hasStored: boolean): Promise<number>;
	/** n8n starts again: only what it has stored is left. */
	restart(): void;
}

/** @param parameters beside the events, which are all */
export function hostPolling(credentials: CredentialStore, parameters: INodeParameters = {}): PollingHost {
	let workflowId = randomUUID();
	const workflow = { node: 'hotmartPollingTrigger', credentials } as const;
	const host: PollingHost = {
		parameters: { events: ['*'], ...parameters },
		stored: {},
		held: {},
		items: [],
		outputs: [],
		executions: 0,
		async poll() {
			const isPublishing = Object.keys(host.held).length === 0;
			const options = { ...workflow, parameters: host.parameters, workflowId };
			const started = await pollNode(options, host.held);
			// n8n stores what the node keeps when the workflow is published, and with each start of a run
			if (isPublishing || started) host.stored = JSON.parse(JSON.stringify(host.held)) as IDataObject;
			if (!started) return [];
			host.executions += 1;
			const handed = JSON.parse(JSON.stringify(started)) as INodeExecutionData[][];
			const { run, outputs } = await runStarted({ ...options, workflowId: memoryOf, mode: 'trigger' }, handed);
			if (run.data.resultData.error) throw run.data.resultData.error;
			host.outputs = outputs as unknown as HotmartItem[][];
			const items = host.outputs.flat();
			host.items.push(...items);
			return items;
		},
		async pollAndDie(hasStored) {
			const options = { ...workflow, parameters: host.parameters, workflowId };
			const started = await pollNode(options, host.held);
			if (hasStored) host.stored = JSON.parse(JSON.stringify(host.held)) as IDataObject;
			host.restart();
			return started?.flat().length ?? 0;
		},
		restart() {
			host.held = JSON.parse(JSON.stringify(host.stored)) as IDataObject;
			// Another process does not know what this one knows of the workflow
			workflowId = randomUUID();
		},
	};
	// What n8n remembers in its database stays the same workflow's
	const memoryOf = randomUUID();
	return host;
}

/** Moves the time of this process, which is that of the nodes and of the emulator. */
export function useVirtualTime(): { pass(millis: number): void } {
	const real = Date.now.bind(Date);
	let shift = 0;
	beforeEach(() => {
		shift = 0;
		jest.spyOn(Date, 'now').mockImplementation(() => real() + shift);
	});
	afterEach(() => jest.restoreAllMocks());
	return {
		pass(millis) {
			shift += Math.round(millis);
		},
	};
}
