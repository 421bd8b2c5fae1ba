import { course, email, emailOf, idOf, type TeachableOperation } from '../../fields';
import { findOrCreateUser, isEnrolled, type NewUser } from '../../people';
import { changeEnrollment } from './changeEnrollment';

export const enroll: TeachableOperation = {
	name: 'Enroll',
	value: 'enroll',
	action: 'Enroll a student in a course',
	description:
		'Let a person into a course by e-mail address. A user is created when there is none, and Teachable then sends an e-mail to set a password. Nothing happens when the person is enrolled already. It can be undone with Unenroll.',
	fields: [
		email,
		course,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			description: 'Used only when the user is created',
			options: [
				{ displayName: 'Name', name: 'name', type: 'string', default: '', description: 'Name of a new user' },
				{
					displayName: 'Password',
					name: 'password',
					type: 'string',
					typeOptions: { password: true },
					default: '',
					description: 'Of a new user, at least 6 characters. Without it Teachable sends an e-mail to set one, which is safer.',
				},
				{
					displayName: 'Source',
					name: 'src',
					type: 'string',
					default: '',
					description: 'Where a new user comes from, such as the ID in another system',
				},
			],
		},
	],
	async execute(call) {
		const { api, param } = call;
		const address = emailOf(call);
		const courseId = idOf(call, course);
		const { created, ...user } = await findOrCreateUser(api, address, param<NewUser>('options', {}));
		const alreadyEnrolled = !created && (await isEnrolled(api, user.id, courseId));
		// Sent even then: what was just read may be older than an unenrolment seconds ago (facts §3).
		const { changed } = await changeEnrollment(api, 'enroll', user.id, courseId);
		return {
			userId: user.id,
			email: user.email,
			name: user.name,
			courseId,
			enrolled: true,
			alreadyEnrolled: alreadyEnrolled || !changed,
			created,
		};
	},
};
