import { textFilter } from '../../../shared/filters';
import { required } from '../../../shared/parameters';
import { addresses } from '../../api/addresses';
import { productField } from '../../api/fields';
import type { HotmartList } from '../../api/list';
import { listFields, readList } from '../../api/list';
import type { HotmartOperation } from '../../api/operation';

const LIST: HotmartList = {
	what: 'coupons',
	address: (call) => addresses.coupons(required(call, productField)),
	filters: [textFilter('code', { displayName: 'Code', name: 'code', placeholder: 'e.g. SUMMER25' })],
	whenEmpty: 'This product has no coupons. Products that are sold by subscription cannot have any.',
};

export const getAll: HotmartOperation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many coupons',
	description: 'List the coupons of a product',
	fields: [productField, ...listFields(LIST)],
	execute: async (call) => await readList(call, LIST),
};
