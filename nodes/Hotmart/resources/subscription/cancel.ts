import type { HotmartCall, HotmartOperation } from '../../api/fields';
import { subscriberCode } from '../../api/fields';
import { readCanceled } from '../../api/records';
import { changeMany } from './changeMany';
import { SUBSCRIPTIONS } from './shape';

export const cancel: HotmartOperation = {
	name: 'Cancel',
	value: 'cancel',
	action: 'Cancel a subscription',
	description:
		'Stop the charges of a subscription. The subscriber keeps what is paid for. It can be undone by reactivating, which the subscriber has to accept.',
	fields: [
		subscriberCode,
		{
			displayName: 'Notify Subscriber',
			name: 'sendMail',
			type: 'boolean',
			default: true,
			description: 'Whether Hotmart tells the subscriber about the cancellation by e-mail',
		},
	],
	async executeAll(calls) {
		const options = ({ param }: HotmartCall) => ({ send_mail: param<boolean>('sendMail', true) });
		return await changeMany(calls, `${SUBSCRIPTIONS}/cancel`, options, readCanceled);
	},
};
