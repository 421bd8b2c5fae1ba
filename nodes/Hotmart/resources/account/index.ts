import type { HotmartResource } from '../../api/fields';
import { get } from './get';

export const account: HotmartResource = { name: 'Account', value: 'account', operations: [get] };
