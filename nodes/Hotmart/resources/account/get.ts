import { addresses } from '../../api/addresses';
import { readOne, shapeFields } from '../../api/list';
import type { HotmartOperation } from '../../api/operation';

export const get: HotmartOperation = {
	name: 'Get',
	value: 'get',
	action: 'Get the account',
	description: 'Read the profile of the account that the credential belongs to',
	fields: shapeFields({}),
	execute: async (call) => await readOne(call, addresses.account),
};
