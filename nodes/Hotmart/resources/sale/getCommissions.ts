import { addresses } from '../../api/addresses';
import type { HotmartList } from '../../api/list';
import { listFields, readList } from '../../api/list';
import type { HotmartOperation } from '../../api/operation';
import { SALE_STATUSES } from '../../vocabulary/choices';
import { FILTERS, inAllStatuses } from './filters';

const LIST: HotmartList = {
	what: 'sales',
	address: addresses.salesCommissions,
	filters: [
		FILTERS.commissionAs,
		FILTERS.product,
		FILTERS.soldAfter,
		FILTERS.soldBefore,
		FILTERS.status,
		FILTERS.transaction,
	],
	complete: inAllStatuses(SALE_STATUSES),
};

export const getCommissions: HotmartOperation = {
	name: 'Get Commissions',
	value: 'getCommissions',
	action: 'Get the commissions of sales',
	description:
		'List sales with the share of everyone who earns from them, by default in all statuses, so filter by status before you add them up',
	fields: listFields(LIST),
	execute: async (call) => await readList(call, LIST),
};
