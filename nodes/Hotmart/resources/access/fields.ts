import { UserError, type IDataObject, type INodeProperties, type INodePropertyOptions } from 'n8n-workflow';

import { STATE_POLICY, type AccessPolicy } from '../../access/rules';
import { isRecord } from '../../../shared/http';
import type { Wanted } from '../../access/verdict';
import { offer, plan, product, type HotmartCall } from '../../api/fields';

const rule = (
	name: keyof AccessPolicy,
	displayName: string,
	description: string,
	options: INodePropertyOptions[],
): INodeProperties => {
	const preset = STATE_POLICY[name];
	return { displayName, name, type: 'options', options, default: preset, description };
};

const { overdueDays: graceDays } = STATE_POLICY;

const keepOrEnd = (keep: string, end: string): INodePropertyOptions[] => [
	{ name: 'Ends Access', value: 'revoke', description: end },
	{ name: 'Keeps Access', value: 'keep', description: keep },
];

/** The rules that decide what each state means, as the user may change them. */
const RULES: INodeProperties[] = [
	rule('canceled', 'Canceled Subscription', 'By default access ends when the paid period ends, as Hotmart advises', [
		{ name: 'Ends Access at Once', value: 'now' },
		{ name: 'Ends Access When the Paid Period Ends', value: 'periodEnd' },
	]),
	rule(
		'chargedBack',
		'Chargeback',
		'By default a chargeback ends access',
		keepOrEnd('Although the money was taken back', 'Of the first payment it ends the whole subscription'),
	),
	rule('overdue', 'Overdue Payment', 'By default access stays while Hotmart tries to charge again', [
		{ name: 'Ends Access After Some Days', value: 'afterDays', description: 'Days from the charge that failed' },
		{ name: 'Ends Access at Once', value: 'now' },
		{
			name: 'Keeps Access While Hotmart Tries Again',
			value: 'keep',
			description: 'Hotmart cancels after five unpaid recurrences',
		},
	]),
	{
		displayName: 'Overdue Payment: Days',
		name: 'overdueDays',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: graceDays,
		description: 'Days of grace when an overdue payment ends access after some days. By default 5.',
	},
	rule(
		'refunded',
		'Refund',
		'By default a refund ends access, also one of a part of the price',
		keepOrEnd('Although the money went back', 'Of the first payment it ends the whole subscription'),
	),
	rule(
		'refundRequested',
		'Refund Requested',
		'By default access stays until the refund is made',
		keepOrEnd('Until the refund is made', 'A request that is withdrawn gives access again'),
	),
];

export const policyField: INodeProperties = {
	displayName: 'Access Policy',
	name: 'policy',
	type: 'collection',
	placeholder: 'Add rule',
	default: {},
	description:
		'When access ends. Without rules a canceled subscription keeps it until the paid period ends, an overdue payment keeps it while Hotmart tries again, a requested refund keeps it until it is made, and refunds and chargebacks end it.',
	options: RULES,
};

/** What narrows the question: a plan and an offer beside the product. */
export const narrowFields: INodeProperties[] = [
	{ ...plan, description: 'By name or ID. One-time purchases have no plan, so only subscriptions count then.' },
	{ ...offer, description: 'By code. Of a subscription the offer of its latest payment counts.' },
];

/** Reads what access is asked for. */
export function wantedOf({ param }: HotmartCall): Wanted {
	const text = ({ name }: INodeProperties) => String(param<unknown>(name, '') ?? '').trim();
	return { productId: text(product), plan: text(plan), offerCode: text(offer) };
}

/** Reads the policy: the rules that are set, the defaults for the others. */
export function policyOf({ param }: HotmartCall): AccessPolicy {
	const given = param<unknown>('policy', {});
	const set: IDataObject = isRecord(given) ? given : {};
	for (const { name, displayName, options } of RULES) {
		const value = set[name];
		const allowed = (options as INodePropertyOptions[] | undefined)?.map((option) => option.value);
		const isAllowed = allowed
			? allowed.includes(value as string)
			: Number(value) >= 0 && value !== '' && value !== null;
		if (value === undefined || isAllowed) continue;
		throw new UserError(
			`The rule "${displayName}" cannot be ${JSON.stringify(value)}. Enter ${allowed?.join(' or ') ?? 'a number of days'}.`,
		);
	}
	return { ...STATE_POLICY, ...set, overdueDays: Number(set.overdueDays ?? graceDays) };
}
