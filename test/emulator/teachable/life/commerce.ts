import { transactionObject } from '../events';
import type { Payload } from '../events';
import type { School } from '../school';
import { addEnrollment, nextId } from '../state';
import type { TeachablePricingPlan, TeachableSale, TeachableTransaction } from '../types';
import { tell } from '../webhooks';
import { enrollmentEvent, guessedEvent, rowOf, userOf, userWith } from './common';
import { activeOf, addSale, leave, saleEvent } from './enrollments';

const DAY = 86_400_000;
const LIMIT_DAYS = { day: 1, week: 7, month: 30, year: 365 };

const planOf = ({ state }: School, planId: number) => rowOf(state.pricingPlans, planId, 'pricing plan');

/** Money of a sale: Transaction.created; a sale for nothing has none. */
function charge(school: School, sale: TeachableSale, plan: TeachablePricingPlan): Payload[] {
	if (sale.finalPrice === 0) return [];
	const { state, clock } = school;
	const at = new Date(clock.now()).toISOString();
	const transaction: TeachableTransaction = {
		id: nextId(state),
		user_id: sale.userId,
		pricing_plan_id: plan.id,
		course_id: plan.course_id,
		sale_id: sale.id,
		created_at: at,
		purchased_at: at,
		final_price: sale.finalPrice,
		currency: sale.currency,
		has_chargeback: false,
		refunded_at: null,
		amount_refunded: null,
	};
	state.transactions.push(transaction);
	const object = transactionObject(school, transaction, sale, plan);
	return [{ type: 'Transaction.created', id: transaction.id, object }];
}

/** Until when a plan lets its buyer in; null: without end. */
function accessEnd({ detail: { frequency } }: TeachablePricingPlan, now: number): number | null {
	const { access_limit_date: date, access_limit_interval: unit, access_limit_duration: count } = frequency;
	if (date !== null) return Date.parse(date);
	return unit === null || count === null ? null : now + count * LIMIT_DAYS[unit] * DAY;
}

/** What a person buys in Teachable itself: a pricing plan, of further courses too where it is a bundle. */
export interface TeachableOrder {
	email: string;
	name?: string;
	pricingPlanId: number;
	/** Further courses of a bundle, which is one sale with an enrollment in each. */
	courseIds?: number[];
}

/** User.created of a new person, Sale.created, Transaction.created where money is paid, Enrollment.created of each course. */
export async function buy(
	school: School,
	{ email, name, pricingPlanId, courseIds = [] }: TeachableOrder,
): Promise<{ saleId: number; transactionId?: number }> {
	const { state, clock } = school;
	const plan = planOf(school, pricingPlanId);
	const { user, payloads } = userWith(school, { email, name: name ?? null });
	const sale = addSale(school, user.id, plan, [plan.course_id, ...courseIds]);
	const charged = charge(school, sale, plan);
	const expiresAt = accessEnd(plan, clock.now());
	const entered = sale.courseIds.map((courseId) =>
		enrollmentEvent(
			school,
			'Enrollment.created',
			addEnrollment(state, clock, { email, courseId, expiresAt, saleId: sale.id }),
		),
	);
	await tell(school, [...payloads, saleEvent(school, 'Sale.created', sale), ...charged, ...entered]);
	return { saleId: sale.id, ...(charged[0] && { transactionId: charged[0].id }) };
}

/** A further charge of a subscription: Transaction.created. */
export async function renew(school: School, saleId: number): Promise<void> {
	const sale = rowOf(school.state.sales, saleId, 'sale');
	if (sale.canceledAt !== null) throw new Error(`Sale ${saleId} is canceled`);
	await tell(school, charge(school, sale, planOf(school, sale.pricingPlanId)));
}

/** The buyer cancels a subscription: Sale.subscription_canceled. Access ends when the period does, by `unenroll` or expiry. */
export async function cancelSubscription(school: School, saleId: number): Promise<void> {
	const sale = rowOf(school.state.sales, saleId, 'sale');
	if (sale.canceledAt !== null) throw new Error(`Sale ${saleId} is canceled already`);
	sale.canceledAt = school.clock.now();
	await tell(school, [saleEvent(school, 'Sale.subscription_canceled', sale)]);
}

/** Transaction.refunded, whole or an amount (smallest unit); a whole refund also unenrolls: Enrollment.disabled. */
export async function refund(school: School, transactionId: number, amount = Infinity): Promise<void> {
	const { state, clock } = school;
	const transaction = rowOf(state.transactions, transactionId, 'transaction');
	if (transaction.refunded_at !== null) throw new Error(`Transaction ${transactionId} is refunded already`);
	const sale = rowOf(state.sales, transaction.sale_id, 'sale');
	const whole = amount >= transaction.final_price;
	transaction.refunded_at = new Date(clock.now()).toISOString();
	transaction.amount_refunded = whole ? transaction.final_price : amount;
	const object = transactionObject(school, transaction, sale, planOf(school, sale.pricingPlanId));
	const user = rowOf(state.users, sale.userId, 'user');
	const enrollments = whole ? sale.courseIds.flatMap((courseId) => activeOf(school, user, courseId)) : [];
	await tell(school, [{ type: 'Transaction.refunded', id: transaction.id, object }, ...leave(school, enrollments)]);
}

/** AbandonedOrder.created of a known person. */
export async function abandonOrder(school: School, email: string, pricingPlanId: number): Promise<void> {
	const plan = planOf(school, pricingPlanId);
	const object = { product: { id: plan.id, name: plan.name }, price: plan.price, currency: plan.currency };
	await tell(school, [guessedEvent(school, 'AbandonedOrder.created', userOf(school, email), object)]);
}
