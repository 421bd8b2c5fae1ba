import { UserError } from 'n8n-workflow';

import { courseField, idOf, lectureField, type TeachableOperation } from '../../api/fields';
import { NO_ANSWER } from '../../api/list';
import { lectureFields, lecturePath } from './fields';

export const getQuizzes: TeachableOperation = {
	name: 'Get Quizzes',
	value: 'getQuizzes',
	action: 'Get the quizzes of a lecture',
	description: 'List the IDs of the quizzes of a lecture, one item each. Changes nothing.',
	fields: lectureFields,
	async execute(call) {
		const { quiz_ids: ids } = await call.api.request({ path: `${lecturePath(call)}/quizzes` });
		if (!Array.isArray(ids)) throw new UserError(NO_ANSWER);
		if (ids.length === 0) call.hint('This lecture has no quizzes.');
		return ids.map((id) => ({
			course_id: idOf(call, courseField),
			lecture_id: idOf(call, lectureField),
			quiz_id: Number(id),
		}));
	},
};
