import type { HotmartResource } from '../../api/fields';
import { get } from './get';
import { getParticipants } from './getParticipants';

export const events: HotmartResource = { name: 'Event', value: 'event', operations: [get, getParticipants] };
