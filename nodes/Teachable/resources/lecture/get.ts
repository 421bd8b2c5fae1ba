import { addresses } from '../../api/addresses';
import { readOne } from '../../api/list';
import type { TeachableOperation } from '../../api/operation';
import { lectureFields, lectureOf } from './fields';

export const get: TeachableOperation = {
	name: 'Get',
	value: 'get',
	action: 'Get a lecture',
	description: 'Read one lecture with its texts, videos, files and quizzes',
	fields: lectureFields,
	execute: async (call) => await readOne(call, addresses.lecture(...lectureOf(call)), 'lecture'),
};
