import { textFilter } from '../../../shared/filters';
import { required } from '../../../shared/parameters';
import { addresses } from '../../api/addresses';
import type { HotmartList } from '../../api/list';
import { listFields, readList } from '../../api/list';
import type { HotmartOperation } from '../../api/operation';
import { subdomain } from './fields';

const LIST: HotmartList = {
	what: 'students',
	address: addresses.students,
	filters: [
		textFilter('email', {
			displayName: 'Email',
			name: 'email',
			placeholder: 'name@email.com',
			description: 'The whole address or a part of it',
		}),
	],
	simple: {
		userId: 'user_id',
		email: 'email',
		name: 'name',
		role: 'role',
		type: 'type',
		status: 'status',
		engagement: 'engagement',
		progressPercentage: 'progress.completed_percentage',
		lastAccessAt: 'last_access_date',
		purchasedAt: 'purchase_date',
	},
	complete: (query, call) => ({ ...query, subdomain: required(call, subdomain) }),
	whenEmpty: 'This members area has no students yet.',
};

export const getStudents: HotmartOperation = {
	name: 'Get Students',
	value: 'getStudents',
	action: 'Get the students of a members area',
	description: 'List the people in a members area with their role, status and progress',
	fields: [subdomain, ...listFields(LIST)],
	execute: async (call) => await readList(call, LIST),
};
