import { path } from '../../../shared/http';
import { courseField, idOf, personFields, whoOf, type TeachableOperation } from '../../api/fields';
import { requirePerson } from '../../api/people';
import { readProgress } from '../../api/progress';

export const getProgress: TeachableOperation = {
	name: 'Get Progress',
	value: 'getProgress',
	action: 'Get the progress of a student in a course',
	description:
		'Read how far a student is in a course: percent, completed lectures and certificate. Sections are listed once the student has started. Changes nothing.',
	fields: [courseField, ...personFields],
	async execute(call) {
		const courseId = idOf(call, courseField);
		const who = whoOf(call);
		const userId = 'id' in who ? who.id : (await requirePerson(call.api, who)).id;
		const progress = await readProgress(call.api, path`/courses/${courseId}/progress`, userId);
		return { course_id: courseId, user_id: userId, ...progress };
	},
};
