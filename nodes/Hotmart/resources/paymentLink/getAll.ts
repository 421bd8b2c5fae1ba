import type { HotmartOperation } from '../../api/fields';
import { listFields, readList, type List } from '../../api/list';
import { EXPERIMENTAL, LINKS } from './fields';

const LIST: List = { what: 'payment links', path: LINKS };

export const getAll: HotmartOperation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many payment links',
	description: `List the payment links of the account. Changes nothing. ${EXPERIMENTAL}`,
	fields: listFields(LIST),
	execute: async (call) => await readList(call, LIST),
};
