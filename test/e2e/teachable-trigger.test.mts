/** The Teachable Trigger in n8n: true events, forged ones, a Teachable that does not answer, and the editor. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { startEmulator } from '../emulator/index.ts';
import { openBrowser } from '../n8n/browser.mts';
import { nextExecution, outputOf, release, somebody, useStack, waitFor } from '../n8n/harness.mts';
import { DEMO, credentialData } from '../n8n/stack.mts';

const { webhookUrlEnd: secret } = DEMO.teachable;
const { guitar } = DEMO.courses;

let stack: Awaited<ReturnType<typeof useStack>>;
let emulator: Awaited<ReturnType<typeof startEmulator>>;
let teachableApi: { id: string; name: string };
let workflow: string;
let url: string;

before(async () => {
	stack = await useStack();
	emulator = await startEmulator({ teachable: { retries: 0, rateLimitPerMinute: 1e6 } });
	const { client } = stack;
	const data = credentialData(emulator).teachableApi;
	teachableApi = await client.createCredential({ name: 'Teachable (trigger)', type: 'teachableApi', data });
	workflow = await importTrigger();
	[url] = await client.activate(workflow);
});
after(async () => {
	if (workflow) await stack.client.deleteWorkflow(workflow);
	await emulator?.close();
	await stack?.close();
});

async function importTrigger() {
	const { teachableWebhookApi } = stack.credentials;
	const { id } = await stack.client.importWorkflow({
		name: 'Teachable Trigger',
		nodes: [
			{
				name: 'Teachable Trigger',
				type: 'n8n-nodes-hotmart-teachable.teachableTrigger',
				typeVersion: 2,
				position: [0, 0],
				parameters: { events: ['Enrollment.created', 'Enrollment.completed', 'Transaction.created'] },
				credentials: { teachableWebhookApi, teachableApi },
			},
			{ name: 'All', type: 'n8n-nodes-base.noOp', typeVersion: 1, position: [300, 0], parameters: {} },
		],
		connections: { 'Teachable Trigger': { main: [[{ node: 'All', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
	});
	return id;
}

const newest = async () => Number((await stack.client.executions(workflow))[0]?.id ?? 0);
const send = async (body: unknown, to = `${url}?secret=${secret}`) =>
	await fetch(to, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body),
	});

/** An enrollment that nobody has, under the name of a real student. */
function forged(hookEventId: number) {
	const user = emulator.teachable.addUser({ email: somebody('forged') });
	return {
		type: 'Enrollment.created',
		id: 1,
		livemode: true,
		created: new Date().toISOString(),
		hook_event_id: hookEventId,
		object: { id: 1, user_id: user.id, course_id: guitar, is_active: true, user: { email: 'thief@example.com' } },
	};
}

describe('the Teachable Trigger', () => {
	it('answers 401 without the secret, and starts nothing', async () => {
		const before = await newest();
		for (const to of [url, `${url}?secret=`, `${url}?secret=${secret}x`]) {
			const answer = await send(forged(1), to);
			assert.equal(answer.status, 401);
		}
		assert.equal(await newest(), before);
	});

	it('starts the workflow for what really happened, and not twice', async () => {
		const { teachable } = emulator;
		const before = await newest();
		const webhook = teachable.registerWebhook({ url: `${url}?secret=${secret}`, events: ['Enrollment.created'] });
		const email = somebody('enrolled');
		await teachable.enroll(email, guitar);
		const execution = await nextExecution(stack.client, workflow, before);
		assert.equal(execution.status, 'success');
		const [item] = outputOf(execution, 'All');
		assert.equal(item.confirmed, true);
		assert.equal(item.student.email, email);
		assert.equal(item.course.id, guitar);
		await teachable.redeliver(teachable.deliveries.at(-1)!.id);
		const again = await nextExecution(stack.client, workflow, Number(execution.id));
		assert.deepEqual([again.status, outputOf(again, 'All')], ['success', []]);
		assert.equal(teachable.deliveries.at(-1)!.status, 200);
		teachable.removeWebhook(webhook.id);
	});

	it('fails while Teachable does not confirm, and passes when the execution is retried', async () => {
		const { client } = stack;
		const { name, data } = await client.credential(teachableApi.id);
		const credential = { name, type: 'teachableApi' };
		await client.updateCredential(teachableApi.id, { ...credential, data: { ...data, apiKey: 'unknown' } });
		const before = await newest();
		const body = forged(3);
		const user = emulator.teachable.users.find(({ id }) => id === body.object.user_id)!;
		emulator.teachable.addEnrollment({ email: user.email, courseId: guitar });
		assert.equal((await send(body)).status, 200);
		const failed = await nextExecution(client, workflow, before);
		assert.equal(failed.status, 'error');
		assert.match(failed.data.resultData.error.message, /^The events cannot be confirmed: /);
		assert.equal(failed.data.resultData.runData.All, undefined);

		const good = credentialData(emulator).teachableApi;
		await client.updateCredential(teachableApi.id, { ...credential, data: good });
		await client.request('POST', `/rest/executions/${failed.id}/retry`, { loadWorkflow: false });
		const retried = await nextExecution(client, workflow, Number(failed.id));
		assert.equal(retried.status, 'success');
		assert.equal(outputOf(retried, 'All')[0].student.email, user.email);
	});

	it('starts nothing behind it for a forged event that has the secret', async () => {
		const before = await newest();
		assert.equal((await send(forged(4))).status, 200);
		// It asks Teachable again for two minutes
		const { id } = await waitFor(async () => {
			const [execution] = await stack.client.executions(workflow);
			return Number(execution?.id ?? 0) > before && execution;
		}, 'an execution');
		const execution = await stack.client.finished(id, 180_000);
		assert.equal(execution.status, 'success');
		assert.equal(execution.data.resultData.runData.All, undefined);
		assert.doesNotMatch(execution.text, new RegExp(secret));
	});

	it('shows in the editor where the secret belongs', { skip: release === 'lts' }, async () => {
		const { n8n, owner } = stack;
		const { page, shot, close } = await openBrowser();
		try {
			await page.goto(`${n8n}/signin`);
			await page.locator('input[name="emailOrLdapLoginId"]').fill(owner.email);
			await page.locator('input[name="password"]').fill(owner.password);
			await page.getByTestId('form-submit-button').click();
			await page.getByText('Hotmart to Teachable').first().waitFor();
			await page.goto(`${n8n}/workflow/${workflow}`);
			await page.getByTestId('canvas-node').first().dblclick();
			await page.getByText('followed by').first().waitFor();
			await page.getByText('Confirm with Teachable').first().waitFor();
			await shot('12-teachable-trigger');
		} finally {
			await close();
		}
	});
});
