import type { HotmartResource } from '../../api/operation';
import { cancel } from './cancel';
import { changeBillingDay } from './changeBillingDay';
import { get } from './get';
import { getAll } from './getAll';
import { getPurchases } from './getPurchases';
import { getSummary } from './getSummary';
import { getSwitchPlans } from './getSwitchPlans';
import { getTransactions } from './getTransactions';
import { reactivate } from './reactivate';
import { reactivateAndCharge } from './reactivateAndCharge';
import { switchPlan } from './switchPlan';

export const subscription: HotmartResource = {
	name: 'Subscription',
	value: 'subscription',
	operations: [
		getAll,
		get,
		getSummary,
		getPurchases,
		getTransactions,
		getSwitchPlans,
		cancel,
		reactivate,
		reactivateAndCharge,
		changeBillingDay,
		switchPlan,
	],
};
