import type { RecordShape } from '../../api/list';
import { readSale } from '../../api/records';

/** A sale as the history shows it. */
export const SALE: RecordShape = {
	read: readSale,
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
