import type { INodeProperties } from 'n8n-workflow';

import type { RecordShape } from '../../../shared/list';
import { SUBSCRIPTION_RECORD } from '../../api/records';
import { SUBSCRIPTION_STATUSES } from '../../vocabulary/status';

/** A subscription as the list of subscriptions shows it. */
export const SUBSCRIPTION: RecordShape = {
	reader: SUBSCRIPTION_RECORD,
	simple: {
		subscriberCode: 'subscriber_code',
		status: 'status',
		statusRaw: 'status_raw',
		email: 'subscriber.email',
		name: 'subscriber.name',
		productId: 'product.id',
		productName: 'product.name',
		planName: 'plan.name',
		nextChargeAt: 'date_next_charge',
		transaction: 'transaction',
	},
};

/** The states of a subscription to choose from, in the REST API's words. */
export const statusField = (name: string, displayName: string): INodeProperties => ({
	displayName,
	name,
	type: 'multiOptions',
	options: Object.values(SUBSCRIPTION_STATUSES).map(({ label, rest: value, description }) => ({
		name: label,
		value,
		description,
	})),
	default: [],
	description: 'Without a status all are listed',
});
