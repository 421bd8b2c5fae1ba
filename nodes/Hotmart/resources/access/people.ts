import { UserError, type IDataObject } from 'n8n-workflow';

import { emailKey } from '../../../shared/email';
import { accessItemOf } from '../../access/item';
import type { Verdict } from '../../access/verdict';
import type { HotmartCall } from '../../api/operation';
import { ALL_SALES, readSales, readSubscriptions, type Owner, type Sale, type Subscription } from './purchases';

/**
 * Reads what the person with an address bought. Whether Hotmart compares addresses exactly or loosely is not documented, so it
 * is asked for the spelling in lower case as well, and what it answers is compared here.
 */
export async function readPurchases(call: HotmartCall, address: string, productId: string) {
	const subscriptions: Subscription[] = [];
	const sales: Sale[] = [];
	const isTheirs = (entry: { email: string }) => emailKey(entry.email) === emailKey(address);
	for (const spelling of new Set([address, emailKey(address)])) {
		const query = { product_id: productId || undefined };
		const found = await readSubscriptions(call, { ...query, subscriber_email: spelling });
		subscriptions.push(...found.filter(isTheirs));
		sales.push(...(await readSales(call, { ...query, buyer_email: spelling }, ALL_SALES)).filter(isTheirs));
	}
	return { subscriptions, sales };
}

/** One person's item: for reading, and as the item that *Apply Access* reads. `sources` has what decides first. */
export function personItem(
	owner: { email: string | null; name: string | null; subscriberCode?: string },
	verdict: Verdict,
): IDataObject {
	const { hasAccess, until, reason, status, sources } = verdict;
	const subscriberCode = owner.subscriberCode ?? sources[0]?.subscriberCode ?? null;
	const item = { email: owner.email, name: owner.name, subscriberCode, hasAccess, until, reason, status };
	return { ...accessItemOf({ email: owner.email, name: owner.name }, verdict), ...item, sources };
}

/** The error in place of an item if it is unclear whether a person has access: nothing may act on that. */
export function undecided(email: string | null, { sources: [source] }: Verdict): UserError {
	const what = source?.subscriberCode ? `subscription ${source.subscriberCode}` : `sale ${source?.transaction}`;
	return new UserError(
		`It is unclear whether ${email} has access: the status of the ${what} is not known, or its payments contradict it. Look at it in Hotmart, and do not change this person's access until then. (${source?.statusRaw ?? 'no status'})`,
	);
}

/** A person with all records of the address. */
export type Buyer = Owner & { subscriptions: Subscription[]; sales: Sale[] };

/** Everybody's purchases by e-mail address. Records without an address are left out. */
export function byPerson(subscriptions: Subscription[], sales: Sale[]): Buyer[] {
	const people = new Map<string, Buyer>();
	const personOf = ({ email, name }: Owner) => {
		const key = emailKey(email);
		const person = people.get(key) ?? { email, name, subscriptions: [], sales: [] };
		people.set(key, person);
		return person;
	};
	for (const subscription of subscriptions) personOf(subscription).subscriptions.push(subscription);
	for (const sale of sales) personOf(sale).sales.push(sale);
	people.delete('');
	return [...people.values()];
}
