import { UserError } from 'n8n-workflow';

import { updateUser } from '../../api/creation';
import { personFields } from '../../api/fields';
import type { TeachableOperation } from '../../api/operation';
import { requireUserId } from '../../api/people';
import { fieldsOf, updateFields } from './fields';
import { shapeFields, toUser } from './shape';

export const update: TeachableOperation = {
	name: 'Update',
	value: 'update',
	action: 'Update a user',
	description:
		'Change the name or the source of a user, which is all that Teachable allows; can be undone by writing the old values',
	fields: [...personFields, updateFields, ...shapeFields],
	async execute(call) {
		const changes = fieldsOf(call);
		if (Object.keys(changes).length === 0)
			throw new UserError('There is nothing to update. Add a field under "Update Fields".');
		return toUser(call, await updateUser(call.api, await requireUserId(call), changes));
	},
};
