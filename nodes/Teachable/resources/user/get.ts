import { UserError } from 'n8n-workflow';

import { personFields } from '../../api/fields';
import type { TeachableOperation } from '../../api/operation';
import { readUser, requireUserId } from '../../api/people';
import { shapeFields, toUser } from './shape';

export const get: TeachableOperation = {
	name: 'Get',
	value: 'get',
	action: 'Get a user',
	description:
		'Read one user by e-mail address or user ID, with role, tags, last sign-in and courses (all of them when Simplify is off)',
	fields: [...personFields, ...shapeFields],
	async execute(call) {
		const id = await requireUserId(call);
		const user = await readUser(call.api, id);
		if (!user) throw new UserError(`The school has no user with the ID ${id}. Check the field "User".`);
		return toUser(call, user);
	},
};
