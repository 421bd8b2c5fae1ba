import { UserError } from 'n8n-workflow';

import { allTimes } from '../../api/client';
import { required, subscriberCode, type HotmartOperation } from '../../api/fields';
import { selectOf, shapeFields, toItem } from '../../api/list';
import { SUBSCRIPTION, SUBSCRIPTIONS } from './shape';

export const get: HotmartOperation = {
	name: 'Get',
	value: 'get',
	action: 'Get a subscription',
	description: 'Read one subscription by its subscriber code, as it is now. Changes nothing.',
	fields: [subscriberCode, ...shapeFields(SUBSCRIPTION)],
	async execute(call) {
		const code = required(call, subscriberCode);
		const query = { ...allTimes(SUBSCRIPTIONS, { subscriber_code: code }), select: selectOf(call) };
		const [found] = await call.api.list(SUBSCRIPTIONS, query, 1, { read: toItem(call, SUBSCRIPTION) });
		if (!found)
			throw new UserError(
				`This Hotmart account has no subscription with the code ${code}. Check the field "Subscriber Code".`,
			);
		return found;
	},
};
