import type { INodeProperties } from 'n8n-workflow';

import { personFields } from '../../api/fields';
import type { TeachableOperation } from '../../api/operation';
import { whoOf } from '../../api/parameters';
import { findOrCreateUser, findPerson, type NewUser } from '../../api/people';
import { enrollIn, forEachCourse, skipped, unenrollFrom } from './changes';
import { coursesOfValue, mappingFields } from './courses';
import { newUserOptions } from './fields';

const value = (displayName: string, name: string): INodeProperties => ({
	displayName,
	name,
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 558688, by an expression',
	description: 'Compared with the rows below; a list of values is understood as well',
});

export const move: TeachableOperation = {
	name: 'Move',
	value: 'move',
	action: 'Move a student between courses',
	description:
		'Bring a student from the courses of an old value to those of a new one, such as at a switch of plans: first into the new courses, then out of the old ones that the new value does not open. Courses of both are kept. A user is created when no one has the address. It can be undone by moving back. A subscription bought in Teachable itself may be canceled by it.',
	fields: [
		...personFields,
		value('Old Value', 'oldValue'),
		value('New Value', 'newValue'),
		...mappingFields,
		newUserOptions,
	],
	async execute(call) {
		const { api, param } = call;
		const who = whoOf(call);
		const [from, into] = ['oldValue', 'newValue'].map((name) => coursesOfValue(call, param<unknown>(name))) as [
			number[],
			number[],
		];
		const out = from.filter((courseId) => !into.includes(courseId));
		if (into.length + out.length === 0) return skipped(who);
		// Nobody is created only to be in no course.
		const person =
			into.length === 0 ? await findPerson(api, who) : await findOrCreateUser(api, who, param<NewUser>('options', {}));
		if (!person) return { ...skipped(who), notFound: true };
		const { created, ...user } = { created: false, ...person };
		const entered = await forEachCourse(into, async (courseId) => ({
			change: from.includes(courseId) ? 'keep' : 'enroll',
			...(await enrollIn(api, { ...user, created }, courseId)),
		}));
		// Whoever could not get in keeps what there was, so that the item can be run again.
		if (created || entered.some((result) => result instanceof Error)) return entered;
		const left = await forEachCourse(out, async (courseId) => ({
			change: 'unenroll',
			...(await unenrollFrom(api, user, courseId)),
		}));
		return [...entered, ...left];
	},
};
