import { sleep, UserError, type IDataObject } from 'n8n-workflow';

import { emailKey } from '../../shared/email';
import type { RequestError } from '../../shared/http';
import { addresses } from './addresses';
import type { TeachableClient } from './client';
import type { PersonKey } from './parameters';
import type { Person } from './memory';
import { findUser, learn, requirePerson, search, searchUser, toPerson } from './people';

/** Waits before each search for a person that Teachable may know but not list yet, in milliseconds. */
const INDEX_WAITS = [0, 500, 1500, 3000];

/** How often to search for a user whose creation was not confirmed. */
const CREATE_ATTEMPTS = 4;

/** Statuses of creating a user that can mean that the address is taken (Teachable §3). */
const TAKEN = [400, 409, 422];

/** What is known about a person besides the e-mail address, all optional. */
export interface NewUser {
	name?: string;
	password?: string;
	src?: string;
}

/** Why a request to create a user brought none. */
interface Refusal {
	error: Error;
	/** Whether Teachable may have created the user anyway. */
	isUnknown: boolean;
	/** Whether the user may be there. */
	mayExist: boolean;
}

/**
 * Creates a user, or finds the one who turns out to be there. Returns the user as Teachable does.
 *
 * @throws Error in Teachable's words when it refuses
 */
export async function createUser(
	api: TeachableClient,
	email: string,
	details: NewUser,
): Promise<{ user: IDataObject; created: boolean }> {
	for (let attempt = 1; ; attempt++) {
		const { user, refusal } = await requestCreation(api, email, details);
		if (user) {
			api.memory.searched.set(emailKey(email), toPerson(user));
			return { user, created: isNew(user, email) };
		}
		// Each request may send the student a mail to set a password, so a repetition only follows a search (Teachable §6.3).
		const existing = refusal.mayExist ? await findSoon(api, email, refusal) : null;
		if (existing) {
			api.memory.searched.set(emailKey(email), existing);
			// A user found after a request without an answer was created by it: Teachable refuses a taken address with an answer.
			return { user: { ...existing }, created: refusal.isUnknown || attempt > 1 };
		}
		if (!refusal.isUnknown || attempt === CREATE_ATTEMPTS) throw refusal.error;
	}
}

async function requestCreation(
	api: TeachableClient,
	email: string,
	details: NewUser,
): Promise<{ user: IDataObject; refusal?: undefined } | { user?: undefined; refusal: Refusal }> {
	const body = Object.fromEntries(Object.entries({ email, ...details }).filter(([, value]) => value));
	const answer = await api
		.request({ method: 'POST', path: addresses.users, body })
		.catch((error: RequestError) => error);
	if (answer instanceof Error) {
		const isUnknown = answer.unknownOutcome;
		if (isUnknown)
			answer.description = 'Run it again in some minutes: the user is searched for before Teachable is asked again';
		const mayExist = isUnknown || TAKEN.includes(answer.status ?? 0);
		return { refusal: { error: answer, isUnknown, mayExist } };
	}
	const user = learn(api, answer);
	if (Number.isSafeInteger(user.id)) return { user };
	const words = `Teachable did not say which user it created for ${email}. Run it again in some minutes.`;
	return { refusal: { error: new UserError(words), isUnknown: true, mayExist: true } };
}

/**
 * Whether the user of an answer was made by the request: to create an existing user returns that user, who may be enrolled
 * somewhere, or have the address in another spelling (Teachable §3).
 */
function isNew({ courses, email }: IDataObject, sent: string): boolean {
	const isEnrolled = Array.isArray(courses) && courses.length > 0;
	return !isEnrolled && [sent, emailKey(sent)].includes(String(email));
}

/** Searches for a while, because a new user may not be in the search index yet. A taken address is found in the list at the latest. */
async function findSoon(api: TeachableClient, email: string, { isUnknown }: Refusal): Promise<Person | null> {
	for (const wait of INDEX_WAITS) {
		await sleep(wait);
		const found = await search(api, email);
		if (found) return found;
	}
	return isUnknown ? null : await findUser(api, email);
}

/** Changes a user's name or source, which is all that Teachable changes, and returns the user. */
export async function updateUser(api: TeachableClient, id: number, changes: IDataObject): Promise<IDataObject> {
	return learn(
		api,
		await api.request({ method: 'PATCH', path: addresses.user(id), body: changes, idempotent: true, hasAnswer: true }),
	);
}

/** Finds the user that the fields name, or creates one. Says which. */
export async function findOrCreateUser(
	api: TeachableClient,
	key: PersonKey,
	details: NewUser,
): Promise<Person & { created: boolean }> {
	if ('id' in key) return { ...(await requirePerson(api, key)), created: false };
	const found = await searchUser(api, key.email);
	if (found) return { ...found, created: false };
	const { user, created } = await createUser(api, key.email, details);
	return { ...toPerson(user), created };
}
