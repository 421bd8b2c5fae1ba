import { UserError } from 'n8n-workflow';

import { API_EVENTS, EVENTS, type ApiEvent, type EventDefinition, type HotmartEvent } from '../trigger/events';
import { readEvents, type Param } from '../trigger/filters';
import { ALL_EVENTS } from '../trigger/outputs';

/** How far back the sales of a state are read, each with its own option. */
export type LookBack = 'paymentDays' | 'refundDays' | 'chargebackDays';

/** A state of sales in the API, in the order in which a purchase goes through them. */
export interface SaleState {
	/** Hotmart's word (Hotmart §4.2). */
	word: string;
	event: HotmartEvent;
	lookBack: LookBack;
	/** A letter for it in the memory, which holds very many. */
	letter: string;
}

/**
 * The states of sales that events are seen by. In this order, a purchase that changes its state while the lists are read is seen in
 * its later state last.
 */
export const SALE_STATES: SaleState[] = [
	{ word: 'WAITING_PAYMENT', event: 'PURCHASE_BILLET_PRINTED', lookBack: 'paymentDays', letter: 'w' },
	{ word: 'PRINTED_BILLET', event: 'PURCHASE_BILLET_PRINTED', lookBack: 'paymentDays', letter: 'w' },
	{ word: 'CANCELLED', event: 'PURCHASE_CANCELED', lookBack: 'paymentDays', letter: 'n' },
	{ word: 'EXPIRED', event: 'PURCHASE_EXPIRED', lookBack: 'paymentDays', letter: 'x' },
	{ word: 'OVERDUE', event: 'PURCHASE_DELAYED', lookBack: 'paymentDays', letter: 'o' },
	{ word: 'APPROVED', event: 'PURCHASE_APPROVED', lookBack: 'paymentDays', letter: 'a' },
	{ word: 'COMPLETE', event: 'PURCHASE_COMPLETE', lookBack: 'paymentDays', letter: 'c' },
	{ word: 'PROTESTED', event: 'PURCHASE_PROTEST', lookBack: 'refundDays', letter: 'p' },
	{ word: 'PARTIALLY_REFUNDED', event: 'PURCHASE_REFUNDED', lookBack: 'refundDays', letter: 't' },
	{ word: 'REFUNDED', event: 'PURCHASE_REFUNDED', lookBack: 'refundDays', letter: 'r' },
	{ word: 'CHARGEBACK', event: 'PURCHASE_CHARGEBACK', lookBack: 'chargebackDays', letter: 'b' },
];

/** An event that the API shows. */
export type PolledEvent = HotmartEvent | ApiEvent;

const DEFINITIONS: Record<string, EventDefinition> = { ...EVENTS, ...API_EVENTS };

const NAMES: PolledEvent[] = [
	...new Set(SALE_STATES.map(({ event }) => event)),
	'SUBSCRIPTION_CANCELLATION',
	'SWITCH_PLAN',
	'SUBSCRIPTION_EXPIRED',
	'SUBSCRIPTION_REACTIVATED',
];

/** Every event that the API shows, by its name. */
export const POLLED_EVENTS: Record<string, EventDefinition> = Object.fromEntries(
	NAMES.map((name) => [name, DEFINITIONS[name]!]),
);

/** Their names in the node, by their own. */
export const LABELS: Record<string, string> = Object.fromEntries(
	Object.entries(POLLED_EVENTS).map(([name, { label }]) => [name, label]),
);

/**
 * The events that the node is to look for.
 *
 * @throws UserError for one that the API does not show
 */
export function readPolledEvents(param: Param): string[] {
	const events = readEvents(param);
	if (events.includes(ALL_EVENTS)) return Object.keys(POLLED_EVENTS);
	for (const event of events)
		if (!Object.hasOwn(POLLED_EVENTS, event))
			throw new UserError(
				`The field "Events" contains ${event}, but Hotmart's API does not show this event. Use the Hotmart Trigger for it.`,
			);
	return events;
}
