import { addresses } from '../../api/addresses';
import type { HotmartList } from '../../api/list';
import { listFields, readList } from '../../api/list';
import type { HotmartOperation } from '../../api/operation';
import { EXPERIMENTAL } from './fields';

const LIST: HotmartList = { what: 'payment links', address: addresses.paymentLinks };

export const getAll: HotmartOperation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many payment links',
	description: `List the payment links of the account ${EXPERIMENTAL}`,
	fields: listFields(LIST),
	execute: async (call) => await readList(call, LIST),
};
