import { booleanFilter, dateFilter, textFilter } from '../../../shared/filters';
import { listFields } from '../../../shared/list';
import { addresses } from '../../api/addresses';
import type { TeachableList } from '../../api/list';
import { readList } from '../../api/list';
import type { TeachableOperation } from '../../api/operation';

const LIST: TeachableList = {
	what: 'courses',
	address: addresses.courses,
	filters: [
		textFilter('author_bio_id', { displayName: 'Author Bio ID', name: 'authorBioId', placeholder: 'e.g. 501' }),
		dateFilter('created_at', {
			displayName: 'Created At',
			name: 'createdAt',
			description: 'Sent to Teachable, which does not document how it compares the date',
		}),
		textFilter('name', { displayName: 'Name', name: 'name' }),
		booleanFilter('is_published', {
			displayName: 'Published',
			name: 'is_published',
			description: 'Whether to list only courses that are published, or only those that are not',
		}),
	],
};

export const getAll: TeachableOperation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many courses',
	description: 'List the courses of the school, published or not',
	fields: listFields(LIST),
	execute: async (call) => await readList(call, LIST),
};
