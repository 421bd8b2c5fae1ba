import type { HotmartResource } from '../../fields';
import { get } from './get';

export const account: HotmartResource = { name: 'Account', value: 'account', operations: [get] };
