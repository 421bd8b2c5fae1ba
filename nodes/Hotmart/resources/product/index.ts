import type { HotmartResource } from '../../api/fields';
import { getAll } from './getAll';
import { getOffers } from './getOffers';
import { getPlans } from './getPlans';

export const products: HotmartResource = {
	name: 'Product',
	value: 'product',
	operations: [getAll, getOffers, getPlans],
};
