import { UserError } from 'n8n-workflow';

import { createUser, updateUser } from '../../api/creation';
import { email } from '../../api/fields';
import type { TeachableOperation } from '../../api/operation';
import { emailOf } from '../../api/parameters';
import { readUser, searchUser } from '../../api/people';
import { fieldsOf, newFields } from './fields';
import { shapeFields, toUser } from './shape';

export const createOrUpdate: TeachableOperation = {
	name: 'Create or Update',
	value: 'upsert',
	action: 'Create or update a user',
	description: 'Create a new record, or update the current one if it already exists (upsert)',
	fields: [email, newFields, ...shapeFields],
	async execute(call) {
		const { api } = call;
		const address = emailOf(call);
		const { password, ...changes } = fieldsOf(call);
		let existing = await searchUser(api, address);
		if (!existing) {
			const { user, created } = await createUser(api, address, {
				...changes,
				password: password as string | undefined,
			});
			if (created) return toUser(call, user, { created });
			existing = { id: Number(user.id), email: address, name: null };
		}
		const user =
			Object.keys(changes).length > 0 ? await updateUser(api, existing.id, changes) : await readUser(api, existing.id);
		if (!user)
			throw new UserError(`Teachable lists the user ${address} but does not show it. Try again in a few minutes.`);
		return toUser(call, user, { created: false });
	},
};
