import { required } from '../../../shared/parameters';
import { addresses } from '../../api/addresses';
import { transaction } from '../../api/fields';
import type { HotmartOperation } from '../../api/operation';

export const refund: HotmartOperation = {
	name: 'Refund',
	value: 'refund',
	action: 'Refund a sale',
	description:
		'Ask Hotmart to give the buyer the money back, which takes some time and cannot be undone. Only approved and complete sales within the refund period. The refund of the first payment of a subscription cancels it.',
	fields: [transaction],
	async execute(call) {
		const code = required(call, transaction);
		await call.api.request({ method: 'PUT', path: addresses.refund(code) });
		return { transaction: code, refund_requested: true };
	},
};
