import { booleanFilter, dateFilter, textFilter } from '../../../shared/filters';
import { listFields } from '../../../shared/list';
import { addresses } from '../../api/addresses';
import { course, plan, user } from '../../api/fields';
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
			description: 'This moment itself does not count',
		}),
		dateFilter('end', {
			displayName: 'Paid Before',
			name: 'paidBefore',
			description: 'This moment itself counts, too',
		}),
		{ query: 'pricing_plan_id', field: plan },
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
		'List the payments that were made in Teachable itself; amounts are in the smallest unit of their currency (cents). New ones show up after some two minutes. Changes nothing.',
	fields: listFields(LIST),
	execute: async (call) => await readList(call, LIST),
};
