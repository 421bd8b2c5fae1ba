import type { HotmartResource } from '../../fields';
import { cancel } from './cancel';
import { getAll } from './getAll';
import { getPurchases } from './getPurchases';
import { reactivate } from './reactivate';

export const subscription: HotmartResource = {
	name: 'Subscription',
	value: 'subscription',
	operations: [getAll, getPurchases, cancel, reactivate],
};
