import {
	NodeApiError,
	sleep,
	UserError,
	type IDataObject,
	type IExecuteFunctions,
	type IHttpRequestMethods,
	type IHttpRequestOptions,
	type ILoadOptionsFunctions,
	type IN8nHttpFullResponse,
	type JsonObject,
} from 'n8n-workflow';

import { whyNoAnswer } from '../../credentials/connection';
import { noteWait } from './progress';

export type RequestContext = IExecuteFunctions | ILoadOptionsFunctions;

export interface HttpRequest {
	method?: IHttpRequestMethods;
	/** Path below the vendor's API URL, which the credential knows. */
	path: string;
	/** Repeated keys for arrays; undefined values are left out. */
	query?: IDataObject;
	body?: IDataObject | IDataObject[];
	headers?: IDataObject;
	/** Whether sending it twice does no harm, so that it may be repeated after an unknown outcome. Default: only GET. */
	idempotent?: boolean;
	/** Whether a success has a body, so that one without is asked for again. Default: only of GET. */
	hasAnswer?: boolean;
	/** Server errors that the caller has a better answer to than sending the request again. */
	final?: number[];
}

/** Why a request did not succeed. */
export interface Failure {
	request: HttpRequest;
	/** HTTP status, or null when no answer came. */
	status: number | null;
	/** Node.js error code such as ECONNRESET when no answer came. */
	code: string | null;
	/** Body as parsed by n8n: an object for JSON, else text. */
	body: unknown;
	/** The error's own words, for failures before anything was sent (credential checks). */
	text: string;
	/** Whether the vendor may have carried the request out although no success was seen. */
	unknownOutcome: boolean;
}

/** What the user reads: `message` says what happened, `description` what to do next. */
export interface Explanation {
	message: string;
	description: string;
}

/** What differs from vendor to vendor. */
export interface Vendor {
	credential: string;
	/** Time allowed for one request in milliseconds. */
	timeout: number;
	/** Whether the credential has a token that n8n can renew. */
	hasToken?: boolean;
	/** Words for a failure. */
	explain(failure: Failure): Explanation;
	/** Whether a successful answer is not what the API would say, so that it counts as a failure. */
	isForeign?(response: IN8nHttpFullResponse): boolean;
	/** Whether a server error is final although the request is safe to repeat. `elapsed` in milliseconds. */
	isFinal?(status: number, elapsed: number): boolean;
}

export type Send = (request: HttpRequest) => Promise<IN8nHttpFullResponse>;

/**
 * How often a request is repeated: after a server error or a broken connection, after a success that is not the API's (a web
 * page mostly means that the address is wrong) or lacks its body, and after being told to slow down.
 */
const RETRIES = { transient: 4, foreign: 2, throttled: 8 };
/** First wait after a server error in milliseconds; doubles each time up to the longest. */
const BACKOFF = 500;
const MAX_BACKOFF = 4000;
/** Wait when a 429 does not say how long, in milliseconds: the vendors count requests by the minute. */
const DEFAULT_THROTTLE = 60_000;
const MAX_THROTTLE = 120_000;

/** Errors of a connection that was never made: the vendor has seen nothing. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * Makes the function that sends requests to a vendor: authenticated by its credential, repeated where that is safe, and never
 * faster than the vendor's rate headers allow. All callers of one function share its waits.
 *
 * @returns a function that resolves to n8n's full response, or throws a NodeApiError in the vendor's words.
 */
export function createSend(context: RequestContext, vendor: Vendor): Send {
	let openAt = 0;
	const signal = 'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
	const canceled = new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
	const wait = async (millis: number) => await Promise.race([sleep(millis), canceled]);

	// Every status comes back as an answer: n8n 1.x throws away headers and body of one that it turns into an error.
	const ask = async (request: HttpRequest, ignoreHttpStatusErrors: IHttpRequestOptions['ignoreHttpStatusErrors']) =>
		(await context.helpers.httpRequestWithAuthentication.call(context, vendor.credential, {
			...toOptions(request, vendor.timeout),
			ignoreHttpStatusErrors,
		})) as IN8nHttpFullResponse;

	const attempt = async (request: HttpRequest): Promise<IN8nHttpFullResponse | Failure> => {
		try {
			// n8n renews a token only for a request that fails. 2.x lets a 401 fail as wished; 1.x knows no exception and gives it
			// back as an answer: refused, the request was not carried out and may be sent again.
			let response = await ask(request, vendor.hasToken ? { ignore: true, except: [401] } : true);
			if (response.statusCode === 401 && vendor.hasToken) response = await ask(request, false);
			const { statusCode: status, headers, body } = response;
			const pause = status === 429 ? throttledFor(headers) : exhaustedFor(headers);
			openAt = Math.max(openAt, Date.now() + pause);
			const isSuccess = status >= 200 && status < 300 && !vendor.isForeign?.(response);
			return isSuccess ? response : failure(request, { status, body });
		} catch (error) {
			return failure(request, readThrown(error as ThrownError));
		}
	};

	/** What the request may be repeated for; null when the result is final. */
	const whyAgain = (
		request: HttpRequest,
		result: IN8nHttpFullResponse | Failure,
		elapsed: number,
	): keyof typeof RETRIES | null => {
		if ('headers' in result) return lacksBody(request, result) ? 'foreign' : null;
		const { status } = result;
		if (status === 429) return 'throttled';
		if (!isTransient(result) || vendor.isFinal?.(status ?? 0, elapsed)) return null;
		return (status ?? 500) < 300 ? 'foreign' : 'transient';
	};

	return async (request) => {
		const again = { transient: 0, foreign: 0, throttled: 0 };
		for (;;) {
			for (let left = openAt - Date.now(); left > 0 && !signal?.aborted; left = openAt - Date.now()) {
				noteWait(context, left);
				await wait(left);
			}
			const started = Date.now();
			const result = await attempt(request);
			const why = whyAgain(request, result, Date.now() - started);
			if (why !== null && again[why]++ < RETRIES[why]) {
				const backoff = Math.min(BACKOFF * 2 ** (again.transient + again.foreign - 1), MAX_BACKOFF);
				if (why !== 'throttled') await wait(backoff * (1 + Math.random() / 4));
				continue;
			}
			if ('headers' in result) return result;
			const { message, description } = vendor.explain(result);
			const details = isRecord(result.body) ? (result.body as JsonObject) : {};
			const httpCode = result.status ? String(result.status) : undefined;
			const error = new NodeApiError(context.getNode(), details, { message, description, httpCode });
			error.context.unknownOutcome = result.unknownOutcome;
			throw error;
		}
	};
}

function toOptions(request: HttpRequest, timeout: number): IHttpRequestOptions {
	const { method = 'GET', path, query = {}, body, headers = {} } = request;
	return {
		method,
		url: path,
		qs: Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)),
		arrayFormat: 'repeat',
		headers,
		body,
		json: true,
		timeout,
		returnFullResponse: true,
		// A redirect would carry the credential to wherever it points.
		disableFollowRedirect: true,
	};
}

interface FailureFacts {
	status?: number;
	code?: string;
	body?: unknown;
	text?: string;
}

function failure(request: HttpRequest, { status, code, body, text }: FailureFacts): Failure {
	const isWrite = (request.method ?? 'GET') !== 'GET';
	const noAnswer = code !== undefined && !NEVER_SENT.has(code);
	const serverError = status !== undefined && (status >= 500 || status < 300);
	return {
		request,
		status: status ?? null,
		code: status === undefined ? (code ?? null) : null,
		body,
		text: text ?? '',
		unknownOutcome: isWrite && (serverError || (status === undefined && noAnswer)),
	};
}

/** Whether a success came without the body that it should have. */
function lacksBody(
	{ method = 'GET', hasAnswer = method === 'GET' }: HttpRequest,
	{ statusCode, body }: IN8nHttpFullResponse,
) {
	return hasAnswer && statusCode !== 204 && (body === undefined || body === null || body === '');
}

/** Whether trying again may help and does no harm. */
function isTransient({ request, status, code }: Failure): boolean {
	if (code === 'ERR_CANCELED' || request.final?.includes(status ?? 0)) return false;
	if (code !== null && NEVER_SENT.has(code)) return code !== 'ENOTFOUND';
	const mayHelp = code !== null || (status !== null && (status >= 500 || status < 300));
	return mayHelp && (request.idempotent ?? (request.method ?? 'GET') === 'GET');
}

/** What n8n throws: its own error around that of the HTTP library, or of a check in the credential. */
interface ThrownError extends Error {
	cause?: { message?: string; code?: string; response?: { status: number; data?: unknown } };
	/** A status, or the code of a connection that failed. */
	httpCode?: string | null;
	context?: IDataObject;
}

/** Reads an error as far as both majors of n8n tell: 1.x does not keep the cause. */
function readThrown({ cause, httpCode, context, message }: ThrownError): FailureFacts {
	const text = cause?.message ?? message;
	const known = cause?.response?.status ?? cause?.code ?? httpCode ?? undefined;
	const status = Number(known);
	if (Number.isInteger(status)) return { status, body: cause?.response?.data ?? context?.data, text };
	// Refused by Node.js before anything was sent, such as a header with a line break: no connection has failed.
	if (/^ERR_(HTTP_)?INVALID_|^ERR_UNESCAPED_/.test(String(known))) return { text };
	return { code: known === undefined ? undefined : String(known), text };
}

const header = (headers: IDataObject, name: string) => {
	const value = Number(headers[name]);
	return headers[name] === undefined || headers[name] === '' || Number.isNaN(value) ? undefined : value;
};

/** Milliseconds until the next request is allowed, when the headers of a success say that none is left. */
function exhaustedFor(headers: IDataObject): number {
	const left = header(headers, 'ratelimit-remaining') ?? header(headers, 'x-ratelimit-remaining-minute');
	return left !== undefined && left <= 0 ? Math.min(resetIn(headers) ?? 0, MAX_THROTTLE) : 0;
}

/** Milliseconds to wait after a 429. */
const throttledFor = (headers: IDataObject) =>
	Math.min(resetIn(headers) ?? DEFAULT_THROTTLE, MAX_THROTTLE) + Math.random() * 250;

function resetIn(headers: IDataObject): number | undefined {
	const seconds = header(headers, 'ratelimit-reset') ?? header(headers, 'retry-after');
	if (seconds === undefined) return undefined;
	// Seconds by convention; Hotmart does not spell the unit out, so an epoch is understood as well.
	const epoch = seconds > 1e11 ? seconds : seconds > 1e9 ? seconds * 1000 : null;
	return Math.max(epoch === null ? seconds * 1000 : epoch - Date.now(), 0);
}

export const isRecord = (value: unknown): value is IDataObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Builds a path whose inserted values are encoded, for use as a template tag: path`/courses/${id}`.
 *
 * @throws Error when a value is empty, or is a dot segment that would point the request elsewhere.
 */
export function path(strings: TemplateStringsArray, ...values: Array<string | number>): string {
	return strings.reduce((built, text, index) => {
		const value = String(values[index - 1] ?? '').trim();
		if (value === '') throw new UserError('A value that goes into the address of the request is empty');
		if (value === '.' || value === '..') throw new UserError(`"${value}" cannot be a part of the address of a request`);
		return built + encodeURIComponent(value) + text;
	});
}

/**
 * Words for the failures that every vendor shares: no answer, an unknown outcome, a rate limit, an answer that is not JSON.
 *
 * @returns null when the vendor itself has to explain.
 */
export function explainCommon(vendor: string, failure: Failure): Explanation | null {
	const { request, status, code, text, unknownOutcome } = failure;
	const what = status === null ? whyNoAnswer(code) : `HTTP ${status}`;
	if (unknownOutcome)
		return {
			message: `${vendor} did not confirm the change, so it may or may not have been made (${what})`,
			description: request.idempotent
				? 'Run it again in some minutes: to make this change twice does no harm'
				: `Look in ${vendor} whether it was made before you run this item again: it was not repeated on its own because it could then happen twice`,
		};
	if (code === 'ERR_CANCELED')
		return { message: 'The execution was canceled', description: 'Run the workflow again to continue' };
	if (code !== null)
		return {
			message: `${vendor} could not be reached: ${what}`,
			description: `Check the internet connection of this n8n, its proxy and DNS settings, and the ${vendor} status page, then run it again`,
		};
	if (status === 429)
		return {
			message: `${vendor} keeps answering that too many requests were sent`,
			description: 'Wait some minutes, and let fewer workflows use this account at the same time',
		};
	if (status === null) return { message: text, description: 'Check the credential and the parameters of the node' };
	return null;
}
