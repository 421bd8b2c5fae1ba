import { required } from '../../../shared/parameters';
import { addresses } from '../../api/addresses';
import { productField } from '../../api/fields';
import type { HotmartList } from '../../api/list';
import { listFields, readList } from '../../api/list';
import type { HotmartOperation } from '../../api/operation';

const LIST: HotmartList = {
	what: 'offers',
	address: async (call) => addresses.offers((await call.api.product(required(call, productField))).ucode),
};

export const getOffers: HotmartOperation = {
	name: 'Get Offers',
	value: 'getOffers',
	action: 'Get the offers of a product',
	description: 'List the offers of a product with their codes and prices',
	fields: [productField, ...listFields(LIST)],
	execute: async (call) => await readList(call, LIST),
};
