/** Every operation of both action nodes, run once in n8n against an emulator that has been brought into the right state. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { startEmulator } from '../emulator/index.ts';
import { outputOf, useStack } from '../n8n/harness.mts';
import { credentialData } from '../n8n/stack.mts';
import * as hotmart from '../operations/hotmart.ts';
import * as teachable from '../operations/teachable.ts';

const nodes = { hotmart: hotmart.SAMPLES, teachable: teachable.SAMPLES };

let stack: Awaited<ReturnType<typeof useStack>>;
let emulator: Awaited<ReturnType<typeof startEmulator>>;
let credentials: Record<string, { id: string; name: string }>;

before(async () => {
	stack = await useStack();
	// Not the stack's: each operation needs an account of its own state.
	emulator = await startEmulator({
		hotmart: { rateLimitPerMinute: 10_000 },
		teachable: { rateLimitPerMinute: 10_000 },
	});
	const { hotmartApi, teachableApi } = credentialData(emulator);
	credentials = {
		hotmart: await stack.client.createCredential({ name: 'Operations', type: 'hotmartApi', data: hotmartApi }),
		teachable: await stack.client.createCredential({ name: 'Operations', type: 'teachableApi', data: teachableApi }),
	};
});
after(async () => {
	for (const { id } of Object.values(credentials ?? {}))
		await stack.client.request('DELETE', `/rest/credentials/${id}`);
	await emulator?.close();
	await stack?.close();
});

for (const [node, samples] of Object.entries(nodes)) {
	describe(`${node}: each operation`, () => {
		for (const [key, sample] of Object.entries(samples)) {
			it(`${key} succeeds in n8n`, async () => {
				emulator.reset();
				const [resource, operation] = key.split('/');
				const { id, name } = credentials[node];
				const workflow = await stack.client.importWorkflow({
					name: key,
					nodes: [
						{ name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, position: [0, 0], parameters: {} },
						{
							name: 'Operation',
							type: `n8n-nodes-hotmart-teachable.${node}`,
							typeVersion: 1,
							position: [250, 0],
							parameters: { resource, operation, ...(await sample(emulator)) },
							credentials: { [`${node}Api`]: { id, name } },
						},
					],
					connections: { Start: { main: [[{ node: 'Operation', type: 'main', index: 0 }]] } },
					settings: { executionOrder: 'v1' },
				});
				try {
					const execution = await stack.client.run(workflow.id, 'Start');
					assert.equal(execution.status, 'success', execution.text.slice(0, 2000));
					assert.ok(outputOf(execution, 'Operation').length > 0);
				} finally {
					await stack.client.deleteWorkflow(workflow.id);
				}
			});
		}
	});
}
