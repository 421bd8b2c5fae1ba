import { ApiError, bodyId, byId, iso, noContent } from './http';
import type { Call, Routes } from './http';
import { progressOf } from './progress';
import type { TeachableEnrollment } from './types';

/** Both calls name a user and a course; either may be unknown, and only the message tells which. */
function read(call: Call) {
	const { school } = call;
	const [userId, courseId] = [bodyId(call, 'user_id'), bodyId(call, 'course_id')];
	const user = byId('User', school.users, userId);
	const course = byId('Course', school.courses, courseId);
	const active = school.enrollments.filter(
		(row) => row.userId === user.id && row.courseId === course.id && school.isActive(row),
	);
	const emit = (type: string, enrollment: TeachableEnrollment) =>
		call.emit(type, enrollment.id, {
			id: enrollment.id,
			created_at: iso(enrollment.enrolledAt),
			updated_at: iso(call.now),
			user_id: user.id,
			course_id: course.id,
			primary_course_id: course.id,
			sale_id: null,
			is_active: school.isActive(enrollment),
			enrolled_at: iso(enrollment.enrolledAt),
			percent_complete: progressOf(school, user.id, course).percent,
			has_full_access: school.isActive(enrollment),
			course_progress_id: enrollment.id,
			certificate_serial_number: null,
			user: { id: user.id, role: user.role, email: user.email, name: user.name },
			course: { id: course.id, name: course.name, description: course.description },
		});
	return { user, course, active, emit };
}

/** Enroll and unenroll: nothing but user and course goes in, nothing comes back. */
export const enrollmentRoutes: Routes = {
	'POST /enroll': (call) => {
		const { school } = call;
		const { user, course, active, emit } = read(call);
		if (!course.isPublished && school.switches.enrollUnpublished === 422) {
			throw new ApiError(422, 'Course is not published');
		}
		if (active.length > 0) {
			if (school.switches.enrollTwice === 422) throw new ApiError(422, 'User is already enrolled in this course');
			return noContent;
		}
		emit('Enrollment.created', school.addEnrollment({ email: user.email, courseId: course.id }));
		return noContent;
	},

	'POST /unenroll': (call) => {
		const { active, emit } = read(call);
		if (active.length === 0 && call.school.switches.unenrollAbsent === 404) {
			throw new ApiError(404, 'Enrollment not found');
		}
		for (const enrollment of active) {
			enrollment.endedAt = call.now;
			emit('Enrollment.disabled', enrollment);
		}
		return noContent;
	},
};
