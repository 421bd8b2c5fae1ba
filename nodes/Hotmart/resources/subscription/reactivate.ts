import { simplifyField } from '../../../shared/fields';
import { subscriberCode } from '../../api/fields';
import type { HotmartOperation } from '../../api/operation';
import { inviteMany } from './invite';

export const reactivate: HotmartOperation = {
	name: 'Reactivate',
	value: 'reactivate',
	action: 'Reactivate a subscription',
	description:
		'Invite a subscriber by e-mail to resume a canceled subscription; nothing changes until the subscriber accepts within three days, and nothing is charged then',
	fields: [subscriberCode, simplifyField],
	executeAll: async (calls) =>
		await inviteMany(
			calls,
			false,
			'Hotmart has sent an e-mail to the subscriber. Nothing changes until the subscriber accepts it, within three days.',
		),
};
