/** What n8n makes of the packed package: its node types, its credentials and its templates. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { release, useStack, waitFor } from '../n8n/harness.mts';
import { DEMO, readTemplate, templateFiles } from '../n8n/stack.mts';

const pkg = 'n8n-nodes-hotmart-teachable';

let stack: Awaited<ReturnType<typeof useStack>>;

/** A Hotmart credential for the same emulator that has no token yet, and shares none: its token URL is its own. */
async function anotherCredential(name: string, changes: Record<string, string> = {}) {
	const { data } = await stack.client.credential(stack.credentials.hotmartApi.id);
	const { apiUrl, tokenUrl, environment, accessMode, clientId } = data;
	const { clientSecret } = DEMO.hotmart;
	const given = {
		apiUrl,
		tokenUrl: `${tokenUrl}?for=${name}`,
		environment,
		accessMode,
		clientId,
		clientSecret,
		...changes,
	};
	return await stack.client.createCredential({ name, type: 'hotmartApi', data: given });
}

before(async () => {
	stack = await useStack();
});
after(async () => await stack?.close());

describe('the package in n8n', () => {
	it('has its five nodes, and both action nodes as tools of an AI agent', async () => {
		for (const name of [
			'hotmartTrigger',
			'hotmartPollingTrigger',
			'hotmart',
			'teachable',
			'teachableTrigger',
			'hotmartTool',
			'teachableTool',
		]) {
			assert.ok(await stack.client.nodeType(`${pkg}.${name}`), name);
		}
		assert.ok(await stack.client.nodeType('@n8n/n8n-nodes-langchain.agent'), 'the agent itself');
	});

	it('has credentials whose test button says yes', async () => {
		const { hotmartApi, hotmartWebhookApi, teachableApi, teachableWebhookApi } = stack.credentials;
		for (const { id, name } of [hotmartApi, hotmartWebhookApi, teachableApi, teachableWebhookApi]) {
			assert.equal((await stack.client.testCredential(id)).status, 'OK', name);
		}
	});

	for (const { wrong, changes, words } of [
		{
			wrong: 'secret',
			changes: { clientSecret: '99999999-9999-4999-8999-999999999999' },
			words: /refused the Client ID, the Client Secret or the Basic Token/,
		},
		{
			wrong: 'environment',
			changes: DEMO.hotmart.sandbox,
			// n8n 1.x does not show a credential's own words for a status.
			words: release === 'lts' ? /Authorization failed/ : /not in this environment: a credential created as Sandbox/,
		},
		{
			wrong: 'network',
			changes: { tokenUrl: 'http://127.0.0.1:9/token' },
			words: /could not be reached.*the connection was refused/,
		},
	]) {
		it(`has a credential test that tells a wrong ${wrong} in words`, async () => {
			const { id } = await anotherCredential(wrong, changes);
			const { status, message } = await stack.client.testCredential(id);
			await stack.client.request('DELETE', `/rest/credentials/${id}`);
			assert.equal(status, 'Error');
			assert.match(message, words);
		});
	}
});

describe('the templates', async () => {
	for (const file of await templateFiles()) {
		it(`${file} can be imported as it is`, async () => {
			const template = await readTemplate(file);
			for (const { type, typeVersion, credentials, name } of template.nodes) {
				const known = await stack.client.nodeType(type);
				assert.ok(known, `${type} of ${name}`);
				assert.ok(known.versions.includes(typeVersion), `${type} ${typeVersion}`);
				assert.equal(credentials, undefined, `${name} names a credential of somebody else's n8n`);
			}
			const { id } = await stack.client.importWorkflow(template);
			const { nodes } = await stack.client.workflow(id);
			assert.equal(nodes.length, template.nodes.length);
			await stack.client.deleteWorkflow(id);
		});
	}
});

describe('a Hotmart credential without a token', () => {
	it('asks for one token when 20 executions start at the same moment', async () => {
		const { client, dashboard, credentials } = stack;
		const { hottok } = DEMO.hotmart;
		const cold = await anotherCredential('Cold');
		const { id } = await client.importWorkflow({
			name: '20 at once',
			nodes: [
				{
					name: 'Trigger',
					type: `${pkg}.hotmartTrigger`,
					typeVersion: 2,
					position: [0, 0],
					parameters: { events: ['*'], simplify: false },
					credentials: { hotmartWebhookApi: credentials.hotmartWebhookApi },
				},
				{
					name: 'Subscriptions',
					type: `${pkg}.hotmart`,
					typeVersion: 1,
					position: [220, 0],
					parameters: { resource: 'subscription', operation: 'getAll', returnAll: false, limit: 1 },
					credentials: { hotmartApi: { id: cold.id, name: cold.name } },
				},
			],
			connections: { Trigger: { main: [[{ node: 'Subscriptions', type: 'main', index: 0 }]] } },
			settings: { executionOrder: 'v1' },
		});
		const [url] = await client.activate(id);
		const tokens = async () =>
			(await dashboard.requests()).filter(({ path }) => path === '/security/oauth/token').length;
		const before = await tokens();

		const answers = await Promise.all(
			Array.from({ length: 20 }, async (_, index) => {
				const event = {
					id: `00000000-0000-4000-8000-0000000000${String(index).padStart(2, '0')}`,
					event: 'PURCHASE_APPROVED',
					version: '2.0.0',
					creation_date: Date.now(),
					data: {
						product: { id: DEMO.products.guitar, name: 'Guitar from Zero' },
						buyer: { email: `cold-${index}@students.example` },
						purchase: { transaction: `HP00000000${index}`, status: 'APPROVED' },
					},
				};
				const headers = { 'content-type': 'application/json', 'x-hotmart-hottok': hottok };
				return await fetch(url, { method: 'POST', headers, body: JSON.stringify(event) });
			}),
		);
		assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
		await waitFor(
			async () => {
				const executions = await client.executions(id);
				return executions.length === 20 && executions.every(({ status }) => status === 'success' || status === 'error');
			},
			'20 executions to end',
			60_000,
		);
		assert.deepEqual(new Set((await client.executions(id)).map(({ status }) => status)), new Set(['success']));
		assert.equal((await tokens()) - before, 1);

		await client.deleteWorkflow(id);
		await client.request('DELETE', `/rest/credentials/${cold.id}`);
	});
});
