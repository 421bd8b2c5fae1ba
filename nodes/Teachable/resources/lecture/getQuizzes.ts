import { UserError } from 'n8n-workflow';

import { addresses } from '../../api/addresses';
import { courseField, lectureField } from '../../api/fields';
import { NO_ANSWER } from '../../api/list';
import type { TeachableOperation } from '../../api/operation';
import { idOf } from '../../api/parameters';
import { lectureFields, lectureOf } from './fields';

export const getQuizzes: TeachableOperation = {
	name: 'Get Quizzes',
	value: 'getQuizzes',
	action: 'Get the quizzes of a lecture',
	description: 'List the IDs of the quizzes of a lecture, one item each',
	fields: lectureFields,
	async execute(call) {
		const { quiz_ids: ids } = await call.api.request({ path: addresses.quizzes(...lectureOf(call)) });
		if (!Array.isArray(ids)) throw new UserError(NO_ANSWER);
		if (ids.length === 0) call.hint('This lecture has no quizzes.');
		return ids.map((id) => ({
			course_id: idOf(call, courseField),
			lecture_id: idOf(call, lectureField),
			quiz_id: Number(id),
		}));
	},
};
