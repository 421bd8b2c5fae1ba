import { UserError } from 'n8n-workflow';

import { isRecord } from '../../../shared/record';
import { addresses } from '../../api/addresses';
import { quizField } from '../../api/fields';
import { NO_ANSWER } from '../../api/list';
import type { TeachableOperation } from '../../api/operation';
import { idOf } from '../../api/parameters';
import { lectureFields, lectureOf } from './fields';

export const getQuiz: TeachableOperation = {
	name: 'Get Quiz',
	value: 'getQuiz',
	action: 'Get a quiz of a lecture',
	description: 'Read one quiz with its questions, answers and correct answers',
	fields: [...lectureFields, quizField],
	async execute(call) {
		const answer = await call.api.request({ path: addresses.quiz(...lectureOf(call), idOf(call, quizField)) });
		// Live answers wrap the attachment in `quiz`, which has the questions in a `quiz` of its own; documented ones do not (Teachable §2.5).
		const attachment = isRecord(answer.quiz) && answer.id === undefined ? answer.quiz : answer;
		const { quiz, ...record } = attachment;
		if (!isRecord(quiz)) throw new UserError(NO_ANSWER);
		return { ...record, questions: quiz.questions ?? [] };
	},
};
