import { personFields } from '../../api/fields';
import type { TeachableOperation } from '../../api/operation';
import { whoOf } from '../../api/parameters';
import { findPerson } from '../../api/people';
import { asked, forEachCourse, skipped, unenrollFrom } from './changes';
import { courseFields, coursesOf } from './courses';
import { prepare } from './prepare';

export const unenroll: TeachableOperation = {
	name: 'Unenroll',
	value: 'unenroll',
	action: 'Unenroll a student from a course',
	description:
		'End the access of a person to one or several courses by e-mail address or user ID. Never creates a user; nothing happens when there is none or when the person is not enrolled. It can be undone with Enroll. A subscription bought in Teachable itself may be canceled by it.',
	fields: [...personFields, ...courseFields],
	prepare,
	async execute(call) {
		const { api } = call;
		const who = whoOf(call);
		const courses = coursesOf(call);
		if (courses.length === 0) return { ...skipped(who), unenrolled: false };
		const user = await findPerson(api, who);
		const nothing = { unenrolled: true, alreadyUnenrolled: true, notFound: true };
		if (!user) return courses.map((courseId) => ({ ...asked(who), courseId, ...nothing }));
		return await forEachCourse(courses, async (courseId) => await unenrollFrom(api, user, courseId));
	},
};
