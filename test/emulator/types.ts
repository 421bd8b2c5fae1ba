import type { FastifyInstance } from 'fastify';

import type { HotmartAccount, HotmartOptions } from './hotmart/types';
import type { TeachableSchool, TeachableSwitches } from './teachable';

export type Vendor = 'hotmart' | 'teachable';
export type Seed = 'demo' | 'empty';

/** The emulator's own time: real time plus whatever a test has added. Milliseconds since 1970. */
export interface Clock {
	now(): number;
	/** Moves the emulator's time forward (or back, with a negative number). */
	advance(ms: number): void;
}

/** One API request as it arrived; `path` is still percent-encoded, `status` is 0 until (or unless) an answer was sent. */
export interface RecordedRequest {
	vendor: Vendor;
	method: string;
	path: string;
	query: Record<string, string | string[]>;
	headers: Record<string, string>;
	body: unknown;
	status: number;
	at: number;
}

/** Which requests a count or a scripted failure is about. A string path is matched whole; `*` in it stands for any characters. */
export interface RequestFilter {
	vendor?: Vendor;
	method?: string;
	path?: string | RegExp;
	status?: number;
}

/**
 * A failure to play instead of an answer:
 * - `status`: this status (default 500) with `body` or the vendor's usual error body
 * - `hang`: no answer at all; `reset`: the connection is cut
 * - `empty`: an answer without a body; `html`: a page where JSON is expected (both with `status`, default 200)
 */
export interface ScriptedFailure {
	vendor?: Vendor;
	method?: string;
	path?: string | RegExp;
	/** How many requests fail; default 1. */
	times?: number;
	kind: 'status' | 'hang' | 'reset' | 'empty' | 'html';
	status?: number;
	body?: unknown;
	headers?: Record<string, string>;
	/** `before` (default): nothing is carried out; `after`: the request is carried out, then its answer is lost. */
	when?: 'before' | 'after';
}

/** What both vendors' servers share: time, the record of requests, scripted failures. */
export interface Core {
	clock: Clock;
	requests: RecordedRequest[];
	fail(failure: ScriptedFailure): void;
	/** The scripted failure that this request has to suffer, if any; uses up one of its times. */
	takeFailure(request: RecordedRequest): ScriptedFailure | undefined;
	count(filter: RequestFilter): number;
	/** Forgets requests and failures and sets the clock back to real time. */
	reset(): void;
	snapshot(): unknown;
	restore(snapshot: unknown): void;
}

/** What an emulated vendor hands to the emulator; `createHotmartAccount` and `createTeachableSchool` both return it. */
export interface EmulatedVendor {
	app: FastifyInstance;
	/** The vendor's state as JSON. */
	snapshot(): unknown;
	restore(snapshot: unknown): void;
	/** Back to the seed. */
	reset(): void;
	/** Waits for, or ends, work that outlives a request (webhooks under way). */
	stop?(): Promise<void>;
}

/** `createHotmartAccount(core, options, seed)` in ./hotmart. */
export type CreateHotmartAccount = (
	core: Core,
	options: HotmartOptions,
	seed: Seed,
) => EmulatedVendor & { account: HotmartAccount };

/** `createTeachableSchool(core, switches, seed)` in ./teachable. */
export type CreateTeachableSchool = (
	core: Core,
	switches: Partial<TeachableSwitches>,
	seed: Seed,
) => EmulatedVendor & { school: TeachableSchool };

/** `createPage(emulator)` in ./page: the dashboard page `/` and the control API `/control`. */
export type CreatePage = (emulator: Emulator) => FastifyInstance;

export interface EmulatorOptions {
	/** 0 or absent: any free port. */
	ports?: { hotmart?: number; teachable?: number; page?: number };
	/** Default `demo`: one creator with products, plans, offers and courses (invented people). */
	seed?: Seed;
	hotmart?: HotmartOptions;
	teachable?: Partial<TeachableSwitches>;
}

export interface Emulator {
	hotmart: HotmartAccount & { url: string; tokenUrl: string };
	/** `url` ends with /v1. */
	teachable: TeachableSchool & { url: string };
	page: { url: string };
	clock: Clock;
	/** Every API request of both vendors, in order of arrival. */
	requests: RecordedRequest[];
	count(filter: RequestFilter): number;
	fail(failure: ScriptedFailure): void;
	/** State back to the seed; requests, failures, webhooks and deliveries emptied; same ports. */
	reset(): void;
	/** The whole state as JSON, so that a demo survives a restart. */
	snapshot(): unknown;
	restore(snapshot: unknown): void;
	close(): Promise<void>;
}
