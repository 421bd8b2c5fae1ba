import axios from 'axios';

import type { Clock } from '../types';
import { byId, dateFilter, iso, isoOrNull, ok, paged } from './http';
import type { Routes } from './http';
import type { SchoolState } from './school';
import type { TeachableWebhook, TeachableWebhookEvent } from './types';

/** Failed attempts in a row after which Teachable switches a webhook off until its owner switches it on again. */
const attemptsAllowed = 4;

/** Sends what happens in the school to its webhooks; a failed delivery is tried again at once. */
export function createWebhookSender(clock: Clock) {
	const underWay = new Set<Promise<void>>();
	const abort = new AbortController();

	async function deliver(webhook: TeachableWebhook, event: TeachableWebhookEvent) {
		while (event.state === 'pending' && webhook.state !== 'failed') {
			event.attempts += 1;
			event.lastAttemptedAt = clock.now();
			event.responseStatus = await axios
				.post(webhook.url, event.body, {
					timeout: 5_000,
					proxy: false,
					maxRedirects: 0,
					signal: abort.signal,
					validateStatus: () => true,
				})
				.then(
					({ status }) => status,
					() => null,
				);
			const taken = event.responseStatus !== null && event.responseStatus < 300;
			if (taken) {
				event.state = 'delivered';
				webhook.state = 'verified';
			} else if (event.attempts >= attemptsAllowed) {
				event.state = 'failed';
				webhook.state = 'failed';
			}
		}
	}

	return {
		emit({ school, nextId }: SchoolState, type: string, objectId: number, object: object): void {
			for (const webhook of school.webhooks) {
				if (webhook.state === 'failed' || (webhook.events.length > 0 && !webhook.events.includes(type))) continue;
				const id = nextId();
				const envelope = {
					type,
					id: objectId,
					livemode: true,
					created: iso(clock.now()).replace('Z', '+00:00'),
					hook_event_id: id,
					object,
				};
				const event: TeachableWebhookEvent = {
					id,
					webhookId: webhook.id,
					type,
					objectType: type.split('.')[0] ?? type,
					objectId,
					createdAt: clock.now(),
					attempts: 0,
					lastAttemptedAt: null,
					responseStatus: null,
					state: 'pending',
					body: school.switches.webhookBody === 'array' ? [envelope] : envelope,
				};
				school.webhookEvents.push(event);
				const delivery = deliver(webhook, event).finally(() => underWay.delete(delivery));
				underWay.add(delivery);
			}
		},
		async settled(): Promise<void> {
			while (underWay.size > 0) await Promise.all(underWay);
		},
		/** Ends what is under way. */
		async stop(): Promise<void> {
			abort.abort();
			await this.settled();
		},
	};
}

/** Webhooks are added by hand in the settings; the API only shows them. */
export const webhookRoutes: Routes = {
	'GET /webhooks': ({ school }) =>
		ok({
			webhooks: school.webhooks.map(({ id, state, url, events }) => ({
				id,
				workflow_state: state,
				url,
				event_trigger: events.length > 0 ? events.join(',') : 'all',
				webhook_events_count: school.webhookEvents.filter(({ webhookId }) => webhookId === id).length,
			})),
		}),

	'GET /webhooks/:webhookId/events': (call) => {
		const { school, query } = call;
		const webhook = byId('Webhook', school.webhooks, call.params.webhookId);
		const lowest = Number(query.response_http_status_gte ?? 0);
		const highest = Number(query.response_http_status_lte ?? Infinity);
		const after = dateFilter(query.created_after) ?? -Infinity;
		const before = dateFilter(query.created_before) ?? Infinity;
		const { rows, meta } = paged(
			call,
			school.webhookEvents.filter((event) => {
				const status = event.responseStatus ?? 0;
				return (
					event.webhookId === webhook.id &&
					status >= lowest &&
					status <= highest &&
					event.createdAt > after &&
					event.createdAt < before
				);
			}),
		);
		return ok({
			events: rows.map((event) => ({
				id: event.id,
				workflow_state: event.state,
				webhook_id: event.webhookId,
				attempt_count: event.attempts,
				last_attempted_at: isoOrNull(event.lastAttemptedAt),
				created_at: iso(event.createdAt),
				object_type: event.objectType,
				object_id: event.objectId,
				response_http_status: event.responseStatus,
			})),
			meta,
		});
	},
};
