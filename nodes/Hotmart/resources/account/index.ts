import type { HotmartResource } from '../../api/operation';
import { get } from './get';

export const account: HotmartResource = { name: 'Account', value: 'account', operations: [get] };
