import type { IDataObject } from 'n8n-workflow';

import { lastingNotice } from '../../../shared/fields';
import { numberOf, required } from '../../../shared/parameters';
import { withNulls } from '../../../shared/record';
import { addresses } from '../../api/addresses';
import type { HotmartOperation } from '../../api/operation';
import { readRecord } from '../../api/records';
import { billingFields, billingOf, EXPERIMENTAL, nameField, paymentLink, periodicity, value } from './fields';

export const addPlan: HotmartOperation = {
	name: 'Add Plan',
	value: 'addPlan',
	action: 'Add a plan to a payment link',
	description: `Add a subscription plan to a payment link; cannot be undone through the API ${EXPERIMENTAL}`,
	fields: [
		paymentLink,
		nameField,
		value,
		periodicity,
		{
			displayName: 'Additional Fields',
			name: 'additionalFields',
			type: 'collection',
			placeholder: 'Add Field',
			default: {},
			options: billingFields,
		},
		lastingNotice,
	],
	async execute(call) {
		const link = required(call, paymentLink);
		const body = {
			name: required(call, nameField),
			value: numberOf(call, value),
			periodicity: call.param<string>('periodicity'),
			...billingOf(call),
		};
		const answer = await call.api.request({ method: 'POST', path: addresses.paymentLinkPlans(link), body });
		return readRecord({ payment_link: link, ...withNulls(body), ...(answer as IDataObject) });
	},
};
