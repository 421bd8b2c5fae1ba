import { notice } from '../../../shared/fields';
import { required } from '../../../shared/parameters';
import { addresses } from '../../api/addresses';
import { coupon, product } from '../../api/fields';
import type { HotmartOperation } from '../../api/operation';

export const remove: HotmartOperation = {
	name: 'Delete',
	value: 'delete',
	action: 'Delete a coupon',
	description: 'Delete a coupon, so that buyers can no longer use it; cannot be undone, but you can create it again',
	fields: [
		{ ...product, description: 'Only for the list of coupons' },
		coupon,
		notice('This run deletes the coupon for all buyers and cannot be undone.'),
	],
	async execute(call) {
		const id = required(call, coupon);
		await call.api.request({ method: 'DELETE', path: addresses.coupon(id) });
		return { deleted: true, id: Number(id) };
	},
};
