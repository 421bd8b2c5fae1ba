import { RequestError } from '../../shared/http';
import { addresses } from './addresses';
import { emailKey } from '../../shared/email';
import type { TeachableClient } from './client';
import { readUser } from './people';

/**
 * Enrolls or unenrolls a user. Both set a state, so they may be repeated, and a refusal is a success when the state is the
 * wanted one (Teachable §3: whether Teachable refuses a second time is not documented).
 *
 * @returns whether Teachable accepted the change; false when there was nothing to change
 */
export async function changeEnrollment(
	api: TeachableClient,
	change: 'enroll' | 'unenroll',
	userId: number,
	courseId: number,
): Promise<{ changed: boolean }> {
	const isIn = change === 'enroll';
	const body = { user_id: userId, course_id: courseId };
	const refusal = await api.request({ method: 'POST', path: addresses[change], body, idempotent: true }).then(
		() => null,
		(error: Error) => error,
	);
	if (refusal) {
		const mayBeDone = refusal instanceof RequestError && refusal.status === (isIn ? 422 : 404);
		// Reads again, because the run remembers only what it wanted to change.
		const isDone = mayBeDone && (await readUser(api, userId)) && (await isEnrolled(api, userId, courseId)) === isIn;
		if (!isDone) throw refusal;
	}
	remember(api, userId, courseId, isIn);
	return { changed: !refusal };
}

/** Whether a user is enrolled in a course now, read once per user and run. */
export async function isEnrolled(api: TeachableClient, userId: number, courseId: number): Promise<boolean> {
	const { courses, students } = api.memory;
	const listed = students.get(courseId);
	if (listed && !courses.has(userId)) return listed.has(userId);
	if (!courses.has(userId)) await readUser(api, userId);
	return courses.get(userId)?.has(courseId) ?? false;
}

function remember({ memory }: TeachableClient, userId: number, courseId: number, isIn: boolean): void {
	const [active, listed] = [memory.courses.get(userId), memory.students.get(courseId)];
	if (isIn) {
		active?.add(courseId);
		listed?.add(userId);
	} else {
		active?.delete(courseId);
		listed?.delete(userId);
	}
}

/**
 * Lists the students of courses, if that takes fewer requests than to read the users one by one to see where they are enrolled.
 *
 * @param emails the people of whom it has to be known; who is not known to be a user would not be read
 */
export async function lookUpStudents(api: TeachableClient, courses: number[], emails: string[]): Promise<void> {
	const users = countKnown(api, emails);
	if (courses.length >= users) return;
	const lists = [];
	let requests = 0;
	for (const courseId of courses) {
		const students = new Set<number>();
		const pages = api.pages({ path: addresses.courseEnrollments(courseId) });
		const first = await pages.next();
		requests += first.done ? 1 : (first.value.count ?? Infinity);
		// Every course must be listed, because one read of a user shows all of them.
		if (requests >= users) return;
		if (!first.done) first.value.records.forEach(({ user_id: id }) => students.add(Number(id)));
		lists.push({ courseId, students, pages });
	}
	for (const { courseId, students, pages } of lists) {
		for await (const { records } of pages) records.forEach(({ user_id: id }) => students.add(Number(id)));
		api.memory.students.set(courseId, students);
	}
}

/** How many users are known to have one of these addresses. */
const countKnown = ({ memory: { searched, everyone } }: TeachableClient, emails: string[]): number =>
	[...new Set(emails.map(emailKey))].filter((key) => searched.get(key) ?? everyone?.has(key)).length;
