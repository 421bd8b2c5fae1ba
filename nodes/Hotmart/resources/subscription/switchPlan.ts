import type { IDataObject } from 'n8n-workflow';

import { notice } from '../../../shared/fields';
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
		'Switch to another plan; may charge at once, only send an invitation, or take effect with the next charge; can be undone by switching back (experimental)',
	fields: [
		subscriberCode,
		planToSwitchTo,
		notice(
			'Hotmart does not document what this run does: it may charge the difference at once, only invite the subscriber, or take effect with the next charge.',
		),
	],
	async execute(call) {
		const code = required(call, subscriberCode);
		const offer = required(call, planToSwitchTo);
		const body = { subscriber_code: code, offer_code: offer };
		const answer = (await call.api.request({ method: 'POST', path: addresses.switchPlan, body })) as IDataObject;
		// Nobody knows its fields (Hotmart §3.1.10), so they do not mix with ours
		return {
			subscriberCode: code,
			offerCode: offer,
			answer: Object.keys(answer).length > 0 ? readRecord(answer) : null,
		};
	},
};
