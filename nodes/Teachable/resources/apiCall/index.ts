import { apiCallOperation } from '../../../shared/apiCall';
import type { TeachableResource } from '../../api/operation';

export const apiCall: TeachableResource = {
	name: 'API Call',
	value: 'apiCall',
	operations: [apiCallOperation({ vendor: 'Teachable', example: 'e.g. /courses', pages: 'with meta beside it' })],
};
