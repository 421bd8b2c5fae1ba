import type { HotmartResource } from '../../api/fields';
import { check } from './check';
import { getAll } from './getAll';

export const access: HotmartResource = { name: 'Access', value: 'access', operations: [check, getAll] };
