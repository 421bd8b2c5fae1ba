import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import fastify, { type FastifyInstance } from 'fastify';
import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IHttpRequestOptions,
	INodeParameters,
} from 'n8n-workflow';

import { HotmartApi } from '../../credentials/HotmartApi.credentials';
import { TeachableApi } from '../../credentials/TeachableApi.credentials';
import { DEMO } from '../emulator/seed';
import { runNode } from './n8n';
import { demoCredentials, useEmulator } from './setup';

const emulator = useEmulator({ hotmart: { rateLimitPerMinute: 100_000 }, teachable: { rateLimitPerMinute: 100_000 } });

/** A server of somebody else, on this machine. Whatever arrives there has leaked. */
let thief: FastifyInstance;
/** Its host and port. */
let there: string;
const arrived: Array<{ url: string; headers: unknown; body: unknown }> = [];

beforeAll(async () => {
	thief = fastify();
	thief.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
	thief.all('/*', async ({ url, headers, body }) => {
		arrived.push({ url, headers, body });
		return { items: [], courses: [], access_token: 'stolen', expires_in: 3600 };
	});
	there = (await thief.listen({ host: '127.0.0.1', port: 0 })).replace('http://', '');
});
beforeEach(() => {
	arrived.length = 0;
});
afterAll(async () => await thief.close());

const VENDORS = ['hotmart', 'teachable'] as const;
type Vendor = (typeof VENDORS)[number];

const apiOf = (vendor: Vendor) => new URL(emulator()[vendor].url).host;
const call = async (vendor: Vendor, parameters: INodeParameters, changes: ICredentialDataDecryptedObject = {}) =>
	await runNode({
		node: vendor,
		parameters: { resource: 'apiCall', operation: 'send', method: 'GET', query: {}, headers: {}, ...parameters },
		credentials: demoCredentials(emulator(), { [`${vendor}Api`]: changes }),
	});
const answered = (vendor: Vendor) =>
	emulator().requests.filter((request) => request.vendor === vendor && !request.path.includes('/oauth/'));

/** Spellings of an address of another host, as a person or an expression may give them, for a host `h` and the API's own `a`. */
const ELSEWHERE: Array<[name: string, spell: (h: string, a: string) => string]> = [
	['absolute', (h) => `http://${h}/x`],
	['absolute with TLS', (h) => `https://${h}/x`],
	['mixed case', (h) => `hTTp://${h}/x`],
	['protocol-relative', (h) => `//${h}/x`],
	['more slashes', (h) => `////${h}/x`],
	['a backslash', (h) => `/\\${h}/x`],
	['backslashes', (h) => `\\\\${h}\\x`],
	['a scheme with backslashes', (h) => `http:\\\\${h}\\x`],
	['a scheme with one slash', (h) => `http:/${h}/x`],
	['a scheme without slashes', (h) => `http:${h}/x`],
	['a tab before it', (h) => `\thttp://${h}/x`],
	['a tab in the scheme', (h) => `ht\ttp://${h}/x`],
	['a line break in the scheme', (h) => `ht\r\ntp://${h}/x`],
	['a tab between the slashes', (h) => `/\t/${h}/x`],
	['a line break between the slashes', (h) => `/\n/${h}/x`],
	['a control character before it', (h) => `\u0001//${h}/x`],
	['the API as userinfo', (h, a) => `http://${a}@${h}/x`],
	['the API as user and password', (h, a) => `http://${a.replace(':', '%3A')}:x@${h}/x`],
	['userinfo behind the host', (h) => `@${h}/x`],
	['userinfo behind a colon', (h) => `:x@${h}/x`],
	['dots before it', (h) => `/..//${h}/x`],
	['a dot before it', (h) => `.//${h}/x`],
	['full-width slashes', (h) => `\uFF0F\uFF0F${h}/x`],
	['encoded slashes', (h) => `%2F%2F${h}/x`],
	['another scheme', (h) => `ftp://${h}/x`],
	['data', () => 'data:text/plain,x'],
	['file', () => 'file:///etc/hostname'],
];

describe.each(VENDORS)('the bearer of %s', (vendor) => {
	test.each(ELSEWHERE)('does not go to another host: %s', async (_name, spell) => {
		for (const method of ['GET', 'POST']) {
			const { error } = await call(vendor, { method, path: spell(there, apiOf(vendor)), body: '{"secret":"body"}' });
			// Either refused, or taken for a path of the API, which does not exist there.
			if (answered(vendor).length === 0)
				expect(error?.message).toMatch(/credential is only for|cannot be a part|is not a/);
		}
		expect(arrived).toEqual([]);
	});

	test.each([301, 302, 303, 307, 308])('does not follow a redirect (%i), nor does the body', async (status) => {
		const headers = { location: `http://${there}/x` };
		for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
			emulator().fail({ vendor, path: '*/redirected', kind: 'status', status, headers, times: 10 });
			const { error } = await call(vendor, { method, path: '/redirected', body: '{"secret":"body"}' });
			expect(error?.message).toMatch(new RegExp(`HTTP ${status}`));
		}
		expect(answered(vendor)).toHaveLength(5);
		expect(arrived).toEqual([]);
	});

	test('does not follow a Host header to another server behind the same address', async () => {
		const headers = { entries: ['Host', 'host', ' HOST '].map((name) => ({ name, value: 'evil.example' })) };
		await call(vendor, { path: '/x', headers });
		for (const request of answered(vendor)) expect(request.headers.host).toBe(apiOf(vendor));
	});

	test('is not replaced by a header of the call', async () => {
		const names = vendor === 'hotmart' ? ['authorization', 'AUTHORIZATION'] : ['apikey', 'APIKEY'];
		await call(vendor, { path: '/x', headers: { entries: names.map((name) => ({ name, value: 'Bearer mine' })) } });
		expect(answered(vendor).length).toBeGreaterThan(0);
		for (const { headers } of answered(vendor)) expect(JSON.stringify(headers)).not.toContain('mine');
	});
});

test.each([301, 302, 303, 307, 308])(
	'the token URL is not followed elsewhere (%i): the client secret stays',
	async (status) => {
		emulator().fail({
			path: '/security/*',
			kind: 'status',
			status,
			headers: { location: `http://${there}/token` },
			times: 5,
		});
		const clientSecret = randomUUID();
		const { error } = await call('hotmart', { path: '/user/api/v1/me' }, { clientSecret });
		expect(error?.message).toMatch(/gave no access token|without an access token/);
		expect(JSON.stringify(error)).not.toContain(clientSecret);
		expect(arrived).toEqual([]);
	},
);

test('a header that cannot be sent is told at once, and not as a broken connection', async () => {
	const started = Date.now();
	const headers = { entries: [{ name: 'X-Trace: 1\r\nX-Injected', value: '1' }] };
	for (const method of ['GET', 'POST']) {
		const { error } = await call('hotmart', { method, path: '/x', headers });
		expect(error?.message).toMatch(/Header name must be a valid HTTP token/);
	}
	expect(Date.now() - started).toBeLessThan(5000);
	expect(answered('hotmart')).toEqual([]);
});

/** The guard of a credential, as every node meets it that n8n lets use the credential. */
const GUARDS: Array<{ vendor: Vendor; type: ICredentialType; api: string; data: ICredentialDataDecryptedObject }> = [
	{
		vendor: 'hotmart',
		type: new HotmartApi(),
		api: 'http://api.example:8080',
		data: { environment: 'custom', apiUrl: 'http://api.example:8080', accessToken: 'the-bearer' },
	},
	{
		vendor: 'teachable',
		type: new TeachableApi(),
		api: 'http://api.example:8080',
		data: { apiUrl: 'http://api.example:8080/v1', apiKey: 'the-bearer' },
	},
];

const PROXY = { protocol: 'http', host: 'evil.example', port: 3128 };

/** Headers that ask for another method, in spellings that web servers hand on as one. */
const OVERRIDES = [
	'X-HTTP-Method-Override',
	'x-http-method',
	' X-Method-Override ',
	'X_HTTP_Method_Override',
	'x_http-method_override',
	'X_HTTP_METHOD',
	'X-Method_Override',
	'X.HTTP.Method.Override',
	'X HTTP Method Override',
];

describe.each(GUARDS)('the guard of the $vendor credential', ({ type, api, data }) => {
	const authenticate = async (options: object, changes = {}) => {
		if (typeof type.authenticate !== 'function') throw new Error('authenticates by a function');
		return await type.authenticate({ ...data, ...changes }, options as IHttpRequestOptions);
	};

	const piece = fc.constantFrom(
		...[
			'http',
			'HTTPS',
			'ftp',
			'javascript',
			':',
			'/',
			'//',
			'\\',
			'@',
			'evil.example',
			'api.example',
			':8080',
			':80',
			'.',
			'..',
		],
		...['\t', '\r\n', ' ', '\u0000', '%2f', '%40', '%00', '?', '#', '[', ']', '::1', '127.0.0.1'],
		...['\uFF0F', '\u3002', '\u00ad', 'v1', 'x', '0'],
	);
	const address = fc.oneof(
		fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join('')),
		fc.string(),
		fc.webUrl(),
	);

	test('lets a request through to the origin of the API only, however the address is spelled', async () => {
		await fc.assert(
			fc.asyncProperty(address, fc.option(address), fc.constantFrom('url', 'uri'), async (given, baseURL, key) => {
				const options = await authenticate({ [key]: given, ...(baseURL === null ? {} : { baseURL }) }).catch(
					(error: Error) => {
						expect(error.message).toContain('credential is only for http://api.example:8080, so nothing was sent');
					},
				);
				if (!options) return;
				const { origin, username, password } = new URL(options.url);
				expect([origin, username, password]).toEqual([api, '', '']);
				expect(options.baseURL).toBeUndefined();
				expect(JSON.stringify(options.headers)).toContain('the-bearer');
			}),
			{ numRuns: 3_000, seed: 20_261_122 },
		);
	}, 60_000);

	test('switches redirects off, in the words of the HTTP Request node, too', async () => {
		const asked = {
			followRedirect: true,
			followAllRedirects: true,
			maxRedirects: 21,
			sendCredentialsOnCrossOriginRedirect: true,
		};
		expect(await authenticate({ url: '/x', ...asked })).toMatchObject({
			disableFollowRedirect: true,
			followRedirect: false,
			followAllRedirects: false,
			maxRedirects: 0,
			sendCredentialsOnCrossOriginRedirect: false,
		});
	});

	test('is Read Only for every method but GET, HEAD and OPTIONS, and for headers that ask for another method', async () => {
		const readOnly = { accessMode: 'readOnly' };
		for (const method of ['GET', 'get', 'HEAD', 'OPTIONS', undefined])
			await expect(authenticate({ url: '/x', method }, readOnly)).resolves.toBeDefined();
		for (const method of ['POST', 'post', 'PUT', 'PATCH', 'DELETE', 'GET ', 'MERGE', 'GET\r\nX: 1'])
			await expect(authenticate({ url: '/x', method }, readOnly)).rejects.toThrow(/credential is Read Only, so this/);
		for (const name of OVERRIDES) {
			const request = { url: '/x', headers: { [name]: 'DELETE' } };
			await expect(authenticate(request, readOnly)).rejects.toThrow(/Remove the header/);
			await expect(authenticate(request)).resolves.toBeDefined();
		}
		const harmless = { 'X-HTTP-Method-Overridden': '1', 'X-Method': '1', Override: '1' };
		await expect(authenticate({ url: '/x', headers: harmless }, readOnly)).resolves.toBeDefined();
	});

	/** The API where it has TLS. */
	const secure = { apiUrl: 'https://api.example:8443/v1' };

	test.each<[string, object, object]>([
		['a proxy and unchecked TLS', { proxy: 'http://evil.example:3128', rejectUnauthorized: false }, secure],
		['the same in the words of other nodes', { proxy: PROXY, skipSslCertificateValidation: true }, secure],
		['unchecked TLS, as a proxy may stand in the environment', { rejectUnauthorized: false }, secure],
		['unchecked TLS in the old word', { strictSSL: false }, secure],
		['unchecked TLS of the agent', { agentOptions: { rejectUnauthorized: false } }, secure],
		['a proxy and another certificate authority', { proxy: PROXY, agentOptions: { ca: 'PEM' } }, secure],
		['a proxy to an API without TLS', { proxy: 'http://evil.example:3128' }, {}],
		['a proxy as an object to an API without TLS', { proxy: PROXY, rejectUnauthorized: true }, {}],
	])('refuses what another server could read: %s', async (_name, options, changes) => {
		for (const accessMode of ['full', 'readOnly'])
			await expect(authenticate({ url: '/x', ...options }, { ...changes, accessMode })).rejects.toThrow(
				/could read the \w+ credential.*, so nothing was sent\. (Remove|Switch)/,
			);
	});

	test.each<[string, object, object]>([
		['a proxy that only passes on what is encrypted', { proxy: PROXY, rejectUnauthorized: true }, secure],
		['an API without TLS, and no proxy', { rejectUnauthorized: false, proxy: '' }, {}],
		['a certificate authority without a proxy', { agentOptions: { ca: 'PEM' } }, secure],
	])('lets through: %s', async (_name, options, changes) => {
		await expect(authenticate({ url: '/x', ...options }, changes)).resolves.toBeDefined();
	});
});

describe('another version of the API of Teachable', () => {
	const version = async (path: string) => {
		emulator().requests.length = 0;
		const { error } = await call('teachable', { path });
		expect(error?.message ?? '').toMatch(/^$|Not found|404/i);
		return emulator().requests.map((request) => request.path);
	};

	test('is called by its path, on the same host alone', async () => {
		expect(await version('/v2/products/courses')).toEqual(['/v2/products/courses']);
		expect(await version('v2/products/courses?per=5')).toEqual(['/v2/products/courses']);
		expect(await version('/v1/courses')).toEqual(['/v1/courses']);
		expect(await version('/courses')).toEqual(['/v1/courses']);
		// These are no versions
		expect(await version('/v2x/courses')).toEqual(['/v1/v2x/courses']);
		expect(await version('/videos/v2')).toEqual(['/v1/videos/v2']);
		for (const path of [`//${there}/v2/x`, `http://${there}/v2/x`, `/v2/../../${there}`, `/v2//${there}/x`])
			await call('teachable', { path });
		expect(arrived).toEqual([]);
	});

	test('its lists are read page by page', async () => {
		const page = (number: number, count: number) => ({
			data: Array.from({ length: count }, (_unused, index) => ({ id: number * 100 + index })),
			meta: { page: number, per_page: 100, total_pages: 2, total_count: 130 },
		});
		for (const body of [page(1, 100), page(2, 30)])
			emulator().fail({ path: '/v2/users', kind: 'status', status: 200, body });
		const { json, error } = await call('teachable', { path: '/v2/users', readPages: true, returnAll: true });
		expect(error).toBeUndefined();
		expect(json).toHaveLength(130);
		expect(emulator().requests.map(({ query }) => query.page)).toEqual(['1', '2']);
	});
});

describe('an API that shows its request in its answer', () => {
	/** A custom API, such as somebody's proxy with its debugger on. */
	let echo: FastifyInstance;
	let address: string;
	let answer: (shown: string) => { status: number; body: unknown };
	const secrets = {
		// One that looks different within JSON and within an address
		clientSecret: 's3cr"et\\of client/1',
		basicToken: randomUUID(),
		accessToken: 'token-of-the-account',
		apiKey: 'key"of/the school+1',
	};

	beforeAll(async () => {
		echo = fastify();
		echo.all('/*', async ({ url, headers }, reply) => {
			if (url.startsWith('/token')) return { access_token: secrets.accessToken, expires_in: 3600 };
			const { status, body } = answer(Object.values(headers).join(' '));
			return await reply.status(status).send(body);
		});
		address = await echo.listen({ host: '127.0.0.1', port: 0 });
	});
	afterAll(async () => await echo.close());

	/** All texts in a value, names of fields included. */
	function textsIn(value: unknown, seen = new Set<unknown>()): string[] {
		if (typeof value === 'string') return [value];
		if (typeof value !== 'object' || value === null || seen.has(value)) return [];
		seen.add(value);
		return Object.entries(value).flatMap(([name, entry]) => [name, ...textsIn(entry, seen)]);
	}

	const ANSWERS: Array<[name: string, answer: (shown: string) => { status: number; body: unknown }]> = [
		['a success', (shown) => ({ status: 200, body: { data: { shown, [shown]: [shown] } } })],
		['a list', (shown) => ({ status: 200, body: [{ shown }, { shown: { deep: [`Bearer ${shown}`] } }] })],
		['an error in words', (shown) => ({ status: 400, body: { message: `Wrong: ${shown}`, error: shown, shown } })],
		['a list of errors', (shown) => ({ status: 422, body: { message: [`Wrong: ${shown}`, shown] } })],
		["an error in Hotmart's words", (shown) => ({ status: 403, body: { error: 'x', error_description: shown } })],
		['JSON within a text', (shown) => ({ status: 400, body: { message: JSON.stringify({ shown }) } })],
		['an address', (shown) => ({ status: 400, body: { message: `/x?headers=${encodeURIComponent(shown)}` } })],
		['a web page', (shown) => ({ status: 404, body: `<html>${shown}</html>` })],
	];

	test.each(ANSWERS)('has every secret blanked: %s', async (_name, answerWith) => {
		const { clientSecret, basicToken, apiKey, accessToken } = secrets;
		answer = (shown) => answerWith(`${shown} ${clientSecret} ${basicToken}`);
		// eslint-disable-next-line @n8n/community-nodes/no-restricted-imports -- the rule is for nodes
		const logging = require.resolve('@n8n/backend-common', { paths: [require.resolve('n8n-core')] });
		const { Logger } = jest.requireActual(logging);
		const methods = ['error', 'warn', 'info', 'debug'] as const;
		const log = methods.map((method) => jest.spyOn(Logger.prototype, method));
		const changes = {
			hotmart: { apiUrl: address, tokenUrl: `${address}/token`, clientSecret, basicToken },
			teachable: { apiUrl: address, apiKey },
		};
		for (const vendor of VENDORS)
			for (const onError of ['stopWorkflow', 'continueErrorOutput'] as const) {
				const { run } = await runNode({
					node: vendor,
					parameters: { resource: 'apiCall', operation: 'send', method: 'GET', path: '/x', query: {}, headers: {} },
					credentials: demoCredentials(emulator(), { [`${vendor}Api`]: changes[vendor] }),
					onError,
					input: [{}, {}],
				});
				const said = log.flatMap(({ mock }) => mock.calls);
				const errors = [run.data.resultData.error].flatMap((error) =>
					error ? [error.message, error.stack, error.cause, { ...error }] : [],
				);
				const text = textsIn([run.data.resultData, errors, said]).join('\n');
				for (const secret of [clientSecret, basicToken, apiKey, accessToken])
					for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
						expect(text).not.toContain(form);
			}
		jest.restoreAllMocks();
	});
});

describe('the secrets of a run', () => {
	test('are in no item, error or log of it', async () => {
		const { clientId, clientSecret, hottok } = DEMO.hotmart;
		const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
		// n8n-core's own copy of it
		// eslint-disable-next-line @n8n/community-nodes/no-restricted-imports -- the rule is for nodes
		const logging = require.resolve('@n8n/backend-common', { paths: [require.resolve('n8n-core')] });
		const { Logger } = jest.requireActual(logging);
		const log = jest.spyOn<{ error: (...entry: unknown[]) => void }, 'error'>(Logger.prototype, 'error');
		const fails = [
			{ kind: 'status', status: 500 },
			{ kind: 'status', status: 401 },
			{ kind: 'html' },
			{ kind: 'reset' },
		] as const;
		for (const vendor of VENDORS)
			for (const failure of [undefined, ...fails]) {
				emulator().reset();
				if (failure) emulator().fail({ vendor, path: '*/x', times: 10, ...failure });
				const { run } = await call(vendor, { method: 'POST', path: '/x', body: '{}' });
				const tokens = emulator()
					.requests.map(({ headers }) => headers.authorization?.replace(/^Bearer /, ''))
					.filter((token): token is string => token !== undefined && token !== '');
				const text = JSON.stringify([run, log.mock.calls]);
				for (const secret of [clientSecret, basic, hottok, DEMO.teachable.apiKey, ...tokens])
					expect(text).not.toContain(secret);
			}
		expect(log).toHaveBeenCalled();
	});
});
