import { path } from '../../../shared/http';
import { productField, required, textFilter, type HotmartOperation } from '../../api/fields';
import { listFields, readList, type List } from '../../api/list';

const LIST: List = {
	what: 'coupons',
	path: (call) => path`/products/api/v1/coupon/product/${required(call, productField)}`,
	filters: [textFilter('code', { displayName: 'Code', name: 'code', placeholder: 'e.g. SUMMER25' })],
	whenEmpty: 'This product has no coupons. Products that are sold by subscription cannot have any.',
};

export const getAll: HotmartOperation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many coupons',
	description: 'List the coupons of a product. Changes nothing.',
	fields: [productField, ...listFields(LIST)],
	execute: async (call) => await readList(call, LIST),
};
