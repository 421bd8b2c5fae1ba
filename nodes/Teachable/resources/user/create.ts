import { UserError } from 'n8n-workflow';

import { lastingNotice } from '../../../shared/fields';
import { createUser } from '../../api/creation';
import { email } from '../../api/fields';
import type { TeachableOperation } from '../../api/operation';
import { emailOf } from '../../api/parameters';
import { searchUser } from '../../api/people';
import { fieldsOf, newFields } from './fields';
import { shapeFields, toUser } from './shape';

export const create: TeachableOperation = {
	name: 'Create',
	value: 'create',
	action: 'Create a user',
	description:
		'Create a user who does not exist yet; without a password Teachable e-mails a link to set one, and it cannot be undone through the API',
	fields: [email, newFields, ...shapeFields, lastingNotice],
	async execute(call) {
		const address = emailOf(call);
		const existing = await searchUser(call.api, address);
		// Teachable may return an existing user that its search does not know yet (Teachable §3).
		const { user, created } = existing
			? { user: { ...existing }, created: false }
			: await createUser(call.api, address, fieldsOf(call));
		if (created) return toUser(call, user);
		throw new UserError(
			`The school has a user with the e-mail address ${address} (ID ${String(user.id)}). Use Update, or Create or Update.`,
		);
	},
};
