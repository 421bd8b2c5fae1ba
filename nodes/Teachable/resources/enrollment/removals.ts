/** The changes after which exactly the wanted users are in a course. */
export interface Difference {
	/** Wanted and not in, in the order of the input. */
	missing: number[];
	/** In and not wanted, in the order of enrollment. */
	extra: number[];
}

/** Compares the people who should be in a course with those who are, by user ID. */
export function difference(wanted: Iterable<number>, enrolled: Iterable<number>): Difference {
	const [should, is] = [new Set(wanted), new Set(enrolled)];
	return {
		missing: [...should].filter((id) => !is.has(id)),
		extra: [...is].filter((id) => !should.has(id)),
	};
}

/**
 * How many students one run may remove from a course.
 *
 * Rounded down, so that the limit holds; a single removal is allowed at any limit above 0, as a course of three could otherwise
 * never lose anybody.
 *
 * @param percent of the enrolled students, 0 to 100
 */
export function removalsAllowed(enrolled: number, percent: number): number {
	const share = Math.min(Math.max(Number.isFinite(percent) ? percent : 0, 0), 100);
	return share === 0 || enrolled <= 0 ? 0 : Math.max(1, Math.floor((enrolled * share) / 100));
}

/** What speaks against removing anybody. */
export type Refusal = 'empty' | 'unreadable' | 'limit';

/** Whether the input is complete enough to remove students who are not in it. */
export function refusalOf({
	wanted,
	unreadable,
	removals,
	allowed,
}: {
	/** People in the input. */
	wanted: number;
	/** Items of the input without a person. */
	unreadable: number;
	/** Students who would be removed. */
	removals: number;
	allowed: number;
}): Refusal | null {
	if (removals === 0) return null;
	if (unreadable > 0) return 'unreadable';
	if (wanted === 0) return 'empty';
	return removals > allowed ? 'limit' : null;
}
