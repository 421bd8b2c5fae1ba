import type { IDataObject } from 'n8n-workflow';

import { required } from '../../../shared/parameters';
import { addresses } from '../../api/addresses';
import { subscriberCode } from '../../api/fields';
import { selectOf, shapeFields } from '../../api/list';
import type { HotmartOperation } from '../../api/operation';
import { PURCHASE_RECORD } from '../../api/records';

export const getPurchases: HotmartOperation = {
	name: 'Get Purchases',
	value: 'getPurchases',
	action: 'Get the purchases of a subscriber',
	description: 'List all payments of one subscription, including those that failed',
	fields: [subscriberCode, ...shapeFields({})],
	async execute(call) {
		const code = required(call, subscriberCode);
		const purchases = await call.api.request({
			path: addresses.subscriptionPurchases(code),
			query: { select: selectOf(call) },
		});
		return [purchases]
			.flat()
			.filter((purchase) => Object.keys(purchase).length > 0)
			.map(PURCHASE_RECORD.whole) as IDataObject[];
	},
};
