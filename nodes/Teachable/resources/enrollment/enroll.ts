import { personFields } from '../../api/fields';
import type { TeachableOperation } from '../../api/operation';
import { personKeyOf } from '../../api/parameters';
import { findOrCreateUser } from '../../api/creation';
import { enrollIn, forEachCourse, skipped } from './changes';
import { courseFields, coursesOf, moreCourses } from './courses';
import { newUserFields, newUserOf, optionsField } from './fields';
import { prepare } from './prepare';

export const enroll: TeachableOperation = {
	name: 'Enroll',
	value: 'enroll',
	action: 'Enroll a student in a course',
	description:
		'Enroll a person in courses, and create the user if the school does not know the address; can be undone with Unenroll',
	fields: [...personFields, newUserFields.name, ...courseFields, optionsField(moreCourses, ...newUserFields.options)],
	prepare,
	async execute(call) {
		const { api } = call;
		const key = personKeyOf(call);
		const courses = coursesOf(call);
		if (courses.length === 0) return { ...skipped(key), enrolled: false, alreadyEnrolled: null, created: false };
		const person = await findOrCreateUser(api, key, newUserOf(call));
		return await forEachCourse(courses, async (course) => await enrollIn(api, person, course));
	},
};
