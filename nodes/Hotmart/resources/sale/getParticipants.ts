import type { IDataObject } from 'n8n-workflow';

import { find } from '../../../shared/simplify';
import { addresses } from '../../api/addresses';
import type { HotmartList } from '../../api/list';
import { listFields, readList } from '../../api/list';
import type { HotmartOperation } from '../../api/operation';
import { SALE_STATUSES } from '../../vocabulary/choices';
import { FILTERS, inAllStatuses } from './filters';

/** A field of the first person with a role (Hotmart §3.2.3). */
const of = (wanted: string, field: string) => (record: IDataObject) =>
	find(
		((record.users ?? []) as IDataObject[]).find(({ role }) => role === wanted),
		['user', ...field.split('.')],
	);

const LIST: HotmartList = {
	what: 'sales',
	address: addresses.salesParticipants,
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
		'List sales with buyer, producer, co-producers and affiliates, their documents and addresses, by default in all statuses',
	fields: listFields(LIST),
	execute: async (call) => await readList(call, LIST),
};
