/** What the nodes make of failures in n8n: both majors hand them over differently. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';

import { startEmulator } from '../emulator/index.ts';
import { outputOf, useStack } from '../n8n/harness.mts';
import { DEMO, credentialData } from '../n8n/stack.mts';

const list = '/payments/api/v1/subscriptions';
const cancel = `${list}/cancel`;

let stack: Awaited<ReturnType<typeof useStack>>;
let emulator: Awaited<ReturnType<typeof startEmulator>>;
let credential: { id: string; name: string };

before(async () => {
	stack = await useStack();
	emulator = await startEmulator();
	const { hotmartApi: data } = credentialData(emulator);
	credential = await stack.client.createCredential({ name: 'Failures', type: 'hotmartApi', data });
});
beforeEach(() => emulator.reset());
after(async () => {
	if (credential) await stack.client.request('DELETE', `/rest/credentials/${credential.id}`);
	await emulator?.close();
	await stack?.close();
});

/**
 * Runs one operation on subscriptions.
 * @param settings of the node
 */
async function run(operation: string, parameters: object, settings?: object) {
	const { id } = await stack.client.importWorkflow({
		name: `Failure of ${operation}`,
		nodes: [
			{ name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, position: [0, 0], parameters: {} },
			{
				name: 'Operation',
				type: 'n8n-nodes-hotmart-teachable.hotmart',
				typeVersion: 1,
				position: [250, 0],
				parameters: { resource: 'subscription', operation, ...parameters },
				credentials: { hotmartApi: { id: credential.id, name: credential.name } },
				...settings,
			},
		],
		connections: { Start: { main: [[{ node: 'Operation', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
	});
	try {
		return await stack.client.run(id, 'Start');
	} finally {
		await stack.client.deleteWorkflow(id);
	}
}

const all = { returnAll: true, filters: {} };
const calls = (path: string) => emulator.count({ path });

describe('failures', () => {
	it('a 429 is waited for as long as its headers say', async () => {
		emulator.fail({ path: list, kind: 'status', status: 429, headers: { 'RateLimit-Reset': '2' } });
		const started = Date.now();
		assert.equal((await run('getAll', all)).status, 'success');
		assert.equal(calls(list), 2);
		assert.ok(Date.now() - started >= 2000);
	});

	it('a read is repeated after a server error and after a broken connection', async () => {
		emulator.fail({ path: list, kind: 'status', status: 503 });
		emulator.fail({ path: list, kind: 'reset' });
		assert.equal((await run('getAll', all)).status, 'success');
		assert.equal(calls(list), 3);
	});

	it('a token that Hotmart refuses is renewed once', async () => {
		const { subscriberCode } = await emulator.hotmart.buy({
			email: 'ana@example.com',
			productId: DEMO.products.guitar,
		});
		assert.equal((await run('getAll', all)).status, 'success');
		const before = calls('/security/oauth/token');
		emulator.hotmart.expireToken();
		const execution = await run('cancel', { subscriberCode });
		assert.equal(execution.status, 'success');
		assert.equal(outputOf(execution, 'Operation')[0].subscriberCode, subscriberCode);
		assert.equal(calls('/security/oauth/token') - before, 1);
	});

	for (const failure of [
		{ kind: 'reset', when: 'after' },
		{ kind: 'status', status: 502 },
	] as const) {
		it(`a write whose outcome is unknown (${failure.kind}) is not repeated, and the error says so`, async () => {
			emulator.fail({ path: cancel, ...failure });
			const execution = await run('cancel', { subscriberCode: 'AB12CD34' });
			assert.equal(execution.status, 'error');
			assert.match(execution.text, /may or may not have been made/);
			assert.equal(calls(cancel), 1);
		});
	}

	for (const [onError, output] of [
		['continueErrorOutput', 1],
		['continueRegularOutput', 0],
	] as const) {
		it(`an item that fails says what happened and what to do (${onError})`, async () => {
			emulator.fail({ path: cancel, kind: 'status', status: 503 });
			const execution = await run('cancel', { subscriberCode: 'AB12CD34' }, { onError });
			assert.equal(execution.status, 'success');
			const [{ error, message }, ...others] = outputOf(execution, 'Operation', output);
			assert.match(error, /^Hotmart did not confirm the change.* \(HTTP 503\)$/);
			assert.match(message, /^Check in Hotmart whether the change was made/);
			assert.deepEqual([...others, ...outputOf(execution, 'Operation', 1 - output)], []);
		});
	}

	it("a refusal keeps Hotmart's words and says what to do", async () => {
		const body = { error: 'invalid_value_parameter', error_description: 'plan_id must be a number' };
		emulator.fail({ path: list, kind: 'status', status: 400, body });
		const { status, text } = await run('getAll', all);
		assert.equal(status, 'error');
		assert.match(text, /plan_id must be a number \(HTTP 400, invalid_value_parameter\)/);
		assert.match(text, /Check the filters/);
	});
});
