import type { HotmartOperation } from '../../api/fields';
import { readOne, shapeFields } from '../../api/list';

export const get: HotmartOperation = {
	name: 'Get',
	value: 'get',
	action: 'Get the account',
	description: 'Read the profile of the account to which the credential belongs. Changes nothing.',
	fields: shapeFields({}),
	execute: async (call) => await readOne(call, '/user/api/v1/me'),
};
