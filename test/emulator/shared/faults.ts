import { createHash } from 'node:crypto';

import type { Chaos, Fault, RecordedRequest } from '../types';

/**
 * What goes wrong with APIs. A 429 is played before the request is carried out, as refusing is what it says, and an empty
 * success after it, as no client could tell it from the empty answer that several writes have.
 */
export const FAULTS: Fault[] = [
	{ name: '429 with Retry-After', kind: 'status', status: 429, headers: { 'retry-after': '1' } },
	// Without a word of how long, clients wait a whole minute
	{ name: '429', kind: 'status', status: 429, limit: 6 },
	{ name: '500', kind: 'status', status: 500 },
	{ name: '500 after', kind: 'status', status: 500, when: 'after' },
	{ name: '502 with HTML', kind: 'html', status: 502 },
	{ name: '502 after', kind: 'status', status: 502, when: 'after' },
	{ name: '503', kind: 'status', status: 503 },
	{ name: '503 without a body', kind: 'empty', status: 503 },
	{ name: 'hang', kind: 'hang', limit: 2 },
	{ name: 'hang, then reset', kind: 'hang', cutAfterMs: 2000 },
	{ name: 'hang, then reset, after', kind: 'hang', cutAfterMs: 2000, when: 'after' },
	{ name: 'reset', kind: 'reset' },
	{ name: 'reset after', kind: 'reset', when: 'after' },
	{ name: 'HTML', kind: 'html' },
	{ name: 'HTML after', kind: 'html', when: 'after' },
	{ name: 'empty after', kind: 'empty', when: 'after' },
];

/** A source of faults: the same seed and the same requests of a path give the same faults. */
export function createChaos({ share, seed, faults = FAULTS }: Chaos) {
	const seen = new Map<string, number>();
	const left = new Map(faults.map((fault): [Fault, number] => [fault, fault.limit ?? Infinity]));
	return ({ vendor, method, path }: RecordedRequest): Fault | undefined => {
		const key = `${vendor} ${method} ${path}`;
		const number = (seen.get(key) ?? 0) + 1;
		seen.set(key, number);
		const hash = createHash('sha256').update(`${seed} ${key} ${number}`).digest();
		const [fate, choice] = [hash.readUInt32BE(0) / 2 ** 32, hash.readUInt32BE(4) / 2 ** 32] as const;
		if (fate >= share) return undefined;
		const chosen = Math.floor(choice * faults.length);
		const fault = [...faults.slice(chosen), ...faults.slice(0, chosen)].find((entry) => left.get(entry)! > 0);
		if (fault === undefined) return undefined;
		left.set(fault, left.get(fault)! - 1);
		return fault;
	};
}
