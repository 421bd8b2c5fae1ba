/** The Hotmart Polling Trigger in n8n: it is published and polls, what is new runs, and the editor fetches a test event. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { outputOf, somebody, useStack, waitFor } from '../n8n/harness.mts';
import { DEMO } from '../n8n/stack.mts';

const pkg = 'n8n-nodes-hotmart-teachable';
const { songwriting } = DEMO.products;
const { songwriting: course } = DEMO.courses;

let stack: Awaited<ReturnType<typeof useStack>>;
before(async () => {
	stack = await useStack();
});
after(async () => await stack?.close());

/** The trigger alone, and the course that its sales open. */
async function importSchool() {
	const { hotmartApi, teachableApi } = stack.credentials;
	return await stack.client.importWorkflow({
		name: 'School without a public address',
		nodes: [
			{
				name: 'Hotmart Polling Trigger',
				type: `${pkg}.hotmartPollingTrigger`,
				typeVersion: 1,
				position: [0, 0],
				parameters: { pollTimes: { item: [{ mode: 'everyMinute' }] }, events: ['PURCHASE_APPROVED'] },
				credentials: { hotmartApi },
			},
			{
				name: 'Apply Access',
				type: `${pkg}.teachable`,
				typeVersion: 1,
				position: [300, 0],
				parameters: {
					resource: 'enrollment',
					operation: 'applyAccess',
					courseFrom: 'chosen',
					courseId: { __rl: true, mode: 'id', value: String(course) },
				},
				credentials: { teachableApi },
			},
		],
		connections: { 'Hotmart Polling Trigger': { main: [[{ node: 'Apply Access', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
	});
}

describe('the polling trigger', () => {
	it('lets a buyer in who was seen in the API only, and nobody from before', async () => {
		const { client, dashboard } = stack;
		const [early, email] = [somebody('early'), somebody('polled')];
		// Without any webhook: the workflow that the stack has published would let both in
		const { webhooks } = await dashboard.state();
		for (const webhook of webhooks) await dashboard.request('DELETE', `webhooks/${webhook.id}`);
		await dashboard.live('buy', { email: early, name: 'Early', productId: songwriting });
		const { id } = await importSchool();
		const looks = async () => {
			const requests = await dashboard.requests();
			return requests.filter(({ query, status }) => query.transaction_status === 'APPROVED' && status === 200).length;
		};
		const before = await looks();
		await client.activate(id);
		try {
			await waitFor(async () => (await looks()) > before, 'the first look', 90_000);
			await dashboard.live('buy', { email, name: 'Polled', productId: songwriting });
			await dashboard.waitForCourses(email, [course], 150_000);
			assert.deepEqual(await dashboard.coursesOf(early), []);
			const [execution] = await client.executions(id);
			const items = outputOf(await client.finished(execution!.id), 'Hotmart Polling Trigger');
			assert.deepEqual(
				items.map(({ student, source }) => [student.email, source]),
				[[email, 'api']],
			);
			// As the editor's button does
			const test = await client.run(id, 'Hotmart Polling Trigger');
			assert.deepEqual(
				outputOf(test, 'Hotmart Polling Trigger').map(({ student }) => student.email),
				[email],
			);
		} finally {
			await client.deleteWorkflow(id);
			for (const { url, events } of webhooks) await dashboard.request('POST', 'webhooks', { url, events });
		}
	});
});
