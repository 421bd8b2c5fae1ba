import type { INodeProperties } from 'n8n-workflow';

import { courseField, email } from '../../api/fields';
import type { TeachableCall, TeachableOperation } from '../../api/operation';
import { lookUp } from '../../api/people';
import { readFields, readItem } from './accessOrder';
import { carryOutOrder } from './carryOutOrder';
import { courseFrom, moreCourses, shownFor, tableFields, valueField } from './courses';
import { newUserFields, optionsField, subscriptionNotice } from './fields';

/** A field of Read From: Fields. None is required by n8n, which would ask for a hidden one where another is an expression. */
const inFields = (field: INodeProperties, show: Record<string, string[]> = {}): INodeProperties => ({
	...field,
	required: false,
	displayOptions: { show: { readFrom: ['fields'], ...show } },
});

const readFrom: INodeProperties = {
	displayName: 'Read From',
	name: 'readFrom',
	type: 'options',
	options: [
		{ name: 'Incoming Item', value: 'item', description: 'The item of the Hotmart Trigger, or one of the same shape' },
		{ name: 'Fields', value: 'fields', description: 'Enter the decision and the person here' },
	],
	default: 'item',
	description: 'Where the decision, the person and what was bought come from',
};

const decision: INodeProperties = {
	displayName: 'Decision',
	name: 'decision',
	type: 'options',
	options: [
		{ name: 'Grant', value: 'grant', description: 'Enroll, and create the user when needed' },
		{ name: 'None', value: 'none', description: 'Change nothing' },
		{ name: 'Revoke', value: 'revoke', description: 'Unenroll' },
		{ name: 'Switch', value: 'switch', description: 'Enroll in the new courses, then unenroll from the old ones' },
	],
	default: 'grant',
};

const effectiveAt: INodeProperties = {
	displayName: 'Effective At',
	name: 'effectiveAt',
	type: 'dateTime',
	default: '',
	description:
		'When the decision takes effect: nothing changes earlier, but a switch enrolls at once and unenrolls then',
	displayOptions: { show: { '/readFrom': ['fields'] } },
};

const readOrder = (call: TeachableCall) =>
	call.param<string>(readFrom.name) === 'fields' ? readFields(call) : readItem(call);

export const applyAccess: TeachableOperation = {
	name: 'Apply Access',
	value: 'applyAccess',
	action: 'Apply an access decision',
	description:
		'Do what an access decision says: enroll, unenroll or move a person; can be undone with Enroll or Unenroll',
	fields: [
		readFrom,
		inFields(decision),
		inFields(email),
		inFields(newUserFields.name),
		courseFrom,
		...shownFor('chosen', [courseField]),
		...shownFor('table', [
			inFields(valueField('Value', 'value')),
			inFields(valueField('Previous Value', 'previousValue'), { decision: ['switch'] }),
		]),
		...tableFields('skip'),
		optionsField(moreCourses, effectiveAt, ...newUserFields.options),
		subscriptionNotice,
	],
	async prepare(calls) {
		const emails = calls.flatMap((call) => {
			try {
				return [readOrder(call).email];
			} catch {
				// It is said when its turn comes.
				return [];
			}
		});
		await lookUp(
			calls[0]!.api,
			emails.filter((address) => address !== ''),
		);
	},
	execute: async (call) => await carryOutOrder(call, readOrder(call)),
};
