/** A row of the Course Mapping: the courses of one value. */
export interface Row {
	value: string;
	courses: number[];
}

/** A value in the form in which it is compared with the rows: IDs come as numbers or as text. */
export const plain = (value: unknown): string => String(value ?? '').trim();

/**
 * The courses to which the rows map a value, each once, in the order of the rows. Rows with the same value add up.
 *
 * @param value a value of the item, or a list of values
 * @returns an empty list for a value that no row has
 */
export function mappedCourses(rows: Row[], value: unknown): number[] {
	const values = new Set((Array.isArray(value) ? value : [value]).map(plain));
	values.delete('');
	return [...new Set(rows.filter((row) => values.has(plain(row.value))).flatMap(({ courses }) => courses))];
}
