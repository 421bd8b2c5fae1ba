import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { required } from '../../../shared/parameters';
import { addresses } from '../../api/addresses';
import { selectOf, shapeFields } from '../../api/list';
import type { HotmartOperation } from '../../api/operation';
import { readRecord } from '../../api/records';
import { subdomain } from './fields';

const userId: INodeProperties = {
	displayName: 'Student ID',
	name: 'userId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. N2OM623N46',
	description: 'The userId (user_id) that Get Students shows',
};

export const getStudentProgress: HotmartOperation = {
	name: 'Get Student Progress',
	value: 'getStudentProgress',
	action: 'Get the progress of a student',
	description: 'List the lessons of a members area and when a student completed each of them',
	fields: [subdomain, userId, ...shapeFields({})],
	async execute(call) {
		const select = selectOf(call);
		const { lessons } = (await call.api.request({
			path: addresses.studentLessons(required(call, userId)),
			query: { subdomain: required(call, subdomain), select },
		})) as { lessons?: IDataObject[] };
		// Hotmart leaves the date out until the lesson is completed (Hotmart §3.5).
		const always = select ? {} : { completed_date: null };
		if (lessons?.length) return lessons.map((lesson) => ({ ...always, ...readRecord(lesson) }));
		call.hint('The members area shows no lessons for this student.');
		return [];
	},
};
