import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { execute } from '../shared/execute';
import { properties } from '../shared/operation';
import { connect } from './api/client';
import { RESOURCES } from './resources';
import { listSearch } from './api/search';

export class Hotmart implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Hotmart',
		name: 'hotmart',
		icon: { light: 'file:hotmart.svg', dark: 'file:hotmart.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Work with the subscriptions, sales, products and members areas of a Hotmart account',
		defaults: { name: 'Hotmart' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'hotmartApi', required: true }],
		properties: properties(RESOURCES),
	};

	methods = { listSearch };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await execute(this, RESOURCES, connect);
	}
}
