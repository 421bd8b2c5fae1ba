import { EVENTS, type Reason } from './events';
import type { HotmartItem } from './item';

/** How the trigger spreads events over outputs. */
export type Routing = 'single' | 'event' | 'kind' | 'access';

export const ALL_EVENTS = '*';

interface RoutingParameters {
	routing?: Routing;
	events?: string[];
}

type Labels = Record<string, string>;

const EVENT_LABELS: Labels = Object.fromEntries(Object.entries(EVENTS).map(([event, { label }]) => [event, label]));

/** Outputs that do not depend on the chosen events, in their order; the last one takes what the others leave. */
const FIXED_OUTPUTS = {
	kind: ['One-Time', 'New Subscription', 'Renewal', 'Payment Problem', 'Cancellation', 'Other'],
	access: ['Grant', 'Revoke', 'Switch', 'Other'],
} as const;

/**
 * Names of the outputs, in their order. Everything it needs comes in as arguments, because n8n evaluates its source text in the
 * editor, too.
 */
function outputNames(
	{ routing, events }: RoutingParameters,
	fixed: Record<string, readonly string[]>,
	labels: Record<string, string>,
): string[] {
	if (routing === 'event') {
		const all = !events || events.includes('*');
		return all ? [...Object.values(labels), 'Other'] : events.map((event) => labels[event] ?? event);
	}
	return [...(fixed[routing ?? ''] ?? [''])];
}

/** Expression for the outputs of a node whose events have these labels. */
export const outputsExpression = (labels: Labels): `={{${string}}}` => {
	const parts = `$parameter, ${JSON.stringify(FIXED_OUTPUTS)}, ${JSON.stringify(labels)}`;
	return `={{ (${outputNames.toString()})(${parts}).map((name) => ({ type: "main", displayName: name || undefined })) }}`;
};

/** The same for the trigger of webhooks. */
export const OUTPUTS_EXPRESSION = outputsExpression(EVENT_LABELS);

type KindOutput = (typeof FIXED_OUTPUTS.kind)[number];

const PAYMENT_PROBLEMS: Reason[] = ['paymentOverdue', 'paymentRefused', 'paymentExpired'];
const ENDINGS: Reason[] = ['refundRequested', 'refunded', 'chargedBack', 'subscriptionCanceled', 'subscriptionExpired'];

function kindOf({ access, purchase }: HotmartItem): KindOutput {
	if (PAYMENT_PROBLEMS.includes(access.reason)) return 'Payment Problem';
	if (ENDINGS.includes(access.reason)) return 'Cancellation';
	if (access.reason !== 'purchaseApproved') return 'Other';
	if (purchase?.kind === 'oneTime') return 'One-Time';
	if (purchase?.kind === 'first') return 'New Subscription';
	return purchase?.kind === 'renewal' ? 'Renewal' : 'Other';
}

const ACCESS_OUTPUTS: Record<string, (typeof FIXED_OUTPUTS.access)[number]> = {
	grant: 'Grant',
	revoke: 'Revoke',
	switch: 'Switch',
};

/** @param labels of the node's events */
export const countOutputs = (parameters: RoutingParameters, labels = EVENT_LABELS): number =>
	outputNames(parameters, FIXED_OUTPUTS, labels).length;

/** Index of the output that an event belongs to; `labels` are those of the node's events. */
export function route(item: HotmartItem, parameters: RoutingParameters, labels = EVENT_LABELS): number {
	const names = outputNames(parameters, FIXED_OUTPUTS, labels);
	const wanted = {
		single: '',
		event: labels[item.event] ?? item.event,
		kind: kindOf(item),
		access: ACCESS_OUTPUTS[item.access.decision] ?? 'Other',
	}[parameters.routing ?? 'single'];
	const index = names.indexOf(wanted);
	return index === -1 ? names.length - 1 : index;
}
