import type { TeachableOperation } from '../../api/fields';
import { listFields, readList, type List } from '../../api/list';

const LIST: List = { what: 'pricing plans', path: '/pricing_plans', key: 'pricing_plans' };

export const getAll: TeachableOperation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many pricing plans',
	description:
		'List the pricing plans of the courses; prices are in the smallest unit of their currency (cents). Changes nothing.',
	fields: listFields(LIST),
	execute: async (call) => await readList(call, LIST),
};
