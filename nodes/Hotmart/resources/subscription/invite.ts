import type { IDataObject } from 'n8n-workflow';

import { DAY } from '../../../shared/dates';
import { isSimplified } from '../../../shared/fields';
import { simplifier, type Simple } from '../../../shared/simplify';
import { addresses } from '../../api/addresses';
import type { HotmartCall } from '../../api/operation';
import { REACTIVATED_RECORD } from '../../api/records';
import { changeMany } from './changeMany';

/** How long the link in Hotmart's e-mail to the subscriber is valid (Hotmart §3.1.7). */
const VALID_FOR = 3 * DAY;

/** The fields of both operations, with the names that Get Many uses. */
const SIMPLE: Simple = {
	subscriberCode: 'subscriber_code',
	status: 'status',
	statusRaw: 'status_raw',
	reactivation: 'reactivation',
	until: 'until',
	email: 'shopper.email',
};
const simplify = simplifier(SIMPLE);

/**
 * Invites the subscribers of many items to reactivate their canceled subscriptions. Each item says that Hotmart waits for the
 * subscriber, and until when.
 *
 * @param charge whether to charge when the subscriber accepts
 * @param hint shown above the output while a subscriber has not accepted yet
 */
export async function inviteMany(calls: HotmartCall[], charge: boolean, hint: string) {
	// Counted from before the request, so the link is still valid at the named time
	const until = new Date(Date.now() + VALID_FOR).toISOString();
	const read = (call: HotmartCall, answer: IDataObject) => {
		const record = REACTIVATED_RECORD.whole(answer);
		const isDone = record.status === 'active';
		if (!isDone) call.hint(hint);
		const outcome = isDone
			? { reactivation: 'reactivated', until: null }
			: { reactivation: 'waitingForSubscriber', until };
		const whole = { ...record, ...outcome };
		return isSimplified(call) ? simplify(whole) : whole;
	};
	return await changeMany(calls, addresses.reactivateSubscriptions, () => ({ charge }), read);
}
