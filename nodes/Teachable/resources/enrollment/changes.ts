import type { IDataObject } from 'n8n-workflow';

import type { TeachableClient } from '../../api/client';
import { changeEnrollment, isEnrolled } from '../../api/enrollments';
import type { PersonKey } from '../../api/parameters';
import type { Person } from '../../api/memory';
import type { Course } from './table';

/** What an item becomes: one of these for each course. */
export type Result = IDataObject | Error;

/** Enrolls a person and says what that did. */
export async function enrollIn(
	api: TeachableClient,
	{ created, ...user }: Person & { created: boolean },
	course: Course,
): Promise<IDataObject> {
	const alreadyEnrolled = !created && (await isEnrolled(api, user.id, course.id));
	// Sent even then: what was just read may be older than an unenrollment seconds ago (Teachable §3).
	const { changed } = await changeEnrollment(api, 'enroll', user.id, course.id);
	return {
		...toJson(api, user, course),
		enrolled: true,
		alreadyEnrolled: alreadyEnrolled || !changed,
		created,
		skipped: false,
	};
}

/** Unenrolls a person and says what that did. */
export async function unenrollFrom(api: TeachableClient, user: Person, course: Course): Promise<IDataObject> {
	const wasEnrolled = await isEnrolled(api, user.id, course.id);
	// Sent even when not enrolled: what was just read may be older than an enrollment seconds ago (Teachable §3).
	const { changed } = await changeEnrollment(api, 'unenroll', user.id, course.id);
	return {
		...toJson(api, user, course),
		unenrolled: true,
		alreadyUnenrolled: !wasEnrolled || !changed,
		notFound: false,
		skipped: false,
	};
}

/** One result per course: a failure of one does not keep the others from being done and reported. */
export async function forEachCourse(
	courses: Course[],
	change: (course: Course) => Promise<IDataObject>,
): Promise<Result[]> {
	const results: Result[] = [];
	for (const course of courses) results.push(await change(course).catch((error: Error) => error));
	return results;
}

/** The columns for a requested person without a user. */
export const toColumns = (key: PersonKey): IDataObject => ({
	userId: 'id' in key ? key.id : null,
	email: 'email' in key ? key.email : null,
	name: null,
});

/** The columns for a course; its name is null where nothing has shown it yet. */
export const toCourseColumns = ({ memory }: TeachableClient, { id, name }: Course): IDataObject => ({
	courseId: id,
	courseName: name ?? memory.courseNames.get(id) ?? null,
});

/** The result for a person whose value opens no course. */
export const skipped = (key: PersonKey): IDataObject => ({
	...toColumns(key),
	courseId: null,
	courseName: null,
	skipped: true,
});

const toJson = (api: TeachableClient, { id, email, name }: Person, course: Course): IDataObject => ({
	userId: id,
	email,
	name,
	...toCourseColumns(api, course),
});
