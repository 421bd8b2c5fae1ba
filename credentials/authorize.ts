import type { IHttpRequestOptions, INodeProperties } from 'n8n-workflow';

export interface Authorization {
	/** Name of the service for error texts. */
	service: string;
	/** Where the API is. A path in the request's URL is taken to be below it. */
	apiUrl: string;
	/** Whether the credential may only read. */
	readOnly: boolean;
	/** What authenticates the request. */
	headers: Record<string, string>;
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

/** Headers by which some servers take a request for one of another method. */
const OVERRIDES = ['x-http-method-override', 'x-http-method', 'x-method-override'];

/** Switches redirects off in both forms of options that n8n's nodes use: a redirect would carry the secret to wherever it points. */
const NO_REDIRECTS = {
	disableFollowRedirect: true,
	followRedirect: false,
	followAllRedirects: false,
	maxRedirects: 0,
	sendCredentialsOnCrossOriginRedirect: false,
};

/**
 * Adds the authentication to a request, whatever node sends it, and keeps it from following redirects.
 *
 * @throws Error when the request goes to another origin than the API's, so that a secret cannot leak there, and when it would
 * change something although the credential is Read Only.
 */
export function authorize(options: IHttpRequestOptions, authorization: Authorization): IHttpRequestOptions {
	const { service, apiUrl, readOnly, headers } = authorization;
	const method = String(options.method ?? 'GET').toUpperCase();
	if (readOnly && !READS.includes(method))
		throw new Error(
			`The ${service} credential is Read Only, so this ${method} request was not sent. Choose a credential with the Access Mode "Full" to change something.`,
		);
	const given = Object.entries(options.headers ?? {}).map(([name, value]) => ({
		name: name.trim().toLowerCase(),
		entry: [name, value],
	}));
	const override = given.find(({ name }) => OVERRIDES.includes(name));
	if (readOnly && override)
		throw new Error(
			`The ${service} credential is Read Only, so this request with the header ${override.name} was not sent. Remove the header.`,
		);
	// Host names the server once more: behind one address may be servers of other people.
	const own = new Set(['host', ...Object.keys(headers).map((name) => name.toLowerCase())]);
	const others = given.filter(({ name }) => !own.has(name)).map(({ entry }) => entry);
	return {
		...options,
		...NO_REDIRECTS,
		...target(options, service, apiUrl),
		headers: { ...Object.fromEntries(others), ...headers },
	};
}

function target(options: IHttpRequestOptions, service: string, apiUrl: string): Partial<IHttpRequestOptions> {
	const api = parse(apiUrl);
	if (!api || !/^https?:$/.test(api.protocol))
		throw new Error(
			`The API URL of the ${service} credential is not a web address. Enter one like https://example.com.`,
		);
	// The HTTP Request node of older n8n versions says uri.
	const given = options.url ?? (options as { uri?: string }).uri ?? '';
	const isAbsolute = /^[a-z][a-z\d+.-]*:/i.test(given) || /^[/\\]{2}/.test(given);
	const base = `${options.baseURL ?? api.href}`.replace(/\/+$/, '');
	const url = parse(isAbsolute ? given : `${base}/${given.replace(/^[/\\]+/, '')}`, api);
	if (!url || url.origin !== api.origin || url.username !== '' || url.password !== '')
		throw new Error(
			`The ${service} credential is only for ${api.origin}, so nothing was sent. Enter a path such as /path, without another host.`,
		);
	return { url: url.href, baseURL: undefined };
}

function parse(url: string, base?: URL): URL | null {
	try {
		return new URL(url, base);
	} catch {
		return null;
	}
}
