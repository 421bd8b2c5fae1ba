import type { FastifyInstance } from 'fastify';

import type { HotmartSwitches } from './hotmart/switches';
import type { HotmartAccount } from './hotmart/types';
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
	/** Name of the fault that it suffered at random; absent when it suffered none. */
	fault?: string;
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
 * - `hang`: no answer, for ever or until the connection is cut; `reset`: the connection is cut at once
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
	/** Of a `hang`: milliseconds until the connection is cut, as gateways do; default: never. */
	cutAfterMs?: number;
	/** `before` (default): nothing is carried out; `after`: the request is carried out, then its answer is lost. */
	when?: 'before' | 'after';
}

/** What can happen to a request at random. */
export interface Fault extends Omit<ScriptedFailure, 'vendor' | 'method' | 'path' | 'times'> {
	/** Told in the record of the request. */
	name: string;
	/** How often it happens at most, for what makes clients wait long; default: no limit. */
	limit?: number;
}

/** Failures at random, of both vendors' APIs and of the token endpoint alike. */
export interface Chaos {
	/** Which part of the requests fails, 0 to 1. */
	share: number;
	/**
	 * Decides the fate of the first, second, third ... request of each method and path, so that it does not depend on how
	 * requests of different paths overlap.
	 */
	seed: number;
	/** What happens to those that fail, each as likely as the others; after its limit the next of the list. Default `FAULTS` of ./shared/faults. */
	faults?: Fault[];
}

/** An e-mail that a workflow has sent. The emulator receives none itself: the mail server beside it hands them over. */
export interface Mail {
	/** When it came, in real milliseconds since 1970. */
	at: number;
	from: string;
	/** Everyone who gets it, also by Cc and Bcc. */
	to: string[];
	/** Empty when there is none, like the two bodies. */
	subject: string;
	text: string;
	html: string;
	/** `content` is Base64; `contentId` is what the HTML calls an image by (`cid:`), empty without one. */
	attachments: Array<{ filename: string; mimeType: string; contentId: string; content: string }>;
}

/** What both vendors' servers share: time, the record of requests, scripted failures. */
export interface Core {
	clock: Clock;
	requests: RecordedRequest[];
	mails: Mail[];
	fail(failure: ScriptedFailure): void;
	/** From now on requests fail at random; null stops that. Scripted failures come first. */
	chaos(chaos: Chaos | null): void;
	/** The failure that this request has to suffer, if any; uses up one of its times and tells a fault's name in the request. */
	takeFailure(request: RecordedRequest): ScriptedFailure | undefined;
	count(filter: RequestFilter): number;
	/** Forgets requests, mails, failures and chaos and sets the clock back to real time. */
	reset(): void;
	snapshot(): unknown;
	restore(snapshot: unknown): void;
}

/** What an emulated vendor hands to the emulator; `createHotmart` and `createTeachable` both return it. */
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

export interface EmulatorOptions {
	/** 0 or absent: any free port. */
	ports?: { hotmart?: number; teachable?: number; page?: number };
	/** Default `demo`: one creator with products, plans, offers and courses (invented people). */
	seed?: Seed;
	hotmart?: Partial<HotmartSwitches>;
	teachable?: Partial<TeachableSwitches>;
	/** Address (`host:port`) of the SMTP server that hands over its mails; without one the page shows no e-mails. */
	mailServer?: string;
	/** Address of the n8n that the webhooks belong to; without one the page has no link to it. */
	n8nUrl?: string;
	/** Further lines of the page's connection details. */
	connection?: Record<string, string>;
}

export interface Emulator {
	hotmart: HotmartAccount & { url: string; tokenUrl: string };
	/** `url` ends with /v1. */
	teachable: TeachableSchool & { url: string };
	page: { url: string };
	/** As given in the options, like the next. */
	mailServer?: string;
	n8nUrl?: string;
	connection: Record<string, string>;
	/** Whoever runs the mail server adds to it; oldest first. */
	mails: Mail[];
	clock: Clock;
	/** Every API request of both vendors, in order of arrival. */
	requests: RecordedRequest[];
	count(filter: RequestFilter): number;
	fail(failure: ScriptedFailure): void;
	/** From now on requests fail at random; null stops that. `requests` show which fault each one had. */
	chaos(chaos: Chaos | null): void;
	/** State back to the seed; requests, mails, failures, chaos, webhooks and deliveries emptied; same ports. */
	reset(): void;
	/** The whole state as JSON, so that a demo survives a restart. */
	snapshot(): unknown;
	restore(snapshot: unknown): void;
	close(): Promise<void>;
}
