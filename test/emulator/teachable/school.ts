import type { Clock, Seed } from '../types';
import { fillSchool } from './demo';
import { defaultSwitches } from './switches';
import type { TeachableSwitches } from './switches';
import type { SchoolData, TeachableEnrollment, TeachableLecture, TeachableSchool, TeachableUser } from './types';

const sameEmail = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase();

/** What `school` needs from the webhook sender, which in turn knows the school. */
export interface Settling {
	settled(): Promise<void>;
}

export interface SchoolState {
	school: TeachableSchool;
	/** A new id, larger than all before it. */
	nextId(): number;
	snapshot(): SchoolData & { lastId: number };
	restore(snapshot: unknown): void;
	/** Back to the seed and to the switches that the school was made with. */
	reset(): void;
}

/** The school without HTTP: its records, how tests read and prepare them, and how they are kept. */
export function createSchoolState(
	clock: Clock,
	initialSwitches: Partial<TeachableSwitches>,
	seed: Seed,
	webhooks: Settling,
): SchoolState {
	// Ids of real accounts have this many digits; starting beyond the demo's own ids keeps them apart
	const firstId = 130_706_780;
	let lastId = firstId;
	const nextId = () => ++lastId;

	const data: SchoolData = {
		apiKeys: [],
		users: [],
		courses: [],
		enrollments: [],
		completions: [],
		pricingPlans: [],
		transactions: [],
		webhooks: [],
		webhookEvents: [],
	};
	const isActive = ({ endedAt, expiresAt }: TeachableEnrollment) =>
		endedAt === null && (expiresAt === null || expiresAt > clock.now());
	const newLecture = (name: string): TeachableLecture => ({
		id: nextId(),
		name,
		isPublished: true,
		attachments: (['text', 'video', 'quiz'] as const).map((kind) => ({ id: nextId(), kind })),
	});

	const school: TeachableSchool = {
		...data,
		switches: { ...defaultSwitches, ...initialSwitches },
		findUser: (email) => data.users.find((user) => sameEmail(user.email, email)),
		isActive,
		isEnrolled: (email, courseId) => {
			const user = school.findUser(email);
			return data.enrollments.some(
				(enrollment) => enrollment.userId === user?.id && enrollment.courseId === courseId && isActive(enrollment),
			);
		},
		enrolledEmails: (courseId) => {
			const inside = new Set(
				data.enrollments
					.filter((enrollment) => enrollment.courseId === courseId && isActive(enrollment))
					.map(({ userId }) => userId),
			);
			return data.users
				.filter(({ id }) => inside.has(id))
				.map(({ email }) => email)
				.sort();
		},
		addUser: (user) => {
			const existing = school.findUser(user.email);
			if (existing) return existing;
			const added: TeachableUser = {
				id: nextId(),
				name: null,
				role: 'student',
				src: null,
				hasPassword: false,
				tags: [],
				createdAt: clock.now(),
				lastSignInAt: null,
				signInCount: 0,
				...user,
			};
			data.users.push(added);
			return added;
		},
		addEnrollment: ({ email, courseId, enrolledAt = clock.now(), endedAt = null, expiresAt = null }) => {
			const enrollment = {
				id: nextId(),
				userId: school.addUser({ email }).id,
				courseId,
				enrolledAt,
				endedAt,
				expiresAt,
			};
			data.enrollments.push(enrollment);
			return enrollment;
		},
		addCourse: ({ lectures = [], ...course }) => {
			const added = {
				id: nextId(),
				heading: null,
				description: null,
				isPublished: true,
				imageUrl: null,
				createdAt: clock.now(),
				authorBio: { id: 501, name: 'Caio Teles', bio: null },
				// A first section without lectures, as many schools have, so that no client relies on the first
				sections: [
					{ id: nextId(), name: 'Welcome', isPublished: false, lectures: [] },
					{ id: nextId(), name: 'Lessons', isPublished: true, lectures: lectures.map(newLecture) },
				].slice(lectures.length > 0 ? 0 : 2),
				...course,
			};
			data.courses.push(added);
			return added;
		},
		seedStudents: (courseId, count) => {
			const enrolledAt = clock.now() - 86_400_000;
			const first = data.users.filter(({ src }) => src === 'seed').length + 1;
			// Written to the lists at once: looking for each address first takes too long for tens of thousands
			return Array.from({ length: count }, (_unused, index) => {
				const email = `student${first + index}@students.example`;
				const id = nextId();
				data.users.push({
					id,
					email,
					name: `Student ${first + index}`,
					role: 'student',
					src: 'seed',
					hasPassword: false,
					tags: [],
					createdAt: enrolledAt,
					lastSignInAt: null,
					signInCount: 0,
				});
				data.enrollments.push({
					id: nextId(),
					userId: id,
					courseId,
					enrolledAt: enrolledAt + index,
					endedAt: null,
					expiresAt: null,
				});
				return email;
			});
		},
		addWebhook: ({ url, events = [] }) => {
			const webhook = { id: nextId(), url, events, state: 'pending' as const };
			data.webhooks.push(webhook);
			return webhook;
		},
		webhooksSettled: async () => await webhooks.settled(),
	};

	const replace = (next?: SchoolData) => {
		for (const name of Object.keys(data) as Array<keyof SchoolData>) {
			const list: unknown[] = data[name];
			list.length = 0;
			for (const row of next?.[name] ?? []) list.push(row);
		}
	};
	const fill = () => {
		replace();
		lastId = firstId;
		fillSchool(school, seed);
	};
	fill();

	return {
		school,
		nextId,
		snapshot: () => structuredClone({ ...data, lastId }),
		restore: (snapshot) => {
			const kept = structuredClone(snapshot) as SchoolData & { lastId: number };
			replace(kept);
			lastId = kept.lastId;
		},
		reset: () => {
			Object.assign(school.switches, defaultSwitches, initialSwitches);
			fill();
		},
	};
}
