/*
 * Hotmart's words as its API spells them, with the labels of the editor. Lists that Hotmart extends without notice accept any
 * other word by expression.
 */

/** States of a sale (Hotmart §4.2). */
export const SALE_STATUSES: Record<string, string> = {
	APPROVED: 'Approved',
	BLOCKED: 'Blocked',
	CANCELLED: 'Canceled',
	CHARGEBACK: 'Chargeback',
	COMPLETE: 'Complete',
	EXPIRED: 'Expired',
	NO_FUNDS: 'No Funds',
	OVERDUE: 'Overdue',
	PARTIALLY_REFUNDED: 'Partially Refunded',
	PRE_ORDER: 'Pre-Order',
	PRINTED_BILLET: 'Billet Printed',
	PROCESSING_TRANSACTION: 'Processing',
	PROTESTED: 'Refund Requested',
	REFUNDED: 'Refunded',
	STARTED: 'Started',
	UNDER_ANALISYS: 'Under Analysis',
	WAITING_PAYMENT: 'Waiting for Payment',
};

/** The states as the transactions of subscriptions spell them (Hotmart §4.2). */
const { OVERDUE, UNDER_ANALISYS, ...SAME } = SALE_STATUSES;
export const CHARGE_STATUSES: Record<string, string> = { ...SAME, DELAYED: OVERDUE!, UNDER_ANALYSIS: UNDER_ANALISYS! };

/** An open list (Hotmart §4.3). */
export const PAYMENT_TYPES: Record<string, string> = {
	BILLET: 'Billet (Boleto)',
	CASH_PAYMENT: 'Cash Payment',
	CREDIT_CARD: 'Credit Card',
	DIRECT_BANK_TRANSFER: 'Direct Bank Transfer',
	DIRECT_DEBIT: 'Direct Debit',
	FINANCED_BILLET: 'Financed Billet',
	FINANCED_INSTALLMENT: 'Financed Installment',
	GOOGLE_PAY: 'Google Pay',
	HOTCARD: 'Hotcard',
	HYBRID: 'Hybrid',
	MANUAL_TRANSFER: 'Manual Transfer',
	PAYPAL: 'PayPal',
	PAYPAL_INTERNACIONAL: 'PayPal International',
	PICPAY: 'PicPay',
	PIX: 'Pix',
	SAMSUNG_PAY: 'Samsung Pay',
	WALLET: 'Wallet',
};

/** Whose share of a sale (Hotmart §4.6). */
export const COMMISSION_ROLES: Record<string, string> = {
	AFFILIATE: 'Affiliate',
	COPRODUCER: 'Co-Producer',
	PRODUCER: 'Producer',
};

/** Kinds of recurring charges (Hotmart §4.6). */
export const BILLING_TYPES: Record<string, string> = {
	SMART_INSTALLMENT: 'Smart Installment',
	SMART_RECOVERY: 'Smart Recovery',
	SUBSCRIPTION: 'Subscription',
};

/** States of a recurrence (Hotmart §4.6). */
export const RECURRENCE_STATUSES: Record<string, string> = {
	CHARGEBACK: 'Chargeback',
	CLAIMED: 'Claimed',
	NOT_PAID: 'Not Paid',
	PAID: 'Paid',
	REFUNDED: 'Refunded',
};

/** Periods of a plan (Hotmart §4.9). */
export const PERIODICITIES: Record<string, string> = {
	ANNUAL: 'Annual',
	BIANNUAL: 'Every Six Months',
	BIMONTHLY: 'Every Two Months',
	MONTHLY: 'Monthly',
	QUARTERLY: 'Quarterly',
	WEEKLY: 'Weekly',
};

/** States of a product (Hotmart §4.7). */
export const PRODUCT_STATUSES: Record<string, string> = {
	ACTIVE: 'Active',
	CHANGES_PENDING_ON_PRODUCT: 'Changes Pending',
	DELETED: 'Deleted',
	DRAFT: 'Draft',
	IN_REVIEW: 'In Review',
	NOT_APPROVED: 'Not Approved',
	PAUSED: 'Paused',
};

/** Kinds of products, an open list (Hotmart §4.8). */
export const PRODUCT_FORMATS: Record<string, string> = {
	AGENT: 'Agent',
	AUDIOS: 'Audio',
	BUNDLE: 'Bundle',
	COMMUNITY: 'Community',
	EBOOK: 'E-Book',
	ETICKET: 'Ticket',
	IMAGES: 'Images',
	MOBILE_APPS: 'Mobile App',
	ONLINE_COURSE: 'Online Course',
	ONLINE_EVENT: 'Online Event',
	ONLINE_SERVICE: 'Online Service',
	SERIAL_CODES: 'Serial Codes',
	SOFTWARE: 'Software',
	TEMPLATES: 'Templates',
	VIDEOS: 'Videos',
};

/** Tickets of an event (Hotmart §3.6). */
export const TICKET_STATUSES: Record<string, string> = {
	AVAILABLE: 'Available',
	CHARGEBACK: 'Chargeback',
	EXCLUDED: 'Excluded',
	INVITE: 'Invite',
	INVITE_CANCELED: 'Invite Canceled',
	REFUNDED: 'Refunded',
	RESERVED: 'Reserved',
	SOLD: 'Sold',
};
export const TICKET_TYPES: Record<string, string> = { ALL: 'All', FREE: 'Free', PAID: 'Paid' };
export const CHECKIN_STATUSES: Record<string, string> = {
	ALL: 'All',
	CONCLUDED: 'Concluded',
	PARTIAL: 'Partial',
	PENDING: 'Pending',
};
