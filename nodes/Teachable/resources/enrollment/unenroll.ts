import { personFields } from '../../api/fields';
import type { TeachableOperation } from '../../api/operation';
import { personKeyOf } from '../../api/parameters';
import { findPerson } from '../../api/people';
import { forEachCourse, skipped, toColumns, toCourseColumns, unenrollFrom } from './changes';
import { courseFields, coursesOf, moreCourses } from './courses';
import { optionsField, subscriptionNotice } from './fields';
import { prepare } from './prepare';

export const unenroll: TeachableOperation = {
	name: 'Unenroll',
	value: 'unenroll',
	action: 'Unenroll a student from a course',
	description: 'End the access of a person to courses, without ever creating a user; can be undone with Enroll',
	fields: [...personFields, ...courseFields, optionsField(moreCourses), subscriptionNotice],
	prepare,
	async execute(call) {
		const { api } = call;
		const key = personKeyOf(call);
		const courses = coursesOf(call);
		if (courses.length === 0) return { ...skipped(key), unenrolled: false, alreadyUnenrolled: null, notFound: null };
		const user = await findPerson(api, key);
		if (user) return await forEachCourse(courses, async (course) => await unenrollFrom(api, user, course));
		const nothing = { unenrolled: true, alreadyUnenrolled: true, notFound: true, skipped: false };
		return courses.map((course) => ({ ...toColumns(key), ...toCourseColumns(api, course), ...nothing }));
	},
};
