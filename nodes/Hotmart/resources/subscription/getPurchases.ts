import type { IDataObject } from 'n8n-workflow';

import { path } from '../../../shared/http';
import { required, subscriberCode, type HotmartOperation } from '../../api/fields';
import { selectOf, shapeFields } from '../../api/list';
import { readPurchase } from '../../api/records';

export const getPurchases: HotmartOperation = {
	name: 'Get Purchases',
	value: 'getPurchases',
	action: 'Get the purchases of a subscriber',
	description: 'List all payments of one subscription, also those that failed. Changes nothing.',
	fields: [subscriberCode, ...shapeFields({})],
	async execute(call) {
		const code = required(call, subscriberCode);
		const purchases = await call.api.request({
			path: path`/payments/api/v1/subscriptions/${code}/purchases`,
			query: { select: selectOf(call) },
		});
		return [purchases]
			.flat()
			.filter((purchase) => Object.keys(purchase).length > 0)
			.map(readPurchase) as IDataObject[];
	},
};
