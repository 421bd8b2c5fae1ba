import { choiceFilter, textFilter, type HotmartOperation } from '../../api/fields';
import { listFields, readList, type List } from '../../api/list';
import { PRODUCT_FORMATS, PRODUCT_STATUSES } from '../../vocabulary/choices';

const LIST: List = {
	what: 'products',
	path: '/products/api/v1/products',
	filters: [
		choiceFilter('format', { displayName: 'Format', name: 'format' }, PRODUCT_FORMATS),
		textFilter('id', { displayName: 'Product ID', name: 'productId', placeholder: 'e.g. 1355458' }),
		choiceFilter('status', { displayName: 'Status', name: 'status' }, PRODUCT_STATUSES),
	],
	whenEmpty: 'The account of the credential has no products. Sandbox credentials see the products of the sandbox only.',
};

export const getAll: HotmartOperation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many products',
	description: 'List the products of the account, in all statuses. Changes nothing.',
	fields: listFields(LIST),
	execute: async (call) => await readList(call, LIST),
};
