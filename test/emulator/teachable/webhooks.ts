import type { Payload, TeachableEvent } from './events';
import { TEACHABLE_EVENTS } from './events';
import type { School } from './school';
import { nextId } from './state';
import type { TeachableDelivery, TeachableSchool, TeachableWebhook } from './types';
import { copyOf } from '../shared/core';

const isEvent = (name: string): name is TeachableEvent => Object.hasOwn(TEACHABLE_EVENTS, name);

export function registerWebhook(
	{ state, sender }: School,
	{ url, events = Object.keys(TEACHABLE_EVENTS), asArray }: Parameters<TeachableSchool['registerWebhook']>[0],
): TeachableWebhook {
	const unknown = events.find((event) => !isEvent(event));
	if (unknown !== undefined) throw new Error(`There is no event ${unknown}`);
	const taken = sender.webhooks.filter((other) => other.url === url).flatMap((other): string[] => other.events);
	const twice = events.find((event) => taken.includes(event));
	if (twice !== undefined) throw new Error(`A webhook sends ${twice} to ${url} already`);
	const webhook: TeachableWebhook = {
		id: nextId(state),
		url,
		events: events as TeachableEvent[],
		...(asArray !== undefined && { asArray }),
		active: true,
		consecutiveFailures: 0,
	};
	sender.webhooks.push(webhook);
	return webhook;
}

interface Envelope {
	hook_event_id: number;
}

/** Gives the event of a delivery another `hook_event_id`. */
export function giveNewId(school: School, delivery: TeachableDelivery): void {
	delivery.eventId = nextId(school.state);
	for (const envelope of [delivery.body].flat() as Envelope[]) envelope.hook_event_id = delivery.eventId;
}

function deliveryOf(
	{ clock, state, switches }: School,
	webhook: TeachableWebhook,
	payload: Payload,
): TeachableDelivery {
	const { type, id, object } = payload;
	const eventId = nextId(state);
	const envelope = {
		type,
		id,
		livemode: true,
		created: new Date(clock.now()).toISOString().replace('Z', '+00:00'),
		hook_event_id: eventId,
		object,
	};
	// A copy: what happens to the records later must not change what was sent
	return copyOf({
		id: eventId,
		webhookId: webhook.id,
		eventId,
		event: type,
		objectType: type.split('.')[0] ?? type,
		objectId: id,
		isPublic: TEACHABLE_EVENTS[type].isPublic,
		url: webhook.url,
		status: 0,
		answer: '',
		at: clock.now(),
		attempts: 0,
		lastAttemptAt: null,
		body: (webhook.asArray ?? switches.webhookBody === 'array') ? [envelope] : envelope,
		headers: { 'content-type': 'application/json' },
	});
}

/** Sends events to every active webhook that wants them. Settles when all were answered. */
export async function tell(school: School, payloads: Payload[]): Promise<void> {
	await school.sender.send(
		school.sender.webhooks.flatMap((webhook) =>
			payloads
				.filter(({ type }) => webhook.active && webhook.events.includes(type))
				.map((payload) => deliveryOf(school, webhook, payload)),
		),
	);
}
