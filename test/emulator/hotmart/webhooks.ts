import { randomUUID } from 'node:crypto';

import { EVENTS, isKnownEvent } from '../../../nodes/Hotmart/trigger/events';
import type { HotmartEvent } from '../../../nodes/Hotmart/trigger/events';
import { DEMO } from '../seed';
import { copyOf } from '../shared/core';
import type { Account } from './account';
import type { Payload } from './events';
import { nextNumber } from './state';
import type { HotmartAccount, HotmartDelivery, HotmartWebhook } from './types';

const EVENT_NAMES = Object.keys(EVENTS) as HotmartEvent[];
const { hottok } = DEMO.hotmart;

export function registerWebhook(
	{ state, sender }: Account,
	{ url, events = [...EVENT_NAMES], productId, version = '2.0.0' }: Parameters<HotmartAccount['registerWebhook']>[0],
): HotmartWebhook {
	const unknown = events.find((event) => !isKnownEvent(event));
	if (unknown !== undefined) throw new Error(`There is no event ${unknown}`);
	const webhook: HotmartWebhook = {
		id: nextNumber(state),
		url,
		events,
		...(productId !== undefined && { productId }),
		version,
		active: true,
		consecutiveFailures: 0,
	};
	sender.webhooks.push(webhook);
	return webhook;
}

/** Gives the event of a delivery another id; version 1.0.0 has none in its body. */
export function giveNewId(delivery: HotmartDelivery): void {
	delivery.eventId = randomUUID();
	if ('id' in delivery.body) delivery.body.id = delivery.eventId;
}

function bodyOf({ event, data, hottokInBody }: Payload, eventId: string, { clock, switches }: Account) {
	// One event spells the key differently (Hotmart §5.4)
	const createdKey = event === 'CLUB_FIRST_ACCESS' ? 'creationDate' : 'creation_date';
	return {
		id: eventId,
		[createdKey]: clock.now(),
		event,
		version: '2.0.0',
		data,
		...((switches.hottokInBody || hottokInBody) && { hottok }),
	};
}

function deliveryOf(account: Account, webhook: HotmartWebhook, payload: Payload): HotmartDelivery {
	const eventId = randomUUID();
	const old = webhook.version === '1.0.0' ? payload.version1 : undefined;
	const form = old?.form === true;
	// A copy: what happens to the records later must not change what was sent
	return copyOf({
		id: nextNumber(account.state),
		webhookId: webhook.id,
		eventId,
		event: payload.event,
		url: webhook.url,
		status: 0,
		answer: '',
		at: account.clock.now(),
		attempts: 0,
		lastAttemptAt: null,
		body: old ? { hottok, ...old.body } : bodyOf(payload, eventId, account),
		headers: {
			'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json',
			'x-hotmart-hottok': hottok,
		},
	});
}

const wants = (webhook: HotmartWebhook, { event, productId, version1 }: Payload, anyProduct: boolean) =>
	webhook.active &&
	webhook.events.includes(event) &&
	(anyProduct || webhook.productId === undefined || webhook.productId === productId) &&
	(webhook.version === '2.0.0' || version1 !== undefined);

/** Sends events to every active webhook that wants them; `test`: for any product. Settles when all were answered. */
export async function tell(account: Account, payloads: Payload[], { test = false } = {}): Promise<void> {
	const { sender } = account;
	await sender.send(
		sender.webhooks.flatMap((webhook) =>
			payloads
				.filter((payload) => wants(webhook, payload, test))
				.map((payload) => deliveryOf(account, webhook, payload)),
		),
	);
}
