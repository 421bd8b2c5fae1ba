import type { TeachableResource } from '../../fields';
import { getAll } from './getAll';

export const user: TeachableResource = { name: 'User', value: 'user', operations: [getAll] };
