import type { IDataObject } from 'n8n-workflow';

import { required, subscriberCode, type HotmartOperation } from '../../api/fields';
import { readRecord } from '../../api/records';
import { SUBSCRIPTIONS } from './shape';

export const getSwitchPlans: HotmartOperation = {
	name: 'Get Plans to Switch To',
	value: 'getSwitchPlans',
	action: 'Get the plans that a subscription can switch to',
	description:
		'List the plans that a subscription could move to. Changes nothing. Experimental: Hotmart publishes this call without its answer, so the fields may differ, and an account may have no right to it.',
	fields: [subscriberCode],
	async execute(call) {
		const query = { subscriber_codes: required(call, subscriberCode) };
		const body = await call.api.request({ path: `${SUBSCRIPTIONS}/switch-plan/plans`, query });
		const { items = body } = body as IDataObject;
		return ([items].flat() as IDataObject[]).filter((item) => Object.keys(item).length > 0).map(readRecord);
	},
};
