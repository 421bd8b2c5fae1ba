import { addresses } from '../../api/addresses';
import type { HotmartList } from '../../api/list';
import { listFields, readList } from '../../api/list';
import type { HotmartOperation } from '../../api/operation';
import { FILTERS, inAllStatuses, PRICED_STATUSES } from './filters';

const LIST: HotmartList = {
	what: 'sales',
	address: addresses.salesPriceDetails,
	filters: [
		FILTERS.paymentType,
		FILTERS.product,
		FILTERS.soldAfter,
		FILTERS.soldBefore,
		FILTERS.statusOfPriced,
		FILTERS.transaction,
	],
	simple: {
		transaction: 'transaction',
		productId: 'product.id',
		productName: 'product.name',
		base: 'base.value',
		tax: 'vat.value',
		fee: 'fee.value',
		total: 'total.value',
		currency: 'total.currency_code',
		couponCode: 'coupon.code',
		conversionRate: 'real_conversion_rate',
	},
	complete: inAllStatuses(PRICED_STATUSES),
};

export const getPriceDetails: HotmartOperation = {
	name: 'Get Price Details',
	value: 'getPriceDetails',
	action: 'Get the price details of sales',
	description: 'List sales with base price, tax, fee, total, coupon and conversion rate, by default in all statuses',
	fields: listFields(LIST),
	execute: async (call) => await readList(call, LIST),
};
