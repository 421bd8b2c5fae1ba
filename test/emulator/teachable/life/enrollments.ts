import { saleObject } from '../events';
import type { Payload } from '../events';
import type { School } from '../school';
import { activeIn, addEnrollment, nextId } from '../state';
import type { TeachableEnrollment, TeachablePricingPlan, TeachableSale, TeachableUser } from '../types';
import { enrollmentEvent } from './common';

/** The plan of an enrollment by hand, which counts as a free sale. */
const FREE: TeachablePricingPlan = {
	id: 0,
	created_at: '',
	updated_at: '',
	name: 'Free',
	price: 0,
	currency: 'USD',
	course_id: 0,
	detail: {
		description: null,
		free_trial_length: null,
		enrollment_cap: null,
		frequency: {
			type: 'free',
			billing_interval: null,
			billing_interval_count: null,
			access_limit_date: null,
			access_limit_interval: null,
			access_limit_duration: null,
		},
	},
};

export function saleEvent(
	school: School,
	type: 'Sale.created' | 'Sale.subscription_canceled',
	sale: TeachableSale,
): Payload {
	const plan = school.state.pricingPlans.find(({ id }) => id === sale.pricingPlanId) ?? FREE;
	return { type, id: sale.id, object: saleObject(school, sale, plan) };
}

/** A sale of a plan, which gives entry to courses. */
export function addSale(
	school: School,
	userId: number,
	plan: TeachablePricingPlan,
	courseIds: number[],
): TeachableSale {
	const { state, clock } = school;
	const sale = {
		id: nextId(state),
		userId,
		pricingPlanId: plan.id,
		courseIds,
		finalPrice: plan.price,
		currency: plan.currency,
		purchasedAt: clock.now(),
		canceledAt: null,
	};
	state.sales.push(sale);
	return sale;
}

/** Sale.created of an enrollment by hand or by API, where the switch says that there is one (Teachable §3). */
function freeSale(school: School, enrollment: TeachableEnrollment): Payload[] {
	if (!school.switches.saleOfEnrollment) return [];
	const sale = addSale(school, enrollment.userId, FREE, [enrollment.courseId]);
	enrollment.saleId = sale.id;
	return [saleEvent(school, 'Sale.created', sale)];
}

/** Unenrolling somebody cancels the subscription that the enrollment came with (Teachable §3). */
function subscriptionEnds(school: School, { saleId }: TeachableEnrollment): Payload[] {
	const { state, switches, clock } = school;
	const sale = state.sales.find(({ id }) => id === saleId);
	const plan = state.pricingPlans.find(({ id }) => id === sale?.pricingPlanId);
	const runs = plan?.detail.frequency.type === 'subscription' && sale?.canceledAt === null;
	if (sale === undefined || !runs || !switches.unenrollCancels) return [];
	sale.canceledAt = clock.now();
	return [saleEvent(school, 'Sale.subscription_canceled', sale)];
}

export const activeOf = ({ state, clock }: School, { id }: TeachableUser, courseId: number) =>
	activeIn(state, courseId, clock.now()).filter(({ userId }) => userId === id);

/** Enrolls a user who is not in the course yet; returns the events to send. */
export function enter(school: School, { email }: TeachableUser, courseId: number): Payload[] {
	const enrollment = addEnrollment(school.state, school.clock, { email, courseId });
	return [...freeSale(school, enrollment), enrollmentEvent(school, 'Enrollment.created', enrollment)];
}

/** Ends enrollments, with the subscriptions that they came with. */
export function leave(school: School, enrollments: TeachableEnrollment[], at = school.clock.now()): Payload[] {
	return enrollments.flatMap((enrollment) => {
		enrollment.endedAt = at;
		return [enrollmentEvent(school, 'Enrollment.disabled', enrollment), ...subscriptionEnds(school, enrollment)];
	});
}
