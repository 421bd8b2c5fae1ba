import type { HotmartResource } from '../../api/operation';
import { get } from './get';
import { getParticipants } from './getParticipants';

export const events: HotmartResource = { name: 'Event', value: 'event', operations: [get, getParticipants] };
