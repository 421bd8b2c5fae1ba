import type { createSender } from '../shared/deliveries';
import type { Clock } from '../types';
import type { Cursor } from './http';
import type { State } from './state';
import type { HotmartSwitches } from './switches';
import type { HotmartDelivery, HotmartWebhook } from './types';

/** What operations and API calls work on. */
export interface Account {
	clock: Clock;
	switches: HotmartSwitches;
	state: State;
	/** By page token. */
	cursors: Map<string, Cursor>;
	sender: ReturnType<typeof createSender<HotmartWebhook, HotmartDelivery>>;
}
