import type { IDataObject } from 'n8n-workflow';

import { simplifyField } from '../../../shared/fields';
import type { Simple } from '../../../shared/simplify';
import { readerOf } from '../../api/list';
import type { TeachableCall } from '../../api/operation';
import { activeCourses } from '../../api/people';

const SIMPLE: Simple = {
	userId: 'id',
	email: 'email',
	name: 'name',
	role: 'role',
	source: 'src',
	signInCount: 'sign_in_count',
	lastSignInAt: 'last_sign_in_at',
	activeCourseIds: activeCourses,
	tags: ({ tags }) => (Array.isArray(tags) ? (tags as IDataObject[]).map(({ name }) => name) : []),
};

/** The field that decides what a user looks like. */
export const shapeFields = [simplifyField];

/** A user in the form of the fields, with what the operation did. */
export const toUser = (call: TeachableCall, user: IDataObject, done: IDataObject = {}): IDataObject => ({
	...readerOf(call, { simple: SIMPLE })(user),
	...done,
});
