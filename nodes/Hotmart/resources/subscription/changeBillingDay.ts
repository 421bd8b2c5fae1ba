import type { INodeProperties } from 'n8n-workflow';

import { numberOf, required } from '../../../shared/parameters';
import { addresses } from '../../api/addresses';
import { subscriberCode } from '../../api/fields';
import type { HotmartOperation } from '../../api/operation';

const dueDay: INodeProperties = {
	displayName: 'Billing Day',
	name: 'dueDay',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 31 },
	required: true,
	default: 1,
	description: 'Day of the month from 1 to 31, or the last day where the month is shorter',
};

export const changeBillingDay: HotmartOperation = {
	name: 'Change Billing Day',
	value: 'changeBillingDay',
	action: 'Change the billing day of a subscription',
	description:
		'Charge an active or overdue subscription on another day of the month, after the charge already scheduled; can be undone by changing it again',
	fields: [subscriberCode, dueDay],
	async execute(call) {
		const code = required(call, subscriberCode);
		const day = numberOf(call, dueDay);
		await call.api.request({
			method: 'PATCH',
			path: addresses.subscription(code),
			body: { due_day: day },
		});
		return { subscriberCode: code, dueDay: day };
	},
};
