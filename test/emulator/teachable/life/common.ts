import { courseObject, enrollmentObject, userObject } from '../events';
import type { Payload, TeachableEvent } from '../events';
import type { School } from '../school';
import { addUser, findUser, nextId } from '../state';
import type { TeachableCourse, TeachableEnrollment, TeachableUser } from '../types';

function mustHave<T>(found: T | undefined, what: string): T {
	if (found === undefined) throw new Error(`There is no ${what}`);
	return found;
}

export const userOf = ({ state }: School, email: string): TeachableUser =>
	mustHave(findUser(state, email), `user ${email}`);

export const courseOf = ({ state }: School, courseId: number): TeachableCourse =>
	mustHave(
		state.courses.find(({ id }) => id === courseId),
		`course ${courseId}`,
	);

export const rowOf = <T extends { id: number }>(rows: T[], id: number, what: string): T =>
	mustHave(
		rows.find((row) => row.id === id),
		`${what} ${id}`,
	);

export const lectureOf = (course: TeachableCourse, lectureId?: number) =>
	mustHave(
		course.sections.flatMap(({ lectures }) => lectures).find(({ id }) => lectureId === undefined || id === lectureId),
		`lecture ${lectureId ?? ''} in course ${course.id}`,
	);

export const userEvent = (type: TeachableEvent, user: TeachableUser): Payload => ({
	type,
	id: user.id,
	object: userObject(user),
});

export const enrollmentEvent = (school: School, type: TeachableEvent, enrollment: TeachableEnrollment): Payload => ({
	type,
	id: enrollment.id,
	object: enrollmentObject(school, enrollment),
});

/** An event whose object is a guess: a new record about a user. */
export function guessedEvent(
	{ state, clock }: School,
	type: TeachableEvent,
	user: TeachableUser,
	object: Record<string, unknown>,
	course?: TeachableCourse,
): Payload {
	const id = nextId(state);
	return {
		type,
		id,
		object: {
			id,
			created_at: new Date(clock.now()).toISOString(),
			user_id: user.id,
			user: userObject(user),
			...(course && { course_id: course.id, course: courseObject(course) }),
			...object,
		},
	};
}

/** The user with this address, and User.created where it is a new one. */
export function userWith(school: School, person: { email: string } & Partial<TeachableUser>) {
	const { state, clock } = school;
	const known = findUser(state, person.email);
	const user = known ?? addUser(state, clock, person);
	return { user, payloads: known ? [] : [userEvent('User.created', user)] };
}
