import type { HotmartResource } from '../../api/operation';
import { getAll } from './getAll';
import { getOffers } from './getOffers';
import { getPlans } from './getPlans';
import { updateSettings } from './updateSettings';

export const products: HotmartResource = {
	name: 'Product',
	value: 'product',
	operations: [getAll, getOffers, getPlans, updateSettings],
};
