import { isFailed } from '../../shared/deliveries';
import { TEACHABLE_EVENTS } from '../events';
import { byId, dateFilter, iso, isoOrNull, ok, paged } from '../http';
import type { Call, Routes } from '../http';
import type { TeachableDelivery, TeachableWebhook } from '../types';

const EVENT_COUNT = Object.keys(TEACHABLE_EVENTS).length;

const deliveriesOf = ({ school }: Call, webhook: TeachableWebhook) =>
	school.sender.deliveries.filter(({ webhookId }) => webhookId === webhook.id);

/** `verified` once a delivery was taken, which says nothing about today (Teachable §2.14). */
function stateOf(call: Call, webhook: TeachableWebhook): string {
	if (!webhook.active) return 'failed';
	return deliveriesOf(call, webhook).some((delivery) => !isFailed(delivery)) ? 'verified' : 'pending';
}

function eventState(delivery: TeachableDelivery): string {
	if (delivery.status === 0) return 'pending';
	return isFailed(delivery) ? 'failed' : 'delivered';
}

const answered = ({ status }: TeachableDelivery) => (status > 0 ? status : null);

function events(call: Call) {
	const { school, query } = call;
	const webhook = byId('Webhook', school.sender.webhooks, call.params.webhookId);
	const lowest = Number(query.response_http_status_gte ?? 0);
	const highest = Number(query.response_http_status_lte ?? Infinity);
	const after = dateFilter(query.created_after) ?? -Infinity;
	const before = dateFilter(query.created_before) ?? Infinity;
	const { rows, meta } = paged(
		call,
		deliveriesOf(call, webhook).filter((delivery) => {
			const status = answered(delivery) ?? 0;
			return status >= lowest && status <= highest && delivery.at > after && delivery.at < before;
		}),
	);
	return ok({
		events: rows.map((delivery) => ({
			id: delivery.id,
			workflow_state: eventState(delivery),
			webhook_id: delivery.webhookId,
			attempt_count: delivery.attempts,
			last_attempted_at: isoOrNull(delivery.lastAttemptAt),
			created_at: iso(delivery.at),
			object_type: delivery.objectType,
			object_id: delivery.objectId,
			response_http_status: answered(delivery),
		})),
		meta,
	});
}

/** Webhooks are added by hand in the settings; the API only shows them. */
export const webhookRoutes: Routes = {
	'GET /webhooks': (call) =>
		ok({
			webhooks: call.school.sender.webhooks.map((webhook) => ({
				id: webhook.id,
				workflow_state: stateOf(call, webhook),
				url: webhook.url,
				event_trigger: webhook.events.length === EVENT_COUNT ? 'all' : webhook.events.join(','),
				webhook_events_count: deliveriesOf(call, webhook).length,
			})),
		}),
	'GET /webhooks/:webhookId/events': events,
};
