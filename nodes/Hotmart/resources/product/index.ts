import type { HotmartResource } from '../../api/operation';
import { getAll } from './getAll';
import { getOffers } from './getOffers';
import { getPlans } from './getPlans';

export const products: HotmartResource = {
	name: 'Product',
	value: 'product',
	operations: [getAll, getOffers, getPlans],
};
