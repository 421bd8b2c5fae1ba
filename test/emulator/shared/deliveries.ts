import axios, { isAxiosError } from 'axios';

import type { Clock } from '../types';
import { copyOf } from './core';

/** A registered address for events. */
export interface Webhook {
	id: number;
	url: string;
	events: string[];
	/** False once the vendor has switched it off because its URL kept failing. */
	active: boolean;
	consecutiveFailures: number;
}

/** One delivery of an event to a webhook, as in the vendor's history. */
export interface Delivery {
	id: number;
	webhookId: number;
	/** Id of the event in the body. */
	eventId: string | number;
	event: string;
	url: string;
	/** HTTP status; 408: no answer in time; -1: no connection, or closed early; 0: under way or held. */
	status: number;
	/** The beginning of the answer's body; empty without one. */
	answer: string;
	at: number;
	attempts: number;
	/** When it was tried last; null: not yet. */
	lastAttemptAt: number | null;
	/** JSON, or the fields of a form where `headers` say form. */
	body: unknown;
	headers: Record<string, string>;
}

export interface DeliverySwitches {
	/** Further attempts after a failed delivery, each at once. */
	retries: 0 | 1 | 2 | 3 | 4 | 5;
	/** Failed attempts in a row after which a webhook is switched off. */
	deactivateAfterFailures: number;
	/** How long a receiver may take to answer, in milliseconds. */
	deliveryTimeoutMs: number;
}

/** Webhooks and their deliveries, as an emulated vendor shows them. */
export interface WebhookCenter<W extends Webhook, D extends Delivery> {
	readonly webhooks: W[];
	/** Oldest first. */
	readonly deliveries: D[];
	removeWebhook(id: number): boolean;
	/** Sends a delivery once more: the same body and event id, unless `newId`. */
	redeliver(deliveryId: number, options?: { newId?: boolean }): Promise<D>;
	/** From now on deliveries wait for `release`. */
	hold(): void;
	/** Sends what was held, one after the other: in order, reversed, or as listed (indexes; what is not listed is lost). */
	release(order?: 'fifo' | 'reverse' | number[]): Promise<void>;
	/** Settles when no delivery is under way, e.g. those caused by an API request. */
	settled(): Promise<void>;
}

export const isFailed = ({ status }: Pick<Delivery, 'status'>) => status < 200 || status > 299;

/** Webhooks and the history of their deliveries: plain data, for snapshots. */
export interface DeliveryData<W extends Webhook, D extends Delivery> {
	webhooks: W[];
	deliveries: D[];
}

interface Sender<W extends Webhook, D extends Delivery> extends WebhookCenter<W, D> {
	/** One webhook gets its deliveries in order, webhooks do not wait for each other; settles when all are answered or failed. */
	send(deliveries: D[]): Promise<void>;
	/** Ends what is under way. */
	stop(): Promise<void>;
	reset(): void;
	snapshot(): DeliveryData<W, D>;
	restore(data: DeliveryData<W, D>): void;
}

/** So much of an answer is kept, in characters. */
const ANSWER_LENGTH = 500;

/** What a POST was answered; status 408: nothing in time; -1: no connection, or closed early. */
async function post({ url, headers, body }: Delivery, timeout: number, signal: AbortSignal) {
	const form = headers['content-type'] === 'application/x-www-form-urlencoded';
	const data = form ? new URLSearchParams(body as Record<string, string>).toString() : JSON.stringify(body);
	try {
		const { status, data: answer } = await axios.post<string>(url, data, {
			// A kept connection that the receiver closes at the wrong moment would look like a failed delivery
			headers: { ...headers, connection: 'close' },
			timeout,
			signal,
			maxRedirects: 0,
			proxy: false,
			responseType: 'text',
			validateStatus: () => true,
		});
		return { status, answer: answer.slice(0, ANSWER_LENGTH) };
	} catch (error) {
		return { status: isAxiosError(error) && error.code === 'ECONNABORTED' ? 408 : -1, answer: '' };
	}
}

function inOrder<D>(waiting: D[], order: 'fifo' | 'reverse' | number[]): D[] {
	if (order === 'fifo') return waiting;
	return order === 'reverse' ? waiting.reverse() : order.flatMap((index) => waiting[index] ?? []);
}

/**
 * Sends webhooks, tries them again, switches failing ones off and keeps their history.
 * @param giveNewId gives a delivery's event another id, in its body, too
 * @param repeatsId whether a further attempt repeats the event's id
 */
export function createSender<W extends Webhook, D extends Delivery>(
	clock: Clock,
	switches: DeliverySwitches,
	giveNewId: (delivery: D) => void,
	repeatsId = () => true,
): Sender<W, D> {
	let data: DeliveryData<W, D> = { webhooks: [], deliveries: [] };
	let held: D[] | undefined;
	let ending = new AbortController();
	const underWay = new Set<Promise<unknown>>();

	async function attempt(delivery: D): Promise<void> {
		delivery.attempts += 1;
		delivery.lastAttemptAt = clock.now();
		Object.assign(delivery, await post(delivery, switches.deliveryTimeoutMs, ending.signal));
	}

	/** Failed attempts in a row switch a webhook off. */
	function judge({ status, webhookId }: D): void {
		const webhook = data.webhooks.find(({ id }) => id === webhookId);
		if (webhook === undefined) return;
		webhook.consecutiveFailures = isFailed({ status }) ? webhook.consecutiveFailures + 1 : 0;
		if (webhook.consecutiveFailures >= switches.deactivateAfterFailures) webhook.active = false;
	}
	const isOff = ({ webhookId }: D) => data.webhooks.find(({ id }) => id === webhookId)?.active === false;

	/** The attempt and, where the switches say so, further ones while the webhook is on. */
	async function deliver(delivery: D): Promise<D> {
		const { signal } = ending;
		for (let retry = 0; retry <= switches.retries; retry += 1) {
			if (retry > 0 && !repeatsId()) giveNewId(delivery);
			await attempt(delivery);
			judge(delivery);
			if (!isFailed(delivery) || signal.aborted || isOff(delivery)) break;
		}
		return delivery;
	}

	async function track<T>(work: Promise<T>): Promise<T> {
		underWay.add(work);
		try {
			return await work;
		} finally {
			underWay.delete(work);
		}
	}
	const inTurn = async (deliveries: D[]) => {
		for (const delivery of deliveries) await deliver(delivery);
	};
	const settled = async () => {
		while (underWay.size > 0) await Promise.allSettled(underWay);
	};
	const abort = () => {
		ending.abort();
		ending = new AbortController();
		held = undefined;
	};

	return {
		get webhooks() {
			return data.webhooks;
		},
		get deliveries() {
			return data.deliveries;
		},
		removeWebhook: (id) => {
			const index = data.webhooks.findIndex((webhook) => webhook.id === id);
			return index !== -1 && data.webhooks.splice(index, 1).length > 0;
		},
		redeliver: async (deliveryId, { newId = false } = {}) => {
			const delivery = data.deliveries.find(({ id }) => id === deliveryId);
			if (delivery === undefined) throw new Error(`There is no delivery ${deliveryId}`);
			if (newId) giveNewId(delivery);
			return await track(deliver(delivery));
		},
		hold: () => {
			held ??= [];
		},
		release: async (order = 'fifo') => {
			const waiting = held ?? [];
			held = undefined;
			await track(inTurn(inOrder(waiting, order)));
		},
		settled,
		send: async (deliveries) => {
			data.deliveries.push(...deliveries);
			if (held) return void held.push(...deliveries);
			const ids = [...new Set(deliveries.map(({ webhookId }) => webhookId))];
			await track(Promise.all(ids.map((id) => inTurn(deliveries.filter(({ webhookId }) => webhookId === id)))));
		},
		stop: async () => {
			abort();
			await settled();
		},
		reset: () => {
			abort();
			data = { webhooks: [], deliveries: [] };
		},
		snapshot: () => copyOf(data),
		restore: (saved) => {
			data = copyOf(saved);
		},
	};
}
