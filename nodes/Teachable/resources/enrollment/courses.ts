import { UserError, type INodeProperties } from 'n8n-workflow';

import { courseNameIn } from '../../api/courseLabel';
import { course } from '../../api/fields';
import type { TeachableCall } from '../../api/operation';
import { idsOf } from '../../api/parameters';
import { isRecord } from '../../../shared/record';
import type { AccessOrder } from './accessOrder';
import { coursesInRows, eachOnce, valueKeys, type Course, type Row } from './table';

/** Fields of an operation that are shown only for one way to choose courses. */
export const shownFor = (courseFrom: 'chosen' | 'table', fields: INodeProperties[]): INodeProperties[] =>
	fields.map((field) => ({
		...field,
		displayOptions: { show: { ...field.displayOptions?.show, courseFrom: [courseFrom] } },
	}));

/** The fields that say which courses are meant. */
export const courseFrom: INodeProperties = {
	displayName: 'Courses',
	name: 'courseFrom',
	type: 'options',
	options: [
		{ name: 'Choose Here', value: 'chosen', description: 'The same for every item' },
		{ name: 'Look Up in a Table', value: 'table', description: 'By what was bought: a product, a plan or an offer' },
	],
	default: 'chosen',
};

const table: INodeProperties = {
	displayName: 'Table',
	name: 'table',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Row' },
	placeholder: 'Add Row',
	default: {},
	description: 'Each row says which course a value opens; add several rows with one value to open several courses',
	options: [
		{
			displayName: 'Row',
			name: 'rows',
			values: [
				{
					displayName: 'Value',
					name: 'value',
					type: 'string',
					default: '',
					placeholder: 'e.g. 558688 or Annual',
					description: 'ID or name of a product or a plan, or an offer code; upper and lower case do not matter',
				},
				{ ...course, name: 'course' },
			],
		},
	],
};

/** What to do with a value that the table does not have. */
type IfNoRow = 'skip' | 'error' | 'default';

const ifNoRow: INodeProperties = {
	displayName: 'If No Row Matches',
	name: 'ifNoRow',
	type: 'options',
	options: [
		{ name: 'Skip', value: 'skip', description: 'Change nothing, and say so in a hint' },
		{ name: 'Stop with an Error', value: 'error', description: 'So that you notice a product that has no row yet' },
		{ name: 'Use a Default Course', value: 'default', description: 'Choose a course for everything else' },
	],
	default: 'error',
};

const defaultCourse: INodeProperties = {
	...course,
	displayName: 'Default Course',
	name: 'defaultCourseId',
	required: true,
	displayOptions: { show: { ifNoRow: ['default'] } },
};

/** The table and what happens to a value that it does not have. */
export const tableFields = (byDefault: IfNoRow = 'error'): INodeProperties[] =>
	shownFor('table', [table, { ...ifNoRow, default: byDefault }, defaultCourse]);

/** A value, or a list of values, that is looked up in the table. */
export const valueField = (displayName: string, name: string): INodeProperties => ({
	displayName,
	name,
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 558688',
	description: 'What to look up in the table; a list of values works, too',
});

const tableValue = valueField('Value', 'tableValue');

/** The fields that say which courses an operation is about: chosen, or found in the table by a value. */
export const courseFields: INodeProperties[] = [
	courseFrom,
	...shownFor('chosen', [{ ...course, required: true }]),
	...shownFor('table', [tableValue]),
	...tableFields(),
];

/** Courses in addition to the chosen one: an option, because most people have one. */
export const moreCourses: INodeProperties = {
	displayName: 'More Courses',
	name: 'moreCourses',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Course' },
	placeholder: 'Add Course',
	default: {},
	description: 'Courses in addition to the one chosen above',
	options: [{ displayName: 'Course', name: 'courses', values: [{ ...course, name: 'course' }] }],
};

/** The courses that the fields name for an item. Empty: skip the item. */
export function coursesOf(call: TeachableCall): Course[] {
	if (!usesTable(call)) return chosenCourses(call);
	return coursesOfField(call, tableValue);
}

/** The courses of the value in a field. Empty: skip. @throws UserError when it is empty: what cannot be told opens and closes nothing */
export function coursesOfField(call: TeachableCall, { name, displayName }: INodeProperties): Course[] {
	const value = call.param<unknown>(name);
	if (valueKeys(value).length > 0 || isEmptyList(value)) return coursesOfValue(call, value);
	throw new UserError(
		`The field "${displayName}" is empty. Enter what to look up in the table, or check its expression.`,
	);
}

/** The chosen course, and those of the option beside it. */
export function chosenCourses(call: TeachableCall): Course[] {
	const { moreCourses: more } = call.param<{ moreCourses?: { courses?: Array<{ course: unknown }> } }>('options', {});
	const beside = (more?.courses ?? []).flatMap((entry) => coursesIn(entry.course, moreCourses.displayName));
	return eachOnce([...courseIn(call, course), ...beside]);
}

/** The courses of a field: one that was picked from its list, or those of an expression. @throws UserError when it is empty */
export function courseIn({ raw }: TeachableCall, { name, displayName }: INodeProperties): Course[] {
	const courses = coursesIn(raw<unknown>(name), displayName);
	if (courses.length > 0) return courses;
	throw new UserError(`No course is chosen. Choose one in the field "${displayName}".`);
}

/** The courses of a value, with what the user wants for one without a row. Empty: skip. */
function coursesOfValue(call: TeachableCall, value: unknown): Course[] {
	const courses = coursesInRows(rowsOf(call), value);
	if (courses.length > 0) return courses;
	const choice = call.param<IfNoRow>(ifNoRow.name);
	if (choice === 'default') return courseIn(call, defaultCourse);
	const what = `No row of the table has ${[value].flat().map(String).join(', ') || 'an empty value'}`;
	if (choice === 'error')
		throw new UserError(`${what}. Add a row, or choose another way under "${ifNoRow.displayName}".`);
	call.hint(`${what}, so nothing was changed for it. If it should open a course, add a row.`);
	return [];
}

/**
 * The courses that an order opens and closes. A switch to something that opens no course leaves nothing either: what cannot be
 * told ends no access.
 *
 * @throws UserError when no course is chosen, the table is empty, or there is nothing to look up in it
 */
export function coursesForOrder(call: TeachableCall, order: AccessOrder): { enter: Course[]; leave: Course[] } {
	const { decision, values, previousValues } = order;
	const rows = usesTable(call) ? rowsOf(call) : null;
	if (rows && decision !== 'none' && values.length === 0)
		throw new UserError(
			'There is nothing to look up in the table: the item names no product, plan or offer, or the field "Value" is empty.',
		);
	const courses = !rows ? chosenCourses(call) : decision === 'none' ? [] : coursesOfValue(call, values);
	if (decision === 'revoke') return { enter: [], leave: courses };
	if (decision !== 'switch' || !rows || courses.length === 0) return { enter: courses, leave: [] };
	const previous = coursesInRows(rows, previousValues);
	// An order that does not say what it leaves is no reason to leave the default course.
	const isUnmapped = previousValues.length > 0 && previous.length === 0;
	const usesDefault = isUnmapped && call.param<IfNoRow>(ifNoRow.name) === 'default';
	const old = usesDefault ? courseIn(call, defaultCourse) : previous;
	return { enter: courses, leave: old.filter(({ id }) => !courses.some((course) => course.id === id)) };
}

/** All courses of the table, for any value of the item; none if courses are chosen. */
export const coursesOfTable = (call: TeachableCall): Course[] =>
	usesTable(call) ? rowsOf(call).map((row) => row.course) : [];

export const usesTable = ({ param }: TeachableCall): boolean => param<string>(courseFrom.name) === 'table';

/** The rows of the table. @throws UserError when there are none, or one is not complete */
export function rowsOf({ param }: TeachableCall): Row[] {
	const { rows = [] } = param<{ rows?: Array<{ value?: unknown; course?: unknown }> }>(table.name, {});
	if (rows.length === 0)
		throw new UserError(
			'The table has no rows. Add one with a value (the ID or name of a product or plan, or an offer code) and the course that it opens.',
		);
	return rows.flatMap((row, index) => {
		const courses = coursesIn(row.course, `Table, row ${index + 1}`);
		if (valueKeys(row.value).length === 0 || courses.length === 0)
			throw new UserError(`Row ${index + 1} of the table needs a value and a course. Complete or remove it.`);
		return courses.map((found) => ({ value: String(row.value), course: found }));
	});
}

/** Reads courses: resource locators, a list as an expression gives it, or text with commas. */
function coursesIn(value: unknown, displayName: string): Course[] {
	return [value].flat().flatMap((entry: unknown) => {
		const isPicked = isRecord(entry) && entry.mode === 'list' && typeof entry.cachedResultName === 'string';
		const label = isPicked ? String(entry.cachedResultName) : null;
		return idsOf(isRecord(entry) ? entry.value : entry, displayName).map((id) => ({
			id,
			name: label === null ? null : courseNameIn(label, id),
		}));
	});
}

const isEmptyList = (value: unknown) => Array.isArray(value) && value.length === 0;
