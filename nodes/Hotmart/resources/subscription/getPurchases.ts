import type { IDataObject } from 'n8n-workflow';

import { path } from '../../../shared/http';
import { required, subscriberCode, type HotmartOperation } from '../../fields';

export const getPurchases: HotmartOperation = {
	name: 'Get Purchases',
	value: 'getPurchases',
	action: 'Get the purchases of a subscriber',
	description: 'List all payments of one subscription, also those that failed. Changes nothing.',
	fields: [subscriberCode],
	async execute(call) {
		const code = required(call, subscriberCode);
		return (await call.api.request({
			path: path`/payments/api/v1/subscriptions/${code}/purchases`,
		})) as IDataObject[];
	},
};
