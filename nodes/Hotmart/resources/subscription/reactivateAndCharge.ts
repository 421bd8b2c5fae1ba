import { notice, simplifyField } from '../../../shared/fields';
import { subscriberCode } from '../../api/fields';
import type { HotmartOperation } from '../../api/operation';
import { inviteMany } from './invite';

export const reactivateAndCharge: HotmartOperation = {
	name: 'Reactivate and Charge',
	value: 'reactivateAndCharge',
	action: 'Reactivate and charge a subscription',
	description:
		'Invite a subscriber by e-mail to resume a canceled subscription and pay for it; nothing changes until the subscriber accepts within three days',
	fields: [
		subscriberCode,
		simplifyField,
		notice('Hotmart e-mails the subscriber at once. It may charge as soon as the subscriber accepts.'),
	],
	executeAll: async (calls) =>
		await inviteMany(
			calls,
			true,
			'Hotmart has sent an e-mail to the subscriber. Nothing changes and nothing is charged until the subscriber accepts it, within three days.',
		),
};
