import type { TeachableResource } from '../../fields';
import { getAll } from './getAll';

export const courses: TeachableResource = { name: 'Course', value: 'course', operations: [getAll] };
