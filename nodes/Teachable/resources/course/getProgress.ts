import { addresses } from '../../api/addresses';
import { courseField, personFields } from '../../api/fields';
import type { TeachableOperation } from '../../api/operation';
import { idOf } from '../../api/parameters';
import { requireUserId } from '../../api/people';
import { readProgress } from '../../api/progress';

export const getProgress: TeachableOperation = {
	name: 'Get Progress',
	value: 'getProgress',
	action: 'Get the progress of a student in a course',
	description:
		'Read how far a student is in a course, with completed lectures and certificate; sections appear once the student has started',
	fields: [courseField, ...personFields],
	async execute(call) {
		const courseId = idOf(call, courseField);
		const userId = await requireUserId(call);
		const progress = await readProgress(call.api, addresses.courseProgress(courseId), userId);
		return { course_id: courseId, user_id: userId, ...progress };
	},
};
