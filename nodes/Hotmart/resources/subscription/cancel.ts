import type { HotmartOperation } from '../../fields';
import { subscriberCode } from '../../fields';
import { changeMany } from './changeMany';

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
		return await changeMany(calls, '/payments/api/v1/subscriptions/cancel', ({ param }) => ({
			send_mail: param<boolean>('sendMail', true),
		}));
	},
};
