import type { HotmartResource } from '../../api/operation';
import { addOffer } from './addOffer';
import { addPlan } from './addPlan';
import { chargeByLink } from './chargeByLink';
import { create } from './create';
import { getAll } from './getAll';

export const paymentLinks: HotmartResource = {
	name: 'Payment Link',
	value: 'paymentLink',
	operations: [getAll, create, addOffer, addPlan, chargeByLink],
};
