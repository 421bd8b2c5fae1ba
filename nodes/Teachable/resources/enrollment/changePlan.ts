import type { Person } from '../../api/memory';
import type { PersonKey } from '../../api/parameters';
import type { CourseInput, InputPerson, KeepList } from './input';
import type { Refusal } from './removals';

/** One enrollment to begin or to end. */
export interface Change {
	change: 'enroll' | 'unenroll';
	/** The input item that it belongs to. */
	index: number;
	/** Null: the user has to be created. */
	userId: number | null;
	email: string | null;
	name: string | null;
	/** The person of the input; undefined for somebody who is not in it. */
	wanted?: InputPerson;
	/** Why it is not made. */
	reason?: string;
}

/** Somebody who is left alone although the input says otherwise. */
export interface Kept {
	userId: number | null;
	email: string | null;
	reason: 'keepList' | 'neverRemove' | 'staff' | 'recent' | 'unknown';
}

/** The changes that make the students of a course match the input. */
export interface ChangePlan {
	enroll: Change[];
	unenroll: Change[];
	/** People who may not come in while removals are refused. */
	held: Change[];
	/** People of the input who cannot be enrolled. */
	skipped: Change[];
	kept: Kept[];
	/** Why nobody is removed although somebody is not in the input. */
	refusal: Refusal | null;
}

export interface PlanSettings {
	/** Percent of the students. */
	removalLimit: number;
	keep: unknown;
	neverRemove: unknown;
	keepMinutes: number;
	createUsers: boolean;
}

/** A plan in the making. */
export interface Planning {
	input: CourseInput;
	settings: PlanSettings;
	/** When each student was enrolled, in milliseconds since 1970-01-01 UTC, by user ID. */
	enrolled: Map<number, number>;
	keepList: KeepList;
	/** People who may come in and do not go out. */
	neverRemove: KeepList;
	plan: ChangePlan;
	/** The people of the input that the school knows, by user ID, and the others, by normalized address. */
	wantedById: Map<number, InputPerson>;
	strangers: Map<string, InputPerson>;
}

/** Roles of students (Teachable §2.9): an affiliate sells, but may also have bought. Owners, authors and roles that a school made itself are staff. */
const STUDENTS = ['student', 'affiliate'];

/** Records that somebody is left alone. @returns whether there is a reason for that */
export function keep(
	plan: ChangePlan,
	{ id, email }: { id: number | null; email: string | null },
	reason: Kept['reason'] | null,
) {
	if (reason !== null) plan.kept.push({ userId: id, email, reason });
	return reason !== null;
}

type Why = Kept['reason'] | null;

const whyStaff = (role: unknown): Why => (STUDENTS.includes(String(role)) ? null : 'staff');

/** Why somebody of the input is not enrolled; null: for no reason. */
export const whyNotEnrolled = ({ keepList }: Planning, { id, email }: Person, role: unknown): Why =>
	keepList.has(id, email) ? 'keepList' : whyStaff(role);

/** Why a student who is not in the input stays, with `since` in milliseconds since 1970-01-01 UTC. */
export const whyNotRemoved = (planning: Planning, { id, email }: Person, role: unknown, since: number): Why =>
	whyListed(planning, id, email) ?? whyStaff(role) ?? whyRecent(planning, id, since);

/** Whether an option of the user names somebody. */
export function whyListed({ keepList, neverRemove }: Planning, id: number, email: string | null): Why {
	if (keepList.has(id, email)) return 'keepList';
	return neverRemove.has(id, email) ? 'neverRemove' : null;
}

/** Whether a student was enrolled too recently to be removed. */
export const whyRecent = ({ enrolled }: Planning, id: number, since: number): Why =>
	enrolled.get(id)! >= since ? 'recent' : null;

const emailOfKey = (key: PersonKey) => ('email' in key ? key.email : null);

/** Somebody of the input who cannot be enrolled. */
export const skip = (wanted: InputPerson, reason: string): Change => ({
	...enrollmentOf(wanted, null),
	userId: 'id' in wanted.key ? wanted.key.id : null,
	reason,
});

export const enrollmentOf = (wanted: InputPerson, person: Person | null): Change => ({
	change: 'enroll',
	index: wanted.index,
	userId: person?.id ?? null,
	email: person?.email ?? emailOfKey(wanted.key),
	name: person?.name ?? null,
	wanted,
});

export const removalOf = ({ first }: CourseInput, userId: number, person: Person | null): Change => ({
	change: 'unenroll',
	index: first,
	userId,
	email: person?.email ?? null,
	name: person?.name ?? null,
});
