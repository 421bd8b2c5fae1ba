import type { INodeProperties } from 'n8n-workflow';

import { byName } from '../../shared/byName';
import { collection } from '../../shared/fields';
import { rememberedEventsField } from '../../shared/memory';
import { ALL_EVENTS, EVENTS } from './events';

const SETUP =
	'In Teachable, open <b>Settings > Webhooks</b> and add a webhook. Its URL is the <b>Production URL</b> shown above, followed by <b>?secret=</b> and the secret of the credential. Choose the events there, too.';

/** What the user sets on the Teachable Trigger. */
export const triggerFields: INodeProperties[] = [
	{ displayName: SETUP, name: 'setup', type: 'notice', default: '' },
	{
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		required: true,
		options: [
			{ name: 'All Events', value: ALL_EVENTS, description: 'Includes events that Teachable adds later' },
			...Object.entries(EVENTS)
				.map(([value, { label, description }]) => ({ name: label, value, description }))
				.sort(byName((option) => option.name)),
		],
		default: [ALL_EVENTS],
		description: 'Which events start the workflow; the others are answered with success and ignored',
	},
	{
		displayName: 'Confirm with Teachable',
		name: 'confirm',
		type: 'boolean',
		default: true,
		description:
			"Whether to check each event with Teachable's API first, so that a forged event starts nothing; some events cannot be checked",
	},
	collection(
		'Filters',
		'filters',
		[
			{
				displayName: 'Course IDs',
				name: 'courseIds',
				type: 'string',
				default: '',
				placeholder: 'e.g. 2966495, 2966496',
				description: 'More courses, by number',
			},
			{
				displayName: 'Course Names or IDs',
				name: 'courses',
				type: 'multiOptions',
				typeOptions: { loadOptionsMethod: 'getCourses' },
				default: [],
				hint: 'The list needs a Teachable API credential; without one, enter the IDs',
				description:
					'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
			},
			{
				displayName: 'Products',
				name: 'products',
				type: 'string',
				default: '',
				placeholder: 'e.g. 4411201, Guitar Monthly',
				description: 'IDs or names of products as sales and transactions have them, separated by commas',
			},
		],
		'Add filter',
	),
	collection(
		'Options',
		'options',
		[
			{
				displayName: 'Accept Test Events',
				name: 'acceptTestEvents',
				type: 'boolean',
				default: false,
				description: 'Whether events that Teachable marks as not live start the published workflow, too',
			},
			rememberedEventsField,
			{
				displayName: 'Skip Duplicate Events',
				name: 'skipDuplicates',
				type: 'boolean',
				default: true,
				description:
					'Whether to skip an event that arrived before (rarely, when two deliveries come at the same moment, both start the workflow)',
			},
		],
		'Add option',
	),
];
