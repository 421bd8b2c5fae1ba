import type { TeachableResource } from '../../api/operation';
import { getAll } from './getAll';

export const transaction: TeachableResource = { name: 'Transaction', value: 'transaction', operations: [getAll] };
