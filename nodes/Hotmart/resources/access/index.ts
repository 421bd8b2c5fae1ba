import type { HotmartResource } from '../../api/operation';
import { check } from './check';
import { getAll } from './getAll';

export const access: HotmartResource = { name: 'Access', value: 'access', operations: [check, getAll] };
