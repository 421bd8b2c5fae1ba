import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { dateFilter } from '../../../shared/filters';
import { listFields } from '../../../shared/list';
import { addresses } from '../../api/addresses';
import { courseField } from '../../api/fields';
import type { TeachableList } from '../../api/list';
import { readList } from '../../api/list';
import type { TeachableCall, TeachableOperation } from '../../api/operation';
import { idOf } from '../../api/parameters';
import { peopleById } from '../../api/people';

const LIST: TeachableList = {
	what: 'enrollments',
	address: (call) => addresses.courseEnrollments(idOf(call, courseField)),
	filters: [
		dateFilter('enrolled_in_after', { displayName: 'Enrolled After', name: 'enrolledAfter' }),
		dateFilter('enrolled_in_before', { displayName: 'Enrolled Before', name: 'enrolledBefore' }),
		{
			query: 'sort_direction',
			field: {
				displayName: 'Sort by Enrollment Date',
				name: 'sortDirection',
				type: 'options',
				options: [
					{ name: 'Newest First', value: 'desc' },
					{ name: 'Oldest First', value: 'asc' },
				],
				default: 'asc',
			},
		},
	],
};

const addPeople: INodeProperties = {
	displayName: 'Add Email and Name',
	name: 'addPeople',
	type: 'boolean',
	default: false,
	description: 'Whether to look up the users with as few requests as possible, because Teachable lists only their IDs',
};

async function withPeople({ api }: TeachableCall, enrollments: IDataObject[]): Promise<IDataObject[]> {
	const people = await peopleById(
		api,
		enrollments.map(({ user_id: id }) => Number(id)),
	);
	return enrollments.map((enrollment) => {
		const { email = null, name = null } = people.get(Number(enrollment.user_id)) ?? {};
		return { ...enrollment, email, name };
	});
}

export const getEnrollments: TeachableOperation = {
	name: 'Get Enrollments',
	value: 'getEnrollments',
	action: 'Get the enrollments of a course',
	description: 'List who is enrolled in a course now, by user ID, with progress and dates',
	fields: [courseField, addPeople, ...listFields(LIST)],
	async execute(call) {
		const found = await readList(call, LIST);
		const enrollments = found.map((enrollment) => ({ course_id: idOf(call, courseField), ...enrollment }));
		return call.param<boolean>(addPeople.name, false) ? await withPeople(call, enrollments) : enrollments;
	},
};
