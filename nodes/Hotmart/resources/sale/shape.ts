import type { RecordShape } from '../../../shared/list';
import { SALE_RECORD } from '../../api/records';

/** A sale as the history shows it. */
export const SALE: RecordShape = {
	reader: SALE_RECORD,
	simple: {
		transaction: 'purchase.transaction',
		status: 'purchase.status',
		statusRaw: 'purchase.status_raw',
		email: 'buyer.email',
		name: 'buyer.name',
		productId: 'product.id',
		productName: 'product.name',
		price: 'purchase.price.value',
		currency: 'purchase.price.currency_code',
		orderedAt: 'purchase.order_date',
	},
};
