import type { INodeProperties } from 'n8n-workflow';

import { EVENTS, type EventDefinition } from './events';
import { policyFields } from '../access/policy';
import { choices } from '../../shared/fields';
import { rememberedEventsField } from '../../shared/memory';
import { ALL_EVENTS } from './outputs';
import { PAYMENT_TYPES } from '../vocabulary/choices';

const SETUP =
	'In Hotmart, open <b>Tools > Webhook (API and notifications) > Register Webhook</b>. Paste the <b>Production URL</b> shown above, then choose version <b>2.0.0</b> and the events. The tab <b>Authentication</b> shows the hottok for the credential.';

const list = (displayName: string, name: string, placeholder: string, description: string): INodeProperties => ({
	displayName,
	name,
	type: 'string',
	default: '',
	placeholder,
	description,
});

const SELECTED = { show: { products: ['selected'] } };

/** Which products start the workflow: all when the node is added by hand, some in the templates. */
export const productFields: INodeProperties[] = [
	{
		displayName: 'Products',
		name: 'products',
		type: 'options',
		options: [
			{ name: 'All', value: 'all', description: 'Every product of the account' },
			{ name: 'Selected', value: 'selected', description: 'Only the products that you choose' },
		],
		default: 'all',
		description: 'Which products start the workflow; a combo or an order counts by any of its products',
	},
	{
		displayName: 'Product Names or IDs',
		name: 'selectedProducts',
		type: 'multiOptions',
		typeOptions: { loadOptionsMethod: 'getProducts' },
		displayOptions: SELECTED,
		default: [],
		hint: 'The list needs a Hotmart API credential; without one, enter the IDs below',
		description:
			'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
	},
	{
		...list('Product IDs', 'productIds', 'e.g. 1355458, 1355459', 'More products, by number or ucode'),
		displayOptions: SELECTED,
	},
];

export const filtersField: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add filter',
	default: {},
	description:
		'An event must pass all filters; a filter passes an event that lacks its data, such as a cancellation without a payment type',
	options: [
		list(
			'Offer Codes',
			'offerCodes',
			'e.g. ab12cd34, ef56gh78',
			'Separate them with commas, semicolons or line breaks',
		),
		{
			displayName: 'Order Bumps',
			name: 'orderBumps',
			type: 'options',
			options: [
				{ name: 'All', value: 'all' },
				{ name: 'Exclude', value: 'exclude', description: 'Only main sales' },
				{ name: 'Only', value: 'only', description: 'Only products that the buyer added in the checkout' },
			],
			default: 'all',
		},
		{
			displayName: 'Payment Types',
			name: 'paymentTypes',
			type: 'multiOptions',
			// Only webhooks are known to say ECHECK (Hotmart §4.3)
			options: choices({ ...PAYMENT_TYPES, ECHECK: 'eCheck' }),
			default: [],
		},
		list('Plans', 'plans', 'e.g. 558689, Annual', 'IDs or names; a plan switch passes with either of its plans'),
		list(
			'Product Names',
			'productNames',
			'e.g. Guitar from Zero',
			'Names that pass like the chosen products; webhook version 1.0.0 sends some cancellations without an ID',
		),
		{
			displayName: 'Purchase Kinds',
			name: 'kinds',
			type: 'multiOptions',
			options: [
				{ name: 'New Subscription', value: 'first', description: 'The first payment of a subscription' },
				{ name: 'One-Time', value: 'oneTime' },
				{ name: 'Renewal', value: 'renewal', description: 'Any later payment of a subscription' },
			],
			default: [],
		},
	],
};

/** An option that is off unless it is switched on. */
export const option = (displayName: string, name: string, description: string): INodeProperties => ({
	displayName,
	name,
	type: 'boolean',
	default: false,
	description,
});

const options: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		option(
			'Accept Test Events',
			'acceptTestEvents',
			"Whether Hotmart's test events start the published workflow, too; otherwise it ignores them, so a test never enrolls anyone",
		),
		option(
			'First Payment Signal Only',
			'firstPaymentSignalOnly',
			'Whether to skip Purchase Complete after the Purchase Approved of the same transaction',
		),
		option(
			'Include Extra Fields',
			'includeExtra',
			'Whether to add everything else that Hotmart sends, such as address and document, under "extra"',
		),
		option(
			'Look Up Subscriber',
			'lookUpSubscriber',
			'Whether to ask Hotmart for the subscriber, because the buyer of a gift is someone else; needs a Hotmart API credential',
		),
		rememberedEventsField,
		{
			...option(
				'Skip Duplicate Events',
				'skipDuplicates',
				'Whether to skip an event that arrived before (rarely, when two deliveries come at the same moment, both start the workflow)',
			),
			default: true,
		},
		option(
			'Skip Outdated Events',
			'skipOutdated',
			'Whether to skip an event that arrives late, after a newer one about the same subscription or purchase',
		),
	],
};

/** How events are spread over outputs. */
export const routingField: INodeProperties = {
	displayName: 'Outputs',
	name: 'routing',
	type: 'options',
	options: [
		{
			name: 'By Access',
			value: 'access',
			description: 'Grant, Revoke, Switch, Other: lets students in and out',
		},
		{ name: 'By Event', value: 'event', description: 'One output for each chosen event' },
		{
			name: 'By Purchase Kind',
			value: 'kind',
			description: 'One-Time, New Subscription, Renewal, Payment Problem, Cancellation, Other',
		},
		{ name: 'One', value: 'single', description: 'All events on one output' },
	],
	default: 'single',
};

/**
 * The choice of events.
 *
 * @param events what a trigger can tell, by name
 * @param texts the descriptions of "All Events" and of the field
 */
export const eventsField = (
	events: Record<string, EventDefinition>,
	texts: { all: string; description: string },
): INodeProperties => ({
	displayName: 'Events',
	name: 'events',
	type: 'multiOptions',
	required: true,
	options: [
		{ name: 'All Events', value: ALL_EVENTS, description: texts.all },
		...Object.entries(events).map(([value, { label, group, description }]) => ({
			name: label,
			value,
			description: `${group}: ${description}`,
		})),
	],
	default: [ALL_EVENTS],
	description: texts.description,
});

/** What the user sets on the Hotmart Trigger. */
export const triggerFields: INodeProperties[] = [
	{ displayName: SETUP, name: 'setup', type: 'notice', default: '' },
	eventsField(EVENTS, {
		all: 'Includes events that Hotmart adds later',
		description: 'Which events start the workflow; the others are answered with success and ignored',
	}),
	...productFields,
	...policyFields,
	routingField,
	{
		displayName: 'Simplify',
		name: 'simplify',
		type: 'boolean',
		default: true,
		description: 'Whether to return a simplified version of the response instead of the raw data',
	},
	filtersField,
	options,
];
