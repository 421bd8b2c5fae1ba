import { UserError } from 'n8n-workflow';

import { required, transaction, type HotmartOperation } from '../../api/fields';
import { selectOf, shapeFields, toItem } from '../../api/list';
import { SALES } from './filters';
import { SALE } from './shape';

export const get: HotmartOperation = {
	name: 'Get',
	value: 'get',
	action: 'Get a sale',
	description: 'Read one sale by its transaction, in whatever status it is. Changes nothing.',
	fields: [transaction, ...shapeFields(SALE)],
	async execute(call) {
		const query = { transaction: required(call, transaction), select: selectOf(call) };
		const [found] = await call.api.list(`${SALES}/history`, query, 1, { read: toItem(call, SALE) });
		if (!found)
			throw new UserError(`This Hotmart account has no sale ${query.transaction}. Check the field "Transaction".`);
		return found;
	},
};
