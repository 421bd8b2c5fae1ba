import { ApiError, byId, dateFilter, iso, isoOrNull, ok, paged, wanted } from '../http';
import type { Routes } from '../http';
import { progressOf, wasActive } from '../progress';
import type { TeachableCourse } from '../types';

const courseRow = ({ id, name, heading, description, isPublished, imageUrl }: TeachableCourse) => ({
	id,
	name,
	heading,
	description,
	is_published: isPublished,
	image_url: imageUrl,
});

const courseDetail = (course: TeachableCourse) => ({
	...courseRow(course),
	// Real answers do not come sorted by position; neither do these
	lecture_sections: course.sections
		.map(({ id, name, isPublished, lectures }, index) => ({
			id,
			name,
			is_published: isPublished,
			position: index + 1,
			lectures: lectures.map((lecture, at) => ({
				id: lecture.id,
				position: at + 1,
				is_published: lecture.isPublished,
			})),
		}))
		.reverse(),
	author_bio: {
		profile_image_url: null,
		bio: course.authorBio.bio,
		name: course.authorBio.name,
		// Null in every real answer seen
		user_id: null,
	},
});

/** Courses, their enrollments and one student's progress. */
export const courseRoutes: Routes = {
	'GET /courses': (call) => {
		const { name = '', is_published: published, author_bio_id: author, created_at: created } = call.query;
		const since = dateFilter(created) ?? -Infinity;
		const { rows, meta } = paged(
			call,
			call.school.state.courses.filter(
				(course) =>
					course.name.toLowerCase().includes(name.toLowerCase()) &&
					wanted(published, course.isPublished) &&
					wanted(author, course.authorBio.id) &&
					course.createdAt >= since,
			),
		);
		return ok({ courses: rows.map(courseRow), meta });
	},

	'GET /courses/:courseId': ({ school, params }) =>
		ok({ course: courseDetail(byId('Course', school.state.courses, params.courseId)) }),

	'GET /courses/:courseId/enrollments': (call) => {
		const { school, query, asOf } = call;
		const course = byId('Course', school.state.courses, call.params.courseId);
		const after = dateFilter(query.enrolled_in_after) ?? -Infinity;
		const before = dateFilter(query.enrolled_in_before) ?? Infinity;
		const direction = query.sort_direction === 'desc' ? -1 : 1;
		const active = school.state.enrollments
			.filter(
				(enrollment) =>
					enrollment.courseId === course.id &&
					wasActive(enrollment, asOf) &&
					enrollment.enrolledAt > after &&
					enrollment.enrolledAt < before,
			)
			.sort((a, b) => direction * (a.enrolledAt - b.enrolledAt || a.id - b.id));
		const { enrollmentPages } = school.switches;
		const honored = enrollmentPages !== 'ignored';
		const { rows, meta } = paged(honored ? call : { school, query: {} }, active);
		const shown = honored ? rows : active;
		return ok({
			enrollments: shown.map(({ userId, enrolledAt, expiresAt }) => {
				const { percent, completedAt } = progressOf(school.state, userId, course);
				return {
					user_id: userId,
					enrolled_at: iso(enrolledAt),
					expires_at: isoOrNull(expiresAt),
					completed_at: isoOrNull(completedAt),
					percent_complete: percent,
				};
			}),
			meta: {
				...meta,
				to: honored ? meta.to : shown.length,
				per_page: 0,
				...(enrollmentPages === 'uncounted' && { number_of_pages: 0 }),
			},
		});
	},

	'GET /courses/:courseId/progress': (call) => {
		const { school, query } = call;
		const course = byId('Course', school.state.courses, call.params.courseId);
		if (!query.user_id) throw new ApiError(400, 'user_id is missing');
		const { id: userId } = byId('User', school.state.users, query.user_id);
		const enrollment = school.state.enrollments.find((row) => row.userId === userId && row.courseId === course.id);
		if (!enrollment) throw new ApiError(404, 'Enrollment not found');

		const live = school.switches.shapes === 'live';
		const { done, percent, completedAt } = progressOf(school.state, userId, course);
		// Empty until the student has started
		const lectures = course.sections.flatMap((section) =>
			done.size > 0 ? section.lectures.map((lecture) => ({ section, lecture })) : [],
		);
		const { rows, meta } = paged(call, lectures);
		const sections = [...new Set(rows.map(({ section }) => section))].map((section) => {
			const body = {
				id: section.id,
				name: section.name,
				lectures: rows
					.filter((row) => row.section === section)
					.map(({ lecture: { id, name } }) => {
						const completed = isoOrNull(done.get(id) ?? null);
						const lecture = { id, name, is_completed: completed !== null, completed_at: completed };
						return live ? lecture : { lecture_progress: lecture };
					}),
			};
			return live ? body : { lecture_section_progress: body };
		});
		const serial = live ? `cert_${userId.toString(36)}` : userId;
		return ok({
			course_progress: {
				id: enrollment.id,
				certificate: {
					issued_at: live ? isoOrNull(completedAt) : completedAt,
					page_id: null,
					serial_number: completedAt === null ? null : serial,
				},
				completed_at: isoOrNull(completedAt),
				enrolled_at: iso(enrollment.enrolledAt),
				percent_complete: percent,
				lecture_sections: sections,
			},
			meta,
		});
	},
};
