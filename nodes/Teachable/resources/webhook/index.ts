import type { TeachableResource } from '../../api/operation';
import { getAll } from './getAll';
import { getEvents } from './getEvents';

export const webhook: TeachableResource = { name: 'Webhook', value: 'webhook', operations: [getAll, getEvents] };
