import type { IDataObject } from 'n8n-workflow';

import { lastingNotice } from '../../../shared/fields';
import { numberOf, required } from '../../../shared/parameters';
import { addresses } from '../../api/addresses';
import type { HotmartOperation } from '../../api/operation';
import { readRecord } from '../../api/records';
import { currency, EXPERIMENTAL, nameField, paymentLink, value } from './fields';

export const addOffer: HotmartOperation = {
	name: 'Add Offer',
	value: 'addOffer',
	action: 'Add an offer to a payment link',
	description: `Add another price to a payment link; cannot be undone through the API ${EXPERIMENTAL}`,
	fields: [
		paymentLink,
		nameField,
		value,
		currency,
		{
			displayName: 'Main Offer',
			name: 'isMain',
			type: 'boolean',
			default: false,
			description: 'Whether buyers get this offer if the link does not name one',
		},
		lastingNotice,
	],
	async execute(call) {
		const link = required(call, paymentLink);
		const body = {
			offer_name: required(call, nameField),
			value: numberOf(call, value),
			currency: required(call, currency),
			is_main_offer: call.param<boolean>('isMain', false),
		};
		const answer = await call.api.request({ method: 'POST', path: addresses.paymentLinkOffers(link), body });
		return readRecord({ payment_link: link, ...body, ...(answer as IDataObject) });
	},
};
