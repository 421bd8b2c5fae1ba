import type { IDataObject } from 'n8n-workflow';

import { addresses } from '../../api/addresses';
import type { HotmartCall } from '../../api/operation';
import { allTimes } from '../../api/ranges';

/** Reads the subscription with a code, of any age; undefined if the account has none. */
export async function findSubscription(
	{ api }: HotmartCall,
	code: string,
	{ select, read }: { select?: string; read: (record: IDataObject) => IDataObject },
): Promise<IDataObject | undefined> {
	const query = { ...allTimes(addresses.subscriptions, { subscriber_code: code }), select };
	const [found] = await api.list({ path: addresses.subscriptions, query }, { limit: 1, read });
	return found;
}
