// @ts-check
/** Nothing that opens a door may leave n8n's credential store: executions and exports get shared and screenshotted. */
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { nextExecution, outputOf, somebody, useStack } from './harness.mjs';
import { DEMO } from './stack.mjs';

const pkg = 'n8n-nodes-hotmart-teachable';

/** @type {Awaited<ReturnType<typeof useStack>>} */
let stack;
/** @type {string} */
let workflowId;

/** Every node of the package in one workflow; the trigger hands on what came, so that nothing is simplified away. */
function workflow() {
	const { hotmartApi, hotmartWebhookApi, teachableApi } = stack.credentials;
	const courseId = { __rl: true, mode: 'id', value: String(DEMO.courses.guitar) };
	const nodes = [
		{ name: 'Trigger', type: `${pkg}.hotmartTrigger`, typeVersion: 2, parameters: { events: ['*'], simplify: false }, credentials: { hotmartWebhookApi } },
		{
			name: 'Enroll',
			type: `${pkg}.teachable`,
			typeVersion: 1,
			parameters: { resource: 'enrollment', operation: 'enroll', email: '={{ $json.data.buyer.email }}', courseId },
			credentials: { teachableApi },
		},
		{
			name: 'Subscriptions',
			type: `${pkg}.hotmart`,
			typeVersion: 1,
			parameters: { resource: 'subscription', operation: 'getAll', returnAll: false, limit: 5 },
			credentials: { hotmartApi },
		},
		{
			name: 'Failing call',
			type: `${pkg}.hotmart`,
			typeVersion: 1,
			parameters: { resource: 'apiCall', operation: 'call', path: '/payments/api/v1/subscriptions/NOBODY/purchases' },
			credentials: { hotmartApi },
		},
	];
	const names = nodes.map(({ name }) => name);
	const connections = Object.fromEntries(names.slice(0, -1).map((name, index) => [name, { main: [[{ node: names[index + 1], type: 'main', index: 0 }]] }]));
	return { name: 'All nodes', nodes: nodes.map((node, index) => ({ ...node, position: [index * 220, 0] })), connections, settings: { executionOrder: 'v1' } };
}

/** The secrets of the three credentials, and the tokens that Hotmart has issued. */
async function secrets() {
	const tokens = (await stack.dashboard.requests())
		.filter(({ vendor, path }) => vendor === 'hotmart' && !path.startsWith('/security'))
		.map(({ headers }) => headers.authorization?.replace(/^Bearer /, ''));
	const { clientId, clientSecret, hottok } = DEMO.hotmart;
	const found = new Set(tokens.filter(Boolean));
	assert.ok(found.size > 0, 'the Hotmart node has called the API');
	return [clientSecret, hottok, DEMO.teachable.apiKey, Buffer.from(`${clientId}:${clientSecret}`).toString('base64'), ...found];
}

/**
 * @param {string} text
 * @param {string} where
 */
async function assertClean(text, where) {
	for (const secret of await secrets()) assert.ok(!text.includes(secret), `${where} contains ${secret}`);
}

before(async () => {
	stack = await useStack();
	({ id: workflowId } = await stack.client.importWorkflow(workflow()));
	const [url] = await stack.client.activate(workflowId);
	const webhook = await stack.dashboard.request('POST', 'webhooks', { url });
	await stack.dashboard.live('buy', { email: somebody('secret'), productId: DEMO.products.guitar });
	await stack.dashboard.request('DELETE', `webhooks/${webhook.id}`);
});
after(async () => {
	if (workflowId) await stack.client.deleteWorkflow(workflowId);
	await stack?.close();
});

describe('client secret, tokens, hottok and API key', () => {
	it('are in no execution, not even one that fails', async () => {
		const execution = await nextExecution(stack.client, workflowId, 0);
		assert.equal(execution.status, 'error', 'the last node asks for a subscriber who does not exist');
		assert.equal(outputOf(execution, 'Trigger')[0].event, 'PURCHASE_APPROVED');
		assert.equal(outputOf(execution, 'Enroll').length, 1);
		assert.ok(outputOf(execution, 'Subscriptions').length > 0);
		await assertClean(execution.text, 'the execution');
		for (const { id } of await stack.client.executions()) {
			await assertClean((await stack.client.execution(id)).text, `execution ${id}`);
		}
	});

	it('are in no exported workflow', async () => {
		for (const { id, name } of await stack.client.workflows()) {
			await assertClean(JSON.stringify(await stack.client.workflow(id)), `workflow ${name}`);
		}
	});

	it('are not given out with a credential', async () => {
		for (const { id } of Object.values(stack.credentials)) {
			await assertClean(JSON.stringify(await stack.client.credential(id)), 'the credential');
		}
	});

	it("are in plain text neither in n8n's database nor in its log", async () => {
		const folder = join(stack.dataDir, '.n8n');
		const files = (await readdir(folder)).filter((name) => /^database\.sqlite|\.log$/.test(name)).map((name) => join(folder, name));
		assert.ok(files.length > 0);
		for (const file of [...files, join(stack.dataDir, 'n8n.log')]) {
			await assertClean((await readFile(file)).toString('latin1'), file);
		}
	});
});
