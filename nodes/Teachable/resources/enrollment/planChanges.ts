import { UserError } from 'n8n-workflow';

import { emailKey } from '../../../shared/email';
import { findUser, peopleById, readUser, searchUser, toPerson } from '../../api/people';
import {
	enrollmentOf,
	keep,
	removalOf,
	skip,
	whyListed,
	whyNotEnrolled,
	whyNotRemoved,
	whyRecent,
	type Change,
	type ChangePlan,
	type Planning,
	type PlanSettings,
} from './changePlan';
import { readKeepList, type CourseInput } from './input';
import { difference, refusalOf, removalsAllowed } from './removals';

/** How many of those who are not removed are named. */
const NAMED = 20;

/**
 * Plans what a course needs, and changes nothing.
 *
 * Who may be touched is read first, one request each: it tells the role, and the address as Teachable has it now, which may be
 * one of the input although the list of users did not show it yet. Without a change nobody is read.
 *
 * @param enrolled when each student was enrolled, in milliseconds since 1970-01-01 UTC, by user ID
 */
export async function planChanges(
	input: CourseInput,
	enrolled: Map<number, number>,
	settings: PlanSettings,
): Promise<ChangePlan> {
	const plan: ChangePlan = { enroll: [], unenroll: [], held: [], skipped: [], kept: [], refusal: null };
	const keepList = readKeepList('Keep', settings.keep);
	const neverRemove = readKeepList('Never Remove', settings.neverRemove);
	const lists = { keepList, neverRemove };
	const planning = { input, settings, enrolled, ...lists, plan, wantedById: new Map(), strangers: new Map() };
	await identify(planning);
	const { missing, extra } = difference(planning.wantedById.keys(), enrolled.keys());
	await planKnown(planning, missing);
	await planRemovals(planning, extra);
	planStrangers(planning);
	plan.enroll.sort((a, b) => a.index - b.index);
	holdBack(planning, extra.length);
	return plan;
}

/** Finds out which people of the input the school knows. */
async function identify({ input, settings, plan, wantedById, strangers }: Planning): Promise<void> {
	// A person to be created may turn out to exist. A person to be skipped must not.
	const find = settings.createUsers ? searchUser : findUser;
	for (const wanted of input.people) {
		const { key } = wanted;
		if ('id' in key) {
			wantedById.set(key.id, wanted);
			continue;
		}
		const person = await find(input.call.api, key.email).catch((error: Error) => error);
		if (person instanceof UserError) plan.skipped.push(skip(wanted, person.message));
		else if (person instanceof Error) throw person;
		else if (person) wantedById.set(person.id, wanted);
		else strangers.set(emailKey(key.email), wanted);
	}
}

/** Plans to enroll users who are not in the course. */
async function planKnown(planning: Planning, missing: number[]): Promise<void> {
	const { input, plan, wantedById } = planning;
	for (const id of missing) {
		const wanted = wantedById.get(id)!;
		const user = await readUser(input.call.api, id);
		const person = user && toPerson(user);
		if (!person) plan.skipped.push(skip(wanted, `The school has no user with the ID ${id}.`));
		else if (!keep(plan, person, whyNotEnrolled(planning, person, user.role)))
			plan.enroll.push(enrollmentOf(wanted, person));
	}
}

/** Plans to remove the students who are not in the input, as far as the input can be trusted. */
async function planRemovals(planning: Planning, extra: number[]): Promise<void> {
	const { input, settings, plan, enrolled, strangers } = planning;
	const allowed = removalsAllowed(enrolled.size, settings.removalLimit);
	const unreadable = countUnreadable(planning);
	const refuse = (removals: number) => refusalOf({ wanted: input.people.length, unreadable, removals, allowed });
	const since = settings.keepMinutes > 0 ? Date.now() - settings.keepMinutes * 60_000 : Infinity;

	// The limit counts those who would really go. Reads them one by one, until the limit is exceeded.
	const atOnce = refuse(extra.length);
	plan.refusal = atOnce === 'limit' ? null : atOnce;
	const unread: number[] = [];
	for (const id of extra) {
		if (plan.refusal) {
			unread.push(id);
			continue;
		}
		const user = await readUser(input.call.api, id);
		const person = user && toPerson(user);
		if (person && strangers.delete(emailKey(person.email))) continue;
		const reason = person ? whyNotRemoved(planning, person, user.role, since) : 'unknown';
		if (!keep(plan, { id, email: person?.email ?? null }, reason)) plan.unenroll.push(removalOf(input, id, person));
		plan.refusal = refuse(plan.unenroll.length);
	}
	await tellRefused(planning, unread, since);
}

/** Items of the input whose person is unknown: it may be one of the students. */
function countUnreadable({ input, settings, plan, strangers, keepList }: Planning): number {
	const unknown = settings.createUsers ? [] : [...strangers.keys()].filter((email) => !keepList.has(0, email));
	return input.unreadable + plan.skipped.length + unknown.length;
}

/** Adds the students who stay because removals are refused, by name as far as that costs little. */
async function tellRefused(planning: Planning, ids: number[], since: number): Promise<void> {
	const { input, plan } = planning;
	const { api } = input.call;
	const named = await peopleById(api, api.memory.everyone ? ids : ids.slice(0, NAMED));
	for (const id of ids) {
		const person = named.get(id) ?? null;
		const email = person?.email ?? null;
		const reason = whyListed(planning, id, email) ?? whyRecent(planning, id, since);
		if (!keep(plan, { id, email }, reason)) plan.unenroll.push(removalOf(input, id, person));
	}
	if (plan.unenroll.length === 0) plan.refusal = null;
}

/** Plans to create the people that the school does not know. */
function planStrangers({ settings, plan, keepList, strangers }: Planning): void {
	for (const [email, wanted] of strangers) {
		if (keep(plan, { id: null, email }, keepList.has(0, email) ? 'keepList' : null)) continue;
		if (settings.createUsers) plan.enroll.push(enrollmentOf(wanted, null));
		else plan.skipped.push(skip(wanted, 'The school has no user with this address, and "Create Users" is off.'));
	}
}

/**
 * While more students would be removed than the limit allows, so many come in that the limit stays what it is. A wrong input
 * of 600 people would otherwise enroll them in one night, and in the next the 50 real students were few enough to go.
 */
function holdBack({ plan, settings, enrolled }: Planning, removals: number): void {
	const allowedWith = (newcomers: number) => removalsAllowed(enrolled.size + newcomers, settings.removalLimit);
	if (plan.refusal === null || removals <= allowedWith(0)) return;
	const fits = (_change: Change, index: number) => allowedWith(index + 1) <= allowedWith(0);
	plan.held = plan.enroll.filter((change, index) => !fits(change, index));
	plan.enroll = plan.enroll.filter(fits);
}
