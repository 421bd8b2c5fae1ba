import { listFields } from '../../../shared/list';
import { addresses } from '../../api/addresses';
import type { TeachableList } from '../../api/list';
import { readList } from '../../api/list';
import type { TeachableOperation } from '../../api/operation';

const LIST: TeachableList = { what: 'webhooks', address: addresses.webhooks };

export const getAll: TeachableOperation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many webhooks',
	description:
		'List the webhooks of the school with their state; they are added and switched on in its settings only. Changes nothing.',
	fields: listFields(LIST),
	execute: async (call) => await readList(call, LIST),
};
