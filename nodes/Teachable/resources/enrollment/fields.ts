import type { INodeProperties } from 'n8n-workflow';

export const newUserName: INodeProperties = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	default: '',
	description: 'Name of a new user',
};

export const newUserSource: INodeProperties = {
	displayName: 'Source',
	name: 'src',
	type: 'string',
	default: '',
	description: 'Where a new user comes from, such as the ID in another system',
};

/** What a user who has to be created gets. */
export const newUserOptions: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	description: 'Used only when the user is created',
	options: [
		newUserName,
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'Of a new user, at least 6 characters. Without it Teachable sends an e-mail to set one, which is safer.',
		},
		newUserSource,
	],
};

/** What keeps Set Students from doing harm. */
export const setSettings: INodeProperties[] = [
	{
		displayName: 'Dry Run',
		name: 'dryRun',
		type: 'boolean',
		default: true,
		description: 'Whether to show what would change and change nothing',
	},
	{
		displayName: 'Removal Limit (%)',
		name: 'removalLimit',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 100 },
		default: 10,
		description:
			'Of the students in a course, how many may be removed in one run, so that an input that went wrong cannot empty the school. One removal is always allowed above 0. With more nobody is removed.',
	},
];

export const setOptions: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Create Users',
			name: 'createUsers',
			type: 'boolean',
			default: true,
			description:
				'Whether to create a user for an address that the school does not know; Teachable then sends an e-mail',
		},
		{
			displayName: 'If Removals Are Refused',
			name: 'ifRefused',
			type: 'options',
			options: [
				{
					name: 'Enroll Only',
					value: 'enrollOnly',
					description: 'Enroll who is missing, and say in the summary that nobody was removed',
				},
				{ name: 'Stop with an Error', value: 'error', description: 'Change nothing in that course' },
			],
			default: 'enrollOnly',
		},
		{
			displayName: 'Keep',
			name: 'keep',
			type: 'string',
			typeOptions: { rows: 3 },
			default: '',
			placeholder: 'e.g. guest@example.com, 130706781',
			description:
				'E-mail addresses or user IDs of people who are never enrolled or unenrolled here, with commas between them',
		},
		{
			displayName: 'Keep Enrolled Within (Minutes)',
			name: 'keepMinutes',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 60,
			description:
				'Keep whoever was enrolled so recently, such as by a sale after the input was read. Without it nobody is kept for that.',
		},
		newUserName,
		newUserSource,
	],
};
