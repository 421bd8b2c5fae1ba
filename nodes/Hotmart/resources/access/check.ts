import { UserError, type INodeProperties } from 'n8n-workflow';

import { cleanEmail, isEmail } from '../../../shared/email';
import { policyFields, readPolicy } from '../../access/policy';
import { judge } from '../../access/verdict';
import { product, subscriberCode } from '../../api/fields';
import { required } from '../../../shared/parameters';
import type { HotmartCall, HotmartOperation } from '../../api/operation';
import { narrowFields, wantedOf } from './fields';
import { completePerson } from './payers';
import { personItem, readPurchases, undecided } from './people';
import { readPlans } from './plans';
import { findByCode } from './purchases';

const email: INodeProperties = {
	displayName: 'Email',
	name: 'email',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'name@email.com',
	description: 'E-mail address that the person used to buy at Hotmart; upper and lower case do not matter',
	displayOptions: { show: { findBy: ['email'] } },
};

/** An invalid address would count as a person without access, and might end somebody's access. */
function emailOf(call: HotmartCall): string {
	const address = cleanEmail(required(call, email));
	if (isEmail(address)) return address;
	throw new UserError(`The field "Email" is not an e-mail address: ${address}. Check its expression.`);
}

export const check: HotmartOperation = {
	name: 'Check',
	value: 'check',
	action: 'Check the access of a person',
	description: 'Check whether a person has access to a product now, until when, and why',
	fields: [
		{
			displayName: 'Find Person By',
			name: 'findBy',
			type: 'options',
			options: [
				{ name: 'Email', value: 'email' },
				{ name: 'Subscriber Code', value: 'subscriberCode' },
			],
			default: 'email',
		},
		email,
		{ ...subscriberCode, displayOptions: { show: { findBy: ['subscriberCode'] } } },
		{
			...product,
			description:
				"Without a product, all purchases count; with a subscriber code, only purchases of that subscription's product",
		},
		...narrowFields,
		...policyFields,
	],
	async execute(call) {
		const policy = readPolicy(call.param);
		const wanted = wantedOf(call);
		const isByCode = call.param<string>('findBy', 'email') === 'subscriberCode';
		const code = isByCode ? required(call, subscriberCode) : undefined;
		const subscription = code === undefined ? undefined : await findByCode(call, code);
		const address = code === undefined ? emailOf(call) : (subscription?.email ?? '');
		wanted.productId ||= String(subscription?.productId ?? '');

		const { subscriptions, sales } =
			address === '' ? { subscriptions: [], sales: [] } : await readPurchases(call, address, wanted.productId);
		if (subscription) subscriptions.push(subscription);
		// Before records of others come beside them
		const name = [...subscriptions, ...sales].find((entry) => entry.name !== null)?.name ?? null;
		const now = Date.now();
		await completePerson(call, { subscriptions, sales }, policy, now);
		const plans = await readPlans(call, subscriptions, policy, wanted);
		const verdict = judge({ subscriptions, sales }, policy, now, wanted, plans);
		if (verdict.hasAccess === null) throw undecided(address || code!, verdict);
		return personItem({ email: address || null, name, subscriberCode: code }, verdict);
	},
};
