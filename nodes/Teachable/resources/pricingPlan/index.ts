import type { TeachableResource } from '../../api/operation';
import { get } from './get';
import { getAll } from './getAll';

export const pricingPlan: TeachableResource = { name: 'Pricing Plan', value: 'pricingPlan', operations: [getAll, get] };
