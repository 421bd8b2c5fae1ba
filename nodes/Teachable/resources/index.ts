import type { TeachableResource } from '../api/operation';
import { apiCall } from './apiCall';
import { course } from './course';
import { enrollment } from './enrollment';
import { lecture } from './lecture';
import { pricingPlan } from './pricingPlan';
import { transaction } from './transaction';
import { user } from './user';
import { webhook } from './webhook';

/** All that the Teachable node offers; the first one is its default. */
export const RESOURCES: TeachableResource[] = [
	enrollment,
	course,
	lecture,
	user,
	pricingPlan,
	transaction,
	webhook,
	apiCall,
];
