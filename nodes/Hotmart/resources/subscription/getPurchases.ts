import type { IDataObject } from 'n8n-workflow';

import { asIs } from '../../../shared/client';
import type { RecordShape } from '../../../shared/list';
import { required } from '../../../shared/parameters';
import { addresses } from '../../api/addresses';
import { subscriberCode } from '../../api/fields';
import { readerOf, selectOf, shapeFields } from '../../api/list';
import type { HotmartOperation } from '../../api/operation';
import { PURCHASE_RECORD } from '../../api/records';
import { findSubscription } from './find';

const PURCHASE: RecordShape = {
	reader: PURCHASE_RECORD,
	simple: {
		subscriberCode: 'subscriber_code',
		email: 'subscriber.email',
		transaction: 'transaction',
		status: 'status',
		statusRaw: 'status_raw',
		recurrence: 'recurrency_number',
		value: 'price.value',
		currency: 'price.currency_code',
		paymentType: 'payment_type',
		approvedAt: 'approved_date',
	},
};

export const getPurchases: HotmartOperation = {
	name: 'Get Purchases',
	value: 'getPurchases',
	action: 'Get the purchases of a subscriber',
	description: 'List all payments of one subscription, including those that failed',
	fields: [subscriberCode, ...shapeFields(PURCHASE)],
	async execute(call) {
		const code = required(call, subscriberCode);
		const select = selectOf(call);
		const answer = await call.api.request({ path: addresses.subscriptionPurchases(code), query: { select } });
		const purchases = ([answer].flat() as IDataObject[]).filter((purchase) => Object.keys(purchase).length > 0);
		const read = readerOf(call, PURCHASE);
		if (select || purchases.length === 0) return purchases.map(read);
		// Hotmart does not say whose purchases they are (Hotmart §3.1.4).
		const owner = await findSubscription(call, code, { read: asIs });
		const whose = { subscriber_code: owner?.subscriber_code ?? code, subscriber: owner?.subscriber ?? null };
		return purchases.map((purchase) => read({ ...whose, ...purchase }));
	},
};
