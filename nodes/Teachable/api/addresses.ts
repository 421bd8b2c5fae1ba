import { path } from '../../shared/http';

/** Every address of Teachable's API that the package uses, below the API URL of the credential (Teachable §2). */
export const addresses = {
	courses: '/courses',
	course: (id: number | string) => path`/courses/${id}`,
	courseEnrollments: (id: number | string) => path`/courses/${id}/enrollments`,
	courseProgress: (id: number | string) => path`/courses/${id}/progress`,

	lecture: (courseId: number | string, id: number | string) => path`/courses/${courseId}/lectures/${id}`,
	completeLecture: (courseId: number, id: number) => path`/courses/${courseId}/lectures/${id}/mark_complete`,
	video: (courseId: number, lectureId: number, id: number) =>
		path`/courses/${courseId}/lectures/${lectureId}/videos/${id}`,
	quizzes: (courseId: number, lectureId: number) => path`/courses/${courseId}/lectures/${lectureId}/quizzes`,
	quiz: (courseId: number, lectureId: number, id: number) =>
		path`/courses/${courseId}/lectures/${lectureId}/quizzes/${id}`,
	quizResponses: (courseId: number, lectureId: number, id: number) =>
		path`/courses/${courseId}/lectures/${lectureId}/quizzes/${id}/responses`,

	users: '/users',
	user: (id: number | string) => path`/users/${id}`,

	enroll: '/enroll',
	unenroll: '/unenroll',

	pricingPlans: '/pricing_plans',
	pricingPlan: (id: number | string) => path`/pricing_plans/${id}`,

	transactions: '/transactions',

	webhooks: '/webhooks',
	webhookEvents: (id: number | string) => path`/webhooks/${id}/events`,
};
