import { isKnownEvent } from '../../../../nodes/Hotmart/trigger/events';
import type { Account } from '../account';
import { cartPayload, firstAccessPayload, fulfillmentPayload, modulePayload } from '../events';
import { contentsOf, personOf, productOf, saleOf } from '../state';
import { testPayload } from '../testButton';
import type { Order, Product, Visit } from '../types';
import { tell } from '../webhooks';

function visitOf({ state, clock }: Account, email: string, { id }: Product): Visit {
	const found = state.visits.find((visit) => visit.productId === id && visit.email === email.toLowerCase());
	if (found) return found;
	const now = clock.now();
	const added = {
		email: email.toLowerCase(),
		productId: id,
		firstAccess: now,
		lastAccess: now,
		count: 0,
		completed: {},
	};
	state.visits.push(added);
	return added;
}

/** CLUB_FIRST_ACCESS. */
export async function firstAccess(account: Account, email: string, productId: number): Promise<void> {
	const product = productOf(account.state, productId);
	const visit = visitOf(account, email, product);
	Object.assign(visit, { lastAccess: account.clock.now(), count: visit.count + 1 });
	await tell(account, [firstAccessPayload(product, personOf(email))]);
}

/** CLUB_MODULE_COMPLETED; default the first module. */
export async function completeModule(
	account: Account,
	email: string,
	productId: number,
	moduleId?: string,
): Promise<void> {
	const product = productOf(account.state, productId);
	const module = product.club?.modules.find(({ id }) => moduleId === undefined || id === moduleId);
	if (module === undefined) throw new Error(`Product ${productId} has no such module`);
	Object.assign(visitOf(account, email, product).completed, { [module.id]: account.clock.now() });
	await tell(account, [modulePayload(product, personOf(email), module)]);
}

/** PURCHASE_OUT_OF_SHOPPING_CART. */
export async function abandonCart(account: Account, { email, name, productId, planId }: Order): Promise<void> {
	const product = productOf(account.state, productId);
	const plan = product.plans.find(({ id }) => id === planId) ?? product.plans[0];
	const offerCode = plan?.code ?? product.offers[0]?.code ?? '';
	await tell(account, [cartPayload(product, personOf(email, name), offerCode, plan?.id)]);
}

/** ORDER_FULFILLMENT of a paid sale: one line for each product of the sale, of its combo and of its order bumps. */
export async function fulfillOrder(account: Account, transaction: string): Promise<void> {
	const { state } = account;
	const sale = saleOf(state, transaction);
	const bumps = state.sales.rows().filter(({ parentTransaction }) => parentTransaction === transaction);
	const lines = [sale, ...bumps].flatMap((line) => {
		const product = productOf(state, line.productId);
		const parts = product.contents ? contentsOf(state, product) : [product];
		return parts.map((part) => ({ sale: line, product: part }));
	});
	await tell(account, [fulfillmentPayload(productOf(state, sale.productId), sale, lines)]);
}

/** The dashboard's test button: the fixed sample of an event to every active webhook that wants it. */
export async function testButton(account: Account, event: string): Promise<void> {
	if (!isKnownEvent(event)) throw new Error(`There is no event ${event}`);
	await tell(account, [testPayload(event)], { test: true });
}
