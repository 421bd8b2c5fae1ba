import type { TeachableOperation } from '../../api/fields';
import { listFields, numberFilter, readList, textFilter, type List } from '../../api/list';

const LIST: List = {
	what: 'users',
	path: '/users',
	key: 'users',
	filters: [
		numberFilter('search_after', {
			displayName: 'After User ID',
			name: 'searchAfter',
			placeholder: 'e.g. 130706781',
			description: 'To continue behind the last user of an earlier run',
		}),
		textFilter('email', { displayName: 'Email', name: 'email', placeholder: 'name@email.com' }),
	],
};

export const getAll: TeachableOperation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many users',
	description: 'List the users of the school by ID, e-mail address and name, staff included. Changes nothing.',
	fields: listFields(LIST),
	execute: async (call) => await readList(call, LIST),
};
