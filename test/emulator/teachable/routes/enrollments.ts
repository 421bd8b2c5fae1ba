import { ApiError, bodyId, byId, noContent } from '../http';
import type { Call, Routes } from '../http';
import { activeOf, enter, leave } from '../life/enrollments';

/** Both calls name a user and a course; either may be unknown, and only the message tells which. */
function read(call: Call) {
	const { school } = call;
	const [userId, courseId] = [bodyId(call, 'user_id'), bodyId(call, 'course_id')];
	const user = byId('User', school.state.users, userId);
	const course = byId('Course', school.state.courses, courseId);
	return { user, course, active: activeOf(school, user, course.id) };
}

/** Enroll and unenroll: nothing but user and course goes in, nothing comes back. */
export const enrollmentRoutes: Routes = {
	'POST /enroll': (call) => {
		const { enrollUnpublished, enrollTwice } = call.school.switches;
		const { user, course, active } = read(call);
		if (!course.isPublished && enrollUnpublished === 422) throw new ApiError(422, 'Course is not published');
		if (active.length > 0) {
			if (enrollTwice === 422) throw new ApiError(422, 'User is already enrolled in this course');
			return noContent;
		}
		call.emit(enter(call.school, user, course.id));
		return noContent;
	},

	'POST /unenroll': (call) => {
		const { active } = read(call);
		if (active.length === 0 && call.school.switches.unenrollAbsent === 404) {
			throw new ApiError(404, 'Enrollment not found');
		}
		call.emit(leave(call.school, active));
		return noContent;
	},
};
