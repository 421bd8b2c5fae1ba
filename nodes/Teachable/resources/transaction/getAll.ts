import { booleanFilter, dateFilter, textFilter } from '../../../shared/filters';
import { listFields } from '../../../shared/list';
import { addresses } from '../../api/addresses';
import { course, pricingPlan, user } from '../../api/fields';
import type { TeachableList } from '../../api/list';
import { readList } from '../../api/list';
import type { TeachableOperation } from '../../api/operation';

const LIST: TeachableList = {
	what: 'transactions',
	address: addresses.transactions,
	filters: [
		textFilter('affiliate_id', { displayName: 'Affiliate ID', name: 'affiliateId' }),
		booleanFilter('is_chargeback', {
			displayName: 'Chargeback',
			name: 'isChargeback',
			description: 'Whether to list only payments that were charged back, or only the others',
		}),
		{ query: 'course_id', field: course },
		booleanFilter('is_fully_refunded', {
			displayName: 'Fully Refunded',
			name: 'isFullyRefunded',
			description: 'Whether to list only payments that were refunded in full, or only the others',
		}),
		dateFilter('start', {
			displayName: 'Paid After',
			name: 'paidAfter',
			description: 'Payments of this very moment are left out',
		}),
		dateFilter('end', {
			displayName: 'Paid Before',
			name: 'paidBefore',
			description: 'Payments of this very moment are included',
		}),
		{ query: 'pricing_plan_id', field: pricingPlan },
		{ query: 'user_id', field: user },
	],
	simple: {
		transactionId: 'id',
		saleId: 'sale_id',
		userId: 'user_id',
		pricingPlanId: 'pricing_plan_id',
		purchasedAt: 'purchased_at',
		finalPrice: 'final_price',
		currency: 'currency',
		status: 'status',
		amountRefunded: 'amount_refunded',
		hasChargeback: 'has_chargeback',
	},
};

export const getAll: TeachableOperation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many transactions',
	description:
		'List payments made in Teachable itself, in the smallest unit of the currency (cents); new ones appear after about two minutes',
	fields: listFields(LIST),
	execute: async (call) => await readList(call, LIST),
};
