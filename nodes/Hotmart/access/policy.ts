import { UserError, type INodeProperties, type INodePropertyOptions } from 'n8n-workflow';

/** When each event or state that can cost access does so. */
export interface AccessPolicy {
	/** A canceled subscription. */
	canceled: 'now' | 'periodEnd';
	/** A switch of plans: when the student leaves the courses of the old plan. The new plan opens at once. */
	switched: 'now' | 'periodEnd';
	/** A payment that is not made. */
	overdue: 'now' | 'afterDays' | 'keep';
	/** Days of grace for `overdue: 'afterDays'`. */
	graceDays: number;
	/** A refund that the buyer requested and that has not been made yet. */
	refundRequested: 'now' | 'keep';
	refunded: 'now' | 'keep';
	/** A refund of a part of the price: the buyer still pays (Hotmart §6.1). */
	partiallyRefunded: 'now' | 'keep';
	chargedBack: 'now' | 'keep';
}

/** The policies that need no rules: Hotmart's own integration with Teachable, and Hotmart's advice (Hotmart §6.1). */
export const POLICIES = {
	hotmart: {
		canceled: 'now',
		switched: 'now',
		overdue: 'now',
		graceDays: 5,
		refundRequested: 'keep',
		refunded: 'now',
		partiallyRefunded: 'keep',
		chargedBack: 'now',
	},
	paidPeriod: {
		canceled: 'periodEnd',
		switched: 'periodEnd',
		overdue: 'afterDays',
		graceDays: 5,
		refundRequested: 'keep',
		refunded: 'now',
		partiallyRefunded: 'keep',
		chargedBack: 'now',
	},
} as const satisfies Record<string, AccessPolicy>;

const DEFAULTS: AccessPolicy = POLICIES.hotmart;
const { graceDays: defaultDays } = DEFAULTS;

const policyField = {
	displayName: 'Access Policy',
	name: 'policy',
	type: 'options',
	options: [
		{
			name: "Like Hotmart's Integration",
			value: 'hotmart',
			description: 'A cancellation, an overdue payment, a refund or a chargeback ends access at once',
		},
		{
			name: 'Until the Paid Period Ends',
			value: 'paidPeriod',
			description:
				'Students keep what they paid for: until the period ends after a cancellation, and for the days of grace after a missed payment',
		},
		{ name: 'Custom', value: 'custom', description: 'Choose what each event does' },
	],
	default: 'hotmart',
	description:
		'When students lose access; choose the same policy in the Hotmart Trigger and in Access, so that they agree',
} satisfies INodeProperties;

/** A rule of the policy *Custom*. */
function rule<Key extends keyof AccessPolicy>(
	key: Key,
	displayName: string,
	description: string,
	options: Array<INodePropertyOptions & { value: AccessPolicy[Key] }>,
) {
	const preset = DEFAULTS[key];
	return {
		displayName,
		name: `${key}Rule`,
		type: 'options',
		options,
		default: preset,
		description,
		displayOptions: { show: { policy: ['custom'] } },
	} satisfies INodeProperties;
}

const endOrKeep: Array<INodePropertyOptions & { value: 'now' | 'keep' }> = [
	{ name: 'Ends Access at Once', value: 'now' },
	{ name: 'Keeps Access', value: 'keep' },
];

const rules = {
	canceled: rule('canceled', 'Canceled Subscription', 'When a subscription is canceled', [
		{ name: 'Ends Access at Once', value: 'now' },
		{ name: 'Ends Access When the Paid Period Ends', value: 'periodEnd' },
	]),
	switched: rule('switched', 'Switched Plan', 'The courses of the new plan always open at once', [
		{ name: 'Leaves the Old Plan at Once', value: 'now' },
		{ name: 'Leaves the Old Plan When the Paid Period Ends', value: 'periodEnd' },
	]),
	overdue: rule('overdue', 'Overdue Payment', 'When a payment was due and could not be charged', [
		{ name: 'Ends Access at Once', value: 'now' },
		{ name: 'Ends Access After Days of Grace', value: 'afterDays' },
		{
			name: 'Keeps Access',
			value: 'keep',
			description: 'Hotmart tries again and cancels the subscription after five unpaid charges in a row',
		},
	]),
	refundRequested: rule(
		'refundRequested',
		'Requested Refund',
		'When the buyer requested a refund that Hotmart has not made yet',
		endOrKeep,
	),
	refunded: rule('refunded', 'Refund', 'When the whole price was refunded', endOrKeep),
	partiallyRefunded: rule('partiallyRefunded', 'Partial Refund', 'When part of the price was refunded', endOrKeep),
	chargedBack: rule('chargedBack', 'Chargeback', 'When the card issuer took the payment back', endOrKeep),
};

const graceDays = {
	displayName: 'Days of Grace',
	name: 'graceDays',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: defaultDays,
	description: 'How many days students keep access after a payment was due and could not be charged',
} satisfies INodeProperties;

/** The fields of the access policy: the same in every node that decides about access. */
export const policyFields: INodeProperties[] = [
	policyField,
	// The same field at two places: after the policy that needs it, and after the rule that does.
	{ ...graceDays, displayOptions: { show: { policy: ['paidPeriod'] } } },
	rules.canceled,
	rules.switched,
	rules.overdue,
	{ ...graceDays, displayOptions: { show: { policy: ['custom'], overdueRule: ['afterDays'] } } },
	rules.refundRequested,
	rules.refunded,
	rules.partiallyRefunded,
	rules.chargedBack,
];

/**
 * Reads the access policy from the parameters of a node.
 *
 * @param param reads a parameter; gives the fallback where the node does not have it
 * @throws UserError when an expression gives a value that the field does not offer
 */
export function readPolicy(param: (name: string, fallback: unknown) => unknown): AccessPolicy {
	const chosen = choiceOf(policyField, param);
	if (chosen === 'hotmart') return POLICIES.hotmart;
	if (chosen === 'paidPeriod') return { ...POLICIES.paidPeriod, graceDays: readGraceDays(param) };
	const overdue = choiceOf(rules.overdue, param);
	return {
		canceled: choiceOf(rules.canceled, param),
		switched: choiceOf(rules.switched, param),
		overdue,
		graceDays: overdue === 'afterDays' ? readGraceDays(param) : DEFAULTS.graceDays,
		refundRequested: choiceOf(rules.refundRequested, param),
		refunded: choiceOf(rules.refunded, param),
		partiallyRefunded: choiceOf(rules.partiallyRefunded, param),
		chargedBack: choiceOf(rules.chargedBack, param),
	};
}

function choiceOf<Value>(
	field: { name: string; displayName: string; default: unknown; options: Array<{ name: string; value: Value }> },
	param: (name: string, fallback: unknown) => unknown,
): Value {
	const given = param(field.name, field.default);
	const found = field.options.find(({ value }) => value === given);
	if (found) return found.value;
	const allowed = field.options.map(({ value, name }) => `${String(value)} (${name})`).join(', ');
	throw new UserError(
		`The field "${field.displayName}" cannot be ${JSON.stringify(given) ?? 'undefined'}. Enter one of these: ${allowed}.`,
	);
}

function readGraceDays(param: (name: string, fallback: unknown) => unknown): number {
	const given = param(graceDays.name, graceDays.default);
	const count = typeof given === 'number' || (typeof given === 'string' && given.trim() !== '') ? Number(given) : -1;
	if (Number.isFinite(count) && count >= 0) return count;
	throw new UserError(
		`The field "${graceDays.displayName}" cannot be ${JSON.stringify(given) ?? 'undefined'}. Enter a number of days, such as 5.`,
	);
}
