import { UserError, type IDataObject, type INodeProperties } from 'n8n-workflow';

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
		'Numbers of up to five unpaid recurrences, with commas between them. Of content in the members area only the last one can be negotiated.',
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
	description: 'Of the person who pays; a billet needs it',
};
const discount: INodeProperties = {
	displayName: 'Discount',
	name: 'discount',
	type: 'number',
	typeOptions: { minValue: 0, numberPrecision: 2 },
	default: 0,
	description: "Amount off the sum, in the subscription's currency",
};

export const create: HotmartOperation = {
	name: 'Create',
	value: 'create',
	action: 'Create a negotiation',
	description:
		'Make a payment, by Pix or billet, with which a subscriber can pay overdue recurrences. Nothing is charged until the subscriber pays; it cannot be withdrawn, but runs out.',
	fields: [subscriptionId, recurrences, paymentType, document, discount],
	async execute(call) {
		const numbers = listOf(call.param('recurrences')).map(Number);
		if (numbers.length < 1 || numbers.length > 5 || !numbers.every(Number.isInteger))
			throw new UserError('The field "Recurrences" needs one to five numbers with commas between them, such as 3,4.');
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
