import {
	NodeOperationError,
	UserError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';

import { getProducts } from './api/search';
import { LABELS } from './polling/events';
import { pollingFields } from './polling/fields';
import { paramOf, poll, pollForTest, readSettings } from './polling/poll';
import { routeEntries } from './polling/run';
import { outputsExpression } from './trigger/outputs';

export class HotmartPollingTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Hotmart Polling Trigger',
		name: 'hotmartPollingTrigger',
		icon: { light: 'file:hotmart.svg', dark: 'file:hotmart.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ $parameter["events"].includes("*") ? "all events" : $parameter["events"].length + ($parameter["events"].length === 1 ? " event" : " events") }}',
		description:
			'Starts the workflow for what has happened in Hotmart since the last look, without a webhook or a public address',
		polling: true,
		defaults: { name: 'Hotmart Polling Trigger' },
		inputs: [],
		outputs: outputsExpression(LABELS),
		credentials: [{ name: 'hotmartApi', required: true }],
		properties: pollingFields,
	};

	methods = { loadOptions: { getProducts } };

	/** Errors of settings and of Hotmart alike fail the poll, which n8n shows as a failed execution. */
	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		try {
			const entries = this.getMode() === 'manual' ? await pollForTest(this) : await poll(this);
			return entries && [entries];
		} catch (error) {
			throw error instanceof UserError ? new NodeOperationError(this.getNode(), error) : error;
		}
	}

	/** Runs within the execution that `poll` has started, and in the editor, where n8n starts none and asks for an event to show. */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		readSettings(this, paramOf(this));
		const entries = this.getMode() === 'manual' ? await pollForTest(this) : this.getInputData();
		return await routeEntries(this, entries);
	}
}
