import type { Decision } from '../access/rules';

/** Which fields an event's `data` has (Hotmart §5.6). */
export type PayloadKind = 'purchase' | 'cancellation' | 'switchPlan' | 'chargeDate' | 'cart' | 'club' | 'order';

export type EventGroup = 'Purchase' | 'Subscription' | 'Members Area' | 'Cart' | 'Logistics';

export interface EventDefinition {
	/** Name in the trigger's list of events. */
	label: string;
	group: EventGroup;
	/** When Hotmart sends it. */
	description: string;
	payload: PayloadKind;
	/** What it means for access before the user's policy is applied. */
	access: { decision: Decision; reason: string };
}

/**
 * Every event of Hotmart's webhook version 2.0.0, the one list that the trigger's options, filters and rules, the README and the
 * emulator derive from. Defaults of `access` are those of Hotmart's own integration with Teachable.
 */
export const EVENTS = {
	PURCHASE_APPROVED: {
		label: 'Purchase Approved',
		group: 'Purchase',
		description:
			'A payment was confirmed: a first purchase, a renewal, a late payment, or a reactivation that is charged',
		payload: 'purchase',
		access: { decision: 'grant', reason: 'purchaseApproved' },
	},
	PURCHASE_BILLET_PRINTED: {
		label: 'Purchase Waiting for Payment',
		group: 'Purchase',
		description: 'A bank slip or Pix was generated and is not paid yet',
		payload: 'purchase',
		access: { decision: 'none', reason: 'paymentPending' },
	},
	PURCHASE_CANCELED: {
		label: 'Purchase Canceled',
		group: 'Purchase',
		description: 'The charge of a first purchase was refused',
		payload: 'purchase',
		access: { decision: 'none', reason: 'paymentRefused' },
	},
	PURCHASE_CHARGEBACK: {
		label: 'Purchase Chargeback',
		group: 'Purchase',
		description: 'The buyer disputed the charge with the card issuer and the money was taken back',
		payload: 'purchase',
		access: { decision: 'revoke', reason: 'chargedBack' },
	},
	PURCHASE_COMPLETE: {
		label: 'Purchase Complete',
		group: 'Purchase',
		description: 'The refund period of a payment is over; one event per recurrence',
		payload: 'purchase',
		// Not a grant: it comes days after the approval, and would let a student back in who has canceled since.
		access: { decision: 'none', reason: 'refundPeriodOver' },
	},
	PURCHASE_DELAYED: {
		label: 'Purchase Overdue',
		group: 'Purchase',
		description: 'A renewal could not be charged; one event per attempt',
		payload: 'purchase',
		access: { decision: 'revoke', reason: 'paymentOverdue' },
	},
	PURCHASE_EXPIRED: {
		label: 'Purchase Expired',
		group: 'Purchase',
		description: 'The bank slip or Pix of a first purchase expired unpaid',
		payload: 'purchase',
		access: { decision: 'none', reason: 'paymentExpired' },
	},
	PURCHASE_PROTEST: {
		label: 'Purchase Refund Requested',
		group: 'Purchase',
		description: 'The buyer asked for a refund',
		payload: 'purchase',
		access: { decision: 'none', reason: 'refundRequested' },
	},
	PURCHASE_REFUNDED: {
		label: 'Purchase Refunded',
		group: 'Purchase',
		description: 'The money was returned to the buyer',
		payload: 'purchase',
		access: { decision: 'revoke', reason: 'refunded' },
	},
	SUBSCRIPTION_CANCELLATION: {
		label: 'Subscription Canceled',
		group: 'Subscription',
		description: 'The subscriber, the seller or Hotmart canceled a subscription',
		payload: 'cancellation',
		access: { decision: 'revoke', reason: 'subscriptionCanceled' },
	},
	SWITCH_PLAN: {
		label: 'Subscription Plan Switched',
		group: 'Subscription',
		description: 'A subscriber moved to another plan',
		payload: 'switchPlan',
		access: { decision: 'switch', reason: 'planSwitched' },
	},
	UPDATE_SUBSCRIPTION_CHARGE_DATE: {
		label: 'Subscription Billing Date Changed',
		group: 'Subscription',
		description: 'The billing day of a subscription changed',
		payload: 'chargeDate',
		access: { decision: 'none', reason: 'billingDateChanged' },
	},
	CLUB_FIRST_ACCESS: {
		label: 'Members Area First Access',
		group: 'Members Area',
		description: 'A student opened the course for the first time',
		payload: 'club',
		access: { decision: 'none', reason: 'firstAccess' },
	},
	CLUB_MODULE_COMPLETED: {
		label: 'Members Area Module Completed',
		group: 'Members Area',
		description: 'A student finished a module',
		payload: 'club',
		access: { decision: 'none', reason: 'moduleCompleted' },
	},
	PURCHASE_OUT_OF_SHOPPING_CART: {
		label: 'Cart Abandoned',
		group: 'Cart',
		description: 'A visitor left the checkout without buying',
		payload: 'cart',
		access: { decision: 'none', reason: 'cartAbandoned' },
	},
	ORDER_FULFILLMENT: {
		label: 'Logistics Order Approved',
		group: 'Logistics',
		description: 'An order of physical products was approved and can be shipped',
		payload: 'order',
		access: { decision: 'none', reason: 'orderToShip' },
	},
} as const satisfies Record<string, EventDefinition>;

/** Events that no webhook reports and only the API shows (Hotmart §6.3, §6.4). Webhooks with these names are unknown events. */
export const API_EVENTS = {
	SUBSCRIPTION_EXPIRED: {
		label: 'Subscription Expired',
		group: 'Subscription',
		description: 'All charges of a plan with a fixed number of charges are made; no webhook reports it',
		payload: 'cancellation',
		access: { decision: 'revoke', reason: 'subscriptionExpired' },
	},
	SUBSCRIPTION_REACTIVATED: {
		label: 'Subscription Reactivated',
		group: 'Subscription',
		description: 'A canceled subscription runs again; no webhook reports it',
		payload: 'cancellation',
		access: { decision: 'grant', reason: 'subscriptionReactivated' },
	},
} as const satisfies Record<string, EventDefinition>;

export type HotmartEvent = keyof typeof EVENTS;
export type ApiEvent = keyof typeof API_EVENTS;

/** Why an event decides what it does, in one word: the reasons of the table, and those that only the event itself shows. */
export type Reason =
	| (typeof EVENTS)[HotmartEvent]['access']['reason']
	| (typeof API_EVENTS)[ApiEvent]['access']['reason']
	| 'partiallyRefunded'
	/** An approval of something canceled or refunded, or with a paid period that is over: mostly a withdrawn refund request. */
	| 'accessEnded'
	/** The event names no e-mail address. */
	| 'studentUnknown'
	| 'unknownEvent';

export const isKnownEvent = (event: unknown): event is HotmartEvent =>
	typeof event === 'string' && Object.hasOwn(EVENTS, event);

/** Whether only the API tells of an event of this name. */
export const isApiEvent = (event: unknown): event is ApiEvent =>
	typeof event === 'string' && Object.hasOwn(API_EVENTS, event);

/** What is known of an event by its source. */
export function definitionOf(
	event: unknown,
	source: 'api' | undefined,
): { payload: PayloadKind; access: { decision: Decision; reason: Reason } } | undefined {
	if (isKnownEvent(event)) return EVENTS[event];
	return source === 'api' && isApiEvent(event) ? API_EVENTS[event] : undefined;
}
