/** The Hotmart Trigger in n8n: every way to spread events over outputs, repeated events, and a missing hottok. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { openBrowser } from '../n8n/browser.mts';
import { outputOf, release, somebody, useStack, waitFor } from '../n8n/harness.mts';
import { DEMO } from '../n8n/stack.mts';

const { monthly, annual } = DEMO.plans;
const { guitar, songwriting } = DEMO.products;

/** The outputs of each mode in their order, and where each step of a life has to arrive. */
const modes = {
	access: {
		outputs: ['Grant', 'Revoke', 'Switch', 'Other'],
		arrivals: ['Grant', 'Grant', 'Revoke', 'Grant', 'Switch', 'Revoke', 'Grant', 'Revoke'],
	},
	kind: {
		outputs: ['One-Time', 'New Subscription', 'Renewal', 'Payment Problem', 'Cancellation', 'Other'],
		arrivals: [
			'New Subscription',
			'Renewal',
			'Payment Problem',
			'Renewal',
			'Other',
			'Cancellation',
			'One-Time',
			'Cancellation',
		],
	},
	event: {
		outputs: [
			'Purchase Approved',
			'Purchase Overdue',
			'Subscription Plan Switched',
			'Subscription Canceled',
			'Purchase Refunded',
		],
		arrivals: [
			'Purchase Approved',
			'Purchase Approved',
			'Purchase Overdue',
			'Purchase Approved',
			'Subscription Plan Switched',
			'Subscription Canceled',
			'Purchase Approved',
			'Purchase Refunded',
		],
	},
	single: { outputs: ['All'], arrivals: Array(8).fill('All') },
};
const events = [
	'PURCHASE_APPROVED',
	'PURCHASE_DELAYED',
	'SWITCH_PLAN',
	'SUBSCRIPTION_CANCELLATION',
	'PURCHASE_REFUNDED',
];

let stack: Awaited<ReturnType<typeof useStack>>;

before(async () => {
	stack = await useStack();
});
after(async () => await stack?.close());

/** A workflow of a trigger and one node behind each of its outputs. */
async function importTrigger(
	parameters: object,
	outputs: string[],
	credential: { id: string; name: string } = stack.credentials.hotmartWebhookApi,
) {
	return await stack.client.importWorkflow({
		name: `Trigger ${JSON.stringify(parameters)}`,
		nodes: [
			{
				name: 'Hotmart Trigger',
				type: 'n8n-nodes-hotmart-teachable.hotmartTrigger',
				typeVersion: 2,
				position: [0, 0],
				parameters: { events, simplify: true, ...parameters },
				credentials: { hotmartWebhookApi: { id: credential.id, name: credential.name } },
			},
			...outputs.map((name, index) => ({
				name,
				type: 'n8n-nodes-base.noOp',
				typeVersion: 1,
				position: [300, index * 150],
				parameters: {},
			})),
		],
		connections: { 'Hotmart Trigger': { main: outputs.map((node) => [{ node, type: 'main', index: 0 }]) } },
		settings: { executionOrder: 'v1' },
	});
}

/** A subscription from the first sale to the cancellation, then a one-time sale that is refunded. */
async function live() {
	const { dashboard } = stack;
	const person = { email: somebody('life'), name: 'Carla Nunes' };
	const { subscriberCode } = await dashboard.live('buy', { ...person, productId: guitar, planId: annual });
	await dashboard.live('renew', { subscriberCode });
	const { transaction: missed } = await dashboard.live('failCharge', { subscriberCode });
	await dashboard.live('pay', { transaction: missed });
	// To the cheaper plan: an upgrade is charged at once and sends a payment as well
	await dashboard.live('switchPlan', { subscriberCode, planId: monthly });
	await dashboard.live('cancel', { subscriberCode });
	const { transaction } = await dashboard.live('buy', { ...person, productId: songwriting });
	await dashboard.live('refund', { transaction });
	return person.email;
}

describe('the outputs of the trigger', () => {
	for (const [routing, { outputs, arrivals }] of Object.entries(modes)) {
		it(`${routing}: each step of a life arrives where it belongs`, async () => {
			const { client, dashboard } = stack;
			const { id } = await importTrigger({ routing }, outputs);
			const [url] = await client.activate(id);
			const webhook = await dashboard.request('POST', 'webhooks', { url });
			try {
				const email = await live();
				const executions = await waitFor(async () => {
					const all = await client.executions(id);
					return all.length >= arrivals.length && all.every(({ status }) => status === 'success') && all;
				}, 'all executions');
				const details = await Promise.all(executions.map(async (execution) => await client.execution(execution.id)));
				const seen = details
					.flatMap((execution) => outputs.flatMap((name) => outputOf(execution, name).map((item) => ({ name, item }))))
					.filter(({ item }) => item.student.email === email)
					.sort((a, b) => a.item.createdAt.localeCompare(b.item.createdAt));
				assert.deepEqual(
					seen.map(({ name }) => name),
					arrivals,
				);
			} finally {
				await dashboard.request('DELETE', `webhooks/${webhook.id}`);
				await client.deleteWorkflow(id);
			}
		});
	}
});

describe('repeated deliveries', () => {
	it('start an execution that goes no further, and pass where the user wants them', async () => {
		const { client, dashboard } = stack;
		for (const { options, passes } of [
			{ options: {}, passes: 1 },
			{ options: { skipDuplicates: false }, passes: 3 },
		]) {
			const { id } = await importTrigger({ options }, ['All']);
			const [url] = await client.activate(id);
			const webhook = await dashboard.request('POST', 'webhooks', { url });
			try {
				const email = somebody('again');
				await dashboard.live('buy', { email, name: 'Davi Rocha', productId: songwriting });
				const { deliveries } = await dashboard.state();
				const deliveryId = deliveries.find((delivery) => delivery.email === email && delivery.url === url)?.id;
				await dashboard.request('POST', 'redeliver', { deliveryId });
				await dashboard.request('POST', 'redeliver', { deliveryId });
				const executions = await waitFor(async () => {
					const all = await client.executions(id);
					return all.length === 3 && all.every(({ status }) => status === 'success') && all;
				}, 'three executions');
				const details = await Promise.all(executions.map(async (execution) => await client.execution(execution.id)));
				assert.equal(details.flatMap((execution) => outputOf(execution, 'All')).length, passes);
			} finally {
				await dashboard.request('DELETE', `webhooks/${webhook.id}`);
				await client.deleteWorkflow(id);
			}
		}
	});
});

/**
 * Publishes a workflow in the editor of n8n 2.x, which alone tells that a trigger has refused: the request itself succeeds.
 * @param message what the editor has to show
 */
async function publishInEditor(id: string, message: string) {
	const { n8n, owner } = stack;
	const { page, shot, close } = await openBrowser();
	try {
		await page.goto(`${n8n}/signin`);
		await page.locator('input[name="emailOrLdapLoginId"]').fill(owner.email);
		await page.locator('input[name="password"]').fill(owner.password);
		await page.getByTestId('form-submit-button').click();
		await page.getByText('Hotmart to Teachable').first().waitFor();
		await page.goto(`${n8n}/workflow/${id}`);
		await page.getByTestId('canvas-node').first().waitFor();
		await page.getByRole('button', { name: 'Publish' }).first().click();
		await page.getByTestId('workflow-publish-button').click();
		await page.getByText(message).first().waitFor();
		await shot('11-no-hottok');
	} finally {
		await close();
	}
}

describe('a credential without a hottok', () => {
	it('is told when the workflow is published, and nothing gets in', async () => {
		const { client } = stack;
		const message = 'The Hotmart Webhook API credential has no hottok';
		// n8n 1.x saves no credential whose required field is empty
		const webhookToken = release === 'lts' ? ' ' : '';
		const empty = await client.createCredential({ name: 'Empty', type: 'hotmartWebhookApi', data: { webhookToken } });
		const { id } = await importTrigger({}, ['All'], empty);
		const [url] = await client.webhookUrls(await client.workflow(id));
		if (release === 'lts') {
			await assert.rejects(client.activate(id), new RegExp(`answered 400: .*${message}`));
			assert.equal((await client.workflow(id)).active, false);
		} else {
			await publishInEditor(id, message);
		}
		for (const hottok of ['', ' ', DEMO.hotmart.hottok]) {
			const { ok, status } = await fetch(url, {
				method: 'POST',
				headers: { 'content-type': 'application/json', 'x-hotmart-hottok': hottok },
				body: JSON.stringify({ event: 'PURCHASE_APPROVED', data: {} }),
			});
			assert.equal(ok, false, `${status}`);
		}
		assert.deepEqual(await client.executions(id), []);
		await client.deleteWorkflow(id);
		await client.request('DELETE', `/rest/credentials/${empty.id}`);
	});
});

describe('a hottok that is changed in the credential', () => {
	it('counts at once, and the old one no longer than five seconds', async () => {
		const { client } = stack;
		const [before, now] = ['hottok-before-the-change', 'hottok-after-the-change'];
		const credential = { name: 'Changed', type: 'hotmartWebhookApi', data: { webhookToken: before } };
		const created = await client.createCredential(credential);
		// Wants nothing that is sent here, so that no execution starts
		const { id } = await importTrigger({ events: ['PURCHASE_REFUNDED'] }, ['All'], created);
		const [url] = await client.activate(id);
		const post = async (hottok: string) => {
			const { status } = await fetch(url, {
				method: 'POST',
				headers: { 'content-type': 'application/json', 'x-hotmart-hottok': hottok },
				body: JSON.stringify({ event: 'PURCHASE_APPROVED', data: {} }),
			});
			return status;
		};
		try {
			assert.equal(await post(now), 401);
			assert.equal(await post(before), 200);
			await client.updateCredential(created.id, { ...credential, data: { webhookToken: now } });
			assert.equal(await post(now), 200);
			assert.equal(await post(before), 401);
			await client.updateCredential(created.id, { ...credential, data: { webhookToken: before } });
			assert.equal(await post(before), 200);
			await client.updateCredential(created.id, { ...credential, data: { webhookToken: now } });
			const changed = Date.now();
			let lastAccepted = changed;
			await waitFor(async () => {
				const asked = Date.now();
				if ((await post(before)) === 401) return true;
				lastAccepted = asked;
				return false;
			}, 'the old hottok to end');
			assert.ok(lastAccepted - changed <= 5_000, `accepted ${lastAccepted - changed} ms after the change`);
			assert.equal(await post(now), 200);
		} finally {
			await client.deleteWorkflow(id);
			await client.request('DELETE', `/rest/credentials/${created.id}`);
		}
	});
});
