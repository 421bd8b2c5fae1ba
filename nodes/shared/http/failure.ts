import { NodeApiError, type IDataObject, type IN8nHttpFullResponse, type INode, type JsonObject } from 'n8n-workflow';

import { checkConnection, whyNoAnswer } from '../../../credentials/connection';
import { hideInText, hideSecrets } from '../../../credentials/secrets';
import { isRecord } from '../record';
import { isIdempotent, methodOf, type HttpRequest } from './request';

/** Why a request did not succeed. */
export interface Failure {
	request: HttpRequest;
	/** HTTP status, or null when no answer came. */
	status: number | null;
	/** Node.js error code such as ECONNRESET when no answer came. */
	code: string | null;
	/** Body as parsed by n8n: an object for JSON, else text. */
	body: unknown;
	headers: IDataObject;
	/** The error's own words, for failures before anything was sent (credential checks). */
	text: string;
	/** Whether the vendor may have carried out the request although it did not confirm it. */
	unknownOutcome: boolean;
}

/** What the user reads. */
export interface Explanation {
	/** A sentence that says what happened. */
	message: string;
	/** What to do next. */
	description: string;
	/** The vendor's word for the error. */
	code?: string;
	/** What support may ask for: shown in brackets after the message. */
	details?: string;
}

/** A request that failed, in words for the user. */
export class RequestError extends NodeApiError {
	/** HTTP status, or null when no answer came. */
	readonly status: number | null;

	/** The vendor's word for the error. */
	readonly code: string | undefined;

	/** Whether the vendor may have carried out the request although it did not confirm it. */
	readonly unknownOutcome: boolean;

	constructor(node: INode, { status, body, unknownOutcome }: Failure, explanation: Explanation) {
		const { message, description, code, details } = explanation;
		super(node, isRecord(body) ? (hideSecrets(body) as JsonObject) : {}, {
			message: hideInText(details ? `${message} (${details})` : message),
			description: hideInText(description),
			httpCode: status === null ? undefined : String(status),
		});
		this.status = status;
		this.code = code;
		this.unknownOutcome = unknownOutcome;
	}
}

/** What a status means, for an answer that says nothing in words. */
const STATUS_WORDS: Record<number, string> = {
	400: 'does not accept a value of this request',
	401: 'does not accept the credential',
	403: 'does not allow this',
	404: 'has no such record',
	405: 'does not have this call',
	409: 'cannot do this in the current state',
	422: 'cannot do this with the values given',
};

/** Characters of the longest word for programs; more is a text. */
const MAX_CODE = 200;

/** A word for programs, such as SUBSCRIPTION_NOT_FOUND, in words. Everything else stays as it is. */
export function inWords(text: string): string {
	const isCode = text.length <= MAX_CODE && /^[a-z\d]+(_[a-z\d]+)+$|^[A-Z\d]+([_-][A-Z\d]+)*$/.test(text);
	if (!isCode) return text;
	const words = text.replace(/[_-]+/g, ' ').toLowerCase();
	return `${words[0]!.toUpperCase()}${words.slice(1)}`;
}

/**
 * The words that an error leads with: the first that the vendor has said, or else what the status means.
 *
 * @param said what may hold words, the best first; several validations that fail come as a list
 */
export function leadingWords(vendor: string, status: number | null, said: unknown[]): string {
	const texts = said.map((part) =>
		[part]
			.flat()
			.filter((text): text is string => typeof text === 'string' && /\p{L}/u.test(text))
			.map((text) => inWords(text.trim()))
			.join('. '),
	);
	// One word, such as Conflict, is not a sentence; the status says more.
	return texts.find((text) => text.includes(' ')) ?? `${vendor} ${STATUS_WORDS[status ?? 0] ?? 'refused the request'}`;
}

/** Errors of a connection that was never made: the vendor did not get the request. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

interface Facts {
	status?: number;
	code?: string;
	body?: unknown;
	headers?: IDataObject;
	text?: string;
}

export function failureOf(request: HttpRequest, { status, code, body, headers = {}, text = '' }: Facts): Failure {
	const noAnswer = code !== undefined && !NEVER_SENT.has(code);
	const serverError = status !== undefined && (status >= 500 || status < 300);
	return {
		request,
		status: status ?? null,
		code: status === undefined ? (code ?? null) : null,
		body,
		headers,
		text,
		unknownOutcome: methodOf(request) !== 'GET' && (serverError || (status === undefined && noAnswer)),
	};
}

/** What n8n throws: its own error around that of the HTTP library, or of a check in the credential. */
export interface ThrownError extends Error {
	cause?: { message?: string; code?: string; response?: { status: number; data?: unknown; headers?: IDataObject } };
	/** A status, or the code of a connection that failed. */
	httpCode?: string | null;
	context?: IDataObject;
}

/** Reads an error as far as both majors of n8n tell: 1.x does not keep the cause. */
export function thrownFailure(request: HttpRequest, { cause, httpCode, context, message }: ThrownError): Failure {
	const text = cause?.message ?? message;
	const code = cause?.response?.status ?? cause?.code ?? httpCode ?? undefined;
	const status = Number(code);
	if (Number.isInteger(status)) {
		const { data: body = context?.data, headers } = cause?.response ?? {};
		return failureOf(request, { status, body, headers, text });
	}
	// Refused by Node.js before anything was sent, such as a header with a line break: no connection has failed.
	if (/^ERR_(HTTP_)?INVALID_|^ERR_UNESCAPED_/.test(String(code))) return failureOf(request, { text });
	return failureOf(request, { code: code === undefined ? undefined : String(code), text });
}

/** Whether an answer is a page or a text and not from the API: it comes from a wrong address, or a proxy on the way. */
export const isNoApiAnswer = ({ body }: IN8nHttpFullResponse): boolean =>
	typeof body === 'string' && body.trim() !== '';

/** Whether the same request may succeed later, and to send it again does no harm. */
export function mayPass({ request, status, code }: Failure): boolean {
	if (code === 'ERR_CANCELED' || request.noRetryOn?.includes(status ?? 0)) return false;
	if (code !== null && NEVER_SENT.has(code)) return code !== 'ENOTFOUND';
	const mayHelp = code !== null || (status !== null && (status >= 500 || status < 300));
	return mayHelp && isIdempotent(request);
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
			message: `${vendor} did not confirm the change, so it may or may not have been made`,
			description: request.idempotent
				? 'Run it again in a few minutes. Making this change twice does no harm.'
				: `Check in ${vendor} whether the change was made before you run this item again. The node did not repeat it, because it could happen twice.`,
			details: what,
		};
	if (code === 'ERR_CANCELED')
		return { message: 'The execution was canceled', description: 'Run the workflow again to continue.' };
	if (code !== null)
		return {
			message: `${vendor} could not be reached: ${what}`,
			description: checkConnection(code, vendor),
		};
	if (status === 429)
		return {
			message: `${vendor} keeps answering that too many requests were sent`,
			description: 'Wait a few minutes, and let fewer workflows use this account at the same time.',
			details: what,
		};
	if (status === null) return { message: text, description: 'Check the credential and the parameters of the node.' };
	return null;
}
