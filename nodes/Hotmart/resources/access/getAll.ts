import type { IDataObject } from 'n8n-workflow';

import { limitFields, limitOf } from '../../../shared/fields';
import { policyFields, readPolicy } from '../../access/policy';
import { judge } from '../../access/verdict';
import { product } from '../../api/fields';
import { required } from '../../../shared/parameters';
import type { HotmartOperation } from '../../api/operation';
import { narrowFields, wantedOf } from './fields';
import { askForDoubts, linkPayers } from './payers';
import { byPerson, personItem, undecided } from './people';
import { readPlans } from './plans';
import { ALL_SALES, PAID_SALES, readSales, readSubscriptions } from './purchases';

export const getAll: HotmartOperation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get everyone who has access',
	description: 'List everyone who has access to a product or plan now, until when, and why, one item per person',
	fields: [
		{
			...product,
			required: true,
			description: 'All subscriptions and sales are read, whatever the limit is, because an early sale may decide',
		},
		...narrowFields,
		...limitFields,
		{
			displayName: 'Include People Without Access',
			name: 'includeWithoutAccess',
			type: 'boolean',
			default: false,
			description:
				'Whether to also list people whose access has ended or never began, with hasAccess false and the reason',
		},
		...policyFields,
	],
	async execute(call) {
		const policy = readPolicy(call.param);
		const wanted = { ...wantedOf(call), productId: required(call, product) };
		const withoutAccess = call.param<boolean>('includeWithoutAccess', false);
		const limit = limitOf(call);

		// One list of each, for any number of people: Hotmart cannot be asked about several people at once.
		const query = { product_id: wanted.productId };
		const subscriptions = await readSubscriptions(call, query);
		const sales = await readSales(call, query, withoutAccess ? ALL_SALES : PAID_SALES);
		const [found, now]: [Array<IDataObject | Error>, number] = [[], Date.now()];
		const people = byPerson(subscriptions, sales);
		await linkPayers(call, people);
		const plans = await readPlans(call, subscriptions, policy, wanted);
		for (const person of people) {
			if (found.length >= limit) break;
			await askForDoubts(call, person, policy, now);
			const verdict = judge(person, policy, now, wanted, plans);
			if (verdict.hasAccess === null) found.push(undecided(person.email, verdict));
			else if (verdict.hasAccess || (withoutAccess && verdict.reason !== 'notFound'))
				found.push(personItem(person, verdict));
		}
		if (found.length === 0)
			call.hint(
				withoutAccess
					? 'Nobody bought this product with this plan or offer. Check the fields Product, Plan and Offer.'
					: 'Nobody has access to this product now. Turn on "Include People Without Access" to see who had it and why it ended.',
			);
		return found;
	},
};
