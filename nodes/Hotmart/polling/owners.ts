import type { IDataObject } from 'n8n-workflow';

import { emailKey } from '../../shared/email';
import { addresses } from '../api/addresses';
import type { HotmartClient } from '../api/client';
import { allTimes } from '../api/ranges';
import { asEmail, asNumber, asText, Reader } from '../vocabulary/reader';
import { isOfSubscription, toSubscription, type SaleFacts, type SubscriptionFacts } from './records';

/** With more payers than this, the list of all subscriptions is read. */
const MAX_LOOK_UPS = 20;

/** A payment whose subscription is still to be found. */
interface Payment {
	transaction: string;
	email: string | null;
	productId: number | null;
	/** The payer and the product. */
	key: string;
}

const keyOf = (email: string | null, productId: number | null) => `${emailKey(email)}:${productId}`;

/** Finds the subscriptions of payments: the list of sales does not name them. */
export class Owners {
	private readonly payments: Payment[];
	private readonly keys: Set<string>;
	private readonly transactions: Set<string>;
	private readonly byKey = new Map<string, SubscriptionFacts[]>();
	private readonly byTransaction = new Map<string, SubscriptionFacts>();

	constructor(
		private readonly client: HotmartClient,
		sales: SaleFacts[],
	) {
		this.payments = sales.filter(isOfSubscription).map(({ record, transaction }) => {
			const reader = new Reader(record);
			const email = reader.peek('buyer.email', asEmail);
			const productId = reader.peek('product.id', asNumber);
			return { transaction, email, productId, key: keyOf(email, productId) };
		});
		this.keys = new Set(this.payments.map(({ key }) => key));
		this.transactions = new Set(this.payments.map(({ transaction }) => transaction));
	}

	/** Keeps a subscription if a payment may belong to it. */
	note(subscription: SubscriptionFacts): void {
		const reader = new Reader(subscription.record);
		const transaction = reader.peek('transaction', asText) ?? '';
		if (this.transactions.has(transaction)) this.byTransaction.set(transaction, subscription);
		const key = keyOf(reader.peek('subscriber.email', asEmail), reader.peek('product.id', asNumber));
		if (!this.keys.has(key)) return;
		const others = (this.byKey.get(key) ?? []).filter(({ code }) => code !== subscription.code);
		this.byKey.set(key, [...others, subscription]);
	}

	/**
	 * The subscription of each payment, by its transaction.
	 *
	 * @param isComplete whether all subscriptions were noted, so that nothing is read
	 */
	async find(isComplete: boolean): Promise<Map<string, SubscriptionFacts>> {
		if (!isComplete) await this.lookUp();
		return new Map(
			this.payments.flatMap((payment) => {
				const owner = this.ownerOf(payment);
				return owner ? [[payment.transaction, owner] as const] : [];
			}),
		);
	}

	private async lookUp(): Promise<void> {
		const payers = new Map(this.payments.map((payment) => [payment.key, payment]));
		if (payers.size > MAX_LOOK_UPS) return await this.read({});
		for (const { email, productId } of payers.values())
			if (email !== null) await this.read({ subscriber_email: email, product_id: productId ?? undefined });
		// Who pays for a gift is not the subscriber.
		for (const payment of this.payments)
			if (!this.ownerOf(payment)) await this.read({ transaction: payment.transaction });
	}

	private async read(query: IDataObject): Promise<void> {
		const path = addresses.subscriptions;
		const request = { path, query: allTimes(path, query) };
		const read = (record: IDataObject) => this.note(toSubscription(record));
		await this.client.list(request, { limit: Infinity, read, isPatient: true });
	}

	private ownerOf({ transaction, key }: Payment): SubscriptionFacts | undefined {
		return this.byTransaction.get(transaction) ?? onlyOne(this.byKey.get(key) ?? []);
	}
}

/** The subscription of a payment, if there is only one candidate, or only one that is running. */
function onlyOne(found: SubscriptionFacts[]): SubscriptionFacts | undefined {
	if (found.length === 1) return found[0];
	const running = found.filter(({ status }) => status === 'active' || status === 'overdue');
	return running.length === 1 ? running[0] : undefined;
}
