import { UserError } from 'n8n-workflow';

import { required } from '../../../shared/parameters';
import { subscriberCode } from '../../api/fields';
import { readerOf, selectOf, shapeFields } from '../../api/list';
import type { HotmartOperation } from '../../api/operation';
import { findSubscription } from './find';
import { SUBSCRIPTION } from './shape';

export const get: HotmartOperation = {
	name: 'Get',
	value: 'get',
	action: 'Get a subscription',
	description: 'Read one subscription by its subscriber code',
	fields: [subscriberCode, ...shapeFields(SUBSCRIPTION)],
	async execute(call) {
		const code = required(call, subscriberCode);
		const found = await findSubscription(call, code, { select: selectOf(call), read: readerOf(call, SUBSCRIPTION) });
		if (!found)
			throw new UserError(
				`This Hotmart account has no subscription with the code ${code}. Check the field "Subscriber Code".`,
			);
		return found;
	},
};
