import { UserError, type IDataObject } from 'n8n-workflow';

import { isRecord } from '../../../shared/record';
import { addresses } from '../../api/addresses';
import { quizField } from '../../api/fields';
import { NO_ANSWER } from '../../api/list';
import type { TeachableOperation } from '../../api/operation';
import { idOf } from '../../api/parameters';
import { lectureFields, lectureOf } from './fields';

/** Live answers are wrapped and count from 0 to 1; the documented ones are not and count percents (Teachable §2.5). */
const toPercent = (value: unknown, isLive: boolean) =>
	isLive && typeof value === 'number' && value <= 1 ? Math.round(value * 10_000) / 100 : value;

export const getQuizResponses: TeachableOperation = {
	name: 'Get Quiz Responses',
	value: 'getQuizResponses',
	action: 'Get the responses to a quiz',
	description: 'List who answered a quiz, when, and with what percentage of correct answers, one item per student',
	fields: [...lectureFields, quizField],
	async execute(call) {
		const answer = await call.api.request({
			path: addresses.quizResponses(...lectureOf(call), idOf(call, quizField)),
		});
		const isLive = isRecord(answer.quiz_responses);
		const { responses, ...quiz } = (isLive ? answer.quiz_responses : answer) as IDataObject & {
			responses?: IDataObject[];
		};
		if (!Array.isArray(responses)) throw new UserError(NO_ANSWER);
		if (responses.length === 0) call.hint('Nobody has answered this quiz yet.');
		return responses.map((response) => ({
			...quiz,
			...response,
			percent_correct: toPercent(response.percent_correct, isLive) as number,
		}));
	},
};
