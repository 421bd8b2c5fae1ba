import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { byName } from '../../../shared/byName';
import { lastingNotice } from '../../../shared/fields';
import { numberOf, required } from '../../../shared/parameters';
import { withNulls } from '../../../shared/record';
import { addresses } from '../../api/addresses';
import type { HotmartOperation } from '../../api/operation';
import { readRecord } from '../../api/records';
import { checkoutFields, checkoutOf } from './checkout';
import { billingFields, billingOf, currency, EXPERIMENTAL, nameField, periodicity, value } from './fields';

const callback: INodeProperties = {
	displayName: 'Callback URL',
	name: 'callbackUrl',
	type: 'string',
	default: '',
	placeholder: 'e.g. https://example.com/hotmart',
	description: 'A server that Hotmart most likely calls with the token for later charges; no page for buyers',
};

const subscription: INodeProperties = { ...periodicity, description: 'Turns the link into one for a subscription' };

const additionalFields: INodeProperties = {
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add Field',
	default: {},
	options: [...billingFields, ...checkoutFields, callback, subscription].sort(byName((field) => field.displayName)),
};

export const create: HotmartOperation = {
	name: 'Create',
	value: 'create',
	action: 'Create a payment link',
	description: `Create a link that people pay with; cannot be deleted through the API ${EXPERIMENTAL}`,
	fields: [nameField, value, currency, additionalFields, lastingNotice],
	async execute(call) {
		const { callbackUrl, periodicity: period, ...fields } = call.param<IDataObject>('additionalFields', {});
		const body = {
			name: required(call, nameField),
			value: numberOf(call, value),
			currency: required(call, currency),
			checkout_configuration: checkoutOf(fields),
			link_configuration: callbackUrl ? { link_callback_url: callbackUrl } : undefined,
			subscription: period ? { periodicity: period, ...billingOf(call) } : undefined,
		};
		const answer = await call.api.request({ method: 'POST', path: addresses.paymentLinks, body });
		return readRecord({ ...withNulls(body), ...(answer as IDataObject) });
	},
};
