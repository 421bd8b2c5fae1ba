import type { HotmartResource } from '../../fields';
import { send } from './send';

export const apiCall: HotmartResource = { name: 'API Call', value: 'apiCall', operations: [send] };
