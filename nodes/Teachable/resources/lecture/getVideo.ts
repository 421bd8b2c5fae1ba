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
	description: 'Read the status, the length and the address of a video, which works for a short time only',
	fields: [
		...lectureFields,
		videoField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [{ ...user, description: 'The user whom the address is for' }],
		},
	],
	async execute(call) {
		const { userId } = call.param<{ userId?: unknown }>('options', {});
		const [user_id] = idsOf(userId, user.displayName);
		return await readOne(call, addresses.video(...lectureOf(call), idOf(call, videoField)), 'video', { user_id });
	},
};
