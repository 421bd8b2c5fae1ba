import type { IDataObject } from 'n8n-workflow';

import type { HotmartOperation } from '../../api/fields';
import { listFields, readList, type List } from '../../api/list';
import { valueAt } from '../../../shared/simplify';
import { SALE_STATUSES } from '../../vocabulary/choices';
import { FILTERS, inAllStatuses, SALES } from './filters';

/** A field of the first person with a role (Hotmart §3.2.3). */
const of = (wanted: string, field: string) => (record: IDataObject) =>
	valueAt(
		((record.users ?? []) as IDataObject[]).find(({ role }) => role === wanted),
		`user.${field}`,
	);

const LIST: List = {
	what: 'sales',
	path: `${SALES}/users`,
	filters: [
		FILTERS.affiliateName,
		FILTERS.buyerEmail,
		FILTERS.buyerName,
		FILTERS.commissionAs,
		FILTERS.product,
		FILTERS.source,
		FILTERS.soldAfter,
		FILTERS.soldBefore,
		FILTERS.status,
		FILTERS.transaction,
	],
	simple: {
		transaction: 'transaction',
		productId: 'product.id',
		productName: 'product.name',
		buyerName: of('BUYER', 'name'),
		buyerEmail: of('BUYER', 'email'),
		buyerPhone: (record) => of('BUYER', 'cellphone')(record) ?? of('BUYER', 'phone')(record),
		buyerDocument: of('BUYER', 'documents.0.value'),
		producerName: of('PRODUCER', 'name'),
		coproducerName: of('COPRODUCER', 'name'),
		affiliateName: of('AFFILIATE', 'name'),
	},
	complete: inAllStatuses(SALE_STATUSES),
};

export const getParticipants: HotmartOperation = {
	name: 'Get Participants',
	value: 'getParticipants',
	action: 'Get the participants of sales',
	description:
		'List sales with the people in them: buyer, producer, co-producers and affiliates, with documents and addresses. By default of all times and in all statuses. Changes nothing.',
	fields: listFields(LIST),
	execute: async (call) => await readList(call, LIST),
};
