import { course, email, emailOf, idOf, type TeachableOperation } from '../../fields';
import { findUser, isEnrolled } from '../../people';
import { changeEnrollment } from './changeEnrollment';

export const unenroll: TeachableOperation = {
	name: 'Unenroll',
	value: 'unenroll',
	action: 'Unenroll a student from a course',
	description:
		'End the access of a person to a course by e-mail address. Never creates a user; nothing happens when there is none or when the person is not enrolled. It can be undone with Enroll. A subscription bought in Teachable itself may be cancelled by it.',
	fields: [email, course],
	async execute(call) {
		const { api } = call;
		const address = emailOf(call);
		const courseId = idOf(call, course);
		const user = await findUser(api, address);
		if (!user)
			return { userId: null, email: address, courseId, unenrolled: true, alreadyUnenrolled: true, notFound: true };
		const wasEnrolled = await isEnrolled(api, user.id, courseId);
		// Sent even when not enrolled: what was just read may be older than an enrolment seconds ago (facts §3).
		const { changed } = await changeEnrollment(api, 'unenroll', user.id, courseId);
		return {
			userId: user.id,
			email: user.email,
			name: user.name,
			courseId,
			unenrolled: true,
			alreadyUnenrolled: !wasEnrolled || !changed,
			notFound: false,
		};
	},
};
