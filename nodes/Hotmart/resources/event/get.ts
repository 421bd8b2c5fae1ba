import { required } from '../../../shared/parameters';
import { addresses } from '../../api/addresses';
import { event } from '../../api/fields';
import { readOne, shapeFields } from '../../api/list';
import type { HotmartOperation } from '../../api/operation';

export const get: HotmartOperation = {
	name: 'Get',
	value: 'get',
	action: 'Get an event',
	description: 'Read when an event starts and ends, and its ticket lots',
	fields: [event, ...shapeFields({})],
	execute: async (call) => await readOne(call, addresses.event(required(call, event))),
};
