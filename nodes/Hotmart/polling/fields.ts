import type { INodeProperties } from 'n8n-workflow';

import { policyFields } from '../access/policy';
import { eventsField, filtersField, option, productFields, routingField } from '../trigger/fields';
import { POLLED_EVENTS, type LookBack } from './events';

/** For how many days after their order sales are looked at: the label of each option, and its days unless the user says otherwise. */
export const LOOK_BACK: Record<LookBack, { label: string; preset: number }> = {
	paymentDays: { label: 'Days to Look for Payments', preset: 45 },
	refundDays: { label: 'Days to Look for Refunds', preset: 60 },
	chargebackDays: { label: 'Days to Look for Chargebacks', preset: 180 },
};

function lookBack(name: LookBack, description: string): INodeProperties {
	const { label, preset } = LOOK_BACK[name];
	return { displayName: label, name, type: 'number', typeOptions: { minValue: 1 }, default: preset, description };
}

const options: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		lookBack('chargebackDays', 'How many days after the order a chargeback is noticed'),
		lookBack(
			'paymentDays',
			'How many days after the order a payment, its failure and the end of the refund period are noticed',
		),
		lookBack('refundDays', 'How many days after the order a refund or the request for one is noticed'),
		option(
			'Include Extra Fields',
			'includeExtra',
			'Whether to add everything else that Hotmart sends, such as its fee, under "extra"',
		),
	],
};

/** The API does not distinguish an order bump from another sale, so that filter would let everything through. */
const filters: INodeProperties = {
	...filtersField,
	options: filtersField.options!.filter(({ name }) => name !== 'orderBumps'),
};

/** What the user sets on the Hotmart Polling Trigger; n8n adds the poll times. */
export const pollingFields: INodeProperties[] = [
	eventsField(POLLED_EVENTS, {
		all: "Every event that Hotmart's API shows",
		description: 'Which events start the workflow',
	}),
	{
		displayName: 'First Look',
		name: 'firstLook',
		type: 'options',
		options: [
			{ name: 'From Now On', value: 'now', description: 'Only what happens after the workflow is published' },
			{ name: 'Catch Up Since a Date', value: 'since', description: 'Also what happened since a date' },
		],
		default: 'now',
		description: 'What counts as new when the workflow is published for the first time',
	},
	{
		displayName: 'Catch Up Since',
		name: 'since',
		type: 'dateTime',
		required: true,
		displayOptions: { show: { firstLook: ['since'] } },
		default: '',
		description:
			'Payments and cancellations since this date start the workflow, and so do refunds of sales since this date',
	},
	...productFields,
	...policyFields,
	routingField,
	filters,
	options,
];
