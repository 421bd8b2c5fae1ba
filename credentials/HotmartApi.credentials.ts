import { createHash } from 'node:crypto';

import {
	sleep,
	type IAuthenticate,
	type ICredentialDataDecryptedObject,
	type ICredentialTestRequest,
	type ICredentialType,
	type IDataObject,
	type IHttpRequestHelper,
	type Icon,
	type INodeProperties,
} from 'n8n-workflow';

import { accessMode, authorize, webAddress } from './authorize';
import { checkConnection, whyNoAnswer } from './connection';
import { hideInText, noteSecrets } from './secrets';

/** Hosts by environment (developers.hotmart.com, "Sandbox"): the token host serves both. */
const TOKEN_URL = 'https://api-sec-vlc.hotmart.com/security/oauth/token';
const API_URLS: Record<string, string> = {
	production: 'https://developers.hotmart.com',
	sandbox: 'https://sandbox.hotmart.com',
};

/** Time before its stated end at which a token is no longer handed out, in milliseconds. */
const EXPIRY_MARGIN = 60_000;

/** How often to request a token again, which does no harm, after a failure that may pass. */
const RETRIES = 3;
/** First wait before that in milliseconds; doubles each time. */
const BACKOFF = 500;
/** Longest wait that Hotmart may ask for, in milliseconds. */
const MAX_WAIT = 60_000;

interface TokenRequest {
	/** Settles with the access token, or fails with an error for the user. */
	answer: Promise<string>;
	/** Once settled. `expiresAt` in milliseconds since 1970-01-01 UTC. */
	token?: { accessToken: string; expiresAt: number };
}

/** The last token request of this process for each set of credentials, whether it is under way or answered. */
const tokenRequests = new Map<string, TokenRequest>();

/** Drops the tokens of credentials that were changed or deleted long ago, so that the map does not grow. */
function dropExpired() {
	for (const [key, { token }] of tokenRequests) if (token && token.expiresAt <= Date.now()) tokenRequests.delete(key);
}

/**
 * OAuth client credentials of a Hotmart account.
 *
 * n8n keeps the access token in the credential and asks `preAuthentication` for one when there is none or when Hotmart
 * answered 401. Executions that ask at the same time share one request.
 */
export class HotmartApi implements ICredentialType {
	name = 'hotmartApi';

	displayName = 'Hotmart API';

	icon: Icon = { light: 'file:../nodes/Hotmart/hotmart.svg', dark: 'file:../nodes/Hotmart/hotmart.dark.svg' };

	documentationUrl =
		'https://github.com/n8n-nodes-hotmart-teachable/n8n-nodes-hotmart-teachable/blob/main/docs/credentials.md#hotmart-api';

	properties: INodeProperties[] = [
		{
			displayName: 'Access Token',
			name: 'accessToken',
			type: 'hidden',
			typeOptions: { expirable: true, password: true },
			default: '',
		},
		{
			displayName:
				'In Hotmart open Tools > Developer Credentials > Create Credential and choose the type "API Hotmart". Hotmart then shows the three values below.',
			name: 'notice',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'Client ID',
			name: 'clientId',
			type: 'string',
			required: true,
			default: '',
		},
		{
			displayName: 'Client Secret',
			name: 'clientSecret',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
		},
		{
			displayName: 'Basic Token',
			name: 'basicToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'With or without the word Basic; leave it empty to compute it from Client ID and Client Secret',
		},
		{
			displayName: 'Environment',
			name: 'environment',
			type: 'options',
			options: [
				{ name: 'Custom', value: 'custom', description: 'Your own proxy, or an emulator of Hotmart' },
				{ name: 'Production', value: 'production', description: 'Your real account' },
				{
					name: 'Sandbox',
					value: 'sandbox',
					description: 'Invented data, for credentials that were created with the option Sandbox',
				},
			],
			default: 'production',
			description: 'The environment chosen in Hotmart when the credential was created; it cannot be changed there',
		},
		{
			displayName: 'API URL',
			name: 'apiUrl',
			type: 'string',
			required: true,
			displayOptions: { show: { environment: ['custom'] } },
			default: '',
			placeholder: 'e.g. https://developers.hotmart.com',
		},
		{
			displayName: 'Token URL',
			name: 'tokenUrl',
			type: 'string',
			typeOptions: { password: false },
			required: true,
			displayOptions: { show: { environment: ['custom'] } },
			default: '',
			placeholder: 'e.g. https://api-sec-vlc.hotmart.com/security/oauth/token',
		},
		accessMode,
	];

	async preAuthentication(this: IHttpRequestHelper, credentials: ICredentialDataDecryptedObject): Promise<IDataObject> {
		const key = createHash('sha256')
			.update(
				JSON.stringify([
					tokenUrl(credentials),
					text(credentials.clientId),
					text(credentials.clientSecret),
					basicToken(credentials),
				]),
			)
			.digest('hex');
		const refused = text(credentials.accessToken);
		let request = tokenRequests.get(key);
		const isSpent = (token: TokenRequest['token']) =>
			token && (token.accessToken === refused || token.expiresAt <= Date.now());
		if (!request || isSpent(request.token)) {
			request = requestToken(this, credentials);
			dropExpired();
			tokenRequests.set(key, request);
			request.answer.catch(() => tokenRequests.delete(key));
		}
		return { accessToken: await request.answer };
	}

	authenticate: IAuthenticate = async (credentials, options) =>
		authorize(options, {
			service: 'Hotmart',
			apiUrl: apiUrl(credentials),
			readOnly: credentials.accessMode === 'readOnly',
			headers: { Authorization: `Bearer ${text(credentials.accessToken)}` },
			secrets: [text(credentials.accessToken), text(credentials.clientSecret), basicToken(credentials)],
		});

	test: ICredentialTestRequest = {
		request: { url: '/products/api/v1/products', qs: { max_results: 1 } },
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 401,
					message:
						'Hotmart accepts the credential but not in this environment: a credential created as Sandbox works only with the environment Sandbox, and any other only with Production',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 403,
					message: 'Hotmart knows this credential, but its account has no right to read products',
				},
			},
		],
	};
}

const text = (value: unknown) => String(value ?? '').trim();

const apiUrl = ({ environment, apiUrl: custom }: ICredentialDataDecryptedObject) =>
	environment === 'custom' ? text(custom) : (API_URLS[String(environment)] ?? API_URLS.production!);

const tokenUrl = ({ environment, tokenUrl: custom }: ICredentialDataDecryptedObject) =>
	environment === 'custom' ? text(custom) : TOKEN_URL;

/** Base64 of `Client ID:Client Secret`, unless the user pasted Hotmart's own value (Hotmart §1.1). */
const basicToken = ({ basicToken: pasted, clientId, clientSecret }: ICredentialDataDecryptedObject) =>
	text(pasted).replace(/^basic\s+/i, '') || Buffer.from(`${text(clientId)}:${text(clientSecret)}`).toString('base64');

function requestToken({ helpers }: IHttpRequestHelper, credentials: ICredentialDataDecryptedObject): TokenRequest {
	const request: TokenRequest = { answer: Promise.resolve('') };
	request.answer = (async () => {
		const answer = await askForToken(helpers, credentials);
		const lifetime = Number(answer.expires_in) * 1000 - EXPIRY_MARGIN;
		request.token = {
			accessToken: answer.access_token,
			expiresAt: Date.now() + (Number.isFinite(lifetime) ? lifetime : 0),
		};
		return answer.access_token;
	})();
	return request;
}

interface TokenAnswer extends IDataObject {
	access_token: string;
}

async function askForToken(
	helpers: IHttpRequestHelper['helpers'],
	credentials: ICredentialDataDecryptedObject,
): Promise<TokenAnswer> {
	noteSecrets(text(credentials.clientSecret), basicToken(credentials));
	const { href: url } = webAddress(tokenUrl(credentials), 'Token URL', 'Hotmart');
	webAddress(apiUrl(credentials), 'API URL', 'Hotmart');
	for (let retry = 0; ; retry++) {
		let failure: TokenFailure = {};
		try {
			// Query and Basic header together, with an empty body, is what Hotmart's documentation shows.
			const answer = (await helpers.httpRequest({
				method: 'POST',
				url,
				qs: {
					grant_type: 'client_credentials',
					client_id: text(credentials.clientId),
					client_secret: text(credentials.clientSecret),
				},
				headers: { Authorization: `Basic ${basicToken(credentials)}`, 'Content-Type': 'application/json' },
				json: true,
				timeout: 30_000,
				disableFollowRedirect: true,
			})) as IDataObject | undefined;
			if (typeof answer?.access_token === 'string' && answer.access_token !== '') return answer as TokenAnswer;
			failure = { response: { status: 200 } };
		} catch (error) {
			failure = error as TokenFailure;
		}
		// The error of the HTTP library holds the secrets that were sent, so it is not rethrown and not kept as a cause.
		if (retry === RETRIES || !mayPass(failure)) throw tokenError(failure);
		const retryAfter = Number(failure.response?.headers?.['retry-after'] ?? 0) * 1000;
		await sleep(Math.min(Math.max(BACKOFF * 2 ** retry, retryAfter || 0), MAX_WAIT));
	}
}

interface TokenFailure {
	code?: string;
	response?: { status: number; data?: IDataObject; headers?: IDataObject };
}

/** Whether the same request may succeed a moment later. */
const mayPass = ({ code, response }: TokenFailure) =>
	response ? response.status < 300 || response.status === 429 || response.status >= 500 : code !== 'ENOTFOUND';

function tokenError({ code, response }: TokenFailure): Error {
	if (!response)
		return new Error(
			`Hotmart could not be reached to get an access token (${whyNoAnswer(code)}). ${checkConnection(code, 'Hotmart')}`,
		);
	if (response.status < 300)
		return new Error(
			'The token URL answered without an access token. Check the Token URL of the credential, and a proxy between n8n and Hotmart.',
		);
	const { error, error_description: description } = response.data ?? {};
	const words = [description, error].find((word) => typeof word === 'string' && word !== '');
	if (response.status === 400 || response.status === 401 || response.status === 403)
		return new Error(
			`Hotmart refused the Client ID, the Client Secret or the Basic Token (HTTP ${response.status}${words ? `: ${hideInText(String(words))}` : ''}). Copy all three again from Tools > Developer Credentials, or leave the Basic Token empty.`,
		);
	return new Error(`Hotmart gave no access token (HTTP ${response.status}). Try again in a few minutes.`);
}
