import { path } from '../../../shared/http';
import { event, required, type HotmartOperation } from '../../api/fields';
import { readOne, shapeFields } from '../../api/list';

export const get: HotmartOperation = {
	name: 'Get',
	value: 'get',
	action: 'Get an event',
	description: 'Read when an event starts and ends, and its ticket lots. Changes nothing.',
	fields: [event, ...shapeFields({})],
	execute: async (call) => await readOne(call, path`/events/api/v1/${required(call, event)}/info`),
};
