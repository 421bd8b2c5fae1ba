import { emailFilters } from '../../shared/emailFilters';
import { ApiError, byId, iso, isoOrNull, ok, paged, searchWindow } from '../http';
import type { Call, Routes } from '../http';
import { userEvent } from '../life/common';
import { progressOf, wasActive } from '../progress';
import { addUser, findUser } from '../state';
import type { TeachableUser } from '../types';

/** A single user as GET, POST and PATCH answer it, with current and past enrollments, oldest first. */
function userBody({ school, asOf }: Call, user: TeachableUser) {
	const body = {
		id: user.id,
		email: user.email,
		name: user.name,
		role: user.role,
		last_sign_in_ip: null,
		src: user.src,
		last_sign_in_at: isoOrNull(user.lastSignInAt),
		sign_in_count: user.signInCount,
		courses: school.state.enrollments
			.filter(({ userId, enrolledAt }) => userId === user.id && enrolledAt <= asOf)
			.map((enrollment) => {
				const course = school.state.courses.find(({ id }) => id === enrollment.courseId);
				const { percent, completedAt } = progressOf(school.state, user.id, course);
				return {
					course_id: enrollment.courseId,
					course_name: course?.name ?? null,
					enrolled_at: iso(enrollment.enrolledAt),
					is_active_enrollment: wasActive(enrollment, asOf),
					completed_at: isoOrNull(completedAt),
					percent_complete: percent,
				};
			}),
		tags: user.tags.map((name) => ({ name })),
	};
	return school.switches.userBody === 'flat' ? body : { user: body };
}

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** People of the school. An address belongs to one user, however it is spelled. */
export const userRoutes: Routes = {
	'GET /users': (call) => {
		const { school, query, now } = call;
		const { emailFilter, searchLagSeconds } = school.switches;
		const found = school.state.users
			.filter(
				({ email, createdAt }) =>
					createdAt <= now - searchLagSeconds * 1000 && (!query.email || emailFilters[emailFilter](email, query.email)),
			)
			.sort((a, b) => a.id - b.id);
		const after = Number(query.search_after);
		const rest = query.search_after ? found.filter(({ id }) => id > after) : found;
		const { rows, meta } = paged(call, rest);
		const reached = query.search_after || meta.page * meta.per_page <= searchWindow ? rows : [];
		return ok({
			users: reached.map(({ id, email, name }) => ({ id, email, name })),
			// The search counts all matches, wherever the page starts
			meta: { ...meta, total: found.length, number_of_pages: Math.ceil(found.length / meta.per_page) },
		});
	},

	'POST /users': (call) => {
		const { school, body } = call;
		const email = text(body.email) ?? '';
		const password = text(body.password);
		const problems = [
			...(/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) ? [] : [email ? 'Email is invalid' : "Email can't be blank"]),
			...(body.password !== undefined && (password?.length ?? 0) < 6
				? ['Password is too short (minimum is 6 characters)']
				: []),
		];
		if (problems.length > 0) throw new ApiError(400, ...problems);

		const { createExisting, createUpdatesName } = school.switches;
		const existing = findUser(school.state, email);
		if (existing && createExisting === 400) throw new ApiError(400, 'Email has already been taken');
		if (existing) {
			if (createUpdatesName) existing.name = text(body.name) ?? existing.name;
			return { status: createExisting, body: userBody(call, existing) };
		}
		const user = addUser(school.state, school.clock, {
			email,
			name: text(body.name) ?? null,
			src: text(body.src) ?? null,
			hasPassword: password !== undefined,
		});
		call.emit([userEvent('User.created', user)]);
		return { status: 201, body: userBody(call, user) };
	},

	'GET /users/:userId': (call) => ok(userBody(call, byId('User', call.school.state.users, call.params.userId))),

	'PATCH /users/:userId': (call) => {
		const user = byId('User', call.school.state.users, call.params.userId);
		// Whatever else is sent is dropped without a word
		for (const field of ['name', 'src'] as const) user[field] = text(call.body[field]) ?? user[field];
		call.emit([userEvent('User.updated', user)]);
		return ok(userBody(call, user));
	},
};
