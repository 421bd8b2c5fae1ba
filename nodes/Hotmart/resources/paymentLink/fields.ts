import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { choices } from '../../../shared/fields';
import type { HotmartCall } from '../../api/operation';
import { PERIODICITIES } from '../../vocabulary/choices';

/** For descriptions: Hotmart publishes only the request of these calls (Hotmart §3.7). */
export const EXPERIMENTAL = '(experimental: Hotmart does not document the answer)';

export const paymentLink: INodeProperties = {
	displayName: 'Payment Link',
	name: 'paymentLink',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 7c1d5b1e-4f0a-4a52-9d3b-000000000001',
	description: 'The ucode of the link, which Create and Get Many show',
};

export const nameField: INodeProperties = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	required: true,
	default: '',
};

export const value: INodeProperties = {
	displayName: 'Value',
	name: 'value',
	type: 'number',
	typeOptions: { minValue: 0, numberPrecision: 2 },
	required: true,
	default: 0,
	description: 'Price in the currency',
};

export const currency: INodeProperties = {
	displayName: 'Currency',
	name: 'currency',
	type: 'string',
	required: true,
	default: 'BRL',
	placeholder: 'e.g. BRL',
	description: 'Code of three letters (ISO 4217)',
};

export const periodicity: INodeProperties = {
	displayName: 'Periodicity',
	name: 'periodicity',
	type: 'options',
	options: choices(PERIODICITIES),
	default: 'MONTHLY',
	description: 'How often a subscriber is charged',
};

/** What a plan may say besides name, price and periodicity. */
export const billingFields: INodeProperties[] = [
	{
		displayName: 'Billing Type',
		name: 'billingType',
		type: 'string',
		default: '',
		description: "Hotmart's word for how the plan is charged",
	},
	{
		displayName: 'Max Number of Payments',
		name: 'maxPayments',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'How many charges the subscription has; 0 for no end',
	},
	{
		displayName: 'Trial Period',
		name: 'trialPeriod',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'Length of the trial; 0 for none',
	},
	{
		displayName: 'Trial Type',
		name: 'trialType',
		type: 'string',
		default: '',
		description: "Hotmart's word for the kind of trial",
	},
];

/** The part of a body that says how a plan is charged, from the additional fields. */
export function billingOf({ param }: HotmartCall): IDataObject {
	const { billingType, maxPayments, trialPeriod, trialType } = param<IDataObject>('additionalFields', {});
	const given = (part: IDataObject) => (Object.values(part).some((entry) => entry !== undefined) ? part : undefined);
	return {
		billing_configuration: given({
			billing_type: billingType || undefined,
			max_number_of_payments: maxPayments || undefined,
		}),
		trial: given({ trial_type: trialType || undefined, trial_period: trialPeriod || undefined }),
	};
}
