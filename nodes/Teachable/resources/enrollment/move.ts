import { courseField, personFields } from '../../api/fields';
import type { TeachableCall, TeachableOperation } from '../../api/operation';
import { personKeyOf } from '../../api/parameters';
import { findOrCreateUser } from '../../api/creation';
import { findPerson } from '../../api/people';
import { enrollIn, forEachCourse, skipped, unenrollFrom } from './changes';
import { courseFrom, courseIn, coursesOfField, shownFor, tableFields, usesTable, valueField } from './courses';
import { newUserFields, newUserOf, optionsField, subscriptionNotice } from './fields';
import type { Course } from './table';

const [fromCourse, toCourse] = [
	{ ...courseField, displayName: 'From Course', name: 'fromCourseId' },
	{ ...courseField, displayName: 'To Course', name: 'toCourseId' },
];
const [oldValue, newValue] = [valueField('Old Value', 'oldValue'), valueField('New Value', 'newValue')];

/** The columns of every result: null where another kind of change has something. */
const COLUMNS = {
	change: null,
	enrolled: null,
	alreadyEnrolled: null,
	created: null,
	unenrolled: null,
	alreadyUnenrolled: null,
	notFound: null,
};

/** The courses to leave, which do not count among those to enter, and the courses to enter. */
function readCourses(call: TeachableCall): { from: Course[]; to: Course[]; left: Course[] } {
	const [from, to] = usesTable(call)
		? [coursesOfField(call, oldValue), coursesOfField(call, newValue)]
		: [courseIn(call, fromCourse!), courseIn(call, toCourse!)];
	return { from, to, left: from.filter(({ id }) => !to.some((course) => course.id === id)) };
}

export const move: TeachableOperation = {
	name: 'Move',
	value: 'move',
	action: 'Move a student between courses',
	description:
		'Enroll a person in the new courses, then unenroll the person from the old ones; can be undone by moving back',
	fields: [
		...personFields,
		newUserFields.name,
		courseFrom,
		...shownFor('chosen', [fromCourse!, toCourse!]),
		...shownFor('table', [oldValue, newValue]),
		...tableFields(),
		optionsField(...newUserFields.options),
		subscriptionNotice,
	],
	async execute(call) {
		const { api } = call;
		const key = personKeyOf(call);
		const { from, to, left } = readCourses(call);
		if (to.length + left.length === 0) return { ...COLUMNS, ...skipped(key) };
		// Nobody is created only to be in no course.
		const person = to.length === 0 ? await findPerson(api, key) : await findOrCreateUser(api, key, newUserOf(call));
		if (!person) return { ...COLUMNS, ...skipped(key), notFound: true };
		const { created, ...user } = { created: false, ...person };
		const entered = await forEachCourse(to, async (course) => ({
			...COLUMNS,
			change: from.some(({ id }) => id === course.id) ? 'keep' : 'enroll',
			...(await enrollIn(api, { ...user, created }, course)),
		}));
		// A person who could not be enrolled keeps the old courses, so the item can run again.
		if (created || entered.some((result) => result instanceof Error)) return entered;
		const gone = await forEachCourse(left, async (course) => ({
			...COLUMNS,
			change: 'unenroll',
			...(await unenrollFrom(api, user, course)),
		}));
		return [...entered, ...gone];
	},
};
