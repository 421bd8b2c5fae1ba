import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { lastingNotice } from '../../../shared/fields';
import { jsonFrom, numberOf, required } from '../../../shared/parameters';
import { isRecord } from '../../../shared/record';
import { addresses } from '../../api/addresses';
import type { HotmartOperation } from '../../api/operation';
import { readRecord } from '../../api/records';
import { billingFields, billingOf, currency, EXPERIMENTAL, nameField, periodicity, value } from './fields';

const additionalFields: INodeProperties = {
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add Field',
	default: {},
	options: [
		...billingFields,
		{
			displayName: 'Callback URL',
			name: 'callbackUrl',
			type: 'string',
			default: '',
			description: 'Where buyers go afterwards',
		},
		{ displayName: 'Checkout Configuration', name: 'checkout', type: 'json', default: '{}' },
		{ ...periodicity, description: 'Turns the link into one for a subscription' },
	],
};

export const create: HotmartOperation = {
	name: 'Create',
	value: 'create',
	action: 'Create a payment link',
	description: `Create a link that people pay with; cannot be deleted through the API ${EXPERIMENTAL}`,
	fields: [nameField, value, currency, additionalFields, lastingNotice],
	async execute(call) {
		const { callbackUrl, checkout, periodicity: period } = call.param<IDataObject>('additionalFields', {});
		const configuration = jsonFrom(checkout, 'Checkout Configuration');
		const body = {
			name: required(call, nameField),
			value: numberOf(call, value),
			currency: required(call, currency),
			checkout_configuration: isRecord(configuration) ? configuration : undefined,
			link_configuration: callbackUrl ? { link_callback_url: callbackUrl } : undefined,
			subscription: period ? { periodicity: period, ...billingOf(call) } : undefined,
		};
		const answer = await call.api.request({ method: 'POST', path: addresses.paymentLinks, body });
		return readRecord({ ...body, ...(answer as IDataObject) });
	},
};
