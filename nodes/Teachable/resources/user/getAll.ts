import { textFilter } from '../../../shared/filters';
import { listFields } from '../../../shared/list';
import { addresses } from '../../api/addresses';
import type { TeachableList } from '../../api/list';
import { readList } from '../../api/list';
import type { TeachableOperation } from '../../api/operation';

const LIST: TeachableList = {
	what: 'users',
	address: addresses.users,
	filters: [
		textFilter('search_after', {
			displayName: 'After User ID',
			name: 'searchAfter',
			placeholder: 'e.g. 130706781',
			description: 'The last user of an earlier run, to continue after it',
		}),
		textFilter('email', { displayName: 'Email', name: 'email', placeholder: 'name@email.com' }),
	],
};

export const getAll: TeachableOperation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many users',
	description: 'List the users of the school, staff included, with ID, e-mail address and name',
	fields: listFields(LIST),
	execute: async (call) => await readList(call, LIST),
};
