import type { HotmartResource } from '../../api/fields';
import { send } from './send';

export const apiCall: HotmartResource = { name: 'API Call', value: 'apiCall', operations: [send] };
