import { listFields } from '../../../shared/list';
import { addresses } from '../../api/addresses';
import type { TeachableList } from '../../api/list';
import { readList } from '../../api/list';
import type { TeachableOperation } from '../../api/operation';

const LIST: TeachableList = { what: 'pricing plans', address: addresses.pricingPlans };

export const getAll: TeachableOperation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many pricing plans',
	description: 'List the pricing plans of the courses, with prices in the smallest unit of the currency (cents)',
	fields: listFields(LIST),
	execute: async (call) => await readList(call, LIST),
};
