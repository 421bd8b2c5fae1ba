import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type ILoadOptionsFunctions,
	type INodeExecutionData,
	type INodeListSearchResult,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { execute } from '../shared/execute';
import { properties } from '../shared/operation';
import { connect } from './client';
import { RESOURCES } from './resources';

export class Teachable implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Teachable',
		name: 'teachable',
		icon: { light: 'file:teachable.svg', dark: 'file:teachable.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Enroll and unenroll students of a Teachable school',
		defaults: { name: 'Teachable' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'teachableApi', required: true }],
		properties: properties(RESOURCES),
	};

	methods = {
		listSearch: {
			async searchCourses(
				this: ILoadOptionsFunctions,
				filter?: string,
				paginationToken?: string,
			): Promise<INodeListSearchResult> {
				const number = Number(paginationToken ?? 1);
				const { records, isLast } = await connect(this).page('/courses', 'courses', number);
				// Whether Teachable's own filter finds parts of a name is not documented.
				const wanted = filter?.toLowerCase() ?? '';
				return {
					results: records
						.filter(({ name }) => String(name).toLowerCase().includes(wanted))
						.map(({ id, name, is_published: isPublished }) => ({
							name: isPublished === false ? `${String(name)} (not published)` : String(name),
							value: Number(id),
						})),
					paginationToken: isLast ? undefined : String(number + 1),
				};
			},
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await execute(this, RESOURCES, connect);
	}
}
