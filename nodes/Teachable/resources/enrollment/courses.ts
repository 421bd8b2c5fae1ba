import { UserError, type INodeProperties } from 'n8n-workflow';

import { course, courseField } from '../../api/fields';
import type { TeachableCall } from '../../api/operation';
import { idsOf } from '../../api/parameters';
import { mappedCourses, plain, type Row } from './mapping';

const mapping: INodeProperties = {
	displayName: 'Course Mapping',
	name: 'mapping',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Row' },
	placeholder: 'Add Row',
	default: {},
	description: 'One row a value: what the value opens',
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
					placeholder: 'e.g. 558688',
					description: 'ID of a product, a plan or an offer, or whatever the item has',
				},
				{
					displayName: 'Course Names or IDs',
					name: 'courses',
					type: 'multiOptions',
					typeOptions: { loadOptionsMethod: 'getCourses' },
					default: [],
					description:
						'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
				},
			],
		},
	],
};

const unmapped: INodeProperties = {
	displayName: 'If Value Has No Row',
	name: 'unmapped',
	type: 'options',
	options: [
		{ name: 'Skip', value: 'skip', description: 'Do nothing and return an item with skipped = true' },
		{ name: 'Stop with an Error', value: 'error', description: 'So that a product that was forgotten is noticed' },
		{ name: 'Use a Default Course', value: 'default' },
	],
	default: 'error',
};

const defaultCourse: INodeProperties = {
	...courseField,
	displayName: 'Default Course',
	name: 'defaultCourseId',
	displayOptions: { show: { unmapped: ['default'] } },
};

/** The rows and what happens to a value that has none. */
export const mappingFields: INodeProperties[] = [mapping, unmapped, defaultCourse];

const whenMapped = (field: INodeProperties): INodeProperties => ({
	...field,
	displayOptions: { show: { ...field.displayOptions?.show, courseFrom: ['mapping'] } },
});

/** How an operation is told which courses it is about. */
export const courseFields: INodeProperties[] = [
	{
		displayName: 'Course From',
		name: 'courseFrom',
		type: 'options',
		options: [
			{ name: 'Chosen Course', value: 'chosen', description: 'The same for every item, or by an expression' },
			{ name: 'Mapping', value: 'mapping', description: 'By a value of the item, such as the product that was bought' },
		],
		default: 'chosen',
	},
	{ ...courseField, displayOptions: { show: { courseFrom: ['chosen'] } } },
	{
		displayName: 'More Course Names or IDs',
		name: 'moreCourses',
		type: 'multiOptions',
		typeOptions: { loadOptionsMethod: 'getCourses' },
		displayOptions: { show: { courseFrom: ['chosen'] } },
		default: [],
		description:
			'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
	},
	whenMapped({
		displayName: 'Value to Map',
		name: 'mappingValue',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. 558688, by an expression',
		description: 'What the rows below are compared with, or a list of such values',
	}),
	...mappingFields.map(whenMapped),
];

/** The courses of a value, with what the user wants for one without a row. Empty: skip. */
export function coursesOfValue({ param }: TeachableCall, value: unknown): number[] {
	const courses = mappedCourses(rowsOf(param), value);
	if (courses.length > 0) return courses;
	const choice = param<string>(unmapped.name, 'error');
	if (choice === 'skip') return [];
	if (choice === 'default') return requireIds(param<unknown>(defaultCourse.name), defaultCourse.displayName);
	const text = plain(value);
	throw new UserError(
		text === ''
			? 'The value to map to a course is empty. Check its expression.'
			: `No row of the Course Mapping has the value ${text}. Add one, or choose another way under "${unmapped.displayName}".`,
	);
}

/** The courses that the fields name for an item. Empty: skip the item. */
export function coursesOf(call: TeachableCall): number[] {
	const { param } = call;
	if (param<string>('courseFrom', 'chosen') === 'mapping') return coursesOfValue(call, param<unknown>('mappingValue'));
	const chosen = requireIds(param<unknown>(course.name), course.displayName);
	return [...new Set([...chosen, ...idsOf(param<unknown>('moreCourses', []), 'More Courses')])];
}

/** Whether an item has nothing to look for in the rows of the mapping, which is a mistake rather than a value without a row. */
export function isUnmappable({ param }: TeachableCall): boolean {
	if (param<string>('courseFrom', 'chosen') !== 'mapping') return false;
	const values: unknown[] = [param<unknown>('mappingValue')].flat();
	return values.length > 0 && values.every((value) => plain(value) === '');
}

/** All courses that the mapping of an item opens, whatever its value is; none when courses are chosen. */
export const mappedTargets = ({ param }: TeachableCall): number[] =>
	param<string>('courseFrom', 'chosen') === 'mapping' ? rowsOf(param).flatMap(({ courses }) => courses) : [];

function rowsOf(param: TeachableCall['param']): Row[] {
	const { rows = [] } = param<{ rows?: Array<{ value?: unknown; courses?: unknown }> }>(mapping.name, {});
	return rows.map(({ value, courses }, index) => {
		const row = { value: plain(value), courses: idsOf(courses, `Course Mapping, row ${index + 1}`) };
		if (row.value === '' || row.courses.length === 0)
			throw new UserError(`Row ${index + 1} of the Course Mapping needs a value and a course. Complete or remove it.`);
		return row;
	});
}

function requireIds(value: unknown, displayName: string): number[] {
	const ids = idsOf(value, displayName);
	if (ids.length > 0) return ids;
	throw new UserError(`The field "${displayName}" is empty. Choose one from the list, or enter its ID.`);
}
