import { EVENTS, isKnownEvent, type PayloadKind } from './events';
import type { HotmartItem } from './item';

/** What the user wants of the events that were chosen. An empty list means all. */
export interface EventFilters {
	productIds: string[];
	/** IDs or names. */
	plans: string[];
	offerCodes: string[];
	kinds: string[];
	paymentTypes: string[];
	orderBumps: 'all' | 'exclude' | 'only';
}

/** Payloads that say something about each property; an event of another payload passes the property's filter. */
const CARRIED_BY: Record<'plan' | 'offer' | 'purchase', PayloadKind[]> = {
	plan: ['purchase', 'cancellation', 'switchPlan', 'chargeDate'],
	offer: ['purchase', 'switchPlan', 'chargeDate', 'cart', 'order'],
	purchase: ['purchase'],
};

/** Webhooks were seen to write CASHPAYMENT for what the API calls CASH_PAYMENT (Hotmart §4.3). */
const spelled = (type: string) => type.toUpperCase().replaceAll('_', '');

/**
 * Whether an event passes the filters. A filter holds back only events that carry its property: a cancellation has no payment
 * type, and a filter by payment type must not keep a student in a course.
 *
 * @param offerCodes the offers that the event is about: of a switch of plans the old one, too, whose course the student leaves
 */
export function passes(item: HotmartItem, filters: EventFilters, offerCodes: Array<string | null>): boolean {
	const payload = isKnownEvent(item.event) ? EVENTS[item.event].payload : null;
	const carries = (property: keyof typeof CARRIED_BY) => payload !== null && CARRIED_BY[property].includes(payload);
	const { product, plan, subscription, purchase } = item;
	const matches = (wanted: string[], values: unknown[]) =>
		wanted.length === 0 ||
		values.some((value) => value !== null && value !== undefined && wanted.includes(String(value)));
	// The main sale of an order with bumps has the mark as well; only a bump names its parent (Hotmart §5.6.1).
	const isBump = purchase?.orderBump === true && purchase.parentTransaction !== null;
	// A subscription without a plan is of an old payload: which plan it is cannot be told.
	const planIsKnown = plan !== null || subscription === null;

	return (
		(product.id === null || matches(filters.productIds, [product.id])) &&
		(!carries('plan') || !planIsKnown || matches(filters.plans, plan ? Object.values(plan) : [])) &&
		(!carries('offer') || !offerCodes.some(Boolean) || matches(filters.offerCodes, offerCodes)) &&
		(!carries('purchase') || !purchase?.kind || matches(filters.kinds, [purchase.kind])) &&
		(!carries('purchase') ||
			!purchase?.paymentType ||
			matches(filters.paymentTypes.map(spelled), [spelled(purchase.paymentType)])) &&
		(!carries('purchase') || filters.orderBumps === 'all' || isBump === (filters.orderBumps === 'only'))
	);
}
