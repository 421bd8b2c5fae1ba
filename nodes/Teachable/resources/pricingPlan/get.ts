import { simplifyField } from '../../../shared/fields';
import type { Simple } from '../../../shared/simplify';
import { addresses } from '../../api/addresses';
import { planField } from '../../api/fields';
import { readerOf, readOne } from '../../api/list';
import type { TeachableOperation } from '../../api/operation';
import { idOf } from '../../api/parameters';

const SIMPLE: Simple = {
	planId: 'id',
	name: 'name',
	courseId: 'course_id',
	price: 'price',
	currency: 'currency',
	type: 'frequency.type',
	billingInterval: 'frequency.billing_interval',
	billingIntervalCount: 'frequency.billing_interval_count',
	freeTrialDays: 'free_trial_length',
	enrollmentCap: 'enrollment_cap',
};

export const get: TeachableOperation = {
	name: 'Get',
	value: 'get',
	action: 'Get a pricing plan',
	description:
		'Read one pricing plan with its price in the smallest unit of the currency (cents), interval, trial and limits',
	fields: [planField, simplifyField],
	execute: async (call) =>
		readerOf(call, { simple: SIMPLE })(
			await readOne(call, addresses.pricingPlan(idOf(call, planField)), 'pricing_plan'),
		),
};
