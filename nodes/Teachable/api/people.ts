import { UserError, type IDataObject } from 'n8n-workflow';

import { emailKey } from '../../shared/email';
import { asIs } from '../../shared/client';
import { RequestError } from '../../shared/http';
import { isRecord } from '../../shared/record';
import { addresses } from './addresses';
import type { TeachableClient } from './client';
import type { TeachableCall } from './operation';
import { personKeyOf, type PersonKey } from './parameters';
import { NO_ANSWER } from './list';
import type { Person } from './memory';

/**
 * Searches for the user with an e-mail address, once a run. Null proves little: whether Teachable finds an address that is
 * stored in another case is not documented (Teachable §3). It is enough where Teachable itself knows the user when it is asked
 * to create one; `findUser` is certain.
 *
 * @throws UserError when two users have the address
 */
export async function searchUser(api: TeachableClient, email: string): Promise<Person | null> {
	const { searched, everyone } = api.memory;
	const cached = searched.get(emailKey(email));
	if (cached !== undefined) return cached;
	const found = everyone ? onlyOne(everyone.get(emailKey(email)) ?? [], email) : await search(api, email);
	searched.set(emailKey(email), found);
	return found;
}

/**
 * Finds the user with an e-mail address: by a search, and before it says that there is none, by the list of all users.
 *
 * @throws UserError when two users have the address
 */
export async function findUser(api: TeachableClient, email: string): Promise<Person | null> {
	const found = await searchUser(api, email);
	if (found) return found;
	const listed = onlyOne((await listEveryone(api)).get(emailKey(email)) ?? [], email);
	if (listed) api.memory.searched.set(emailKey(email), listed);
	return listed;
}

/** Asks Teachable again. Its filter may be looser or stricter than an exact match (Teachable §3), so answers are compared here. */
export async function search(api: TeachableClient, email: string): Promise<Person | null> {
	for (const spelling of new Set([email, emailKey(email)])) {
		const request = { path: addresses.users, query: { email: spelling } };
		const users = (await api.list(request, { limit: Infinity, read: asIs })).map(toPerson);
		const found = onlyOne(
			users.filter((user) => emailKey(user.email) === emailKey(email)),
			email,
		);
		if (found) return found;
	}
	return null;
}

function onlyOne(matches: Person[], email: string): Person | null {
	if (new Set(matches.map(({ id }) => id)).size > 1)
		throw new UserError(
			`Teachable has several users with the e-mail address ${email}. Merge or remove one of them there.`,
		);
	return matches[0] ?? null;
}

/** All users of the school by normalized address, listed once per run. */
async function listEveryone(api: TeachableClient): Promise<Map<string, Person[]>> {
	const { memory } = api;
	if (memory.everyone) return memory.everyone;
	const everyone = new Map<string, Person[]>();
	for await (const { records } of api.pages({ path: addresses.users })) add(everyone, records);
	return (memory.everyone = everyone);
}

function add(everyone: Map<string, Person[]>, records: IDataObject[]): void {
	for (const person of records.map(toPerson)) {
		const key = emailKey(person.email);
		everyone.set(key, [...(everyone.get(key) ?? []), person]);
	}
}

/**
 * Lists all users where that takes fewer requests than to search for these addresses one by one.
 */
export async function lookUp(api: TeachableClient, emails: string[]): Promise<void> {
	const { memory } = api;
	const unknown = new Set(emails.map(emailKey).filter((key) => !memory.searched.has(key)));
	if (unknown.size < 2 || memory.everyone) return;
	const everyone = new Map<string, Person[]>();
	let isFirst = true;
	for await (const { records, count } of api.pages({ path: addresses.users })) {
		if (isFirst && (count ?? 0) - 1 > unknown.size) return;
		isFirst = false;
		add(everyone, records);
	}
	memory.everyone = everyone;
}

/** Who the users with these IDs are: from the list of all users if that takes fewer requests than one per user. */
export async function peopleById(api: TeachableClient, ids: number[]): Promise<Map<number, Person>> {
	const missing = new Set(ids);
	const found = new Map<number, Person>();
	const take = (person: Person) => {
		if (missing.delete(person.id)) found.set(person.id, person);
	};
	for (const people of api.memory.everyone?.values() ?? []) people.forEach(take);
	let isFirst = true;
	if (missing.size > 1 && !api.memory.everyone)
		for await (const { records, count } of api.pages({ path: addresses.users })) {
			records.map(toPerson).forEach(take);
			if (missing.size === 0 || (isFirst && (count ?? 0) - 1 > missing.size)) break;
			isFirst = false;
		}
	for (const id of [...missing]) {
		const user = await readUser(api, id);
		if (user) take(toPerson(user));
	}
	return found;
}

/** A user as Teachable shows a single one; remembers the enrollments in it. Null: not in the school. */
export async function readUser(api: TeachableClient, id: number): Promise<IDataObject | null> {
	const answer = await api.request({ path: addresses.user(id) }).catch((error: Error) => error);
	if (answer instanceof RequestError && answer.status === 404) return null;
	if (answer instanceof Error) throw answer;
	const user = learn(api, answer);
	if (Number.isSafeInteger(user.id)) return user;
	throw new UserError(NO_ANSWER);
}

/** The user that the fields name, or null. */
export async function findPerson(api: TeachableClient, key: PersonKey): Promise<Person | null> {
	if ('email' in key) return await findUser(api, key.email);
	const user = await readUser(api, key.id);
	return user && toPerson(user);
}

/** The user that the fields name. @throws UserError when the school has none */
export async function requirePerson(api: TeachableClient, key: PersonKey): Promise<Person> {
	const found = await findPerson(api, key);
	if (found) return found;
	throw new UserError(
		'email' in key
			? `The school has no user with the e-mail address ${key.email}. Check the address, or create the user.`
			: `The school has no user with the ID ${key.id}. Check the field "User".`,
	);
}

/** The ID of the user that the fields name. Searches only if the fields do not have the ID. */
export async function requireUserId(call: TeachableCall): Promise<number> {
	const key = personKeyOf(call);
	return 'id' in key ? key.id : (await requirePerson(call.api, key)).id;
}

/** Reads a user's record out of an answer, which may wrap it (Teachable §2.9), and remembers the enrollments. */
export function learn({ memory }: TeachableClient, answer: IDataObject): IDataObject {
	const user = isRecord(answer.user) ? answer.user : answer;
	if (!Number.isSafeInteger(user.id)) return user;
	memory.courses.set(Number(user.id), new Set(activeCourses(user)));
	for (const { course_id: id, course_name: name } of enrollmentsOf(user))
		if (typeof name === 'string') memory.courseNames.set(Number(id), name);
	return user;
}

/** Current and past enrollments of a user's record. */
export const enrollmentsOf = ({ courses }: IDataObject) => (Array.isArray(courses) ? courses : []) as IDataObject[];

/** The courses of a user's record in which the user is now; past enrollments stay listed (Teachable §2.9). */
export function activeCourses(user: IDataObject): number[] {
	const active = enrollmentsOf(user).filter(({ is_active_enrollment: isActive }) => isActive === true);
	return [...new Set(active.map(({ course_id: id }) => Number(id)))];
}

export const toPerson = (user: IDataObject): Person => ({
	id: Number(user.id),
	email: String(user.email),
	name: user.name === null || user.name === undefined ? null : String(user.name),
});
