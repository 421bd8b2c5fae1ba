import type { createSender } from '../shared/deliveries';
import type { Clock } from '../types';
import type { TeachableSwitches } from './switches';
import type { SchoolData, TeachableDelivery, TeachableWebhook } from './types';

/** What operations and API calls work on. */
export interface School {
	clock: Clock;
	switches: TeachableSwitches;
	state: SchoolData & { lastId: number };
	sender: ReturnType<typeof createSender<TeachableWebhook, TeachableDelivery>>;
}
