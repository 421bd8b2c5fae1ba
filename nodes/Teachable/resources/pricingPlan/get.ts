import { path } from '../../../shared/http';
import type { Simple } from '../../../shared/simplify';
import { idOf, planField, type TeachableOperation } from '../../api/fields';
import { readOne, simplifyField, toItem } from '../../api/list';

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
		'Read one pricing plan of a course: price in the smallest unit of its currency (cents), interval, trial and limits. Changes nothing.',
	fields: [planField, simplifyField],
	execute: async (call) =>
		toItem(call, SIMPLE)(await readOne(call, path`/pricing_plans/${idOf(call, planField)}`, 'pricing_plan')),
};
