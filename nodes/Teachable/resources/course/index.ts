import type { TeachableResource } from '../../fields';
import { getAll } from './getAll';

export const course: TeachableResource = { name: 'Course', value: 'course', operations: [getAll] };
