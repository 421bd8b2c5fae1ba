import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { checkConnection } from '../../credentials/connection';
import { HotmartApi } from '../../credentials/HotmartApi.credentials';
import { HotmartWebhookApi } from '../../credentials/HotmartWebhookApi.credentials';
import { TeachableApi } from '../../credentials/TeachableApi.credentials';
import { TeachableWebhookApi } from '../../credentials/TeachableWebhookApi.credentials';
import { HotmartTrigger } from '../../nodes/Hotmart/HotmartTrigger.node';
import { TeachableTrigger } from '../../nodes/Teachable/TeachableTrigger.node';
import { startEmulator } from '../emulator';
import { DEMO } from '../emulator/seed';
import type { Emulator } from '../emulator/types';
import { runNode } from './n8n';
import { demoCredentials, hurry } from './setup';

const LOGIN = '/security/oauth/token';

let emulator: Emulator;

// A fresh one for each test: the token that n8n's process holds belongs to one token URL.
beforeEach(async () => {
	emulator = await startEmulator({ hotmart: { rateLimitPerMinute: 10_000 } });
});
afterEach(async () => await emulator.close());

const list = async (credentials = demoCredentials(emulator)) =>
	await runNode({
		node: 'hotmart',
		parameters: {
			resource: 'apiCall',
			operation: 'send',
			method: 'GET',
			path: '/products/api/v1/products',
			query: {},
			headers: {},
		},
		credentials,
	});
const withChanges = (hotmartApi: ICredentialDataDecryptedObject) => demoCredentials(emulator, { hotmartApi });
const tokens = () => emulator.count({ path: LOGIN });

test('20 executions that start cold at the same moment make one token request', async () => {
	const runs = await Promise.all(Array.from({ length: 20 }, async () => await list(demoCredentials(emulator))));
	expect(runs.map(({ error }) => error)).toEqual(Array(20).fill(undefined));
	expect(tokens()).toBe(1);
});

test('a token is kept until Hotmart refuses it, then renewed once, however many executions it fails', async () => {
	const credentials = demoCredentials(emulator);
	await list(credentials);
	await list(credentials);
	expect(tokens()).toBe(1);
	emulator.hotmart.expireToken();
	const runs = await Promise.all(Array.from({ length: 20 }, async () => await list(credentials)));
	expect(runs.every(({ error }) => error === undefined)).toBe(true);
	expect(tokens()).toBe(2);
});

test('a token that n8n holds but that another process has renewed is replaced', async () => {
	await list();
	const { error } = await list(withChanges({ accessToken: 'from-another-time' }));
	expect(error).toBeUndefined();
	expect(tokens()).toBe(1);
});

test('the token request is as documented: query, Basic header, empty body', async () => {
	await list();
	const { clientId, clientSecret } = DEMO.hotmart;
	const [request] = emulator.requests.filter(({ path }) => path === LOGIN);
	expect(request).toMatchObject({
		method: 'POST',
		query: { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret },
	});
	expect(request!.headers.authorization).toBe(`Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`);
	expect(request!.body ?? '').toBe('');
});

test.each(['', 'Basic ', 'basic  ', ' Basic '])('a Basic Token is taken with %p before it', async (word) => {
	const { clientId, clientSecret } = DEMO.hotmart;
	const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
	const { error } = await list(withChanges({ basicToken: `${word}${basic}\n` }));
	expect(error).toBeUndefined();
});

test('a changed secret is not answered with the token of the old one', async () => {
	await list();
	const { error } = await list(withChanges({ clientSecret: 'changed', accessToken: '' }));
	expect(error?.message).toMatch(
		/Hotmart refused the Client ID, the Client Secret or the Basic Token \(HTTP 401: Bad client/,
	);
	expect(error?.message).toMatch(/Tools > Developer Credentials/);
});

test('nor where a Basic Token was pasted beside it', async () => {
	const { clientId, clientSecret } = DEMO.hotmart;
	const basicToken = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
	await list(withChanges({ basicToken }));
	const before = tokens();
	await list(withChanges({ basicToken, clientSecret: 'changed', accessToken: '' }));
	expect(tokens()).toBeGreaterThan(before);
});

test('a failed token request is not remembered', async () => {
	emulator.fail({ path: LOGIN, kind: 'status', status: 503, times: 4 });
	expect((await list()).error?.message).toMatch(/Hotmart gave no access token \(HTTP 503\)/);
	expect((await list()).error).toBeUndefined();
});

test.each([
	['html', /answered without an access token/],
	['empty', /answered without an access token/],
	['reset', /could not be reached to get an access token \(the connection was closed\)/],
] as const)('a token URL that answers %s is told as such', async (kind, words) => {
	emulator.fail({ path: LOGIN, kind, times: 4 });
	expect((await list()).error?.message).toMatch(words);
});

test('a credential of the sandbox is told apart from wrong ones', async () => {
	const { error } = await list(withChanges(DEMO.hotmart.sandbox));
	expect(tokens()).toBeGreaterThan(0);
	expect(error).toMatchObject({
		httpCode: '401',
		description: expect.stringMatching(/Check the environment of the credential/),
	});
});

describe.each([
	['apiUrl', 'API URL'],
	['tokenUrl', 'Token URL'],
])('the environment Custom: %s', (name, label) => {
	test('has its own required field', () => {
		const field = new HotmartApi().properties.find((property) => property.name === name);
		expect(field).toMatchObject({ required: true, displayOptions: { show: { environment: ['custom'] } } });
	});

	test.each(['', '  '])('is asked for when it is empty (%j)', async (url) => {
		const { error } = await list(withChanges({ [name]: url }));
		expect(error?.message).toBe(
			`The ${label} of the Hotmart credential is empty. Open the credential and enter it, such as https://example.com.`,
		);
		expect(emulator.requests).toEqual([]);
	});

	test.each(['not a url', 'ftp://127.0.0.1', 'example.com/path'])('is refused as %j with a remedy', async (url) => {
		const { error } = await list(withChanges({ [name]: url }));
		expect(error?.message).toMatch(new RegExp(`^The ${label} of the Hotmart credential is not a web address`));
		expect(emulator.requests).toEqual([]);
	});

	test('that is wrong is told from a missing connection', async () => {
		const wrong = withChanges({ [name]: 'http://127.0.0.1:9' });
		const { error } = await hurry(async () => await list(wrong));
		const told = `${error?.message} ${error?.description}`;
		expect(told).toMatch(/could not be reached.*the connection was refused/);
		expect(told).toMatch(/Nothing listens at this address.*check its host and port/);
	});
});

test('a host name that does not exist is a matter of the URL, too', () => {
	expect(checkConnection('ENOTFOUND', 'Hotmart')).toMatch(/^No server has this name.*check it for spelling/);
});

test.each(['EAI_AGAIN', 'ETIMEDOUT', 'ENETUNREACH'])('%s is no matter of the URL', (code) => {
	expect(checkConnection(code, 'Hotmart')).toMatch(/^Check the internet connection of this n8n/);
});

test.each([HotmartApi, HotmartWebhookApi, TeachableApi, TeachableWebhookApi])(
	'%p begins with a notice that says where to find the value',
	(Credential) => {
		const [notice] = new Credential().properties.filter(({ type }) => type !== 'hidden');
		expect(notice).toMatchObject({ type: 'notice', displayName: expect.stringMatching(/^.*(Hotmart|Teachable).* > /) });
	},
);

test.each([new HotmartTrigger(), new TeachableTrigger()])(
	'each credential of $description.displayName has a dialog of its own in n8n 1',
	({ description: { credentials = [], version } }) => {
		const [first, second, ...others] = credentials;
		expect(first).not.toHaveProperty('displayOptions');
		// For a credential without `show`, or with the values of a field in it, its editor opens the dialog of the first one.
		expect(second!.displayOptions!.show).toEqual({ '@version': [version] });
		expect(others).toEqual([]);
	},
);

test('a redirect is not followed, so the token goes nowhere else', async () => {
	const other = await startEmulator();
	const headers = { location: `${other.hotmart.url}/products/api/v1/products` };
	emulator.fail({ path: '/products/*', kind: 'status', status: 302, headers, times: 10 });
	const { error } = await list();
	expect(error).toBeDefined();
	expect(other.requests).toEqual([]);
	await other.close();
});
