import { personFields } from '../../api/fields';
import type { TeachableOperation } from '../../api/operation';
import { whoOf } from '../../api/parameters';
import { findOrCreateUser, type NewUser } from '../../api/people';
import { enrollIn, forEachCourse, skipped } from './changes';
import { courseFields, coursesOf } from './courses';
import { newUserOptions } from './fields';
import { prepare } from './prepare';

export const enroll: TeachableOperation = {
	name: 'Enroll',
	value: 'enroll',
	action: 'Enroll a student in a course',
	description:
		'Let a person into one or several courses by e-mail address or user ID. A user is created when no one has the address, and Teachable then sends an e-mail to set a password. Nothing happens when the person is enrolled already. It can be undone with Unenroll.',
	fields: [...personFields, ...courseFields, newUserOptions],
	prepare,
	async execute(call) {
		const { api, param } = call;
		const who = whoOf(call);
		const courses = coursesOf(call);
		if (courses.length === 0) return { ...skipped(who), enrolled: false };
		const person = await findOrCreateUser(api, who, param<NewUser>('options', {}));
		return await forEachCourse(courses, async (courseId) => await enrollIn(api, person, courseId));
	},
};
