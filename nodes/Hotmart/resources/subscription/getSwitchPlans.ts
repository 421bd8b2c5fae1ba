import type { IDataObject } from 'n8n-workflow';

import { required } from '../../../shared/parameters';
import { addresses } from '../../api/addresses';
import { subscriberCode } from '../../api/fields';
import type { HotmartOperation } from '../../api/operation';
import { readRecord } from '../../api/records';

export const getSwitchPlans: HotmartOperation = {
	name: 'Get Plans to Switch To',
	value: 'getSwitchPlans',
	action: 'Get the plans that a subscription can switch to',
	description: 'List the plans that a subscription can switch to (experimental: Hotmart does not document the answer)',
	fields: [subscriberCode],
	async execute(call) {
		const code = required(call, subscriberCode);
		const query = { subscriber_codes: code };
		const body = await call.api.request({ path: addresses.plansToSwitchTo, query });
		const { items = body } = body as IDataObject;
		return ([items].flat() as IDataObject[])
			.filter((item) => Object.keys(item).length > 0)
			.map(({ subscriber_code: subscriberCode = code, ...plans }) => ({ subscriberCode, ...readRecord(plans) }));
	},
};
