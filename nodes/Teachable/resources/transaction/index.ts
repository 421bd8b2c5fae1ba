import type { TeachableResource } from '../../api/fields';
import { getAll } from './getAll';

export const transaction: TeachableResource = { name: 'Transaction', value: 'transaction', operations: [getAll] };
