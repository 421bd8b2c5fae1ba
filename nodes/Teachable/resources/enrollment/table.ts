/** A course, and its name where the node knows it without asking. */
export interface Course {
	id: number;
	name: string | null;
}

/** A row of the table: a value and a course that it opens. */
export interface Row {
	value: string;
	course: Course;
}

/** A value in the form in which it is compared: IDs come as numbers or as text, names in any case, é as one sign or two. */
export const valueKey = (value: unknown): string =>
	String(value ?? '')
		.normalize('NFC')
		.trim()
		.toLowerCase();

/** Values in the form in which they are compared, each once, without empty ones. */
export const valueKeys = (value: unknown): string[] =>
	[...new Set([value].flat().map(valueKey))].filter((key) => key !== '');

/**
 * The courses that the rows open for a value, each once, in the order of the rows. Rows with the same value add up.
 *
 * @param value a value of the item, or a list of values
 * @returns an empty list for a value that no row has
 */
export function coursesInRows(rows: Row[], value: unknown): Course[] {
	const keys = valueKeys(value);
	return eachOnce(rows.filter((row) => keys.includes(valueKey(row.value))).map(({ course }) => course));
}

/** Each course once, where it comes first. */
export const eachOnce = (courses: Course[]): Course[] =>
	courses.filter(({ id }, index) => courses.findIndex((course) => course.id === id) === index);
