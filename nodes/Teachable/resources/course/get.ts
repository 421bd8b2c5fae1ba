import { addresses } from '../../api/addresses';
import { courseField } from '../../api/fields';
import { readOne } from '../../api/list';
import type { TeachableOperation } from '../../api/operation';
import { idOf } from '../../api/parameters';

export const get: TeachableOperation = {
	name: 'Get',
	value: 'get',
	action: 'Get a course',
	description: 'Read one course with its sections, its author and the IDs of its lectures',
	fields: [courseField],
	execute: async (call) => await readOne(call, addresses.course(idOf(call, courseField)), 'course'),
};
