import { path } from '../../../shared/http';
import { courseField, idOf, type TeachableOperation } from '../../api/fields';
import { readOne } from '../../api/list';

export const get: TeachableOperation = {
	name: 'Get',
	value: 'get',
	action: 'Get a course',
	description: 'Read one course with its sections, the IDs of its lectures and its author. Changes nothing.',
	fields: [courseField],
	execute: async (call) => await readOne(call, path`/courses/${idOf(call, courseField)}`, 'course'),
};
