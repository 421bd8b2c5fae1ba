import type { TeachableResource } from '../../api/fields';
import { send } from './send';

export const apiCall: TeachableResource = { name: 'API Call', value: 'apiCall', operations: [send] };
