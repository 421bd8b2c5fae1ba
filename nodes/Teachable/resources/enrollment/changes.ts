import type { IDataObject } from 'n8n-workflow';

import { RequestError } from '../../../shared/http';
import { addresses } from '../../api/addresses';
import type { TeachableClient } from '../../api/client';
import type { Who } from '../../api/parameters';
import { isEnrolled, noteEnrollment, readUser, type Person } from '../../api/people';

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
		// Read again, as what the run remembers is what it wanted to change.
		const isDone = mayBeDone && (await readUser(api, userId)) && (await isEnrolled(api, userId, courseId)) === isIn;
		if (!isDone) throw refusal;
	}
	noteEnrollment(api, userId, courseId, isIn);
	return { changed: !refusal };
}

/** Enrolls a person and says what that did. */
export async function enrollIn(
	api: TeachableClient,
	{ created, ...user }: Person & { created: boolean },
	courseId: number,
): Promise<IDataObject> {
	const alreadyEnrolled = !created && (await isEnrolled(api, user.id, courseId));
	// Sent even then: what was just read may be older than an unenrollment seconds ago (Teachable §3).
	const { changed } = await changeEnrollment(api, 'enroll', user.id, courseId);
	return { ...toJson(user, courseId), enrolled: true, alreadyEnrolled: alreadyEnrolled || !changed, created };
}

/** Unenrolls a person and says what that did. */
export async function unenrollFrom(api: TeachableClient, user: Person, courseId: number): Promise<IDataObject> {
	const wasEnrolled = await isEnrolled(api, user.id, courseId);
	// Sent even when not enrolled: what was just read may be older than an enrollment seconds ago (Teachable §3).
	const { changed } = await changeEnrollment(api, 'unenroll', user.id, courseId);
	return { ...toJson(user, courseId), unenrolled: true, alreadyUnenrolled: !wasEnrolled || !changed, notFound: false };
}

/** One result a course: what fails for one does not keep the others from being done, nor from being told. */
export async function forEachCourse(
	courses: number[],
	change: (courseId: number) => Promise<IDataObject>,
): Promise<Array<IDataObject | Error>> {
	const results: Array<IDataObject | Error> = [];
	for (const courseId of courses) results.push(await change(courseId).catch((error: Error) => error));
	return results;
}

/** Whom an item is about when there is no user to show. */
export const asked = (who: Who): IDataObject =>
	'id' in who ? { userId: who.id, email: null } : { userId: null, email: who.email };

/** The item of somebody whose value is mapped to no course. */
export const skipped = (who: Who): IDataObject => ({ ...asked(who), courseId: null, skipped: true });

const toJson = ({ id, email, name }: Person, courseId: number): IDataObject => ({ userId: id, email, name, courseId });
