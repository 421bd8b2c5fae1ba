import type { HotmartOperation } from '../../api/fields';
import { listFields, readList, type List } from '../../api/list';
import { SALE_STATUSES } from '../../vocabulary/choices';
import { FILTERS, inAllStatuses, SALES } from './filters';

const LIST: List = {
	what: 'sales',
	path: `${SALES}/commissions`,
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
		'List sales with the share of everyone who earns from them. By default of all times and in all statuses, so filter by status before adding them up. Changes nothing.',
	fields: listFields(LIST),
	execute: async (call) => await readList(call, LIST),
};
