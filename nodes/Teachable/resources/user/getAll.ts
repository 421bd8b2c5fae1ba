import type { IDataObject } from 'n8n-workflow';

import { limitFields, limitOf } from '../../../shared/fields';
import type { TeachableOperation } from '../../fields';

export const getAll: TeachableOperation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many users',
	description: 'List the users of the school, staff included. Changes nothing.',
	fields: [
		...limitFields,
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add filter',
			default: {},
			options: [
				{ displayName: 'Email', name: 'email', type: 'string', placeholder: 'name@email.com', default: '' },
			],
		},
	],
	async execute(call) {
		return await call.api.list('/users', 'users', limitOf(call), call.param<IDataObject>('filters', {}));
	},
};
