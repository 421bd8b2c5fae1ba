import type { IHttpRequestOptions, INodeProperties } from 'n8n-workflow';

import { noteSecrets } from './secrets';

export interface Authorization {
	/** Name of the service for error texts. */
	service: string;
	/** Where the API is. A path in the request's URL is taken to be below it. */
	apiUrl: string;
	/** Whether the credential may only read. */
	readOnly: boolean;
	/** What authenticates the request. */
	headers: Record<string, string>;
	/** What must not come back in an item, an error or a log. */
	secrets: string[];
}

/** Whether a credential may change something: the field of every credential that uses `authorize`. */
export const accessMode: INodeProperties = {
	displayName: 'Access Mode',
	name: 'accessMode',
	type: 'options',
	options: [
		{ name: 'Full', value: 'full', description: 'Read and change' },
		{
			name: 'Read Only',
			value: 'readOnly',
			description: 'Refuses every request that changes something before it is sent, for example from an AI agent',
		},
	],
	default: 'full',
};

const READS = ['GET', 'HEAD', 'OPTIONS'];

/** Headers that make some servers treat a request as one of another method, in the form of `headerKey`. */
const OVERRIDES = ['x-http-method-override', 'x-http-method', 'x-method-override'];

/** The same for all spellings that web servers treat as one header: in any case, with underscores or other signs for dashes. */
const headerKey = (name: string) =>
	name
		.trim()
		.toLowerCase()
		.replace(/[^a-z\d]+/g, '-');

/** Switches redirects off in both forms of options that n8n's nodes use: a redirect would carry the secret to another server. */
const NO_REDIRECTS = {
	disableFollowRedirect: true,
	followRedirect: false,
	followAllRedirects: false,
	maxRedirects: 0,
	sendCredentialsOnCrossOriginRedirect: false,
};

/** What n8n's nodes set for a connection: the first two in `IHttpRequestOptions`, the others in the HTTP Request node's options. */
interface ConnectionOptions {
	proxy?: unknown;
	skipSslCertificateValidation?: boolean;
	rejectUnauthorized?: boolean;
	strictSSL?: boolean;
	agentOptions?: { rejectUnauthorized?: boolean; ca?: unknown };
}

/**
 * Adds the authentication to a request from any node, and keeps it from following redirects.
 *
 * @throws Error when the request goes to another origin than the API's or over a connection that another server can read, so
 * that a secret cannot leak there, and when it would change something although the credential is Read Only.
 */
export function authorize(options: IHttpRequestOptions, authorization: Authorization): IHttpRequestOptions {
	const { service, apiUrl, readOnly, headers, secrets } = authorization;
	noteSecrets(...secrets);
	const given = Object.entries(options.headers ?? {});
	if (readOnly)
		refuseChange(
			options.method,
			given.map(([name]) => name),
			service,
		);
	const url = targetUrl(options, service, apiUrl);
	refuseReaders(options, url, service);
	// The Host header names the server again: one address may have servers of other people behind it.
	const vendorNames = new Set(['host', ...Object.keys(headers).map((name) => name.toLowerCase())]);
	const others = given.filter(([name]) => !vendorNames.has(name.trim().toLowerCase()));
	return {
		...options,
		...NO_REDIRECTS,
		url: url.href,
		baseURL: undefined,
		headers: { ...Object.fromEntries(others), ...headers },
	};
}

function refuseChange(givenMethod: string | undefined, headers: string[], service: string): void {
	const method = String(givenMethod ?? 'GET').toUpperCase();
	if (!READS.includes(method))
		throw new Error(
			`The ${service} credential is Read Only, so this ${method} request was not sent. Choose a credential with the Access Mode "Full" to change something.`,
		);
	const override = headers.find((name) => OVERRIDES.includes(headerKey(name)));
	if (override !== undefined)
		throw new Error(
			`The ${service} credential is Read Only, so this request with the header ${override.trim()} was not sent. Remove the header.`,
		);
}

/** Refuses a connection that lets a server other than the API's read the secret. */
function refuseReaders(options: ConnectionOptions, { protocol }: URL, service: string): void {
	const { proxy, skipSslCertificateValidation, rejectUnauthorized, strictSSL, agentOptions = {} } = options;
	const isUnchecked =
		skipSslCertificateValidation === true ||
		[rejectUnauthorized, strictSSL, agentOptions.rejectUnauthorized].includes(false);
	if (protocol === 'https:' && isUnchecked)
		throw new Error(
			`With Ignore SSL Issues another server could read the ${service} credential, so nothing was sent. Switch the option off.`,
		);
	if (!proxy) return;
	if (protocol === 'http:')
		throw new Error(
			`The proxy could read the ${service} credential on its way to an address with http, so nothing was sent. Remove the option Proxy, or use an API URL with https.`,
		);
	if (agentOptions.ca)
		throw new Error(
			`With a proxy and a certificate authority of its own another server could read the ${service} credential, so nothing was sent. Remove the option Proxy or the CA of the SSL certificate.`,
		);
}

/**
 * Reads a URL of a credential.
 *
 * @throws Error when it is empty or no web address
 */
export function webAddress(given: string, field: string, service: string): URL {
	const url = parse(given);
	if (url && /^https?:$/.test(url.protocol)) return url;
	throw new Error(
		given.trim() === ''
			? `The ${field} of the ${service} credential is empty. Open the credential and enter it, such as https://example.com.`
			: `The ${field} of the ${service} credential is not a web address. Enter one like https://example.com.`,
	);
}

function targetUrl(options: IHttpRequestOptions, service: string, apiUrl: string): URL {
	const api = webAddress(apiUrl, 'API URL', service);
	// The HTTP Request node of older n8n versions says uri.
	const given = options.url ?? (options as { uri?: string }).uri ?? '';
	const isAbsolute = /^[a-z][a-z\d+.-]*:/i.test(given) || /^[/\\]{2}/.test(given);
	const url = parse(isAbsolute ? given : `${baseOf(options, api, given)}/${given.replace(/^[/\\]+/, '')}`, api);
	if (!url || url.origin !== api.origin || url.username !== '' || url.password !== '')
		throw new Error(
			`The ${service} credential is only for ${api.origin}, so nothing was sent. Enter a path such as /path, without another host.`,
		);
	return url;
}

/** The base of a path. A path that begins with a version, such as /v2/…, replaces the version in the API URL. */
function baseOf({ baseURL }: IHttpRequestOptions, api: URL, path: string): string {
	const base = `${baseURL ?? api.href}`.replace(/\/+$/, '');
	return /^[/\\]?v\d+(?:[/\\?#]|$)/.test(path) ? base.replace(/\/v\d+$/, '') : base;
}

function parse(url: string, base?: URL): URL | null {
	try {
		return new URL(url, base);
	} catch {
		return null;
	}
}
