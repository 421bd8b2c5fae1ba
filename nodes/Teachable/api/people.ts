import { sleep, UserError, type IDataObject } from 'n8n-workflow';

import { emailKey } from '../../shared/email';
import { isRecord } from '../../shared/record';
import type { TeachableClient } from './client';
import type { Who } from './parameters';
import { NO_ANSWER } from './list';
import { addresses } from './addresses';
import { asIs } from '../../shared/client';
import { RequestError } from '../../shared/http';

export interface Person {
	id: number;
	email: string;
	name: string | null;
}

/** What a run has learned about people, so that it asks for nobody twice. */
interface Memory {
	/** By compared address; null: the school has none. */
	people: Map<string, Person | null>;
	/** Courses in which a user is enrolled now, by user ID. */
	courses: Map<number, Set<number>>;
	/** Users who are enrolled in a course now, by course ID: of courses whose students were listed. */
	students: Map<number, Set<number>>;
}

const MEMORIES = new WeakMap<TeachableClient, Memory>();

function memoryOf(api: TeachableClient): Memory {
	const known = MEMORIES.get(api) ?? { people: new Map(), courses: new Map(), students: new Map() };
	MEMORIES.set(api, known);
	return known;
}

/** Waits before each search for a person whom Teachable may know but not list yet, in milliseconds. */
const INDEX_WAITS = [0, 500, 1500, 3000];

/** How often a user is asked for whose creation was not confirmed and who is not found afterwards. */
const CREATE_ATTEMPTS = 4;

/** Statuses of creating a user that can mean that the address is taken (Teachable §3). */
const TAKEN = [400, 409, 422];

/**
 * Finds the user with an e-mail address, with one search a run.
 *
 * @throws Error when two users have the address.
 */
export async function findUser(api: TeachableClient, email: string): Promise<Person | null> {
	const { people } = memoryOf(api);
	const known = people.get(emailKey(email));
	if (known !== undefined) return known;
	const found = await search(api, email);
	people.set(emailKey(email), found);
	return found;
}

/** Teachable's own filter may be looser or stricter than an exact match (Teachable §3), so its answers are compared here. */
async function search(api: TeachableClient, email: string): Promise<Person | null> {
	const spellings = [...new Set([email, emailKey(email)])];
	for (const spelling of spellings) {
		const users = await api.list(
			{ path: addresses.users, query: { email: spelling } },
			{ limit: Infinity, read: asIs },
		);
		const matches = users.filter((user) => emailKey(user.email) === emailKey(email)).map(toPerson);
		const ids = new Set(matches.map(({ id }) => id));
		if (ids.size > 1)
			throw new UserError(
				`Teachable has several users with the e-mail address ${email}. Merge or remove one of them there.`,
			);
		if (matches[0]) return matches[0];
	}
	return null;
}

/**
 * Looks up many addresses with the fewest requests: by the list of all users where that has fewer pages than there are
 * addresses, else each by a search of its own when it is needed.
 */
export async function lookUp(api: TeachableClient, emails: string[]): Promise<void> {
	const { people } = memoryOf(api);
	const unknown = new Set(emails.map(emailKey).filter((email) => !people.has(email)));
	if (unknown.size < 2) return;
	const found = new Map<string, Person[]>();
	let isFirst = true;
	for await (const { records, count } of api.pages({ path: addresses.users })) {
		if (isFirst && count - 1 > unknown.size) return;
		isFirst = false;
		for (const user of records.map(toPerson)) {
			const address = emailKey(user.email);
			if (unknown.has(address)) found.set(address, [...(found.get(address) ?? []), user]);
		}
	}
	for (const address of unknown) {
		const matches = found.get(address) ?? [];
		// Of several users only the one who needs them hears about it.
		if (new Set(matches.map(({ id }) => id)).size < 2) people.set(address, matches[0] ?? null);
	}
}

/**
 * Lists the students of courses, if that takes fewer requests than to read the users one by one to see where they are enrolled.
 *
 * @param users how many users would be read
 */
export async function lookUpStudents(api: TeachableClient, courses: number[], users: number): Promise<void> {
	if (courses.length >= users) return;
	const lists = [];
	let requests = 0;
	for (const courseId of courses) {
		const students = new Set<number>();
		const pages = api.pages({ path: addresses.courseEnrollments(courseId) });
		const first = await pages.next();
		requests += first.done ? 1 : first.value.count;
		// Every course must be listed, as one read of a user tells of all of them.
		if (!(requests < users)) return;
		if (!first.done) first.value.records.forEach(({ user_id: id }) => students.add(Number(id)));
		lists.push({ courseId, students, pages });
	}
	for (const { courseId, students, pages } of lists) {
		for await (const { records } of pages) records.forEach(({ user_id: id }) => students.add(Number(id)));
		memoryOf(api).students.set(courseId, students);
	}
}

/** How many users are known to have one of these addresses. */
export const countKnown = (api: TeachableClient, emails: string[]): number =>
	[...new Set(emails.map(emailKey))].filter((email) => memoryOf(api).people.get(email)).length;

/** Who the users with these IDs are, by the list of all users where that takes fewer requests than one a user. */
export async function peopleById(api: TeachableClient, ids: number[]): Promise<Map<number, Person>> {
	const missing = new Set(ids);
	const found = new Map<number, Person>();
	const add = (user: IDataObject) => {
		if (missing.delete(Number(user.id))) found.set(Number(user.id), toPerson(user));
	};
	let isFirst = true;
	if (missing.size > 1)
		for await (const { records, count } of api.pages({ path: addresses.users })) {
			records.forEach(add);
			if (missing.size === 0 || (isFirst && count - 1 > missing.size)) break;
			isFirst = false;
		}
	for (const id of [...missing]) {
		const user = await readUser(api, id);
		if (user) add(user);
	}
	return found;
}

/** A user as the address of a single user shows it; what it says of enrollments is remembered. Null: not in the school. */
export async function readUser(api: TeachableClient, id: number): Promise<IDataObject | null> {
	const answer = await api.request({ path: addresses.user(id) }).catch((error: Error) => error);
	if (answer instanceof RequestError && answer.status === 404) return null;
	if (answer instanceof Error) throw answer;
	const user = learn(api, answer);
	if (Number.isSafeInteger(user.id)) return user;
	throw new UserError(NO_ANSWER);
}

/** The user whom the fields name, or null. */
export async function findPerson(api: TeachableClient, who: Who): Promise<Person | null> {
	if ('email' in who) return await findUser(api, who.email);
	const user = await readUser(api, who.id);
	return user && toPerson(user);
}

/** The user whom the fields name. @throws UserError when the school has none */
export async function requirePerson(api: TeachableClient, who: Who): Promise<Person> {
	const found = await findPerson(api, who);
	if (found) return found;
	throw new UserError(
		'email' in who
			? `The school has no user with the e-mail address ${who.email}. Check the address, or create the user.`
			: `The school has no user with the ID ${who.id}. Check the field "User".`,
	);
}

/** What is known about a person besides the e-mail address, all optional. */
export interface NewUser {
	name?: string;
	password?: string;
	src?: string;
}

/** Creates a user, or finds the one who turns out to be there. Returns the user as Teachable does. */
export async function createUser(
	api: TeachableClient,
	email: string,
	details: NewUser,
): Promise<{ user: IDataObject; created: boolean }> {
	const body = Object.fromEntries(Object.entries({ email, ...details }).filter(([, value]) => value));
	for (let attempt = 1; ; attempt++) {
		const answer = await api
			.request({ method: 'POST', path: addresses.users, body })
			.catch((error: RequestError) => error);
		const user = answer instanceof Error ? answer : learn(api, answer);
		if (!(user instanceof Error) && Number.isSafeInteger(user.id)) {
			memoryOf(api).people.set(emailKey(email), toPerson(user));
			// Whoever is enrolled somewhere was there before: creating an existing user returns that user (Teachable §3).
			return { user, created: !Array.isArray(user.courses) || user.courses.length === 0 };
		}
		const isUnknown = !(user instanceof Error) || user.unknownOutcome;
		const mayExist = isUnknown || TAKEN.includes(user.status ?? 0);
		// Each request may send the student a mail to set a password, so a repetition only follows a search (Teachable §6.3).
		const known = mayExist ? await findSoon(api, email) : null;
		if (known) {
			memoryOf(api).people.set(emailKey(email), known);
			// Who is there after a request without an answer was made by it: an address that is taken is refused with an answer.
			return { user: { ...known }, created: isUnknown || attempt > 1 };
		}
		if (isUnknown && attempt < CREATE_ATTEMPTS) continue;
		if (!(user instanceof Error))
			throw new UserError(`Teachable did not say which user it created for ${email}. Run it again in some minutes.`);
		if (isUnknown)
			user.description = 'Run it again in some minutes: the user is searched for before Teachable is asked again';
		throw user;
	}
}

/** Changes a user's name or source, which is all that Teachable changes, and returns the user. */
export async function updateUser(api: TeachableClient, id: number, changes: IDataObject): Promise<IDataObject> {
	return learn(
		api,
		await api.request({ method: 'PATCH', path: addresses.user(id), body: changes, idempotent: true, hasAnswer: true }),
	);
}

/** Finds the user whom the fields name, or creates one. Says which. */
export async function findOrCreateUser(
	api: TeachableClient,
	who: Who,
	details: NewUser,
): Promise<Person & { created: boolean }> {
	if ('id' in who) return { ...(await requirePerson(api, who)), created: false };
	const found = await findUser(api, who.email);
	if (found) return { ...found, created: false };
	const { user, created } = await createUser(api, who.email, details);
	return { ...toPerson(user), created };
}

/** Searches again for a while, as a new user may not be in the index of the search yet. */
async function findSoon(api: TeachableClient, email: string): Promise<Person | null> {
	for (const wait of INDEX_WAITS) {
		await sleep(wait);
		const found = await search(api, email);
		if (found) return found;
	}
	return null;
}

/** Whether a user is enrolled in a course now, read once a user and run. */
export async function isEnrolled(api: TeachableClient, userId: number, courseId: number): Promise<boolean> {
	const { courses, students } = memoryOf(api);
	const listed = students.get(courseId);
	if (listed && !courses.has(userId)) return listed.has(userId);
	if (!courses.has(userId)) await readUser(api, userId);
	return courses.get(userId)?.has(courseId) ?? false;
}

/** Remembers a change that Teachable has accepted. */
export function noteEnrollment(api: TeachableClient, userId: number, courseId: number, isIn: boolean): void {
	const { courses, students } = memoryOf(api);
	const [active, listed] = [courses.get(userId), students.get(courseId)];
	if (isIn) {
		active?.add(courseId);
		listed?.add(userId);
	} else {
		active?.delete(courseId);
		listed?.delete(userId);
	}
}

/** Reads a user's record out of an answer, which may wrap it (Teachable §2.9), and remembers the enrollments. */
function learn(api: TeachableClient, answer: IDataObject): IDataObject {
	const user = isRecord(answer.user) ? answer.user : answer;
	if (Number.isSafeInteger(user.id)) memoryOf(api).courses.set(Number(user.id), new Set(activeCourses(user)));
	return user;
}

/** The courses of a user's record in which the user is now; past enrollments stay listed (Teachable §2.9). */
export function activeCourses({ courses }: IDataObject): number[] {
	const enrollments = (Array.isArray(courses) ? courses : []) as IDataObject[];
	const active = enrollments.filter(({ is_active_enrollment: isActive }) => isActive === true);
	return [...new Set(active.map(({ course_id: id }) => Number(id)))];
}

export const toPerson = (user: IDataObject): Person => ({
	id: Number(user.id),
	email: String(user.email),
	name: user.name === null || user.name === undefined ? null : String(user.name),
});
