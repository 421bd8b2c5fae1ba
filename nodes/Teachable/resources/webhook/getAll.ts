import type { TeachableOperation } from '../../api/fields';
import { listFields, readList, type List } from '../../api/list';

const LIST: List = { what: 'webhooks', path: '/webhooks', key: 'webhooks' };

export const getAll: TeachableOperation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many webhooks',
	description:
		'List the webhooks of the school with their state; they are added and switched on in its settings only. Changes nothing.',
	fields: listFields(LIST),
	execute: async (call) => await readList(call, LIST),
};
