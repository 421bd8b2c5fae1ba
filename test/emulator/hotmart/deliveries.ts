import { randomUUID } from 'node:crypto';

import axios, { isAxiosError } from 'axios';
import { isKnownEvent } from '../../../nodes/Hotmart/trigger/events';
import { copyOf } from '../core';
import { DEMO } from '../seed';
import type { Clock } from '../types';
import type { HotmartSwitches } from './switches';
import type { Delivery, HotmartAccount, Webhook } from './types';
import { EVENT_NAMES } from './webhooks';
import type { Payload } from './webhooks';

const FORM = 'application/x-www-form-urlencoded';

/** Sends webhooks and keeps their history. */
export function createDeliveries(clock: Clock, switches: HotmartSwitches) {
	const fresh = () => ({ webhooks: [] as Webhook[], deliveries: [] as Delivery[], used: 0 });
	let data = fresh();
	let held: Delivery[] | undefined;
	let ending = new AbortController();
	const underWay = new Set<Promise<unknown>>();

	const nextId = () => {
		data.used += 1;
		return data.used;
	};

	function create(webhook: Webhook, payload: Payload): Delivery {
		const eventId = randomUUID();
		const { event, legacy } = payload;
		const old = webhook.version === '1.0.0' ? legacy : undefined;
		const createdKey = event === 'CLUB_FIRST_ACCESS' ? 'creationDate' : 'creation_date';
		const hottok = { hottok: DEMO.hotmart.hottok };
		const delivery = {
			id: nextId(),
			webhookId: webhook.id,
			eventId,
			event,
			url: webhook.url,
			status: 0,
			at: clock.now(),
			attempts: 0,
			body: old
				? { ...hottok, ...old.body }
				: {
						id: eventId,
						[createdKey]: clock.now(),
						event,
						version: '2.0.0',
						data: payload.data,
						...((switches.hottokInBody || payload.hottokInBody) && hottok),
					},
			headers: {
				'content-type': old?.form ? FORM : 'application/json',
				'x-hotmart-hottok': DEMO.hotmart.hottok,
			},
		};
		// What happens to the records later must not change what was sent
		return copyOf(delivery);
	}

	/** One attempt; sets the delivery's status, never rejects. */
	async function attempt(delivery: Delivery): Promise<Delivery> {
		const { url, headers, body } = delivery;
		delivery.attempts += 1;
		try {
			const response = await axios.post<string>(
				url,
				headers['content-type'] === FORM
					? new URLSearchParams(body as Record<string, string>).toString()
					: JSON.stringify(body),
				{
					// A kept connection that the receiver closes at the wrong moment would look like a failed delivery
					headers: { ...headers, connection: 'close' },
					timeout: switches.deliveryTimeoutMs,
					signal: ending.signal,
					maxRedirects: 0,
					proxy: false,
					responseType: 'text',
					validateStatus: () => true,
				},
			);
			delivery.status = response.status;
		} catch (error) {
			delivery.status = isAxiosError(error) && error.code === 'ECONNABORTED' ? 408 : -1;
		}
		return delivery;
	}

	const isFailed = ({ status }: Delivery) => status < 200 || status > 299;
	const giveNewId = (delivery: Delivery) => {
		delivery.eventId = randomUUID();
		if ('id' in delivery.body) delivery.body.id = delivery.eventId;
	};

	/** The attempt and, where the switches say so, further ones; counts for or against the webhook. */
	async function deliver(delivery: Delivery): Promise<Delivery> {
		await attempt(delivery);
		for (let retry = 0; isFailed(delivery) && retry < switches.retries && !ending.signal.aborted; retry += 1) {
			if (!switches.retriesRepeatId) giveNewId(delivery);
			await attempt(delivery);
		}
		const webhook = data.webhooks.find(({ id }) => id === delivery.webhookId);
		if (webhook) {
			webhook.consecutiveFailures = isFailed(delivery) ? webhook.consecutiveFailures + 1 : 0;
			if (webhook.consecutiveFailures >= switches.deactivateAfterFailures) webhook.active = false;
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

	async function inTurn(deliveries: Delivery[]): Promise<void> {
		for (const delivery of deliveries) await deliver(delivery);
	}

	const wants = (webhook: Webhook, { event, productId, legacy }: Payload, anyProduct: boolean) =>
		webhook.active &&
		webhook.events.includes(event) &&
		(anyProduct || webhook.productId === undefined || webhook.productId === productId) &&
		(webhook.version === '2.0.0' || legacy !== undefined);

	/** The deliveries of some events: one webhook gets them in order, webhooks do not wait for each other. */
	async function send(payloads: Payload[], { test = false } = {}): Promise<void> {
		const perWebhook = data.webhooks.map((webhook) =>
			payloads.filter((payload) => wants(webhook, payload, test)).map((payload) => create(webhook, payload)),
		);
		data.deliveries.push(...perWebhook.flat());
		if (held) held.push(...perWebhook.flat());
		else await track(Promise.all(perWebhook.map(inTurn)));
	}

	type Shown = Pick<
		HotmartAccount,
		'webhooks' | 'deliveries' | 'registerWebhook' | 'removeWebhook' | 'redeliver' | 'hold' | 'release' | 'settled'
	>;
	const shown: Shown = {
		get webhooks() {
			return data.webhooks;
		},
		get deliveries() {
			return data.deliveries;
		},
		registerWebhook: ({ url, events = [...EVENT_NAMES], productId, version = '2.0.0' }) => {
			const unknown = events.find((event) => !isKnownEvent(event));
			if (unknown !== undefined) throw new Error(`There is no event ${unknown}`);
			const webhook: Webhook = {
				id: nextId(),
				url,
				events,
				...(productId !== undefined && { productId }),
				version,
				active: true,
				consecutiveFailures: 0,
			};
			data.webhooks.push(webhook);
			return webhook;
		},
		removeWebhook: (id) => {
			const before = data.webhooks.length;
			data.webhooks = data.webhooks.filter((webhook) => webhook.id !== id);
			return data.webhooks.length < before;
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
			const sorted =
				order === 'fifo'
					? waiting
					: order === 'reverse'
						? waiting.reverse()
						: order.flatMap((index) => waiting[index] ?? []);
			await track(inTurn(sorted));
		},
		settled: async () => {
			while (underWay.size > 0) await Promise.allSettled(underWay);
		},
	};

	/** Ends what is under way. */
	const abort = () => {
		ending.abort();
		ending = new AbortController();
		held = undefined;
	};
	return {
		shown,
		send,
		stop: async () => {
			abort();
			await shown.settled();
		},
		reset: () => {
			abort();
			data = fresh();
		},
		snapshot: () => copyOf(data),
		restore: (snapshot: unknown) => {
			data = copyOf(snapshot) as typeof data;
		},
	};
}

export type Deliveries = ReturnType<typeof createDeliveries>;
