import type { INodeProperties } from 'n8n-workflow';

import { locator } from '../../shared/fields';

/** Fields without `required`, for collections of filters. */
export const course = locator({ displayName: 'Course', name: 'courseId' }, 'searchCourses', ['By ID', 'e.g. 2966495']);
export const user = locator({ displayName: 'User', name: 'userId' }, 'searchUsers', ['By ID', 'e.g. 130706781']);
export const plan = locator({ displayName: 'Pricing Plan', name: 'planId' }, 'searchPlans', ['By ID', 'e.g. 4411201']);

/** The course and the pricing plan that an operation is about. */
export const courseField: INodeProperties = { ...course, required: true };
export const planField: INodeProperties = { ...plan, required: true };

export const lectureField = locator(
	{ displayName: 'Lecture', name: 'lectureId', required: true, description: 'The list needs a course' },
	'searchLectures',
	['By ID', 'e.g. 130706785'],
);

/** A video and a quiz are attachments of a lecture. */
export const videoField = locator(
	{ displayName: 'Video', name: 'videoId', required: true, description: 'The list needs a course and a lecture' },
	'searchVideos',
	['By ID', 'e.g. 130706787'],
);
export const quizField = locator(
	{ displayName: 'Quiz', name: 'quizId', required: true, description: 'The list needs a course and a lecture' },
	'searchQuizzes',
	['By ID', 'e.g. 130706788'],
);

export const webhookField = locator({ displayName: 'Webhook', name: 'webhookId', required: true }, 'searchWebhooks', [
	'By ID',
	'e.g. 130706790',
]);

export const email: INodeProperties = {
	displayName: 'Email',
	name: 'email',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'name@email.com',
	description: 'E-mail address of the person, in upper or lower case',
};

/** How an operation is told whom it is about. */
export const personFields: INodeProperties[] = [
	{
		displayName: 'Find User By',
		name: 'findBy',
		type: 'options',
		options: [
			{ name: 'Email', value: 'email', description: 'The address that other systems know' },
			{ name: 'User ID', value: 'id', description: 'Saves a request; outputs show it as userId' },
		],
		default: 'email',
	},
	{ ...email, displayOptions: { show: { findBy: ['email'] } } },
	{ ...user, required: true, displayOptions: { show: { findBy: ['id'] } } },
];

/** Reads an e-mail parameter, cleaned. */
export function emailOf({ param }: TeachableCall): string {
	const value = cleanEmail(param<unknown>(email.name));
	if (!isEmail(value))
		throw new UserError(
			value === ''
				? 'The field "Email" is empty. Enter the e-mail address of the student, or check its expression.'
				: `The field "Email" is not an e-mail address: ${value}. Check its expression.`,
		);
	return value;
}

/** What finds the person whom an operation is about. */
export type PersonKey = { email: string } | { id: number };

/** Reads the fields of `personFields`. */
export const personKeyOf = (call: TeachableCall): PersonKey =>
	call.param<string>('findBy', 'email') === 'id' ? { id: idOf(call, user) } : { email: emailOf(call) };

/** Reads a parameter that holds a numeric ID; Teachable takes numbers only (Teachable §1.7). */
export function idOf({ param }: TeachableCall, { name, displayName }: INodeProperties): number {
	const value = String(param<unknown>(name) ?? '').trim();
	if (value === '')
		throw new UserError(`The field "${displayName}" is empty. Choose one from the list, or enter its ID.`);
	return toId(value, displayName);
}

/** Reads IDs: one, a list as an expression gives it, or text with commas. */
export function idsOf(value: unknown, displayName: string): number[] {
	const entries = Array.isArray(value) ? value : [value];
	const texts = entries.flatMap((entry: unknown) => String((isRecord(entry) ? entry.value : entry) ?? '').split(','));
	const ids = texts
		.map((text) => text.trim())
		.filter((text) => text !== '')
		.map((text) => toId(text, displayName));
	return [...new Set(ids)];
}

function toId(value: string, displayName: string): number {
	const id = Number(value);
	if (!Number.isSafeInteger(id) || id < 1)
		throw new UserError(`The field "${displayName}" is not an ID: ${value}. Enter the number, such as 2966495.`);
	return id;
}

/** Only the entries of a collection that hold something. */
export const givenOf = (collection: IDataObject): IDataObject =>
	Object.fromEntries(
		Object.entries(collection).filter(([, value]) => value !== '' && value !== null && value !== undefined),
	);
