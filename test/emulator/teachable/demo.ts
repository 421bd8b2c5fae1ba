import { DEMO } from '../seed';
import type { Clock, Seed } from '../types';
import { addCourse, addEnrollment, addUser } from './state';
import type { State } from './state';

const at = (date: string) => Date.parse(`${date}T12:00:00Z`);

/** People who run the school; GET /users lists them among the students. */
const staff = [
	{ email: 'helena@guitarfromzero.example', name: 'Helena Duarte', role: 'owner', createdAt: at('2023-02-01') },
	{ email: 'caio@guitarfromzero.example', name: 'Caio Teles', role: 'author', createdAt: at('2023-02-03') },
];

const courses = [
	{
		id: DEMO.courses.guitar,
		name: 'Guitar from Zero',
		heading: 'Your first song in a week',
		description: '<p>Chords, rhythm and <em>twelve songs</em>.</p>',
		lectures: ['Tuning up', 'Three chords', 'First song'],
	},
	{
		id: DEMO.courses.songwriting,
		name: 'Songwriting Workshop',
		heading: 'From an idea to a chorus',
		description: null,
		lectures: ['Finding a subject', 'Verse and chorus'],
	},
	{
		id: DEMO.courses.masterclass,
		name: 'Guitar Masterclass',
		heading: null,
		description: '<p>For players with three years behind them.</p>',
		lectures: ['Right hand', 'Left hand', 'Both hands', 'Stage'],
	},
	{ id: 2_966_498, name: 'Bass Basics', heading: null, description: null, isPublished: false, lectures: ['Soon'] },
];

/** Two people who bought at Teachable long ago; one of them has left. Neither is in the courses that the demo sells on Hotmart. */
const students = [
	{ email: 'rosa@students.example', name: 'Rosa Menezes', completed: 2, endedAt: null },
	{ email: 'ivo@students.example', name: 'Ivo Sarmento', completed: 1, endedAt: at('2024-11-30') },
];

/** Fills an empty school: always the key and the staff, with `demo` also courses, two students and what they paid. */
export function fillSchool(state: State, clock: Clock, seed: Seed): void {
	state.apiKeys.push(DEMO.teachable.apiKey);
	for (const person of staff) addUser(state, clock, { ...person, hasPassword: true, signInCount: 212 });
	if (seed === 'empty') return;

	const createdAt = at('2023-02-05');
	for (const course of courses) addCourse(state, clock, { ...course, createdAt });
	const { masterclass } = DEMO.courses;
	const lectures = state.courses
		.filter(({ id }) => id === masterclass)
		.flatMap(({ sections }) => sections.flatMap((section) => section.lectures));
	const planId = 4_411_201;
	state.pricingPlans.push({
		id: planId,
		created_at: new Date(createdAt).toISOString(),
		updated_at: new Date(createdAt).toISOString(),
		name: 'Masterclass, one payment',
		price: 29_900,
		currency: 'BRL',
		course_id: masterclass,
		detail: {
			description: null,
			free_trial_length: null,
			enrollment_cap: null,
			frequency: {
				type: 'one_time_payment',
				billing_interval: null,
				billing_interval_count: null,
				access_limit_date: null,
				access_limit_interval: null,
				access_limit_duration: null,
			},
		},
	});

	const enrolledAt = at('2024-05-06');
	students.forEach(({ email, name, completed, endedAt }, index) => {
		const saleId = 80_110_001 + index;
		const user = addUser(state, clock, { email, name, createdAt: enrolledAt, hasPassword: true, signInCount: 14 });
		addEnrollment(state, clock, { email, courseId: masterclass, enrolledAt, endedAt, saleId });
		for (const { id } of lectures.slice(0, completed)) {
			state.completions.push({ userId: user.id, lectureId: id, at: at('2024-06-01') });
		}
		state.sales.push({
			id: saleId,
			userId: user.id,
			pricingPlanId: planId,
			courseIds: [masterclass],
			finalPrice: 29_900,
			currency: 'BRL',
			purchasedAt: enrolledAt,
			canceledAt: null,
		});
		state.transactions.push({
			id: 91_204_001 + index,
			user_id: user.id,
			pricing_plan_id: planId,
			course_id: masterclass,
			sale_id: saleId,
			created_at: new Date(enrolledAt).toISOString(),
			purchased_at: new Date(enrolledAt).toISOString(),
			final_price: 29_900,
			currency: 'BRL',
			has_chargeback: false,
			refunded_at: endedAt === null ? null : new Date(endedAt).toISOString(),
			amount_refunded: endedAt === null ? null : 29_900,
		});
	});
}
