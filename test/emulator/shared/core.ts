import { createChaos } from './faults';
import type { Clock, Core, Mail, RecordedRequest, RequestFilter, ScriptedFailure } from '../types';

/** A deep copy of plain data, as it would look after a journey over the wire. */
export const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const escapeRegExp = (text: string) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');

function matches(filter: RequestFilter, request: RecordedRequest): boolean {
	const { vendor, method, path, status } = filter;
	const pattern = typeof path === 'string' ? new RegExp(`^${escapeRegExp(path).replace(/\*/g, '.*')}$`) : path;
	return (
		(vendor === undefined || vendor === request.vendor) &&
		(method === undefined || method.toUpperCase() === request.method) &&
		(status === undefined || status === request.status) &&
		// search() ignores a `g` flag's lastIndex, test() does not
		(pattern === undefined || request.path.search(pattern) !== -1)
	);
}

/** The state both vendors share; see `Core`. */
export function createCore(): Core {
	let offset = 0;
	let failures: Array<ScriptedFailure & { left: number }> = [];
	let strike: ReturnType<typeof createChaos> = () => undefined;
	const requests: RecordedRequest[] = [];
	const mails: Mail[] = [];
	const clock: Clock = {
		now: () => Date.now() + offset,
		advance: (ms) => {
			offset += ms;
		},
	};
	return {
		clock,
		requests,
		mails,
		fail: (failure) => {
			failures.push({ ...failure, left: failure.times ?? 1 });
		},
		chaos: (chaos) => {
			strike = chaos ? createChaos(chaos) : () => undefined;
		},
		takeFailure: (request) => {
			const failure = failures.find(({ vendor, method, path }) => matches({ vendor, method, path }, request));
			if (failure !== undefined && --failure.left <= 0) {
				failures = failures.filter((other) => other !== failure);
			}
			if (failure !== undefined) return failure;
			const fault = strike(request);
			if (fault !== undefined) request.fault = fault.name;
			return fault;
		},
		count: (filter) => requests.filter((request) => matches(filter, request)).length,
		reset: () => {
			requests.length = 0;
			mails.length = 0;
			failures = [];
			strike = () => undefined;
			offset = 0;
		},
		snapshot: () => ({ offset, mails: copyOf(mails) }),
		restore: (snapshot) => {
			const state = snapshot as { offset: number; mails?: Mail[] };
			offset = state.offset;
			mails.splice(0, mails.length, ...copyOf(state.mails ?? []));
		},
	};
}
