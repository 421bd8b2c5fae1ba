import type { EVENTS } from '../../../nodes/Teachable/trigger/events';
import type { School } from './school';
import { isActive } from './state';
import { progressOf } from './progress';
import type {
	TeachableCourse,
	TeachableEnrollment,
	TeachableLecture,
	TeachablePricingPlan,
	TeachableSale,
	TeachableTransaction,
	TeachableUser,
} from './types';

/**
 * Every event that Teachable sends (Teachable §4). `isPublic`: fields of its `object` were published or seen; the objects of the
 * others are guesses of this emulator, of which a client must rely on none.
 */
export const TEACHABLE_EVENTS = {
	'Admission.created': { isPublic: false },
	'Admission.disabled': { isPublic: false },
	'Comment.created': { isPublic: false },
	'EmailLead.created': { isPublic: false },
	'Enrollment.created': { isPublic: true },
	'Enrollment.completed': { isPublic: true },
	'Enrollment.disabled': { isPublic: true },
	'LectureProgress.created': { isPublic: true },
	'Response.created': { isPublic: false },
	'Sale.created': { isPublic: true },
	'Sale.subscription_canceled': { isPublic: true },
	'Transaction.created': { isPublic: true },
	'Transaction.refunded': { isPublic: true },
	'User.created': { isPublic: true },
	'User.updated': { isPublic: true },
	'User.subscribe_to_marketing_emails': { isPublic: true },
	'User.unsubscribe_from_marketing_emails': { isPublic: true },
	'UserTag.created': { isPublic: false },
	'UserTag.removed': { isPublic: false },
	'AbandonedOrder.created': { isPublic: false },
} as const satisfies { [event in keyof typeof EVENTS]: { isPublic: (typeof EVENTS)[event]['isPublic'] } };

export type TeachableEvent = keyof typeof TEACHABLE_EVENTS;

/** What is sent for one event: the envelope's `type`, `id` and `object`. */
export interface Payload {
	type: TeachableEvent;
	id: number;
	object: Record<string, unknown>;
}

const iso = (time: number) => new Date(time).toISOString();
const isoOrNull = (time: number | null) => (time === null ? null : iso(time));
const SCHOOL_ID = 1_204_417;

export const userObject = ({ id, role, email, name, src, marketing, lastSignInAt, signInCount }: TeachableUser) => ({
	id,
	role,
	email,
	name,
	school_id: SCHOOL_ID,
	src,
	phone_number: null,
	last_sign_in_at: isoOrNull(lastSignInAt),
	sign_in_count: signInCount,
	unsubscribe_from_marketing_emails: !marketing,
});

export const courseObject = ({ id, name, description }: TeachableCourse) => ({
	id,
	name,
	friendly_url: name.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
	description,
});

export function enrollmentObject({ clock, state }: School, enrollment: TeachableEnrollment) {
	const { id, userId, courseId, enrolledAt, saleId } = enrollment;
	const user = state.users.find((row) => row.id === userId);
	const course = state.courses.find((row) => row.id === courseId);
	const active = isActive(enrollment, clock.now());
	const { percent, completedAt } = progressOf(state, userId, course);
	return {
		id,
		created_at: iso(enrolledAt),
		updated_at: iso(clock.now()),
		user_id: userId,
		course_id: courseId,
		primary_course_id: courseId,
		sale_id: saleId,
		is_active: active,
		enrolled_at: iso(enrolledAt),
		percent_complete: percent,
		has_full_access: active,
		course_progress_id: id,
		certificate_serial_number: completedAt === null ? null : `cert_${userId.toString(36)}`,
		user: user && userObject(user),
		course: course && courseObject(course),
	};
}

export function lectureObject(
	{ state }: School,
	user: TeachableUser,
	course: TeachableCourse,
	lecture: TeachableLecture,
) {
	return {
		id: lecture.id,
		is_completed: true,
		course_id: course.id,
		lecture_id: lecture.id,
		school_id: SCHOOL_ID,
		percent_complete: progressOf(state, user.id, course).percent,
		course: courseObject(course),
		user: userObject(user),
		lecture: { id: lecture.id, name: lecture.name, is_published: lecture.isPublished },
	};
}

export function saleObject({ state }: School, sale: TeachableSale, plan: TeachablePricingPlan) {
	const user = state.users.find(({ id }) => id === sale.userId);
	const course = state.courses.find(({ id }) => id === sale.courseIds[0]);
	return {
		id: sale.id,
		user_id: sale.userId,
		user: user && userObject(user),
		course: course && { id: course.id, name: course.name },
		product: { id: plan.id, name: plan.name, is_recurring: plan.detail.frequency.type === 'subscription' },
		final_price: sale.finalPrice,
		price: plan.price,
		currency: sale.currency,
		purchased_at: iso(sale.purchasedAt),
		is_active: sale.canceledAt === null,
	};
}

export function transactionObject(
	school: School,
	transaction: TeachableTransaction,
	sale: TeachableSale,
	plan: TeachablePricingPlan,
) {
	const { product } = saleObject(school, sale, plan);
	return {
		id: transaction.id,
		user_id: transaction.user_id,
		user: { email: school.state.users.find(({ id }) => id === transaction.user_id)?.email },
		sale: { id: sale.id, product },
		final_price: transaction.final_price,
		currency: transaction.currency,
		status: 'paid',
		purchased_at: transaction.purchased_at,
		refunded_at: transaction.refunded_at,
		amount_refunded: transaction.amount_refunded,
		stripe_charge_token: `ch_${transaction.id.toString(36)}`,
	};
}
