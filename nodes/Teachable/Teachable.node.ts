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

export class Teachable implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Teachable',
		name: 'teachable',
		icon: { light: 'file:teachable.svg', dark: 'file:teachable.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Work with the students, courses and sales of a Teachable school',
		defaults: { name: 'Teachable' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'teachableApi', required: true }],
		properties: properties(RESOURCES),
	};

	methods = { listSearch };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await execute(this, RESOURCES, connect);
	}
}
