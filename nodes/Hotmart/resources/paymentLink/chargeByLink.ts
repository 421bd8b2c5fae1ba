import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { notice } from '../../../shared/fields';
import { numberOf, required } from '../../../shared/parameters';
import { addresses } from '../../api/addresses';
import type { HotmartOperation } from '../../api/operation';
import { readRecord } from '../../api/records';
import { EXPERIMENTAL, value } from './fields';

const token: INodeProperties = {
	displayName: 'Token',
	name: 'token',
	type: 'string',
	typeOptions: { password: true },
	required: true,
	default: '',
	description: 'What Hotmart most likely sends to the Callback URL of the payment link after a purchase',
};

const offerCode: INodeProperties = {
	displayName: 'Offer Code',
	name: 'offerCode',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. iscvy6s8',
	description: 'Code of an offer of the payment link, which Add Offer makes',
	displayOptions: { show: { chargeFor: ['offer'] } },
};

const amount: INodeProperties = {
	...value,
	description: 'Amount to charge, in the currency of the payment link',
	displayOptions: { show: { chargeFor: ['value'] } },
};

export const chargeByLink: HotmartOperation = {
	name: 'Charge by Link',
	value: 'chargeByLink',
	action: 'Charge a buyer of a payment link again',
	description: `Charge someone who bought through a payment link; cannot be undone except by a refund ${EXPERIMENTAL}`,
	fields: [
		token,
		{
			displayName: 'Charge For',
			name: 'chargeFor',
			type: 'options',
			options: [
				{ name: 'Offer', value: 'offer', description: 'The price of an offer of the link' },
				{ name: 'Value', value: 'value', description: 'An amount that you enter' },
			],
			default: 'offer',
		},
		offerCode,
		amount,
		{
			displayName: 'SCK',
			name: 'sck',
			type: 'string',
			default: '',
			description: 'Source of the sale, which Hotmart shows in its reports',
		},
		notice('This run charges the buyer at once.'),
	],
	async execute(call) {
		const isOffer = call.param<string>('chargeFor', 'offer') === 'offer';
		const sck = call.param<string>('sck', '');
		const charge: IDataObject = isOffer ? { offer_code: required(call, offerCode) } : { value: numberOf(call, amount) };
		const answer = await call.api.request({
			method: 'POST',
			path: isOffer ? addresses.chargeOffer : addresses.chargeValue,
			body: { token: required(call, token), ...(sck && { sck }), ...charge },
		});
		return readRecord({ offer_code: null, value: null, ...charge, ...(answer as IDataObject) });
	},
};
