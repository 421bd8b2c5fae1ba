import type { IDataObject } from 'n8n-workflow';

import { required } from '../../../shared/parameters';
import { addresses } from '../../api/addresses';
import { planToSwitchTo, subscriberCode } from '../../api/fields';
import type { HotmartOperation } from '../../api/operation';
import { readRecord } from '../../api/records';

export const switchPlan: HotmartOperation = {
	name: 'Switch Plan',
	value: 'switchPlan',
	action: 'Switch the plan of a subscription',
	description:
		'Switch a subscription to another plan, which may charge at once or only send an invitation; can be undone by switching back (experimental)',
	fields: [subscriberCode, planToSwitchTo],
	async execute(call) {
		const code = required(call, subscriberCode);
		const offer = required(call, planToSwitchTo);
		const asked = { subscriber_code: code, offer_code: offer };
		const answer = await call.api.request({ method: 'POST', path: addresses.switchPlan, body: asked });
		return { ...asked, ...readRecord(answer as IDataObject) };
	},
};
