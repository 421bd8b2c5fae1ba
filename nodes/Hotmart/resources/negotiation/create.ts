import { UserError, type IDataObject, type INodeProperties } from 'n8n-workflow';

import { notice } from '../../../shared/fields';
import { listOf, numberOf } from '../../../shared/parameters';
import { addresses } from '../../api/addresses';
import type { HotmartOperation } from '../../api/operation';
import { readRecord } from '../../api/records';

const subscriptionId: INodeProperties = {
	displayName: 'Subscription ID',
	name: 'subscriptionId',
	type: 'number',
	required: true,
	default: 0,
	description: 'The number that lists of subscriptions show as subscription_id, not the subscriber code',
};
const recurrences: INodeProperties = {
	displayName: 'Recurrences',
	name: 'recurrences',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 3,4',
	description:
		'Numbers of up to five unpaid recurrences, separated by commas; for content in the members area only the last one',
};
const paymentType: INodeProperties = {
	displayName: 'Payment Type',
	name: 'paymentType',
	type: 'options',
	options: [
		{ name: 'Billet (Boleto)', value: 'BILLET' },
		{ name: 'Pix', value: 'PIX' },
	],
	default: 'PIX',
};
const document: INodeProperties = {
	displayName: 'Document (CPF or CNPJ)',
	name: 'document',
	type: 'string',
	default: '',
	description: 'Document of the person who pays, required for a billet',
};
const discount: INodeProperties = {
	displayName: 'Discount',
	name: 'discount',
	type: 'number',
	typeOptions: { minValue: 0, numberPrecision: 2 },
	default: 0,
	description: 'Amount to take off the sum, in the currency of the subscription',
};

export const create: HotmartOperation = {
	name: 'Create',
	value: 'create',
	action: 'Create a negotiation',
	description:
		'Create a Pix or billet payment for overdue recurrences; nothing is charged until the subscriber pays, and it cannot be withdrawn',
	fields: [
		subscriptionId,
		recurrences,
		paymentType,
		document,
		discount,
		notice(
			'This run creates a real payment, less the discount, for the subscriber to pay. It cannot be withdrawn through the API.',
		),
	],
	async execute(call) {
		const numbers = listOf(call.param('recurrences')).map(Number);
		if (numbers.length < 1 || numbers.length > 5 || !numbers.every(Number.isInteger))
			throw new UserError('The field "Recurrences" needs one to five numbers, separated by commas, such as 3,4.');
		const off = numberOf(call, discount);
		const body = {
			subscription_id: numberOf(call, subscriptionId),
			recurrences: numbers,
			payment_type: call.param<string>('paymentType'),
			document: String(call.param<unknown>('document', '') ?? '').trim() || undefined,
			discount: off > 0 ? { type: 'CUSTOM', value: off } : undefined,
		};
		const answer = (await call.api.request({ method: 'POST', path: addresses.negotiations, body })) as IDataObject;
		return readRecord({ subscription_id: body.subscription_id, ...answer });
	},
};
