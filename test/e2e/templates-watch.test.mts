/** What watches, reminds and can be asked: the webhook watchdog, unpaid Pix and boleto, and the MCP server for assistants. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';

import { outputOf, useStack, waitFor } from '../n8n/harness.mts';
import { connectMcp, TEMPLATE_TOOLS } from '../n8n/mcp.mts';
import { DEMO, completeTemplate, credentialData, readTemplate } from '../n8n/stack.mts';
import { startEmulator } from '../emulator/index.ts';
import type { Workflow } from '../n8n/client.mts';

let stack: Awaited<ReturnType<typeof useStack>>;
let emulator: Awaited<ReturnType<typeof startEmulator>>;
let credentials: Record<string, { id: string; name: string }>;
const imported: string[] = [];

before(async () => {
	stack = await useStack();
	emulator = await startEmulator({ hotmart: { rateLimitPerMinute: 10_000 } });
	const { hotmartApi, teachableApi } = credentialData(emulator, { hotmart: 'readOnly', teachable: 'readOnly' });
	const create = async (type: string, data: object) =>
		await stack.client.createCredential({ name: 'Templates', type, data });
	credentials = {
		hotmartApi: await create('hotmartApi', hotmartApi),
		teachableApi: await create('teachableApi', teachableApi),
		httpBearerAuth: await create('httpBearerAuth', { token: TOKEN }),
	};
});
beforeEach(() => emulator.reset());
after(async () => {
	for (const id of imported) await stack.client.deleteWorkflow(id);
	for (const { id } of Object.values(credentials ?? {}))
		await stack.client.request('DELETE', `/rest/credentials/${id}`);
	await emulator?.close();
	await stack?.close();
});

const TOKEN = 'a-long-password-of-the-assistant';

/** Imports a template as a person completes it. */
async function importTemplate(file: string, change: (workflow: Workflow) => void = () => {}) {
	const chosen = { ...stack.credentials, ...credentials };
	const workflow = await completeTemplate(stack.client, await readTemplate(file), chosen);
	change(workflow);
	const { id } = await stack.client.importWorkflow(workflow);
	imported.push(id);
	return id;
}

describe('Webhook Watchdog', () => {
	/** Nothing is late: the sales of a test are seconds old. */
	const atOnce = ({ nodes }: Workflow) => {
		const settings = nodes.find(({ name }) => name === 'Settings')!.parameters.assignments.assignments;
		settings.find(({ name }: { name: string }) => name === 'lateMinutes').value = 0;
	};
	const buy = async (email: string) => {
		const { transaction } = await emulator.hotmart.buy({ email, productId: DEMO.products.songwriting });
		await emulator.hotmart.settled();
		return transaction;
	};

	it('says which sales did not arrive, each once, and not those that did', async () => {
		const id = await importTemplate('webhook-watchdog.json', atOnce);
		const [url = ''] = await stack.client.activate(id);
		const webhook = emulator.hotmart.registerWebhook({ url });
		const arrived = await buy('one@example.com');
		await waitFor(
			async () => (await stack.client.executions(id)).some(({ status }) => status === 'success'),
			'the event to be remembered',
		);
		emulator.hotmart.removeWebhook(webhook.id);
		const lost = await buy('two@example.com');

		const execution = await stack.client.run(id, 'Run Now');
		assert.equal(execution.status, 'error');
		assert.deepEqual(
			outputOf(execution, 'Did Not Arrive').map(({ purchase }) => purchase.transaction),
			[lost],
		);
		const { message } = execution.data.resultData.error;
		assert.match(
			message,
			new RegExp(
				`^Paid sales at Hotmart whose events did not arrive: 1\\..*${lost}, Songwriting Workshop, two@example.com`,
				's',
			),
		);
		assert.doesNotMatch(message, new RegExp(arrived));
		// Told once: nobody needs the same message every hour
		assert.equal((await stack.client.run(id, 'Run Now')).status, 'success');
	});

	it('is quiet when nothing was sold', async () => {
		const execution = await stack.client.run(await importTemplate('webhook-watchdog.json', atOnce), 'Run Now');
		assert.equal(execution.status, 'success');
		assert.deepEqual(outputOf(execution, 'Missing Sales'), []);
	});
});

describe('Recover Unpaid Pix and Boleto', () => {
	/** Publishes the workflow without waiting, and has events sent to it. */
	async function start() {
		const id = await importTemplate('recover-unpaid.json', ({ nodes }) => {
			const settings = nodes.find(({ name }) => name === 'Settings')!.parameters.assignments.assignments;
			for (const setting of settings) if (setting.name.endsWith('WaitMinutes')) setting.value = 0.05;
		});
		const [url = ''] = await stack.client.activate(id);
		emulator.hotmart.registerWebhook({ url });
		return id;
	}
	/** A code is made, and something may happen before the wait is over; resolves to the mails that were sent. */
	async function mailsAfter(paymentType: string, happen: (transaction: string) => Promise<unknown> = async () => {}) {
		const id = await start();
		const email = `${paymentType.toLowerCase()}-${Date.now()}@students.example`;
		const order = { email, name: 'Ana Souza', productId: DEMO.products.songwriting, paymentType };
		await happen((await emulator.hotmart.printBillet(order as any)).transaction);
		await waitFor(
			async () => (await stack.client.executions(id)).some(({ status }) => ['success', 'error'].includes(status)),
			'the execution to end',
		);
		const [execution] = await stack.client.executions(id);
		assert.equal(execution?.status, 'success');
		return (await stack.dashboard.mails()).filter(({ to }) => to.includes(email));
	}

	it('sends the Pix code once to a buyer who has not paid', async () => {
		const [mail, ...others] = await mailsAfter('PIX');
		assert.deepEqual(others, []);
		assert.equal(mail?.subject, 'Your payment for Songwriting Workshop is still open');
		assert.match(mail?.text ?? '', /^Hello Ana Souza,[^]*Your Pix code[^]*\n00020126/);
	});

	it('sends the barcode of a boleto', async () => {
		const [mail] = await mailsAfter('BILLET');
		assert.match(mail?.text ?? '', /Your boleto:\n\n\S+/);
	});

	it('writes to nobody who has paid in the meantime', async () => {
		assert.deepEqual(await mailsAfter('PIX', async (transaction) => await emulator.hotmart.pay(transaction)), []);
	});
});

describe('MCP Server', () => {
	it('lets an assistant look things up with a token, and change nothing', async () => {
		await emulator.hotmart.buy({ email: 'ana@example.com', productId: DEMO.products.songwriting });
		const id = await importTemplate('mcp-server.json');
		await stack.client.activate(id);
		const { nodes } = await stack.client.workflow(id);
		const { path } = nodes.find(({ name }) => name === 'MCP Server Trigger')!.parameters;
		const url = `${stack.client.url}/mcp/${path}`;
		await stack.client.waitForWebhook(url);

		const stranger = await fetch(url, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
		assert.ok([401, 403].includes(stranger.status), String(stranger.status));

		const assistant = await connectMcp({ url, token: TOKEN });
		assert.deepEqual(await assistant.tools(), TEMPLATE_TOOLS);
		const answer = await assistant.call('Check Access', { email: 'ana@example.com' });
		assert.match(JSON.stringify(answer), /hasAccess\\*":true/);
		assert.deepEqual(
			emulator.requests.filter(({ method, path }) => method !== 'GET' && path !== '/security/oauth/token'),
			[],
		);
	});
});
