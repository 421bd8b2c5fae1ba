import type { IDataObject, IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';

import type { Progress } from '../progress';
import {
	failureOf,
	isNoApiAnswer,
	mayPass,
	RequestError,
	thrownFailure,
	type Explanation,
	type Failure,
	type ThrownError,
} from './failure';
import { createPauses, type Reason } from './pauses';
import { pauseAfter } from './rateLimit';
import { methodOf, toOptions, type HttpRequest, type RequestContext } from './request';

/** What differs from vendor to vendor. */
export interface Vendor {
	credential: string;
	/** Time allowed for one request in milliseconds. */
	timeout: number;
	/** Whether the credential has a token that n8n can renew. */
	hasToken?: boolean;
	/** Words for a failure. */
	explain(failure: Failure): Explanation;
	/** Whether a server error says that the request asks for too much, so that it would come again. `elapsed` in milliseconds. */
	asksTooMuch?(status: number | null, elapsed: number): boolean;
}

/** Sends a request to a vendor. @throws RequestError in the vendor's words */
export type Send = (request: HttpRequest) => Promise<IN8nHttpFullResponse>;

/**
 * Makes the function that sends requests to a vendor: authenticated by its credential, repeated where that does no harm, and
 * never faster than the vendor's rate headers allow. All callers of one function share its pauses.
 */
export function createSend(context: RequestContext, vendor: Vendor, progress: Progress): Send {
	const pauses = createPauses(context, progress);

	return async (request) => {
		const repeated = { outage: 0, oddAnswer: 0, rateLimit: 0 };
		for (;;) {
			await pauses.untilAllowed();
			const started = Date.now();
			const result = await sendOnce(context, vendor, request);
			const isSuccess = 'statusCode' in result;
			pauses.allowAfter(pauseAfter(isSuccess ? result.statusCode : result.status, result.headers));
			const reason = whyRepeat(vendor, request, result, Date.now() - started);
			if (reason !== null && (await pauses.beforeRepetition(reason, ++repeated[reason], result.headers))) continue;
			if (isSuccess) return result;
			throw new RequestError(context.getNode(), result, vendor.explain(result));
		}
	};
}

/** Sends a request. Every status comes back as an answer: n8n 1.x throws away headers and body of one that it makes an error of. */
async function sendOnce(
	context: RequestContext,
	{ credential, timeout, hasToken }: Vendor,
	request: HttpRequest,
): Promise<IN8nHttpFullResponse | Failure> {
	const ask = async (ignoreHttpStatusErrors: IHttpRequestOptions['ignoreHttpStatusErrors']) =>
		(await context.helpers.httpRequestWithAuthentication.call(context, credential, {
			...toOptions(request, timeout),
			ignoreHttpStatusErrors,
		})) as IN8nHttpFullResponse;
	try {
		// n8n renews a token only for a request that fails. 2.x lets a 401 fail as wished; 1.x knows no exception and gives it
		// back as an answer: refused, the request was not carried out and may be sent again.
		let response = await ask(hasToken ? { ignore: true, except: [401] } : true);
		if (response.statusCode === 401 && hasToken) response = await ask(false);
		const { statusCode: status, headers, body } = response;
		const isSuccess = status >= 200 && status < 300 && !isNoApiAnswer(response);
		return isSuccess ? response : failureOf(request, { status, headers: headers as IDataObject, body });
	} catch (error) {
		return thrownFailure(request, error as ThrownError);
	}
}

/** Why a request should be sent again: null when the result is final. */
function whyRepeat(
	vendor: Vendor,
	request: HttpRequest,
	result: IN8nHttpFullResponse | Failure,
	elapsed: number,
): Reason | null {
	if ('statusCode' in result) return lacksBody(request, result) ? 'oddAnswer' : null;
	if (result.status === 429) return 'rateLimit';
	if (!mayPass(result) || vendor.asksTooMuch?.(result.status, elapsed)) return null;
	return result.status !== null && result.status < 300 ? 'oddAnswer' : 'outage';
}

/** Whether a success came without the body that it should have. */
function lacksBody(request: HttpRequest, { statusCode, body }: IN8nHttpFullResponse): boolean {
	const hasAnswer = request.hasAnswer ?? methodOf(request) === 'GET';
	return hasAnswer && statusCode !== 204 && (body === undefined || body === null || body === '');
}
