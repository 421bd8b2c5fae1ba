import { sleep, UserError, type IDataObject, type NodeApiError } from 'n8n-workflow';

import { isRecord, path } from '../shared/http';
import type { TeachableClient } from './client';

export interface Person {
	id: number;
	email: string;
	name: string | null;
}

/** Waits between searches for a person whom Teachable knows but does not list yet, in milliseconds. */
const INDEX_WAITS = [500, 1500, 3000, 5000];

/** Statuses of creating a user that can mean that the address is taken (facts §3). */
const TAKEN = ['400', '409', '422'];

const normalized = (email: unknown) => String(email ?? '').trim().toLowerCase();

/**
 * Finds the user with an e-mail address.
 *
 * Teachable's own filter may be looser or stricter than an exact match (facts §3), so its answers are compared here.
 *
 * @throws Error when two users have the address.
 */
export async function findUser(api: TeachableClient, email: string): Promise<Person | null> {
	const spellings = [...new Set([email, normalized(email)])];
	for (const spelling of spellings) {
		const users = await api.list('/users', 'users', Infinity, { email: spelling });
		const matches = users.filter((user) => normalized(user.email) === normalized(email)).map(toPerson);
		const ids = new Set(matches.map(({ id }) => id));
		if (ids.size > 1)
			throw new UserError(`Teachable has several users with the e-mail address ${email}. Merge or remove one of them there.`);
		if (matches[0]) return matches[0];
	}
	return null;
}

/** What is known about a person besides the e-mail address, all optional. */
export interface NewUser {
	name?: string;
	password?: string;
	src?: string;
}

/** Finds the user with an e-mail address, or creates one. Says which. */
export async function findOrCreateUser(
	api: TeachableClient,
	email: string,
	details: NewUser,
): Promise<Person & { created: boolean }> {
	const found = await findUser(api, email);
	if (found) return { ...found, created: false };
	const body = Object.fromEntries(Object.entries({ email, ...details }).filter(([, value]) => value));
	const answer = await api
		.request({ method: 'POST', path: '/users', body })
		.catch((error: NodeApiError) => error);
	if (answer instanceof Error) {
		const mayExist = answer.context.unknownOutcome || TAKEN.includes(String(answer.httpCode));
		const known = mayExist ? await findSoon(api, email) : null;
		if (!known) throw answer;
		return { ...known, created: false };
	}
	const user = isRecord(answer.user) ? answer.user : answer;
	// Whoever is enrolled somewhere was there before: creating an existing user returns that user (facts §3).
	const created = !Array.isArray(user.courses) || user.courses.length === 0;
	return { ...toPerson(user), created };
}

/** Searches again for a while, as a new user may not be in the index of the search yet. */
async function findSoon(api: TeachableClient, email: string): Promise<Person | null> {
	for (const wait of INDEX_WAITS) {
		const found = await findUser(api, email);
		if (found) return found;
		await sleep(wait);
	}
	return null;
}

/** Whether a user is enrolled in a course now; past enrolments stay listed and do not count. */
export async function isEnrolled(api: TeachableClient, userId: number, courseId: number): Promise<boolean> {
	const answer = await api.request({ path: path`/users/${userId}` });
	const user = isRecord(answer.user) ? answer.user : answer;
	const courses = (Array.isArray(user.courses) ? user.courses : []) as IDataObject[];
	return courses.some(({ course_id: id, is_active_enrollment: active }) => Number(id) === courseId && active === true);
}

const toPerson = (user: IDataObject): Person => ({
	id: Number(user.id),
	email: String(user.email),
	name: user.name === null || user.name === undefined ? null : String(user.name),
});
