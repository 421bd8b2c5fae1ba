import { UserError, type IDataObject } from 'n8n-workflow';

import { emailKey } from '../../../shared/email';
import type { Who } from '../../api/parameters';
import { findUser, readUser, toPerson, type Person } from '../../api/people';
import { difference, refusalOf, type Refusal } from './removals';
import { asked } from './changes';
import { readKeepList, type Group, type Wanted } from './wanted';

/** One enrollment to begin or to end. */
export interface Change {
	change: 'enroll' | 'unenroll';
	courseId: number;
	/** The input item that it belongs to. */
	index: number;
	/** Null: the user has to be created. */
	userId: number | null;
	email: string | null;
	name: string | null;
	/** Whom the input names; undefined for somebody who is not in it. */
	who?: Who;
}

export interface Plan {
	enroll: Change[];
	unenroll: Change[];
	/** Why nobody is removed although somebody is not wanted. */
	refusal: Refusal | null;
	/** People who are left alone although they are not as the input wants them. */
	kept: IDataObject[];
	/** People of the input who cannot be enrolled. */
	skipped: Array<IDataObject & { index: number }>;
}

export interface Settings {
	/** Removals that are allowed. */
	allowed: number;
	keep: unknown;
	keepMinutes: number;
	createUsers: boolean;
}

/** The people of the input: those whom the school knows by user ID, and the others by compared address. */
interface Found {
	known: Map<number, Wanted>;
	strangers: Map<string, Wanted>;
}

/** Roles of people who learn (Teachable §2.9): an affiliate sells, and may well have bought. Owners, authors and roles that a school made itself are staff. */
const STUDENTS = ['student', 'affiliate'];

/**
 * Plans what a course needs, and changes nothing.
 *
 * Whoever may be touched is read first, one request each: it tells the role, and the address as Teachable has it now, which may
 * be one of the input although the list of users did not show it yet. Without a change nobody is read.
 *
 * @param enrolled when each user of the course was enrolled, in milliseconds, by ID
 */
export async function plan(group: Group, enrolled: Map<number, number>, settings: Settings): Promise<Plan> {
	const done: Plan = { enroll: [], unenroll: [], refusal: null, kept: [], skipped: [] };
	const keep = readKeepList(settings.keep);
	const isKept = (person: Person, role: unknown, isRecent = false) => {
		const reason = keep.has(person.id, person.email)
			? 'keepList'
			: !STUDENTS.includes(String(role))
				? 'staff'
				: isRecent
					? 'recent'
					: null;
		if (reason !== null) done.kept.push({ userId: person.id, email: person.email, reason });
		return reason !== null;
	};
	const skip = ({ index, who }: Wanted, reason: string) => done.skipped.push({ index, ...asked(who), reason });

	const found = await identify(group, skip);
	const { missing, extra } = difference(found.known.keys(), enrolled.keys());
	for (const id of missing) {
		const entry = found.known.get(id)!;
		const user = await readUser(group.call.api, id);
		if (!user) skip(entry, `The school has no user with the ID ${id}.`);
		else if (!isKept(toPerson(user), user.role)) done.enroll.push(enrollment(group, entry, toPerson(user)));
	}
	const unreadable = group.unreadable + done.skipped.length;
	const refuse = (removals: number) =>
		refusalOf({ wanted: group.people.length, unreadable, removals, allowed: settings.allowed });

	// Who cannot be removed anyway need not be read.
	done.refusal = refuse(extra.length);
	const isHopeless = done.refusal === 'empty' || done.refusal === 'unreadable';
	if (!isHopeless) done.refusal = null;
	const since = settings.keepMinutes > 0 ? Date.now() - settings.keepMinutes * 60_000 : Infinity;
	for (const id of extra) {
		const user = done.refusal ? null : await readUser(group.call.api, id);
		const person = user && toPerson(user);
		if (person && found.strangers.delete(emailKey(person.email))) continue;
		if (person && isKept(person, user.role, enrolled.get(id)! >= since)) continue;
		if (!person && !done.refusal) {
			done.kept.push({ userId: id, email: null, reason: 'unknown' });
			continue;
		}
		done.unenroll.push(removal(group, id, person));
		done.refusal ??= refuse(done.unenroll.length);
	}

	for (const entry of found.strangers.values()) {
		const email = 'email' in entry.who ? entry.who.email : '';
		if (keep.has(0, email)) done.kept.push({ userId: null, email, reason: 'keepList' });
		else if (!settings.createUsers) skip(entry, 'The school has no user with this address, and "Create Users" is off.');
		else done.enroll.push(enrollment(group, entry, null));
	}
	done.enroll.sort((a, b) => a.index - b.index);
	return done;
}

async function identify(
	{ people, call: { api } }: Group,
	skip: (entry: Wanted, reason: string) => void,
): Promise<Found> {
	const found: Found = { known: new Map(), strangers: new Map() };
	for (const entry of people) {
		const { who } = entry;
		if ('id' in who) {
			found.known.set(who.id, entry);
			continue;
		}
		const person = await findUser(api, who.email).catch((error: Error) => error);
		if (person instanceof UserError) skip(entry, person.message);
		else if (person instanceof Error) throw person;
		else if (person) found.known.set(person.id, entry);
		else found.strangers.set(emailKey(who.email), entry);
	}
	return found;
}

const enrollment = ({ courseId }: Group, { who, index }: Wanted, person: Person | null): Change => ({
	change: 'enroll',
	courseId,
	index,
	userId: person?.id ?? null,
	email: person?.email ?? ('email' in who ? who.email : null),
	name: person?.name ?? null,
	who,
});

const removal = ({ courseId, first }: Group, userId: number, person: Person | null): Change => ({
	change: 'unenroll',
	courseId,
	index: first,
	userId,
	email: person?.email ?? null,
	name: person?.name ?? null,
});
