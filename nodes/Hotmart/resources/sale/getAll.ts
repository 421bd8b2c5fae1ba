import { addresses } from '../../api/addresses';
import type { HotmartList } from '../../api/list';
import { listFields, readList } from '../../api/list';
import type { HotmartOperation } from '../../api/operation';
import { SALE_STATUSES } from '../../vocabulary/choices';
import { FILTERS, inAllStatuses } from './filters';
import { SALE } from './shape';

const LIST: HotmartList = {
	...SALE,
	what: 'sales',
	address: addresses.sales,
	filters: [
		FILTERS.buyerEmail,
		FILTERS.buyerName,
		FILTERS.commissionAs,
		FILTERS.offer,
		FILTERS.paymentType,
		FILTERS.product,
		FILTERS.source,
		FILTERS.soldAfter,
		FILTERS.soldBefore,
		FILTERS.status,
		FILTERS.transaction,
	],
	complete: inAllStatuses(SALE_STATUSES),
};

export const getAll: HotmartOperation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many sales',
	description: 'List sales, by default from all dates and in all statuses, paid or not',
	fields: listFields(LIST),
	execute: async (call) => await readList(call, LIST),
};
