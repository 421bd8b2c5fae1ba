import type { INodeProperties } from 'n8n-workflow';

import { locator } from '../../shared/fields';

/** Fields without `required`, for collections of filters. */
export const course = locator({ displayName: 'Course', name: 'courseId' }, 'searchCourses', ['By ID', 'e.g. 2966495']);
export const user = locator({ displayName: 'User', name: 'userId' }, 'searchUsers', ['By ID', 'e.g. 130706781']);
export const pricingPlan = locator({ displayName: 'Pricing Plan', name: 'planId' }, 'searchPlans', [
	'By ID',
	'e.g. 4411201',
]);

/** The course and the pricing plan that an operation is about. */
export const courseField: INodeProperties = { ...course, required: true };
export const planField: INodeProperties = { ...pricingPlan, required: true };

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
	description: 'E-mail address of the person; upper and lower case do not matter',
};

/** The fields that say which person an operation is about. */
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
