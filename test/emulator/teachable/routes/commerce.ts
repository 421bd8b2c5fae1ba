import { byId, dateFilter, ok, paged, searchWindow, wanted } from '../http';
import type { Routes } from '../http';
import type { TeachablePricingPlan, TeachableTransaction } from '../types';

// Only the single plan shows its details
const planRow = (plan: TeachablePricingPlan) => {
	const { id, created_at, updated_at, name, price, currency, course_id } = plan;
	return { id, created_at, updated_at, name, price, currency, course_id };
};

const transactionRow = (transaction: TeachableTransaction) => ({
	id: transaction.id,
	user_id: transaction.user_id,
	pricing_plan_id: transaction.pricing_plan_id,
	sale_id: transaction.sale_id,
	created_at: transaction.created_at,
	purchased_at: transaction.purchased_at,
	charge: transaction.final_price,
	final_price: transaction.final_price,
	currency: transaction.currency,
	tax_charge: 0,
	revenue: transaction.final_price,
	status: 'paid',
	has_chargeback: transaction.has_chargeback,
	chargeback_fee: null,
	affiliate_id: null,
	affiliate_fees: null,
	author_id: null,
	author_fees: null,
	coupon_id: null,
	refunded_at: transaction.refunded_at,
	amount_refunded: transaction.amount_refunded,
});

/** What the school sells itself. */
export const commerceRoutes: Routes = {
	'GET /pricing_plans': (call) => {
		const { defaultPer } = call.school.switches;
		const { rows, meta } = paged(call, call.school.state.pricingPlans, defaultPer === 20 ? 5 : defaultPer);
		return ok({ pricing_plans: rows.map(planRow), meta });
	},

	'GET /pricing_plans/:planId': ({ school, params }) => {
		const plan = byId('Pricing plan', school.state.pricingPlans, params.planId);
		return ok({ pricing_plan: { ...planRow(plan), ...plan.detail } });
	},

	'GET /transactions': (call) => {
		const { query } = call;
		const start = dateFilter(query.start) ?? -Infinity;
		const end = dateFilter(query.end) ?? Infinity;
		const { rows, meta } = paged(
			call,
			call.school.state.transactions.filter((row) => {
				const at = Date.parse(row.purchased_at);
				return (
					wanted(query.user_id, row.user_id) &&
					wanted(query.course_id, row.course_id) &&
					wanted(query.pricing_plan_id, row.pricing_plan_id) &&
					wanted(query.affiliate_id, null) &&
					wanted(query.is_fully_refunded, row.amount_refunded === row.final_price) &&
					wanted(query.is_chargeback, row.has_chargeback) &&
					at > start &&
					at <= end
				);
			}),
		);
		const reached = (meta.page - 1) * meta.per_page < searchWindow ? rows : [];
		return ok({ transactions: reached.map(transactionRow), meta });
	},
};
