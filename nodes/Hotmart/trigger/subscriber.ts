import type { IExecuteFunctions } from 'n8n-workflow';

import { isRecord } from '../../shared/record';
import { allTimes, connect } from '../api/client';
import { asEmail, asText } from '../vocabulary/reader';
import type { HotmartItem } from './item';
import type { Student } from './student';

const ADDRESS = '/payments/api/v1/subscriptions';

/**
 * Asks Hotmart who learns: purchase events name the buyer, and who pays for a gift is another person than the subscriber
 * (Hotmart §5.6.8). One request for an event of a subscription, none for any other or without an API credential.
 *
 * @throws NodeApiError when Hotmart cannot be asked
 */
export async function findSubscriber(
	context: IExecuteFunctions,
	{ subscription }: HotmartItem,
): Promise<Pick<Student, 'email' | 'name'> | undefined> {
	const code = subscription?.subscriberCode;
	if (!code || !context.getNode().credentials?.hotmartApi) return undefined;
	const [found] = await connect(context).list(ADDRESS, allTimes(ADDRESS, { subscriber_code: code }), 1);
	const subscriber = found?.subscriber;
	return isRecord(subscriber) ? { email: asEmail(subscriber.email), name: asText(subscriber.name) } : undefined;
}
