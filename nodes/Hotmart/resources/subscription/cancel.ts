import { notice } from '../../../shared/fields';
import { addresses } from '../../api/addresses';
import { subscriberCode } from '../../api/fields';
import type { HotmartCall, HotmartOperation } from '../../api/operation';
import { CANCELED_RECORD } from '../../api/records';
import { changeMany } from './changeMany';

export const cancel: HotmartOperation = {
	name: 'Cancel',
	value: 'cancel',
	action: 'Cancel a subscription',
	description:
		'Stop the charges of a subscription; can be undone by reactivating it, which the subscriber has to accept',
	fields: [
		subscriberCode,
		{
			displayName: 'Notify Subscriber',
			name: 'sendMail',
			type: 'boolean',
			default: true,
			description: 'Whether Hotmart e-mails the subscriber about the cancellation',
		},
		notice(
			'This run stops future charges. Only the subscriber can bring the subscription back, by accepting an e-mail that Reactivate sends.',
		),
	],
	async executeAll(calls) {
		const options = ({ param }: HotmartCall) => ({ send_mail: param<boolean>('sendMail', true) });
		return await changeMany(calls, addresses.cancelSubscriptions, options, (_call, answer) =>
			CANCELED_RECORD.whole(answer),
		);
	},
};
