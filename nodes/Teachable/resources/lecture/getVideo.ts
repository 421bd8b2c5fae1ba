import { addresses } from '../../api/addresses';
import { user, videoField } from '../../api/fields';
import { readOne } from '../../api/list';
import type { TeachableOperation } from '../../api/operation';
import { idOf, idsOf } from '../../api/parameters';
import { lectureFields, lectureOf } from './fields';

export const getVideo: TeachableOperation = {
	name: 'Get Video',
	value: 'getVideo',
	action: 'Get a video of a lecture',
	description:
		'Read the state, the length and the address of a video of a lecture. The address works for a short time only. Changes nothing.',
	fields: [
		...lectureFields,
		videoField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [{ ...user, description: 'For whom the address is made' }],
		},
	],
	async execute(call) {
		const { userId } = call.param<{ userId?: unknown }>('options', {});
		const [user_id] = idsOf(userId, user.displayName);
		return await readOne(call, addresses.video(...lectureOf(call), idOf(call, videoField)), 'video', { user_id });
	},
};
