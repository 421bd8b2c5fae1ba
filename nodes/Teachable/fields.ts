import { UserError, type INodeProperties } from 'n8n-workflow';

import type { Call, Operation, Resource } from '../shared/operation';
import type { TeachableClient } from './client';

export type TeachableCall = Call<TeachableClient>;
export type TeachableOperation = Operation<TeachableClient>;
export type TeachableResource = Resource<TeachableClient>;

export const email: INodeProperties = {
	displayName: 'Email',
	name: 'email',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'name@email.com',
	description: 'E-mail address of the student',
};

export const course: INodeProperties = {
	displayName: 'Course',
	name: 'courseId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			typeOptions: { searchListMethod: 'searchCourses', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. 2966495',
			validation: [
				{ type: 'regex', properties: { regex: '\\s*\\d+\\s*', errorMessage: 'The ID of a course is a number' } },
			],
		},
	],
};

const EMAIL = /^[^\s@]+@[^\s@]+$/;

/** Reads an e-mail parameter, trimmed. */
export function emailOf({ param }: TeachableCall): string {
	const value = String(param<unknown>(email.name) ?? '').trim();
	if (!EMAIL.test(value))
		throw new UserError(
			value === ''
				? 'The field "Email" is empty. Enter the e-mail address of the student, or check its expression.'
				: `The field "Email" is not an e-mail address: ${value}. Check its expression.`,
		);
	return value;
}

/** Reads a parameter that holds a numeric ID; Teachable takes numbers only (facts §1.7). */
export function idOf({ param }: TeachableCall, { name, displayName }: INodeProperties): number {
	const value = String(param<unknown>(name) ?? '').trim();
	const id = Number(value);
	if (value === '') throw new UserError(`The field "${displayName}" is empty. Choose one from the list, or enter its ID.`);
	if (!Number.isSafeInteger(id) || id < 1)
		throw new UserError(`The field "${displayName}" is not an ID: ${value}. Enter the number, such as 2966495.`);
	return id;
}
