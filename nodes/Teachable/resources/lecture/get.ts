import type { TeachableOperation } from '../../api/fields';
import { readOne } from '../../api/list';
import { lectureFields, lecturePath } from './fields';

export const get: TeachableOperation = {
	name: 'Get',
	value: 'get',
	action: 'Get a lecture',
	description: 'Read one lecture with its attachments: texts, videos, files and quizzes. Changes nothing.',
	fields: lectureFields,
	execute: async (call) => await readOne(call, lecturePath(call), 'lecture'),
};
