import { UserError, type IDataObject } from 'n8n-workflow';

import { coursesOf, isUnmappable, mappedTargets } from './courses';
import { emailKey, isEmail } from '../../../shared/email';
import { whoOf, type Who } from '../../api/parameters';
import type { TeachableCall } from '../../api/operation';
import { asked, skipped } from './changes';

export type Result = IDataObject | Error;

/** Somebody who should be in a course, and the input item that says so first. */
export interface Wanted {
	who: Who;
	index: number;
	call: TeachableCall;
}

/** A course with everybody who should be in it. */
export interface Group {
	courseId: number;
	people: Wanted[];
	/** Items that name somebody again. */
	duplicates: number;
	/** Items that should name somebody and do not. */
	unreadable: number;
	/** Index of the item that shows the summary. */
	first: number;
	/** The call that tells the settings. */
	call: TeachableCall;
}

/** The same person for the same key, whatever the case of the address. */
export const keyOf = (who: Who) => ('id' in who ? String(who.id) : emailKey(who.email));

/** Sorts the people of all items by course. Results start with what can be said of an item at once. */
export function readInput(calls: TeachableCall[]): { groups: Group[]; results: Result[][] } {
	const groups = new Map<number, Group & { keys: Set<string> }>();
	const results = calls.map((): Result[] => []);
	let unknownCourses = 0;

	const groupOf = (courseId: number, index: number) => {
		const fresh = {
			courseId,
			people: [],
			keys: new Set<string>(),
			duplicates: 0,
			unreadable: 0,
			first: index,
			call: calls[index]!,
		};
		const group = groups.get(courseId) ?? fresh;
		groups.set(courseId, group);
		return group;
	};

	for (const [index, call] of calls.entries()) {
		let courses: number[] = [];
		try {
			if (isUnmappable(call)) throw new UserError('The value to map to a course is empty. Check its expression.');
			courses = coursesOf(call);
		} catch (error) {
			results[index]!.push(error as Error);
			unknownCourses++;
			continue;
		}
		try {
			const who = whoOf(call);
			const reason = 'The value is mapped to no course.';
			if (courses.length === 0) results[index]!.push({ type: 'skipped', ...skipped(who), reason });
			for (const courseId of courses) {
				const group = groupOf(courseId, index);
				if (group.keys.has(keyOf(who))) group.duplicates++;
				else group.people.push({ who, index, call });
				group.keys.add(keyOf(who));
			}
		} catch (error) {
			for (const courseId of courses) groupOf(courseId, index).unreadable++;
			const about = { ...asked({ email: String(call.param<unknown>('email', '') ?? '') }), courseId: null };
			results[index]!.push({ type: 'skipped', ...about, skipped: true, reason: (error as Error).message });
		}
	}
	// A mapped course that no item leads to has an empty input, which is told and removes nobody.
	const last = calls.length - 1;
	const targets = calls.length > 0 && unknownCourses === 0 ? mappedTargets(calls[last]!) : [];
	for (const courseId of targets) groupOf(courseId, last);
	for (const group of groups.values()) group.unreadable += unknownCourses;
	return { groups: [...groups.values()], results };
}

/** The people of a keep list. @throws UserError when an entry is neither an e-mail address nor an ID */
export function readKeepList(text: unknown): { has(id: number, email: unknown): boolean } {
	const entries = (Array.isArray(text) ? text : String(text ?? '').split(/[\s,;]+/))
		.map(emailKey)
		.filter((entry) => entry !== '');
	const wrong = entries.find((entry) => !isEmail(entry) && !/^\d+$/.test(entry));
	if (wrong !== undefined)
		throw new UserError(
			`The option "Keep" has an entry that is no e-mail address and no user ID: ${wrong}. Correct it, so that nobody is removed by mistake.`,
		);
	const known = new Set(entries);
	return { has: (id, email) => known.has(String(id)) || known.has(emailKey(email)) };
}
