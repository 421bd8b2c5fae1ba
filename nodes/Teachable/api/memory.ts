/** A user of the school. */
export interface Person {
	id: number;
	email: string;
	name: string | null;
}

/** What a run has learned about the school, so that it asks for nothing twice. A client has one, which ends with the run. */
export interface Memory {
	/** Users by normalized address, as the search found them; null: it found none. */
	searched: Map<string, Person | null>;
	/** All users by normalized address, once they were listed: two users can have the same one. */
	everyone: Map<string, Person[]> | null;
	/** Courses in which a user is enrolled now, by user ID. */
	courses: Map<number, Set<number>>;
	/** Users who are enrolled in a course now, by course ID: of courses whose students were listed. */
	students: Map<number, Set<number>>;
	/** Names of courses by ID, as far as answers about something else showed them. */
	courseNames: Map<number, string>;
}

export const createMemory = (): Memory => ({
	searched: new Map(),
	everyone: null,
	courses: new Map(),
	students: new Map(),
	courseNames: new Map(),
});
