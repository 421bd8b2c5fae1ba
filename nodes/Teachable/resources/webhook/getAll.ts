import { listFields } from '../../../shared/list';
import { PLAIN } from '../../../shared/simplify';
import { addresses } from '../../api/addresses';
import type { TeachableList } from '../../api/list';
import { readList } from '../../api/list';
import type { TeachableOperation } from '../../api/operation';
import { withoutUrlSecret } from '../../api/webhookUrl';

const LIST: TeachableList = {
	what: 'webhooks',
	address: addresses.webhooks,
	reader: { ...PLAIN, whole: (record) => ({ ...record, url: withoutUrlSecret(record.url) }) },
};

export const getAll: TeachableOperation = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many webhooks',
	description: 'List the webhooks of the school and their status; you can add them only in its settings',
	fields: listFields(LIST),
	execute: async (call) => await readList(call, LIST),
};
