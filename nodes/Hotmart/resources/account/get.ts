import { addresses } from '../../api/addresses';
import { readOne, shapeFields } from '../../api/list';
import type { HotmartOperation } from '../../api/operation';

export const get: HotmartOperation = {
	name: 'Get',
	value: 'get',
	action: 'Get the account',
	description: 'Read the profile of the account to which the credential belongs. Changes nothing.',
	fields: shapeFields({}),
	execute: async (call) => await readOne(call, addresses.account),
};
