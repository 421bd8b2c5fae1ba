import type { HotmartResource } from '../../api/operation';
import { create } from './create';
import { remove } from './delete';
import { getAll } from './getAll';

export const coupons: HotmartResource = { name: 'Coupon', value: 'coupon', operations: [getAll, create, remove] };
