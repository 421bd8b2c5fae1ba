/**
 * The last step of every end-to-end run: nothing that opens a door may have left n8n's credential store, whatever the tests
 * before have done. Secrets that cannot be mistaken are planted and used, rightly and wrongly; then all that n8n has stored,
 * written and given out is searched for them and for those of the demo account, in every form that they may have been given.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, readdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { N8nError } from '../n8n/client.mts';
import { artifacts, leftovers, nextExecution, outputOf, somebody, useStack, waitFor } from '../n8n/harness.mts';
import { DEMO } from '../n8n/stack.mts';

const pkg = 'n8n-nodes-hotmart-teachable';

/** A part of every planted secret. Without characters that URLs, JSON or HTML write differently, so that one search finds all. */
const marker = `pLaNtEd${randomBytes(9).toString('hex')}`;
const plant = (name: string) => `${marker}/${name}+"&=%<>~`;
const planted = {
	clientId: plant('client-id'),
	clientSecret: plant('client-secret'),
	basicToken: Buffer.from(plant('basic-token')).toString('base64'),
	hottok: plant('hottok'),
	previousHottok: plant('previous-hottok'),
	apiKey: plant('api-key'),
};
/** Is in the same executions as the secrets: where it is not found, the search looks at the wrong place. */
const control = somebody('control');

let stack: Awaited<ReturnType<typeof useStack>>;
let needles: Array<{ name: string; bytes: Buffer }>;

/** A text in every form in which it may be met, each as bytes. */
function formsOf(text: string): Buffer[] {
	const bytes = Buffer.from(text);
	// Within a longer text base64 has three forms; the characters at both ends depend on what is beside them.
	const base64 = [0, 1, 2].map((offset) => {
		const whole = Buffer.concat([Buffer.alloc(offset), bytes])
			.toString('base64')
			.replace(/=+$/, '');
		return whole.slice(Math.ceil((offset * 8) / 6), -1);
	});
	const json = JSON.stringify(text).slice(1, -1);
	const texts = [
		text,
		encodeURIComponent(text),
		new URLSearchParams({ text }).toString().slice('text='.length),
		json,
		// Execution data are JSON that answers of n8n put into JSON once more
		JSON.stringify(json).slice(1, -1),
		...base64,
		...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
		bytes.toString('hex'),
	];
	return [...new Set(texts)].map((form) => Buffer.from(form)).concat(Buffer.from(text, 'utf16le'));
}

/** @returns name of the first secret in it */
function secretIn(content: Buffer): string | undefined {
	return needles.find(({ bytes }) => content.includes(bytes))?.name;
}

function assertClean(content: string | Buffer, where: string) {
	const bytes = typeof content === 'string' ? Buffer.from(content) : content;
	assert.equal(secretIn(bytes), undefined, `${where} contains a secret`);
	// Also those of accounts that tests have had for themselves
	const [bearer] = bytes.toString('latin1').match(/Bearer(?: |%20|\+)[\w.-]{60,}/i) ?? [];
	assert.equal(bearer, undefined, `${where} contains an access token`);
}

/** @param nodes each is connected to the next */
async function importChain(name: string, nodes: object[]) {
	const all = nodes.map((node, index) => ({ typeVersion: 1, position: [index * 220, 0], ...node }));
	const names = all.map((node) => (node as unknown as { name: string }).name);
	const connections = Object.fromEntries(
		names.slice(0, -1).map((from, index) => [from, { main: [[{ node: names[index + 1], type: 'main', index: 0 }]] }]),
	);
	return await stack.client.importWorkflow({ name, nodes: all, connections, settings: { executionOrder: 'v1' } });
}

const start = { name: 'Start', type: 'n8n-nodes-base.manualTrigger', parameters: {} };

/** Every action of the package and n8n's HTTP Request with the same credentials: what succeeds, what is refused, what fails. */
function actions(
	{ hotmartApi, teachableApi }: Record<string, { id: string; name: string }>,
	{ apiUrl, schoolUrl }: { apiUrl: unknown; schoolUrl: unknown },
) {
	const courseId = { __rl: true, mode: 'id', value: String(DEMO.courses.guitar) };
	const common = { onError: 'continueRegularOutput', alwaysOutputData: true, executeOnce: true };
	const hotmart = { ...common, type: `${pkg}.hotmart`, credentials: { hotmartApi } };
	const teachable = { ...common, type: `${pkg}.teachable`, credentials: { teachableApi } };
	const call = { resource: 'apiCall', operation: 'send' };
	const http = { ...common, type: 'n8n-nodes-base.httpRequest', typeVersion: 4.2 };
	const options = { response: { response: { fullResponse: true } } };
	const byHttp = { authentication: 'predefinedCredentialType', options };
	return [
		{
			...hotmart,
			name: 'Subscriptions',
			parameters: { resource: 'subscription', operation: 'getAll', returnAll: false, limit: 5 },
		},
		{ ...hotmart, name: 'Not there', parameters: { ...call, path: '/payments/api/v1/subscriptions/NOBODY/purchases' } },
		{ ...hotmart, name: 'Elsewhere', parameters: { ...call, path: 'http://127.0.0.1:1/x' } },
		{
			...hotmart,
			name: 'Refused',
			parameters: { resource: 'subscription', operation: 'cancel', subscriberCode: 'NOSUCHCD' },
		},
		{ ...teachable, name: 'Courses', parameters: { resource: 'course', operation: 'getAll' } },
		{
			...teachable,
			name: 'Enroll',
			parameters: { resource: 'enrollment', operation: 'enroll', email: control, courseId },
		},
		{
			...teachable,
			name: 'No such course',
			parameters: { resource: 'course', operation: 'get', courseId: { ...courseId, value: '1' } },
		},
		{
			...http,
			name: 'HTTP Hotmart',
			credentials: { hotmartApi },
			parameters: { ...byHttp, nodeCredentialType: 'hotmartApi', url: `${apiUrl}/user/api/v1/me` },
		},
		{
			...http,
			name: 'HTTP Teachable',
			credentials: { teachableApi },
			parameters: { ...byHttp, nodeCredentialType: 'teachableApi', url: `${schoolUrl}/nothing/here` },
		},
	];
}

before(async () => {
	stack = await useStack();
	const { client, credentials } = stack;
	const { apiUrl, tokenUrl } = (await client.credential(credentials.hotmartApi.id)).data;
	const { apiUrl: schoolUrl } = (await client.credential(credentials.teachableApi.id)).data;
	const { clientId, clientSecret, basicToken, hottok, previousHottok, apiKey } = planted;
	const create = async (type: string, data: object) => await client.createCredential({ name: 'Planted', type, data });
	const ofHotmart = { environment: 'custom', apiUrl, tokenUrl, accessMode: 'full' };
	const hotmartApi = await create('hotmartApi', { ...ofHotmart, clientId, clientSecret, basicToken });
	const computed = await create('hotmartApi', { ...ofHotmart, clientId, clientSecret, basicToken: '' });
	const teachableApi = await create('teachableApi', { apiKey, apiUrl: schoolUrl, accessMode: 'full' });
	const hotmartWebhookApi = await create('hotmartWebhookApi', {
		webhookToken: hottok,
		previousWebhookToken: previousHottok,
	});

	for (const wrong of [
		{ hotmartApi, teachableApi },
		{ hotmartApi: computed, teachableApi },
	]) {
		const { id } = await importChain('Planted, refused by the vendors', [
			start,
			...actions(wrong, { apiUrl, schoolUrl }),
		]);
		await client.run(id, 'Start');
		for (const { id: credential } of Object.values(wrong)) await client.testCredential(credential);
	}
	const { id: right } = await importChain('Of the demo account', [
		start,
		...actions(credentials, { apiUrl, schoolUrl }),
	]);
	const execution = await client.run(right, 'Start');
	for (const name of ['Subscriptions', 'Courses', 'Enroll', 'HTTP Hotmart']) {
		const [item] = outputOf(execution, name);
		assert.ok(item && !item.error, `${name} succeeds: ${JSON.stringify(item)}`);
	}

	for (const simplify of [true, false]) {
		const trigger = {
			name: 'Trigger',
			type: `${pkg}.hotmartTrigger`,
			typeVersion: 2,
			parameters: { events: ['*'], simplify, options: { skipDuplicates: false } },
			credentials: { hotmartWebhookApi },
		};
		const { id } = await importChain(`Planted hottok, simplify ${simplify}`, [
			trigger,
			{ name: 'End', type: 'n8n-nodes-base.noOp', parameters: {} },
		]);
		const [url] = await client.activate(id);
		const data = {
			product: { id: 1355458, name: 'Course' },
			buyer: { email: control, name: 'Control' },
			purchase: { transaction: 'HP1' },
		};
		const body = { id: 'planted', creation_date: Date.now(), event: 'PURCHASE_APPROVED', version: '2.0.0', data };
		const legacy = { status: 'approved', transaction: 'HP1', email: control, prod: '1355458', prod_name: 'Course' };
		const deliveries: Array<[Record<string, string>, object | URLSearchParams, number]> = [
			[{ 'x-hotmart-hottok': hottok }, body, 200],
			[{ 'x-hotmart-hottok': hottok }, { ...body, hottok }, 200],
			[{}, { ...body, hottok }, 200],
			[{ 'x-hotmart-hottok': previousHottok }, body, 200],
			[{}, new URLSearchParams({ ...legacy, hottok }), 200],
			[{ 'x-hotmart-hottok': `${hottok}x` }, body, 401],
			[{ 'x-hotmart-hottok': hottok }, { hottok, event: 'PURCHASE_APPROVED' }, 400],
			[{ 'x-hotmart-hottok': hottok }, { ...body, hottok, event: 'SOMETHING_NEW' }, 200],
		];
		for (const [headers, given, status] of deliveries) {
			const isForm = given instanceof URLSearchParams;
			const response = await fetch(url, {
				method: 'POST',
				headers: { ...headers, connection: 'close', ...(isForm ? {} : { 'content-type': 'application/json' }) },
				body: isForm ? given : JSON.stringify(given),
			});
			assert.equal(response.status, status, await response.text());
		}
		const started = deliveries.filter(([, , status]) => status === 200).length;
		await nextExecution(client, id, 0);
		await waitFor(async () => {
			const all = await client.executions(id);
			return all.length === started && all.every(({ status }) => status === 'success');
		}, `${started} executions of the planted hottok`);
	}

	const { hotmart } = await stack.dashboard.request('GET', 'snapshot');
	const tokens = Object.keys(hotmart.tokens ?? {});
	assert.ok(tokens.length > 0, 'the emulator has issued access tokens');
	const { sandbox, ...demo } = DEMO.hotmart;
	const secrets = {
		'a planted secret': marker,
		'the client secret': demo.clientSecret,
		'the Basic token': Buffer.from(`${demo.clientId}:${demo.clientSecret}`).toString('base64'),
		'the client secret of the sandbox': sandbox.clientSecret,
		'the hottok': demo.hottok,
		'the API key of Teachable': DEMO.teachable.apiKey,
		'the secret of the webhooks of Teachable': DEMO.teachable.webhookUrlEnd,
		// The beginning of a token is enough, and is in no other
		...Object.fromEntries(tokens.map((token, index) => [`access token ${index}`, token.slice(0, 48)])),
	};
	needles = Object.entries(secrets).flatMap(([name, secret]) => formsOf(secret).map((bytes) => ({ name, bytes })));
});
after(async () => {
	await stack?.close();
	await rm(leftovers, { recursive: true, force: true });
});

/** Every execution that n8n has, by its number: the list of executions has pages, which both majors number differently. */
async function* allExecutions(): AsyncGenerator<{ id: string; workflowData?: { name: string } }> {
	const [newest] = await stack.client.executions();
	for (let id = 1; id <= Number(newest.id); id++) {
		try {
			yield await stack.client.request('GET', `/rest/executions/${id}`);
		} catch (error) {
			// Deleted with its workflow; what is left of it in the database is looked at below
			if (!(error instanceof N8nError && error.status === 404)) throw error;
		}
	}
}

/** Files below a folder, without installed packages. */
async function filesIn(folder: string): Promise<string[]> {
	if (!existsSync(folder)) return [];
	const entries = await readdir(folder, { withFileTypes: true });
	const found = await Promise.all(
		entries.map(async (entry) => {
			const path = join(folder, entry.name);
			if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : await filesIn(path);
			return entry.isFile() ? [path] : [];
		}),
	);
	return found.flat();
}

describe('secrets, after all tests', () => {
	it('would be found in any form', () => {
		const secret = planted.clientSecret;
		const given = [
			secret,
			`a=${encodeURIComponent(secret)}`,
			String(new URLSearchParams({ secret })),
			JSON.stringify(JSON.stringify([secret])),
			Buffer.from(`:${secret}:`).toString('base64'),
			Buffer.from(`ab${secret}c`).toString('base64url'),
			Buffer.from(`abc${secret}`).toString('base64'),
			Buffer.from(secret).toString('hex'),
			Buffer.from(`x${secret}`, 'utf16le').subarray(2),
		];
		for (const content of given)
			assert.equal(secretIn(Buffer.from(content as string)), 'a planted secret', String(content));
		assert.throws(
			() => assertClean(`{"authorization":"Bearer ${'t'.repeat(80)}"}`, 'a text'),
			/contains an access token/,
		);
		assert.equal(secretIn(Buffer.from('a text like any other')), undefined);
	});

	it('are in no execution', async () => {
		let [all, controls] = [0, 0];
		for await (const execution of allExecutions()) {
			const text = JSON.stringify(execution);
			assertClean(text, `execution ${execution.id} of ${execution.workflowData?.name}`);
			all += 1;
			if (text.includes(control)) controls += 1;
		}
		assert.ok(controls >= 13, `${controls} of ${all} executions are about the planted ones`);
	});

	it('are in no exported workflow', async () => {
		const workflows = await stack.client.workflows();
		assert.ok(workflows.length > 0);
		for (const { id, name } of workflows)
			assertClean(JSON.stringify(await stack.client.workflow(id)), `workflow ${name}`);
	});

	it('are not given out with a credential', async () => {
		const credentials = await stack.client.credentials();
		assert.ok(credentials.length >= 7);
		for (const { id, name, type } of credentials) {
			const { data, ...rest } = await stack.client.credential(id);
			// The Client ID is a name and no secret: whoever may edit the credential sees it
			const { clientId, ...others } = data ?? {};
			assertClean(JSON.stringify({ ...rest, data: others }), `${type} ${name}`);
		}
	});

	it("are in none of n8n's files: database, journal, logs", async () => {
		const files = (await filesIn(stack.dataDir)).filter(
			(path) => !/^emulator\.json/.test(relative(stack.dataDir, path)),
		);
		const names = files.map((path) => relative(stack.dataDir, path));
		assert.ok(names.includes('n8n.log') && names.some((name) => name.endsWith('database.sqlite')), names.join());
		let isSeen = false;
		for (const [index, path] of files.entries()) {
			const content = await readFile(path);
			assertClean(content, names[index]);
			isSeen ||= content.includes(control);
		}
		assert.ok(isSeen, 'the executions can be read in the files');
	});

	it('are in nothing that other tests and their own n8n have left behind, and in no artifact of the run', async (t) => {
		t.diagnostic(`left behind by: ${existsSync(leftovers) ? (await readdir(leftovers)).join(', ') : 'none'}`);
		for (const path of await filesIn(artifacts))
			if (!path.endsWith('.png')) assertClean(await readFile(path), relative(artifacts, path));
	});
});
