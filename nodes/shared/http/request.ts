import type {
	IDataObject,
	IExecuteFunctions,
	IHttpRequestMethods,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IPollFunctions,
} from 'n8n-workflow';

/** What n8n gives to a node that sends requests: in a run, for a list of the editor, or at a poll. */
export type RequestContext = IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions;

/** A request to a vendor's API. */
export interface HttpRequest {
	/** Default: GET. */
	method?: IHttpRequestMethods;
	/** Path below the vendor's API URL, which the credential knows. */
	path: string;
	/** Repeated keys for arrays; undefined values are left out. */
	query?: IDataObject;
	body?: IDataObject | IDataObject[];
	headers?: IDataObject;
	/** Whether sending it twice does no harm, so that it may be repeated after an unknown outcome. Default: only GET. */
	idempotent?: boolean;
	/** Whether a success has a body. A success without one is requested again. Default: only for GET. */
	hasAnswer?: boolean;
	/** Statuses of server errors after which it is not sent again, as the caller has a better answer to them. */
	noRetryOn?: number[];
}

export const methodOf = ({ method = 'GET' }: HttpRequest): IHttpRequestMethods => method;

/** Whether sending it twice does no harm. */
export const isIdempotent = (request: HttpRequest): boolean => request.idempotent ?? methodOf(request) === 'GET';

/**
 * The request in n8n's words.
 *
 * @param timeout in milliseconds
 */
export function toOptions(request: HttpRequest, timeout: number): IHttpRequestOptions {
	const { path, query = {}, body, headers = {} } = request;
	return {
		method: methodOf(request),
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
