import { apiCallOperation } from '../../../shared/apiCall';
import type { HotmartResource } from '../../api/operation';

export const apiCall: HotmartResource = {
	name: 'API Call',
	value: 'apiCall',
	operations: [
		apiCallOperation({
			vendor: 'Hotmart',
			example: 'e.g. /payments/api/v1/subscriptions',
			pages: 'items and page_info',
		}),
	],
};
