import { notice } from '../../../shared/fields';
import { addresses } from '../../api/addresses';
import { subscriberCode } from '../../api/fields';
import type { HotmartCall, HotmartOperation } from '../../api/operation';
import { REACTIVATED_RECORD } from '../../api/records';
import { changeMany } from './changeMany';

export const reactivate: HotmartOperation = {
	name: 'Reactivate and Charge',
	value: 'reactivate',
	action: 'Reactivate and charge a subscription',
	description:
		'Invite a subscriber by e-mail to reactivate a canceled subscription; nothing changes until the subscriber accepts within three days',
	fields: [
		subscriberCode,
		{
			displayName: 'Charge',
			name: 'charge',
			type: 'boolean',
			default: false,
			description:
				'Whether to charge the subscription as soon as the subscriber accepts; otherwise the next charge comes on its usual day',
		},
		notice('Hotmart e-mails the subscriber at once. With Charge on, it may charge as soon as the subscriber accepts.'),
	],
	async executeAll(calls) {
		const options = ({ param }: HotmartCall) => ({ charge: param<boolean>('charge', false) });
		return await changeMany(calls, addresses.reactivateSubscriptions, options, REACTIVATED_RECORD.whole);
	},
};
