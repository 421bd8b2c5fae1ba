import type { Clock, Seed } from '../types';
import { fillSchool } from './demo';
import type { School } from './school';
import type {
	SchoolData,
	TeachableCourse,
	TeachableEnrollment,
	TeachableLecture,
	TeachableSchool,
	TeachableUser,
} from './types';

/** Ids of real accounts have this many digits; starting beyond the demo's own ids keeps them apart. */
const FIRST_ID = 130_706_780;
const DAY = 86_400_000;

export type State = School['state'];

const emptyLists = (): SchoolData => ({
	apiKeys: [],
	users: [],
	courses: [],
	enrollments: [],
	completions: [],
	pricingPlans: [],
	transactions: [],
	sales: [],
});

export const createState = (): State => ({ ...emptyLists(), lastId: FIRST_ID });

/** Puts rows into the lists, which stay the same objects. */
function replace(state: State, rows: SchoolData): void {
	for (const name of Object.keys(emptyLists()) as Array<keyof SchoolData>) {
		const list: unknown[] = state[name];
		list.length = 0;
		for (const row of rows[name]) list.push(row);
	}
}

/** Back to the seed. */
export function resetState(state: State, clock: Clock, seed: Seed): void {
	replace(state, emptyLists());
	state.lastId = FIRST_ID;
	fillSchool(state, clock, seed);
}

export const snapshotOf = (state: State) => structuredClone(state);

export function restoreState(state: State, snapshot: unknown): void {
	const saved = structuredClone(snapshot) as State;
	replace(state, saved);
	state.lastId = saved.lastId;
}

/** A new id, larger than all before it. */
export function nextId(state: State): number {
	state.lastId += 1;
	return state.lastId;
}

const sameEmail = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase();

export const findUser = ({ users }: State, email: string) => users.find((user) => sameEmail(user.email, email));

export const isActive = ({ endedAt, expiresAt }: TeachableEnrollment, now: number) =>
	endedAt === null && (expiresAt === null || expiresAt > now);

/** Who is in a course now. */
export function activeIn({ enrollments }: State, courseId: number, now: number): TeachableEnrollment[] {
	return enrollments.filter((enrollment) => enrollment.courseId === courseId && isActive(enrollment, now));
}

const newUser = (state: State, clock: Clock, user: { email: string } & Partial<TeachableUser>): TeachableUser => ({
	id: nextId(state),
	name: null,
	role: 'student',
	src: null,
	hasPassword: false,
	tags: [],
	marketing: false,
	createdAt: clock.now(),
	lastSignInAt: null,
	signInCount: 0,
	...user,
});

export function addUser(state: State, clock: Clock, user: { email: string } & Partial<TeachableUser>): TeachableUser {
	const existing = findUser(state, user.email);
	if (existing) return existing;
	const added = newUser(state, clock, user);
	state.users.push(added);
	return added;
}

export function addEnrollment(
	state: State,
	clock: Clock,
	enrollment: Parameters<TeachableSchool['addEnrollment']>[0],
): TeachableEnrollment {
	const { email, courseId, enrolledAt = clock.now(), endedAt = null, expiresAt = null, saleId = null } = enrollment;
	const userId = addUser(state, clock, { email }).id;
	const added = { id: nextId(state), userId, courseId, enrolledAt, endedAt, expiresAt, saleId };
	state.enrollments.push(added);
	return added;
}

const newLecture = (state: State, name: string): TeachableLecture => ({
	id: nextId(state),
	name,
	isPublished: true,
	attachments: (['text', 'video', 'quiz'] as const).map((kind) => ({ id: nextId(state), kind })),
});

export function addCourse(
	state: State,
	clock: Clock,
	{ lectures = [], ...course }: Parameters<TeachableSchool['addCourse']>[0],
): TeachableCourse {
	const lessons = () => lectures.map((name) => newLecture(state, name));
	const added = {
		id: nextId(state),
		heading: null,
		description: null,
		isPublished: true,
		imageUrl: null,
		createdAt: clock.now(),
		authorBio: { id: 501, name: 'Caio Teles', bio: null },
		// A first section without lectures, as many schools have, so that no client relies on the first
		sections: [
			{ id: nextId(state), name: 'Welcome', isPublished: false, lectures: [] },
			{ id: nextId(state), name: 'Lessons', isPublished: true, lectures: lessons() },
		].slice(lectures.length > 0 ? 0 : 2),
		...course,
	};
	state.courses.push(added);
	return added;
}

export function seedStudents(state: State, clock: Clock, courseId: number, who: number | string[]): string[] {
	const enrolledAt = clock.now() - DAY;
	const first = state.users.filter(({ src }) => src === 'seed').length + 1;
	const emails = Array.isArray(who)
		? who
		: Array.from({ length: who }, (_unused, index) => `student${first + index}@students.example`);
	// Written to the lists at once: looking for each address first takes too long for tens of thousands
	return emails.map((email, index) => {
		const number = first + index;
		const user = newUser(state, clock, { email, name: `Student ${number}`, src: 'seed', createdAt: enrolledAt });
		state.users.push(user);
		state.enrollments.push({
			id: nextId(state),
			userId: user.id,
			courseId,
			enrolledAt: enrolledAt + index,
			endedAt: null,
			expiresAt: null,
			saleId: null,
		});
		return email;
	});
}
