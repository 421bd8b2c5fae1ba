import { UserError, type IDataObject, type INodeProperties } from 'n8n-workflow';

import { dateOf, listOf, numberOf, required } from '../../../shared/parameters';
import { withNulls } from '../../../shared/record';
import { addresses } from '../../api/addresses';
import { productField } from '../../api/fields';
import type { HotmartOperation } from '../../api/operation';
import { readRecord } from '../../api/records';

const code: INodeProperties = {
	displayName: 'Code',
	name: 'code',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. SUMMER25',
	description: 'What buyers enter, up to 25 characters',
};
const discount: INodeProperties = {
	displayName: 'Discount (%)',
	name: 'discount',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: 99, numberPrecision: 2 },
	required: true,
	default: 10,
	description: 'Percentage off the price, above 0 and below 99',
};
const details: INodeProperties = {
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add Field',
	default: {},
	options: [
		{
			displayName: 'Affiliate ID',
			name: 'affiliate',
			type: 'number',
			default: 0,
			description: 'The only affiliate whose sales the coupon is for',
		},
		{ displayName: 'Ends At', name: 'endDate', type: 'dateTime', default: '' },
		{
			displayName: 'Offers',
			name: 'offers',
			type: 'string',
			default: '',
			description: 'Codes or IDs of the only offers that the coupon is for, separated by commas',
		},
		{ displayName: 'Starts At', name: 'startDate', type: 'dateTime', default: '' },
	],
};

export const create: HotmartOperation = {
	name: 'Create',
	value: 'create',
	action: 'Create a coupon',
	description: 'Create a coupon for a product that is not sold by subscription; can be undone by deleting it',
	fields: [productField, code, discount, details],
	async execute(call) {
		const id = required(call, productField);
		const percent = numberOf(call, discount);
		if (percent <= 0 || percent >= 99) throw new UserError('The field "Discount (%)" must be above 0 and below 99.');
		const { affiliate, endDate, offers, startDate } = call.param<IDataObject>('additionalFields', {});
		const body = {
			code: required(call, code),
			// A fraction (Hotmart §3.4), rounded so that 7 % is 0.07.
			discount: Math.round(percent * 100) / 10_000,
			start_date: dateOf(call, startDate, 'Starts At'),
			end_date: dateOf(call, endDate, 'Ends At'),
			affiliate: affiliate || undefined,
			offer_ids: listOf(offers),
		};
		await call.api.request({ method: 'POST', path: addresses.createCoupon(id), body });
		return readRecord({ created: true, product_id: Number(id), ...withNulls(body) });
	},
};
