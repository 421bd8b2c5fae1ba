import type { HotmartOperation } from '../../fields';
import { apiCallFields, sendApiCall } from '../../../shared/apiCall';

export const send: HotmartOperation = {
	name: 'Send',
	value: 'send',
	action: 'Send an API call',
	description:
		'Send any request to the API of Hotmart with the credential of the node. What it changes depends on the request; it is never repeated when its outcome is unknown.',
	fields: apiCallFields('e.g. /payments/api/v1/subscriptions'),
	execute: async (call) => await sendApiCall(call, call.api.request),
};
