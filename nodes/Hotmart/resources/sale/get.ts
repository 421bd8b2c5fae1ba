import { UserError } from 'n8n-workflow';

import { required } from '../../../shared/parameters';
import { addresses } from '../../api/addresses';
import { transaction } from '../../api/fields';
import { readerOf, selectOf, shapeFields } from '../../api/list';
import type { HotmartOperation } from '../../api/operation';
import { SALE } from './shape';

export const get: HotmartOperation = {
	name: 'Get',
	value: 'get',
	action: 'Get a sale',
	description: 'Read one sale by its transaction, in any status',
	fields: [transaction, ...shapeFields(SALE)],
	async execute(call) {
		const query = { transaction: required(call, transaction), select: selectOf(call) };
		const [found] = await call.api.list({ path: addresses.sales, query }, { limit: 1, read: readerOf(call, SALE) });
		if (!found)
			throw new UserError(`This Hotmart account has no sale ${query.transaction}. Check the field "Transaction".`);
		return found;
	},
};
