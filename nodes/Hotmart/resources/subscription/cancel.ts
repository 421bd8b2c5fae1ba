import type { IDataObject } from 'n8n-workflow';

import { notice, simplifyField } from '../../../shared/fields';
import { itemReader, type RecordShape } from '../../../shared/list';
import { addresses } from '../../api/addresses';
import { subscriberCode } from '../../api/fields';
import type { HotmartCall, HotmartOperation } from '../../api/operation';
import { CANCELED_RECORD, PLAIN_RECORD } from '../../api/records';
import { changeMany } from './changeMany';

const CANCELED: RecordShape = {
	reader: CANCELED_RECORD,
	simple: {
		subscriberCode: 'subscriber_code',
		status: 'status',
		statusRaw: 'status_raw',
		email: 'shopper.email',
		recurrence: 'current_recurrence',
		dueDay: 'due_day',
		nextChargeAt: 'date_next_charge',
	},
};

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
		simplifyField,
		notice(
			'This run stops future charges. Only the subscriber can bring the subscription back, by accepting an e-mail that Reactivate sends.',
		),
	],
	async executeAll(calls) {
		const options = ({ param }: HotmartCall) => ({ send_mail: param<boolean>('sendMail', true) });
		const read = (call: HotmartCall, answer: IDataObject) => itemReader(call, CANCELED, PLAIN_RECORD)(answer);
		return await changeMany(calls, addresses.cancelSubscriptions, options, read);
	},
};
