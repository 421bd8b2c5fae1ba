import { UserError, type IDataObject } from 'n8n-workflow';

import { emailKey, isEmail } from '../../../shared/email';
import type { TeachableCall } from '../../api/operation';
import { personKeyOf, type PersonKey } from '../../api/parameters';
import { toColumns, type Result } from './changes';
import { coursesOf, coursesOfTable } from './courses';
import type { Course } from './table';

/** A person who should be in a course, and the first input item that says so. */
export interface InputPerson {
	key: PersonKey;
	index: number;
	call: TeachableCall;
}

/** A course with everybody who should be in it. */
export interface CourseInput {
	course: Course;
	people: InputPerson[];
	/** Items that name somebody again. */
	duplicates: number;
	/** Items that should name somebody and do not. */
	unreadable: number;
	/** Index of the item that shows results of no other item. */
	first: number;
	/** The call that tells the settings. */
	call: TeachableCall;
}

/** Sorts the people of all items by course. Results start with items that are already decided. */
export function readInput(calls: TeachableCall[]): { inputs: CourseInput[]; results: Result[][] } {
	const inputs = new Map<number, CourseInput & { keys: Set<string> }>();
	const results = calls.map((): Result[] => []);
	const inputOf = (course: Course, first: number) => {
		const input = inputs.get(course.id) ?? { ...emptyInput(course, first, calls[first]!), keys: new Set<string>() };
		inputs.set(course.id, input);
		return input;
	};

	let withoutCourse = 0;
	for (const [index, call] of calls.entries()) {
		const courses = attempt(() => coursesOf(call));
		if (courses instanceof Error) {
			results[index]!.push(courses);
			withoutCourse++;
			continue;
		}
		const key = attempt(() => personKeyOf(call));
		if (key instanceof Error) {
			for (const course of courses) inputOf(course, index).unreadable++;
			const email = String(call.param<unknown>('email', '') ?? '');
			results[index]!.push(toSkippedItem({ email }, key.message));
			continue;
		}
		if (courses.length === 0) results[index]!.push(toSkippedItem(key, 'No row of the table has the value.'));
		for (const course of courses) addPerson(inputOf(course, index), { key, index, call });
	}
	// A course of the table that no item leads to has an empty input. That is reported and removes nobody.
	const last = calls.length - 1;
	const others = calls.length > 0 && withoutCourse === 0 ? coursesOfTable(calls[last]!) : [];
	for (const course of others) inputOf(course, last);
	for (const input of inputs.values()) input.unreadable += withoutCourse;
	return { inputs: [...inputs.values()], results };
}

/** The result of an input item without a course or a person. */
const toSkippedItem = (key: PersonKey, reason: string): IDataObject => ({
	type: 'change',
	change: 'enroll',
	status: 'skipped',
	...toColumns(key),
	courseId: null,
	courseName: null,
	created: false,
	reason,
});

const emptyInput = (course: Course, first: number, call: TeachableCall): CourseInput => ({
	course,
	people: [],
	duplicates: 0,
	unreadable: 0,
	first,
	call,
});

function addPerson(input: CourseInput & { keys: Set<string> }, person: InputPerson): void {
	const { key } = person;
	const text = 'id' in key ? String(key.id) : emailKey(key.email);
	if (input.keys.has(text)) input.duplicates++;
	else input.people.push(person);
	input.keys.add(text);
}

function attempt<T>(read: () => T): T | Error {
	try {
		return read();
	} catch (error) {
		return error as Error;
	}
}

/** People who are left alone, or only not removed. */
export interface KeepList {
	has(id: number, email: unknown): boolean;
}

/** Reads a list of people from an option. @throws UserError when an entry is neither an e-mail address nor an ID */
export function readKeepList(option: string, text: unknown): KeepList {
	const entries = (Array.isArray(text) ? text : String(text ?? '').split(/[\s,;]+/))
		.map(emailKey)
		.filter((entry) => entry !== '');
	const wrong = entries.find((entry) => !isEmail(entry) && !/^\d+$/.test(entry));
	if (wrong !== undefined)
		throw new UserError(
			`The option "${option}" has an entry that is no e-mail address and no user ID: ${wrong}. Correct it, so that nobody is removed by mistake.`,
		);
	const listed = new Set(entries);
	return { has: (id, email) => listed.has(String(id)) || listed.has(emailKey(email)) };
}
