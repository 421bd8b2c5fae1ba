/** The Hotmart Polling Trigger in n8n: it is published and polls, what is new runs, and the editor fetches a test event. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';

import { startEmulator } from '../emulator/index.ts';
import { outputOf, somebody, useStack, waitFor } from '../n8n/harness.mts';
import { completeTemplate, credentialData, DEMO, readTemplate } from '../n8n/stack.mts';

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

/** Stands between Hotmart and n8n, takes every webhook, and loses those whose number it is told. */
async function startLosing(isLost: (number: number) => boolean) {
	const relay = { url: '', target: '', lost: 0, passed: 0, close: async () => {} };
	const server = createServer((request, response) => {
		void (async () => {
			const body = await buffer(request);
			if (isLost(relay.lost + relay.passed)) relay.lost += 1;
			else {
				const { 'x-hotmart-hottok': hottok = '' } = request.headers;
				const headers = { 'content-type': 'application/json', 'x-hotmart-hottok': String(hottok) };
				const { status } = await fetch(relay.target, { method: 'POST', headers, body });
				assert.equal(status, 200);
				relay.passed += 1;
			}
			response.end();
		})().catch(() => response.writeHead(500).end());
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	relay.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
	relay.close = async () => await new Promise((resolve) => void server.close(() => resolve()));
	return relay;
}

describe('Webhook with Safety Net', () => {
	it('with 30 % of the webhooks lost runs every event exactly once', async () => {
		const { client } = stack;
		const emulator = await startEmulator({ hotmart: { rateLimitPerMinute: 10_000 } });
		const relay = await startLosing((number) => [1, 4, 8].includes(number % 10));
		const credentials: Record<string, { id: string; name: string }> = { ...stack.credentials };
		const data: Record<string, object> = credentialData(emulator);
		for (const type of ['hotmartApi', 'hotmartWebhookApi', 'teachableApi'])
			credentials[type] = await client.createCredential({ name: 'Safety Net', type, data: data[type]! });
		const workflow = await completeTemplate(client, await readTemplate('webhook-with-safety-net.json'), credentials);
		for (const { name, parameters } of workflow.nodes) {
			// Within the time of a test
			if (name === 'Every 15 Minutes') parameters.pollTimes = { item: [{ mode: 'everyMinute' }] };
			if (name === 'Apply Access') parameters.courseId = { __rl: true, mode: 'id', value: String(course) };
		}
		const { id } = await client.importWorkflow(workflow);
		try {
			relay.target = (await client.activate(id))[0] ?? '';
			emulator.hotmart.registerWebhook({ url: relay.url });
			const looks = () =>
				emulator.count({ vendor: 'hotmart', method: 'GET', path: /\/payments\/api\/v1\/subscriptions$/ });
			await waitFor(async () => looks() > 0, 'the first look', 90_000);

			/** Events that passed the node which drops what came twice, and the executions that began with one of a webhook. */
			const ran = async () => {
				const ended = (await client.executions(id)).filter(({ status }) => !['new', 'running'].includes(status));
				const all = await Promise.all(ended.map(async (execution) => await client.execution(execution.id)));
				return {
					keys: all.flatMap((each) => outputOf(each, 'Only What Is New').map(({ eventKey }) => String(eventKey))),
					byWebhook: all.filter((each) => outputOf(each, 'Hotmart Trigger').length > 0).length,
				};
			};
			/** Sends webhooks one by one, as n8n's memory of what was seen knows nothing of a run at the same moment. */
			const tell = async <T,>(happen: () => Promise<T>) => {
				const result = await happen();
				await emulator.hotmart.settled();
				await waitFor(async () => (await ran()).byWebhook === relay.passed, 'the run of a webhook', 30_000);
				return result;
			};

			const emails: string[] = [];
			const wanted: string[] = [];
			const transactions: string[] = [];
			for (let number = 0; number < 7; number++) {
				const email = somebody(`net${number}`);
				const buy = async () => await emulator.hotmart.buy({ email, name: 'Net', productId: songwriting });
				const { transaction } = await tell(buy);
				emails.push(email);
				transactions.push(transaction);
				wanted.push(`PURCHASE_APPROVED:${transaction}`);
			}
			for (const transaction of transactions.slice(0, 3)) {
				await tell(async () => await emulator.hotmart.refund(transaction));
				wanted.push(`PURCHASE_REFUNDED:${transaction}`);
			}
			assert.deepEqual([relay.lost, relay.passed], [3, 7]);
			const whole = async () => {
				const { keys } = await ran();
				return wanted.every((key) => keys.includes(key));
			};
			await waitFor(whole, 'the lost events', 90_000);
			// Nothing comes again at the next look
			const before = looks();
			await waitFor(async () => looks() > before, 'another look', 90_000);
			assert.deepEqual((await ran()).keys.sort(), wanted.sort());
			assert.deepEqual(
				emails.map((email) => emulator.teachable.isEnrolled(email, course)),
				[false, false, false, true, true, true, true],
			);
		} finally {
			await client.deleteWorkflow(id);
			for (const type of ['hotmartApi', 'hotmartWebhookApi', 'teachableApi'])
				await client.request('DELETE', `/rest/credentials/${credentials[type]!.id}`);
			await emulator.close();
			await relay.close();
		}
	});
});
