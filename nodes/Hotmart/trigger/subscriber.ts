import type { IExecuteFunctions } from 'n8n-workflow';

import { asIs } from '../../shared/client';
import { isRecord } from '../../shared/record';
import { addresses } from '../api/addresses';
import { connect } from '../api/client';
import { allTimes } from '../api/ranges';
import { asEmail, asText } from '../vocabulary/reader';
import type { HotmartItem } from './item';
import type { Student } from './student';

/**
 * Asks Hotmart who the student is: purchase events name the buyer, and the buyer of a gift is not the subscriber
 * (Hotmart §5.6.8). One request for an event of a subscription, none for any other or without an API credential.
 *
 * @throws RequestError when Hotmart cannot be asked
 */
export async function findSubscriber(
	context: IExecuteFunctions,
	{ subscription }: HotmartItem,
): Promise<Pick<Student, 'email' | 'name'> | undefined> {
	const code = subscription?.subscriberCode;
	if (!code || !context.getNode().credentials?.hotmartApi) return undefined;
	const path = addresses.subscriptions;
	const request = { path, query: allTimes(path, { subscriber_code: code }) };
	const [found] = await connect(context).list(request, { limit: 1, read: asIs });
	const subscriber = found?.subscriber;
	return isRecord(subscriber) ? { email: asEmail(subscriber.email), name: asText(subscriber.name) } : undefined;
}
