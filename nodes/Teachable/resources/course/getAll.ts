import type { IDataObject } from 'n8n-workflow';

import { limitFields, limitOf } from '../../../shared/fields';
import type { TeachableOperation } from '../../fields';

export const getAll: TeachableOperation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many courses',
	description: 'List the courses of the school. Changes nothing.',
	fields: [
		...limitFields,
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add filter',
			default: {},
			options: [
				{ displayName: 'Name', name: 'name', type: 'string', default: '' },
				{
					displayName: 'Published',
					name: 'is_published',
					type: 'boolean',
					default: true,
					description: 'Whether to list only courses that are published, or only those that are not',
				},
			],
		},
	],
	async execute(call) {
		return await call.api.list('/courses', 'courses', limitOf(call), call.param<IDataObject>('filters', {}));
	},
};
