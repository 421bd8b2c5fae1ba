import type { INodeProperties } from 'n8n-workflow';

import { EVENTS } from './events';
import { policyFields } from '../access/policy';
import { choices } from '../../shared/fields';
import { ALL_EVENTS } from './outputs';
import { PAYMENT_TYPES } from '../vocabulary/choices';

const SETUP =
	'In Hotmart open <b>Tools > Webhook (API and notifications) > Register Webhook</b>, paste the <b>Production URL</b> shown above, choose version <b>2.0.0</b> and the events. The hottok for the credential is in the tab <b>Authentication</b> there.';

const codes = (displayName: string, name: string, placeholder: string, description: string): INodeProperties => ({
	displayName,
	name,
	type: 'string',
	default: '',
	placeholder,
	description,
});

const filters: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add filter',
	default: {},
	description: 'An event must pass every filter that you add',
	options: [
		codes('Offer Codes', 'offerCodes', 'e.g. ab12cd34, ef56gh78', 'Separated by commas'),
		{
			displayName: 'Order Bumps',
			name: 'orderBumps',
			type: 'options',
			options: [
				{ name: 'All', value: 'all' },
				{ name: 'Exclude', value: 'exclude', description: 'Only main sales' },
				{ name: 'Only', value: 'only', description: 'Only products that were added in the checkout' },
			],
			default: 'all',
		},
		{
			displayName: 'Payment Types',
			name: 'paymentTypes',
			type: 'multiOptions',
			// Only of webhooks it is known that they say ECHECK (Hotmart §4.3)
			options: choices({ ...PAYMENT_TYPES, ECHECK: 'eCheck' }),
			default: [],
		},
		codes(
			'Plans',
			'plans',
			'e.g. 558689, Annual',
			'IDs or names, separated by commas; a plan switch passes with either of its plans',
		),
		codes(
			'Product IDs',
			'productIds',
			'e.g. 1355458, 1355459',
			'Separated by commas, in addition to those chosen below',
		),
		{
			displayName: 'Product Names or IDs',
			name: 'products',
			type: 'multiOptions',
			typeOptions: { loadOptionsMethod: 'getProducts' },
			default: [],
			description:
				'Needs a Hotmart API credential in this node. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		},
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

const options: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Accept Test Events',
			name: 'acceptTestEvents',
			type: 'boolean',
			default: false,
			description: "Whether Hotmart's test events start the published workflow, too (they always start a manual test)",
		},
		{
			displayName: 'First Payment Signal Only',
			name: 'firstPaymentSignalOnly',
			type: 'boolean',
			default: false,
			description: 'Whether to drop Purchase Complete when Purchase Approved came for the same transaction before',
		},
		{
			displayName: 'Skip Duplicate Events',
			name: 'skipDuplicates',
			type: 'boolean',
			default: true,
			description: 'Whether to drop an event that arrived before (rarely, two deliveries at the same moment both pass)',
		},
		{
			displayName: 'Skip Outdated Events',
			name: 'skipOutdated',
			type: 'boolean',
			default: false,
			description:
				'Whether to drop an event that came late, after a newer one decided about the same subscription or purchase',
		},
	],
};

/** What the user sets on the Hotmart Trigger. */
export const triggerFields: INodeProperties[] = [
	{ displayName: SETUP, name: 'setup', type: 'notice', default: '' },
	{
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		required: true,
		options: [
			{ name: 'All Events', value: ALL_EVENTS, description: 'Including events that Hotmart may add in the future' },
			...Object.entries(EVENTS).map(([value, { label, group, description }]) => ({
				name: label,
				value,
				description: `${group}: ${description}`,
			})),
		],
		default: [ALL_EVENTS],
		description: 'Which events start the workflow; Hotmart gets a success for all others, too',
	},
	{
		displayName: 'Outputs',
		name: 'routing',
		type: 'options',
		options: [
			{
				name: 'By Access',
				value: 'access',
				description: 'Grant, Revoke, Switch and Other',
			},
			{ name: 'By Event', value: 'event', description: 'One output per chosen event' },
			{
				name: 'By Purchase Kind',
				value: 'kind',
				description: 'One-Time, New Subscription, Renewal, Payment Problem, Cancellation, Other',
			},
			{ name: 'One', value: 'single', description: 'All events in one output' },
		],
		default: 'single',
	},
	{
		displayName: 'Simplify',
		name: 'simplify',
		type: 'boolean',
		default: true,
		description: 'Whether to return a simplified version of the response instead of the raw data',
	},
	...policyFields,
	filters,
	options,
];
