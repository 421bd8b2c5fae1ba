import type { IDataObject } from 'n8n-workflow';

import { type Filter, choiceFilter, choicesFilter, dateFilter, textFilter } from '../../../shared/filters';
import { offer, product } from '../../api/fields';
import { COMMISSION_ROLES, PAYMENT_TYPES, SALE_STATUSES } from '../../vocabulary/choices';

/** Price details accept fewer statuses than the other lists of sales (Hotmart §3.2.5). */
const UNPRICED = ['NO_FUNDS', 'PRE_ORDER', 'PROCESSING_TRANSACTION'];
export const PRICED_STATUSES = Object.fromEntries(
	Object.entries(SALE_STATUSES).filter(([status]) => !UNPRICED.includes(status)),
);

const status = (labels: Record<string, string>, description: string) =>
	choicesFilter('transaction_status', { displayName: 'Status', name: 'status', description }, labels);

const ALL = 'Without a status, all are listed, including unpaid ones';

/** The filters of the lists of sales; each list picks its own (Hotmart §3.2). */
export const FILTERS = {
	affiliateName: textFilter('affiliate_name', { displayName: 'Affiliate Name', name: 'affiliateName' }),
	buyerEmail: textFilter('buyer_email', {
		displayName: 'Buyer Email',
		name: 'buyerEmail',
		placeholder: 'name@email.com',
	}),
	buyerName: textFilter('buyer_name', {
		displayName: 'Buyer Name',
		name: 'buyerName',
		placeholder: 'e.g. Nathan Smith',
	}),
	commissionAs: choiceFilter('commission_as', { displayName: 'Commission As', name: 'commissionAs' }, COMMISSION_ROLES),
	offer: { query: 'offer_code', field: offer },
	paymentType: choiceFilter('payment_type', { displayName: 'Payment Type', name: 'paymentType' }, PAYMENT_TYPES),
	product: { query: 'product_id', field: product },
	source: textFilter('sales_source', {
		displayName: 'Sales Source',
		name: 'salesSource',
		description: 'The src of the link that the buyer used',
	}),
	soldAfter: dateFilter('start_date', {
		displayName: 'Sold After',
		name: 'soldAfter',
		description: 'Day of the sale; without it all sales are listed',
	}),
	soldBefore: dateFilter('end_date', {
		displayName: 'Sold Before',
		name: 'soldBefore',
		description: 'Day of the sale',
	}),
	status: status(SALE_STATUSES, ALL),
	statusOfPaid: status(SALE_STATUSES, 'Without a status, only paid sales count: Approved and Complete'),
	statusOfPriced: status(PRICED_STATUSES, ALL),
	transaction: textFilter('transaction', {
		displayName: 'Transaction',
		name: 'transaction',
		placeholder: 'e.g. HP17715690036014',
	}),
} satisfies Record<string, Filter>;

/** Without a status Hotmart lists approved and complete sales only (Hotmart §3.2): requests all, unless a sale or a status is given. */
export const inAllStatuses =
	(statuses: Record<string, string>) =>
	(query: IDataObject): IDataObject =>
		query.transaction === undefined && query.transaction_status === undefined
			? { ...query, transaction_status: Object.keys(statuses) }
			: query;
