import type { Clock } from '../types';

/** What is left of a client's allowance after a request. */
export interface RateState {
	allowed: boolean;
	limit: number;
	remaining: number;
	/** Whole seconds until the window ends, at least 1. */
	resetSeconds: number;
}

/**
 * A limiter with fixed windows, one per key (client). The windows follow the emulator's clock; a changed limit starts new ones.
 * How the state is told to the client (which headers) is each vendor's own business.
 */
export function createRateLimiter(clock: Clock, switches: { rateLimitPerMinute: number; rateWindowMs: number }) {
	const windows = new Map<string, { endsAt: number; used: number }>();
	let counted = '';
	return {
		take(key: string): RateState {
			const now = clock.now();
			const { rateLimitPerMinute: limit, rateWindowMs: windowMs } = switches;
			if (counted !== `${limit} ${windowMs}`) windows.clear();
			counted = `${limit} ${windowMs}`;
			let window = windows.get(key);
			if (window === undefined || window.endsAt <= now || window.endsAt > now + windowMs) {
				window = { endsAt: now + windowMs, used: 0 };
				windows.set(key, window);
			}
			window.used += 1;
			return {
				allowed: window.used <= limit,
				limit,
				remaining: Math.max(0, limit - window.used),
				resetSeconds: Math.max(1, Math.ceil((window.endsAt - now) / 1000)),
			};
		},
		reset: () => windows.clear(),
	};
}
