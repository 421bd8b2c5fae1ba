import { choiceFilter } from '../../../shared/filters';
import { addresses } from '../../api/addresses';
import { product } from '../../api/fields';
import type { HotmartList } from '../../api/list';
import { listFields, readList } from '../../api/list';
import type { HotmartOperation } from '../../api/operation';
import { PRODUCT_FORMATS, PRODUCT_STATUSES } from '../../vocabulary/choices';

const LIST: HotmartList = {
	what: 'products',
	address: addresses.products,
	filters: [
		choiceFilter('format', { displayName: 'Format', name: 'format' }, PRODUCT_FORMATS),
		{ query: 'id', field: product },
		choiceFilter('status', { displayName: 'Status', name: 'status' }, PRODUCT_STATUSES),
	],
	whenEmpty:
		'The account of the credential has no products. A Sandbox credential sees only the products of the sandbox.',
};

export const getAll: HotmartOperation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many products',
	description: 'List the products of the account in all statuses',
	fields: listFields(LIST),
	execute: async (call) => await readList(call, LIST),
};
