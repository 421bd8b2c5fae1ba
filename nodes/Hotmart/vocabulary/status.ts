/** The eight states of a subscription, under the names that the package uses everywhere. */
export type SubscriptionStatus =
	| 'initiated'
	| 'active'
	| 'inactive'
	| 'overdue'
	| 'canceledByCustomer'
	| 'canceledBySeller'
	| 'canceledByAdmin'
	| 'expired';

/**
 * The states with their label and their value in the REST API, as filter and in answers. REST says DELAYED for a late payment
 * and OVERDUE for a subscription that has ended; some webhooks say OVERDUE for a late payment.
 */
export const SUBSCRIPTION_STATUSES: Record<SubscriptionStatus, { label: string; rest: string; description: string }> = {
	active: { label: 'Active', rest: 'ACTIVE', description: 'The last recurrence is paid' },
	canceledByAdmin: {
		label: 'Canceled by Admin',
		rest: 'CANCELLED_BY_ADMIN',
		description: 'By Hotmart, for example after five unpaid recurrences',
	},
	canceledByCustomer: {
		label: 'Canceled by Customer',
		rest: 'CANCELLED_BY_CUSTOMER',
		description: 'By the subscriber',
	},
	canceledBySeller: {
		label: 'Canceled by Seller',
		rest: 'CANCELLED_BY_SELLER',
		description: 'By you, a collaborator or this node',
	},
	expired: { label: 'Expired', rest: 'OVERDUE', description: 'The agreed number of recurrences is over' },
	inactive: { label: 'Inactive', rest: 'INACTIVE', description: 'The first payment was never confirmed' },
	initiated: { label: 'Initiated', rest: 'STARTED', description: 'A first bank slip or Pix is not paid yet' },
	overdue: {
		label: 'Overdue',
		rest: 'DELAYED',
		description: 'The last recurrence is not paid, and Hotmart tries again',
	},
};

/** Spellings of all sources that mean the same everywhere. */
const UNAMBIGUOUS: Record<string, SubscriptionStatus> = {
	STARTED: 'initiated',
	ACTIVE: 'active',
	INACTIVE: 'inactive',
	DELAYED: 'overdue',
	PAST_DUE: 'overdue',
	EXPIRED: 'expired',
	CANCELLED_BY_CUSTOMER: 'canceledByCustomer',
	CANCELLED_BY_CLIENT: 'canceledByCustomer',
	CANCELLED_BY_SELLER: 'canceledBySeller',
	CANCELLED_BY_VENDOR: 'canceledBySeller',
	CANCELLED_BY_ADMIN: 'canceledByAdmin',
};

/** The meaning of OVERDUE depends on the source; in purchase events it is unknown. */
const OVERDUE_MEANS = { rest: 'expired', subscriptionEvent: 'overdue', purchaseEvent: null } as const;

/** The state that a status word of a source means, or null when that is not known. */
export function subscriptionStatus(raw: unknown, source: keyof typeof OVERDUE_MEANS): SubscriptionStatus | null {
	// As the REST API spells them: a list has very many.
	if (typeof raw === 'string' && Object.hasOwn(UNAMBIGUOUS, raw)) return UNAMBIGUOUS[raw]!;
	const word = constant(raw).replace(/^CANCELED/, 'CANCELLED');
	if (word === 'OVERDUE') return OVERDUE_MEANS[source];
	return Object.hasOwn(UNAMBIGUOUS, word) ? UNAMBIGUOUS[word]! : null;
}

/** The states of a purchase (Hotmart §4.2), under the names that the package uses everywhere. */
export type PurchaseStatus =
	| 'approved'
	| 'blocked'
	| 'canceled'
	| 'chargeback'
	| 'complete'
	| 'expired'
	| 'noFunds'
	| 'overdue'
	| 'partiallyRefunded'
	| 'preOrder'
	| 'processing'
	| 'refundRequested'
	| 'refunded'
	| 'started'
	| 'underAnalysis'
	| 'waitingPayment';

/** Spellings of all sources (Hotmart §4.2). */
const PURCHASE_STATUSES: Record<string, PurchaseStatus> = {
	APPROVED: 'approved',
	BLOCKED: 'blocked',
	CANCELED: 'canceled',
	CANCELLED: 'canceled',
	CHARGEBACK: 'chargeback',
	COMPLETE: 'complete',
	COMPLETED: 'complete',
	DELAYED: 'overdue',
	OVERDUE: 'overdue',
	DISPUTE: 'refundRequested',
	PROTESTED: 'refundRequested',
	EXPIRED: 'expired',
	NO_FUNDS: 'noFunds',
	PARTIALLY_REFUNDED: 'partiallyRefunded',
	PRE_ORDER: 'preOrder',
	BILLET_PRINTED: 'waitingPayment',
	PRINTED_BILLET: 'waitingPayment',
	WAITING_PAYMENT: 'waitingPayment',
	WAYTING_PAYMENT: 'waitingPayment',
	PROCESSING_TRANSACTION: 'processing',
	REFUNDED: 'refunded',
	STARTED: 'started',
	UNDER_ANALISYS: 'underAnalysis',
	UNDER_ANALYSIS: 'underAnalysis',
};

/** The state of a purchase in the package's vocabulary, or null when the word is not known. */
export function purchaseStatus(raw: unknown): PurchaseStatus | null {
	const word = constant(raw);
	return Object.hasOwn(PURCHASE_STATUSES, word) ? PURCHASE_STATUSES[word]! : null;
}

const constant = (raw: unknown) =>
	typeof raw === 'string'
		? raw
				.trim()
				.toUpperCase()
				.replace(/[\s-]+/g, '_')
		: '';
