import type { INodeProperties } from 'n8n-workflow';

import type { TeachableCall } from '../../api/operation';
import type { NewUser } from '../../api/creation';
import { byName } from '../../../shared/byName';
import { notice } from '../../../shared/fields';

/** What a user gets who has to be created. */
export const newUserFields = {
	name: {
		displayName: 'Name',
		name: 'name',
		type: 'string',
		default: '',
		placeholder: 'e.g. Ana Souza',
		description: 'Name of the person, which Teachable gets only when the user is created',
	} as INodeProperties,
	options: [
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'For a new user, at least 6 characters; without a password Teachable e-mails a link to set one, which is safer',
		},
		{
			displayName: 'Source',
			name: 'src',
			type: 'string',
			default: '',
			description: 'Where a new user comes from, such as the ID in another system',
		},
	] as INodeProperties[],
};

/** Reads the fields for a new user. */
export function newUserOf({ param }: TeachableCall): NewUser {
	const { password, src } = param<NewUser>('options', {});
	return { name: param<string | undefined>(newUserFields.name.name, ''), password, src };
}

/** The collection of what few people need. */
export const optionsField = (...options: INodeProperties[]): INodeProperties => ({
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: options.sort(byName((option) => option.displayName)),
});

export const subscriptionNotice = notice(
	'Teachable may cancel a subscription that the student bought in Teachable itself when the student is unenrolled.',
);

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
		...notice(
			'This run changes who is in the course: students who are not in the input are unenrolled. Teachable may cancel a subscription that they bought there.',
		),
		displayOptions: { show: { dryRun: [false] } },
	},
	{
		displayName: 'Removal Limit (%)',
		name: 'removalLimit',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 100 },
		default: 10,
		description:
			'Share of the students that one run may remove; if more would go, nobody is removed (one student may always go, except at 0)',
	},
];

export const setOptions = optionsField(
	{
		displayName: 'Create Users',
		name: 'createUsers',
		type: 'boolean',
		default: true,
		description: 'Whether to create a user if the school does not know the address; Teachable then e-mails the person',
	},
	{
		displayName: 'If Removals Are Refused',
		name: 'ifRefused',
		type: 'options',
		options: [
			{ name: 'Enroll Only', value: 'enrollOnly', description: 'Enroll the people who are missing, and remove nobody' },
			{ name: 'Stop with an Error', value: 'error', description: 'Change nothing in that course' },
		],
		default: 'enrollOnly',
		description: 'What to do when the limit is exceeded, or when the input is empty or not complete',
	},
	{
		displayName: 'Include Summary',
		name: 'includeSummary',
		type: 'boolean',
		default: false,
		description: 'Whether to add one item per course with the numbers of the run, which the hint shows anyway',
	},
	{
		displayName: 'Keep',
		name: 'keep',
		type: 'string',
		typeOptions: { rows: 3 },
		default: '',
		placeholder: 'e.g. guest@example.com, 130706781',
		description: 'E-mail addresses or user IDs, separated by commas, of people who are neither enrolled nor removed',
	},
	{
		displayName: 'Keep Enrolled Within (Minutes)',
		name: 'keepMinutes',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 60,
		description: 'Students who were enrolled within this time stay, such as after a sale since the input was read',
	},
	{
		displayName: 'Never Remove',
		name: 'neverRemove',
		type: 'string',
		typeOptions: { rows: 3 },
		default: '',
		placeholder: 'e.g. guest@example.com, 130706781',
		description:
			'E-mail addresses or user IDs, separated by commas, of people whom the input can enroll but nothing removes',
	},
	newUserFields.options[1]!,
);
