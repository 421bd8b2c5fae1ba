import { path } from '../../../shared/http';
import { productField, required, type HotmartOperation } from '../../api/fields';
import { listFields, readList, type List } from '../../api/list';

const LIST: List = {
	what: 'offers',
	path: async (call) =>
		path`/products/api/v1/products/${(await call.api.product(required(call, productField))).ucode}/offers`,
};

export const getOffers: HotmartOperation = {
	name: 'Get Offers',
	value: 'getOffers',
	action: 'Get the offers of a product',
	description: 'List the offers of a product with their codes and prices. Changes nothing.',
	fields: [productField, ...listFields(LIST)],
	execute: async (call) => await readList(call, LIST),
};
