import { notice } from '../../../shared/fields';
import { required } from '../../../shared/parameters';
import { addresses } from '../../api/addresses';
import { saleToRefund } from '../../api/fields';
import type { HotmartOperation } from '../../api/operation';

export const refund: HotmartOperation = {
	name: 'Refund',
	value: 'refund',
	action: 'Refund a sale',
	description:
		'Ask Hotmart to refund an approved or complete sale within its refund period; cannot be undone, and ends the subscription of a first payment',
	fields: [
		saleToRefund,
		notice(
			'This run gives money back and cannot be undone. Hotmart ends the subscription when its first payment is refunded.',
		),
	],
	async execute(call) {
		const code = required(call, saleToRefund);
		await call.api.request({ method: 'PUT', path: addresses.refund(code) });
		return { transaction: code, refund_requested: true };
	},
};
