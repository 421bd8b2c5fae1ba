import type { TeachableResource } from '../../api/operation';
import { get } from './get';
import { getAll } from './getAll';
import { getEnrollments } from './getEnrollments';
import { getProgress } from './getProgress';

export const course: TeachableResource = {
	name: 'Course',
	value: 'course',
	operations: [getAll, get, getEnrollments, getProgress],
};
