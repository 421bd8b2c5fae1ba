import type { TeachableResource } from '../../api/fields';
import { get } from './get';
import { getAll } from './getAll';

export const pricingPlan: TeachableResource = { name: 'Pricing Plan', value: 'pricingPlan', operations: [getAll, get] };
