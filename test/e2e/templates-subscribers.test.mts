/** The templates about subscribers: imported into n8n, run against an account of their own, and their effect looked at. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Browser, Download } from 'playwright-core';

import { EVENTS } from '../../nodes/Hotmart/trigger/events.ts';
import { startEmulator } from '../emulator/index.ts';
import { openBrowser } from '../n8n/browser.mts';
import type { Workflow, WorkflowNode } from '../n8n/client.mts';
import { artifacts, outputOf, release, somebody, useStack, waitFor } from '../n8n/harness.mts';
import { DEMO, completeTemplate, credentialData, readTemplate } from '../n8n/stack.mts';
import { startMailbox } from '../n8n/stand-ins.mts';

const SECOND = 1 / 86_400;
const product = DEMO.products.guitar;
const { monthly, annual } = DEMO.plans;
const [SENDER, RECEIVER] = ['school@example.com', 'owner@example.com'];

let stack: Awaited<ReturnType<typeof useStack>>;
let emulator: Awaited<ReturnType<typeof startEmulator>>;
let mailbox: Awaited<ReturnType<typeof startMailbox>>;
let credentials: Record<string, { id: string; name: string }>;
const workflows: string[] = [];

before(async () => {
	stack = await useStack();
	mailbox = await startMailbox();
	// Not the stack's: the tests count what is in the account, and let its API fail
	emulator = await startEmulator({
		hotmart: { rateLimitPerMinute: 10_000, deactivateAfterFailures: 1000, deliveryTimeoutMs: 30_000 },
	});
	const { hotmartApi, hotmartWebhookApi } = credentialData(emulator);
	const wanted = {
		hotmartApi,
		hotmartWebhookApi,
		smtp: { user: '', password: '', host: '127.0.0.1', port: mailbox.port, secure: false, disableStartTls: true },
		httpBasicAuth: { user: 'owner', password: 'only me' },
	};
	credentials = {};
	for (const [type, data] of Object.entries(wanted))
		credentials[type] = await stack.client.createCredential({ name: `Subscribers ${type}`, type, data });
});
afterEach(async () => {
	for (const id of workflows.splice(0)) await stack.client.deleteWorkflow(id);
	emulator.reset();
	mailbox.mails.length = 0;
});
after(async () => {
	for (const { id } of Object.values(credentials ?? {}))
		await stack.client.request('DELETE', `/rest/credentials/${id}`);
	await emulator?.close();
	await mailbox?.close();
	await stack?.close();
});

/**
 * Imports a template as a creator does.
 * @param settings values of assignments by name, beside those of the demo
 * @param change what else the creator changes
 */
async function add(
	file: string,
	settings: Record<string, unknown> = {},
	change: (workflow: Workflow) => void = () => {},
) {
	const workflow = await completeTemplate(stack.client, await readTemplate(file), credentials);
	for (const { parameters } of workflow.nodes) {
		for (const assignment of parameters.assignments?.assignments ?? []) {
			if (assignment.name in settings) assignment.value = settings[assignment.name];
		}
	}
	change(workflow);
	const { id } = await stack.client.importWorkflow(workflow);
	workflows.push(id);
	return id;
}

/** Activates a workflow and lets the account send its events there. */
async function listen(id: string) {
	const [url] = await stack.client.activate(id);
	emulator.hotmart.registerWebhook({ url });
}

/** Waits until a workflow has run so often, and returns its executions. */
async function executions(id: string, count: number) {
	const ended = await waitFor(
		async () => {
			const all = await stack.client.executions(id);
			return all.length >= count && all.every(({ status }) => ['success', 'error'].includes(status)) && all;
		},
		async () => `${count} executions, not ${JSON.stringify(await stack.client.executions(id))}`,
		90_000,
	);
	assert.equal(ended.length, count);
	return ended;
}

/** The plan as the account has it. */
function planOf(planId: number) {
	const plan = emulator.hotmart.products.flatMap(({ plans }) => plans).find(({ id }) => id === planId);
	assert.ok(plan, `plan ${planId}`);
	return plan;
}

/** Requests of the API that changed something. */
const writes = () => emulator.requests.filter(({ method, path }) => method !== 'GET' && !path.includes('/oauth/'));

/** Somebody who subscribes. */
async function subscriber(
	name: string,
	{ planId = monthly, email = somebody(name) }: { planId?: number; email?: string } = {},
) {
	const { subscriberCode, transaction } = await emulator.hotmart.buy({
		email,
		name: 'Ana Souza',
		productId: product,
		planId,
	});
	return { email, code: subscriberCode as string, transaction };
}

describe('Subscriber Report', () => {
	const FILE = 'subscriber-report.json';

	/** Plans of every period in three currencies, with subscriptions in every state. */
	async function account() {
		const guitar = emulator.hotmart.products.find(({ id }) => id === product);
		assert.ok(guitar);
		const plans = [
			[600_007, 'Weekly <b> & more', 7, 9.9, 'USD'],
			[600_060, 'Every Other Month', 60, 80, 'BRL'],
			[600_090, 'Quarterly', 90, 100, 'EUR'],
			[600_180, 'Half-Yearly', 180, 250, 'BRL'],
		] as const;
		for (const [id, name, period, value, currency] of plans)
			guitar.plans.push({ id, code: `p${id}`, name, period, price: { value, currency } });
		const { hotmart } = emulator;
		for (const { id: planId } of guitar.plans) {
			await subscriber('active', { planId });
			await subscriber('active', { planId });
			await hotmart.failCharge((await subscriber('overdue', { planId })).code);
			for (const by of ['customer', 'seller', 'admin'] as const)
				await hotmart.cancel((await subscriber(by, { planId })).code, by);
			await hotmart.expire((await subscriber('expired', { planId })).code);
			await hotmart.printBillet({ email: somebody('slip'), productId: product, planId });
			await hotmart.refuse({ email: somebody('refused'), productId: product, planId });
		}
		// One price more within a plan, and one plan without anybody active
		await hotmart.buy({ email: somebody('dear'), productId: product, planId: monthly, price: 60 });
		for (const { planId, status, code } of hotmart.subscriptions)
			if (planId === 600_090 && status === 'ACTIVE') await hotmart.cancel(code);
	}

	/** What the report has to say, reckoned from the account itself in millionths. */
	function expected() {
		const perYear = { 7: 52, 30: 12, 60: 6, 90: 4, 180: 2, 360: 1 } as Record<number, number>;
		const lines: Record<string, Record<string, string | number>> = {};
		for (const { planId, status, price } of emulator.hotmart.subscriptions) {
			const plan = planOf(planId);
			const key = `${plan.name}/${price.currency}`;
			const line = (lines[key] ??= {
				plan: plan.name,
				currency: price.currency,
				active: 0,
				overdue: 0,
				canceled: 0,
				expired: 0,
				notStarted: 0,
				revenue: 0,
				revenueOverdue: 0,
			});
			const column =
				{ ACTIVE: 'active', DELAYED: 'overdue', OVERDUE: 'expired', STARTED: 'notStarted', INACTIVE: 'notStarted' }[
					status as string
				] ?? 'canceled';
			line[column] = Number(line[column]) + 1;
			const month = (price.value * perYear[plan.period]) / 12;
			if (status === 'ACTIVE') line.revenue = Number(line.revenue) + month;
			if (status === 'DELAYED') line.revenueOverdue = Number(line.revenueOverdue) + month;
		}
		return Object.values(lines).sort((a, b) => (a.plan < b.plan ? -1 : 1));
	}

	const amount = (value: number) =>
		value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

	it('sends the numbers of the account as a page', async () => {
		await account();
		const id = await add(FILE);
		const execution = await stack.client.run(id, 'Run Now');
		assert.equal(execution.status, 'success', execution.text.slice(0, 2000));

		const lines = expected();
		const got = outputOf(execution, 'By Plan');
		assert.deepEqual(
			got.map(({ plan }) => plan),
			lines.map(({ plan }) => plan),
		);
		for (const [index, line] of lines.entries()) {
			for (const [column, value] of Object.entries(line)) {
				if (typeof value === 'number')
					assert.ok(
						Math.abs(got[index][column] - value) < 1e-6,
						`${line.plan} ${column}: ${got[index][column]}, not ${value}`,
					);
				else assert.equal(got[index][column], value);
			}
		}

		const [mail, ...more] = mailbox.mails;
		assert.deepEqual(more, []);
		assert.deepEqual({ from: mail.from, to: mail.to }, { from: SENDER, to: [RECEIVER] });
		for (const currency of ['BRL', 'EUR', 'USD']) {
			const revenue = lines
				.filter((line) => line.currency === currency)
				.reduce((sum, line) => sum + Number(line.revenue), 0);
			assert.ok(
				mail.subject.includes(`${currency} ${revenue.toFixed(2)} a month`),
				`${mail.subject} should have ${currency} ${revenue.toFixed(2)}`,
			);
			assert.ok(mail.html.includes(`>${currency} ${amount(revenue)}<`), `${currency} ${amount(revenue)} in the page`);
		}
		for (const { plan, currency, revenue } of lines) {
			const name = String(plan).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
			const [, row = ''] = mail.html.split(`<b>${name}</b>`);
			assert.ok(row.split('</tr>')[0].includes(`${currency} ${amount(Number(revenue))}`), `${plan} in the page`);
		}
		assert.deepEqual(writes(), []);
	});

	it('of an account without subscriptions says so', async () => {
		const execution = await stack.client.run(await add(FILE), 'Every Monday');
		assert.equal(execution.status, 'success', execution.text.slice(0, 2000));
		const [mail] = mailbox.mails;
		assert.equal(mail.subject, 'Subscribers: none yet');
		assert.match(mail.html, /There are no subscriptions/);
		assert.doesNotMatch(mail.html, /<table|undefined|NaN/);
	});

	it('is not sent when Hotmart cannot be read', async () => {
		await subscriber('unread');
		emulator.fail({ vendor: 'hotmart', path: /subscriptions/, kind: 'status', status: 403, times: 20 });
		const execution = await stack.client.run(await add(FILE), 'Run Now');
		assert.equal(execution.status, 'error');
		assert.deepEqual(mailbox.mails, []);
	});
});

describe('Events to a Table', () => {
	const FILE = 'events-to-table.json';
	const TABLES = '/rest/projects';
	let project: string;
	let table: string | undefined;

	before(async () => {
		const { id } = await stack.client.request('GET', '/rest/projects/personal');
		project = id;
	});
	afterEach(async () => {
		if (table) await stack.client.request('DELETE', `${TABLES}/${project}/data-tables/${table}`);
		table = undefined;
	});

	const rows = async (): Promise<any[]> =>
		(await stack.client.request('GET', `${TABLES}/${project}/data-tables/${table}/rows?take=100`)).data;

	/** Creates the table, chooses it, and activates the workflow. */
	async function start() {
		const id = await add(FILE);
		const workflow = await stack.client.workflow(id);
		const creator = workflow.nodes.find(({ name }) => name === 'Create the Table');
		const { tableName: name, columns } = (creator as WorkflowNode).parameters;
		if (release === 'lts') {
			// The node cannot create tables there, a person does it
			({ id: table } = await stack.client.request('POST', `${TABLES}/${project}/data-tables`, {
				name,
				columns: columns.column,
			}));
		} else {
			const [created, again] = [await stack.client.run(id, 'Start Once'), await stack.client.run(id, 'Start Once')];
			assert.equal(created.status, 'success', created.text.slice(0, 2000));
			table = outputOf(created, 'Create the Table')[0].id;
			assert.equal(outputOf(again, 'Create the Table')[0].id, table, 'a second run finds the table');
		}
		const save = workflow.nodes.find((node) => node.name === 'Save Event');
		Object.assign((save as WorkflowNode).parameters.dataTableId, {
			mode: 'list',
			value: table,
			cachedResultName: name,
		});
		await stack.client.request('PATCH', `/rest/workflows/${id}`, {
			nodes: workflow.nodes,
			versionId: workflow.versionId,
		});
		await listen(id);
		return id;
	}

	/** How many of the account's events have been written, once all have been. */
	async function settled(id: string, count: number) {
		await executions(id, count);
		return await rows();
	}

	it('keeps one row for each event of every kind', async () => {
		const id = await start();
		const known = stack.client.executions(id);
		const before = (await known).length;
		const { hotmart } = emulator;
		const email = somebody('reader');
		const first = await hotmart.buy({ email, name: 'Ana Souza', productId: product, planId: annual, coupon: 'SPRING' });
		const code = first.subscriberCode as string;
		await hotmart.failCharge(code);
		await hotmart.switchPlan(code, monthly);
		await hotmart.changeBillingDay(code, 5);
		await hotmart.requestRefund(first.transaction);
		await hotmart.refund(first.transaction);
		const second = await hotmart.buy({ email, productId: DEMO.products.songwriting });
		await hotmart.fulfillOrder(second.transaction);
		await hotmart.complete(second.transaction);
		await hotmart.chargeback(second.transaction);
		const slip = await hotmart.printBillet({ email, productId: product, planId: monthly });
		await hotmart.expirePayment(slip.transaction);
		await hotmart.refuse({ email, productId: product, planId: monthly });
		await hotmart.abandonCart({ email, productId: product });
		await hotmart.firstAccess(email, product);
		await hotmart.completeModule(email, product);

		const { deliveries } = hotmart;
		const kept = await settled(id, before + deliveries.length);
		assert.equal(kept.length, deliveries.length);
		assert.deepEqual(kept.map(({ event }) => event).sort(), deliveries.map(({ event }) => event).sort());
		assert.deepEqual(new Set(kept.map(({ event }) => event)), new Set(Object.keys(EVENTS)));
		assert.ok(
			kept.every(
				(row) => row.email === email && row.product && row.eventKey && !Number.isNaN(Date.parse(row.occurredAt)),
			),
		);

		const plan = planOf(annual);
		const bought = kept.find(({ event, productId }) => event === 'PURCHASE_APPROVED' && productId === product);
		assert.deepEqual(
			{ ...bought, id: 0, createdAt: '', updatedAt: '', eventKey: '', occurredAt: '', nextChargeAt: '', extra: '' },
			{
				id: 0,
				createdAt: '',
				updatedAt: '',
				eventKey: '',
				event: 'PURCHASE_APPROVED',
				occurredAt: '',
				decision: 'grant',
				reason: 'purchaseApproved',
				email,
				name: 'Ana Souza',
				productId: product,
				product: 'Guitar from Zero',
				planId: annual,
				plan: 'Annual',
				offerCode: plan.code,
				coupon: 'SPRING',
				subscriberCode: code,
				subscriptionStatus: 'active',
				nextChargeAt: '',
				transaction: first.transaction,
				purchaseStatus: 'approved',
				kind: 'first',
				recurrence: 1,
				paymentType: 'CREDIT_CARD',
				installments: 1,
				price: plan.price.value,
				currency: plan.price.currency,
				extra: '',
			},
		);
		assert.equal(typeof JSON.parse(bought.extra), 'object');
		const cart = kept.find(({ event }) => event === 'PURCHASE_OUT_OF_SHOPPING_CART');
		assert.deepEqual(
			[cart.plan, cart.subscriberCode, cart.transaction, cart.price, cart.currency],
			[null, null, null, null, null],
		);
	});

	it('writes a redelivery over its row, and nothing of a test or a stranger', async () => {
		const id = await start();
		const before = (await stack.client.executions(id)).length;
		await subscriber('twice');
		const [row] = await settled(id, before + 1);
		const [{ id: deliveryId, url, body }] = emulator.hotmart.deliveries;
		await emulator.hotmart.redeliver(deliveryId);
		await emulator.hotmart.redeliver(deliveryId, { newId: true });
		const kept = await settled(id, before + 3);
		assert.deepEqual(
			kept.map(({ eventKey, id: number }) => [eventKey, number]),
			[[row.eventKey, row.id]],
		);

		await emulator.hotmart.testButton('PURCHASE_APPROVED');
		const forged = await fetch(url, {
			method: 'POST',
			headers: { 'content-type': 'application/json', 'x-hotmart-hottok': 'guessed' },
			body: JSON.stringify(body),
		});
		assert.equal(forged.status, 401);
		await subscriber('last');
		assert.equal((await settled(id, before + 4)).length, 2);
	});

	it('that is gone makes the execution fail, for all to see', async () => {
		const id = await start();
		const before = (await stack.client.executions(id)).length;
		await stack.client.request('DELETE', `${TABLES}/${project}/data-tables/${table}`);
		table = undefined;
		await subscriber('lost');
		const [{ status }] = await executions(id, before + 1);
		assert.equal(status, 'error');
	});
});

describe('Win Back', () => {
	const FILE = 'win-back.json';
	const soon = { overdueDays: SECOND, canceledDays: SECOND };

	/** The workflow, active. */
	async function start(settings = {}) {
		const id = await add(FILE, { ...soon, ...settings });
		await listen(id);
		return { id, before: (await stack.client.executions(id)).length };
	}
	/** Who was asked by Hotmart to come back, and whether to be charged then. */
	const asked = () =>
		writes()
			.filter(({ path }) => path.endsWith('/reactivate'))
			.map(({ body }) => body);
	const negotiations = () => writes().filter(({ path }) => path.endsWith('/negotiate'));
	/** Lets something happen to people while no event gets out, so that all is done before the workflow hears of the first. */
	async function meanwhile(work: () => Promise<void>) {
		emulator.hotmart.hold();
		await work();
		await emulator.hotmart.release();
	}

	it('asks who has canceled to come back, without charging', async () => {
		const { id, before } = await start();
		const { email, code } = await subscriber('left');
		await emulator.hotmart.cancel(code);
		const [{ status }] = await executions(id, before + 1);
		assert.equal(status, 'success');

		assert.deepEqual(asked(), [{ subscriber_code: [code], charge: false }]);
		const [mail, ...more] = mailbox.mails;
		assert.deepEqual(more, []);
		assert.deepEqual(
			{ from: mail.from, to: mail.to, subject: mail.subject },
			{ from: SENDER, to: [email], subject: 'Your place in Guitar from Zero' },
		);
		assert.match(mail.text, /^Hello Ana Souza,[^]*within three days[^]*on its usual day/);
		assert.doesNotMatch(mail.text, /undefined|null|\{\{/);

		await emulator.hotmart.acceptReactivation(code);
		assert.equal(emulator.hotmart.findSubscription(code)?.status, 'ACTIVE');
	});

	it('reminds who is overdue, with a Pix code that pays', async () => {
		const { id, before } = await start();
		const { email, code } = await subscriber('late');
		await emulator.hotmart.failCharge(code);
		await executions(id, before + 1);

		const [{ to, subject, text }, ...more] = mailbox.mails;
		assert.deepEqual(more, []);
		assert.deepEqual({ to, subject }, { to: [email], subject: 'Your payment for Guitar from Zero' });
		const subscription = emulator.hotmart.findSubscription(code);
		assert.deepEqual(
			negotiations().map(({ body }) => body),
			[{ subscription_id: subscription?.id, recurrences: [2], payment_type: 'PIX' }],
		);
		const sale = emulator.hotmart.sales.find(({ isNegotiation }) => isNegotiation);
		assert.ok(sale);
		assert.ok(text.includes(`00020126${sale.transaction.toLowerCase()}\n`), text);
		assert.doesNotMatch(text, /undefined|null|Invalid|\{\{/);
		assert.deepEqual(asked(), []);

		await emulator.hotmart.pay(sale.transaction);
		assert.equal(subscription?.status, 'ACTIVE');
	});

	it('reminds without Pix where there is none', async () => {
		const { id, before } = await start();
		emulator.fail({ vendor: 'hotmart', path: /negotiate/, kind: 'status', status: 403 });
		const refused = await subscriber('refused');
		await emulator.hotmart.failCharge(refused.code);
		await executions(id, before + 1);
		planOf(monthly).price.currency = 'EUR';
		const abroad = await subscriber('abroad');
		await emulator.hotmart.failCharge(abroad.code);
		await executions(id, before + 2);
		assert.deepEqual(
			mailbox.mails.map(({ to }) => to),
			[[refused.email], [abroad.email]],
		);
		for (const { text } of mailbox.mails)
			assert.match(text, /did not go through[^]*purchases at Hotmart\.\n\nIf you have paid/);
		assert.equal(negotiations().length, 1, 'only the one that was refused');
	});

	it('writes to nobody who has paid, came back, got money back, or was canceled by the seller', async () => {
		const { id, before } = await start();
		const { hotmart } = emulator;
		await meanwhile(async () => {
			const paid = await subscriber('paid');
			await hotmart.pay((await hotmart.failCharge(paid.code)).transaction);
			const back = await subscriber('back');
			await hotmart.cancel(back.code);
			await hotmart.reactivate(back.code);
			const anew = await subscriber('anew');
			await hotmart.cancel(anew.code);
			await subscriber('anew', { email: anew.email, planId: annual });
			await hotmart.refund((await subscriber('refunded')).transaction);
			await hotmart.chargeback((await subscriber('disputed')).transaction);
			const asking = await subscriber('asking');
			await hotmart.requestRefund(asking.transaction);
			await hotmart.cancel(asking.code);
			await hotmart.cancel((await subscriber('thrown-out')).code, 'seller');
			// Canceled since: the event of that has a wait of its own
			const both = await subscriber('both');
			await hotmart.failCharge(both.code);
			await hotmart.cancel(both.code, 'seller');
		});
		const wanted = hotmart.deliveries.filter(({ event }) =>
			['PURCHASE_DELAYED', 'SUBSCRIPTION_CANCELLATION'].includes(event),
		);
		assert.equal(wanted.length, 9);
		for (const { status } of await executions(id, before + wanted.length)) assert.equal(status, 'success');
		assert.deepEqual(mailbox.mails, []);
		assert.deepEqual(writes(), []);
	});

	it('writes to nobody twice', async () => {
		const { id, before } = await start({ charge: true, offerPix: false });
		const { email, code } = await subscriber('often');
		await emulator.hotmart.cancel(code);
		await executions(id, before + 1);
		assert.deepEqual(asked(), [{ subscriber_code: [code], charge: true }]);
		assert.match(mailbox.mails[0].text, /The next payment is made right away/);

		// The same person with another subscription, in other letters, then with an overdue one
		const second = await subscriber('often', { email: email.toUpperCase() });
		await emulator.hotmart.cancel(second.code);
		await executions(id, before + 2);
		const third = await subscriber('often', { email });
		await emulator.hotmart.failCharge(third.code);
		await emulator.hotmart.failCharge(third.code);
		await executions(id, before + 4);
		assert.deepEqual(mailbox.mails.length, 1);
		assert.equal(asked().length, 1);
	});

	it('writes nothing, and fails, when Hotmart refuses to reactivate', async () => {
		const { id, before } = await start();
		emulator.fail({
			vendor: 'hotmart',
			path: /reactivate/,
			kind: 'status',
			status: 400,
			body: { error: 'it_can_not_reactivate_subscription' },
		});
		await emulator.hotmart.cancel((await subscriber('gone')).code);
		const [{ id: execution, status }] = await executions(id, before + 1);
		assert.equal(status, 'error');
		assert.match((await stack.client.execution(execution)).data.resultData.error.message, /reactivate/i);
		assert.deepEqual(mailbox.mails, []);
	});

	it('waits for as many days as the settings say', async () => {
		const { id, before } = await start({ overdueDays: 3 });
		await emulator.hotmart.failCharge((await subscriber('patient')).code);
		const waiting = await waitFor(async () => {
			const all = await stack.client.executions(id);
			return (
				all.length > before &&
				all[0].status === 'waiting' &&
				(await stack.client.request('GET', `/rest/executions/${all[0].id}`))
			);
		}, 'the execution to wait');
		const days = ((Date.parse(waiting.waitTill) - Date.parse(waiting.startedAt)) * SECOND) / 1000;
		assert.ok(Math.abs(days - 3) < 0.01, `${days} days`);
		assert.deepEqual(emulator.requests, []);
		assert.deepEqual(mailbox.mails, []);
	});
});

describe('Cancel or Reactivate a List', () => {
	const FILE = 'bulk-cancel-or-reactivate.json';
	const PREVIEW = 'Preview, change nothing';
	const DO_IT = 'Do it now';
	let browser: Awaited<ReturnType<typeof openBrowser>>;
	/** What n8n itself reads and writes spreadsheets with. */
	let xlsx: any;
	let url: string;
	let id: string;

	before(async () => {
		browser = await openBrowser();
		const nodes = createRequire(join(stack.installation, 'node_modules', 'n8n-nodes-base', 'package.json'));
		xlsx = nodes(release === 'lts' ? 'xlsx' : '@e965/xlsx');
	});
	after(async () => await browser?.close());
	beforeEach(async () => {
		id = await add(FILE);
		await stack.client.activate(id);
		const { nodes } = await stack.client.workflow(id);
		const form = nodes.find(({ type }) => type.endsWith('formTrigger'));
		url = `${stack.n8n}/form/${form?.webhookId}`;
		// The form answers nobody without the password, but not before n8n has registered it
		await waitFor(async () => (await fetch(url)).status === 401, `n8n to register ${url}`);
	});

	/**
	 * Fills in the form as a person does.
	 * @returns what the last page
	 * says, and the rows of the spreadsheet that it downloads
	 */
	async function submit(
		{ name, content }: { name: string; content: string | Buffer },
		action: string,
		mode: string,
	): Promise<{ title: string; report?: Array<Record<string, string | number>>; fileName?: string }> {
		const context = await (browser.page.context().browser() as Browser).newContext({
			httpCredentials: { username: 'owner', password: 'only me' },
		});
		try {
			const page = await context.newPage();
			page.setDefaultTimeout(60_000);
			await page.goto(url);
			await page.locator('input[type=file]').setInputFiles({
				name,
				mimeType: 'application/octet-stream',
				buffer: typeof content === 'string' ? Buffer.from(content) : content,
			});
			await page.getByLabel('What to do').selectOption(action);
			await page.getByLabel('Preview first?').selectOption(mode);
			const downloads: Download[] = [];
			page.on('download', (download) => downloads.push(download));
			await page.locator('#submit-btn').click();
			const title =
				(
					await page
						.getByText(/rows (done|possible)|invited by e-mail|has no rows|cannot be read/)
						.first()
						.textContent()
				)?.trim() ?? '';
			await page.screenshot({ path: join(artifacts, `list-${name.replace(/\W/g, '-')}.png`) });
			const [{ status }] = await executions(id, 1);
			assert.equal(status, 'success');
			if (!title.includes(' of ')) return { title };
			await waitFor(() => downloads.length > 0, 'the download');
			const book = xlsx.read(await buffer(await downloads[0].createReadStream()));
			return {
				title,
				fileName: downloads[0].suggestedFilename(),
				report: xlsx.utils.sheet_to_json(book.Sheets.Report, { defval: '' }),
			};
		} finally {
			await context.close();
		}
	}

	it('previews a CSV file as Excel writes it in Brazil, and changes nothing', async () => {
		const ana = await subscriber('ana');
		const bia = await subscriber('bia');
		await emulator.hotmart.cancel(bia.code);
		const content = `\uFEFFNome;Código do assinante\r\nAna;${ana.code}\r\n;\r\nBia;${bia.code}\r\nNobody;XXXXXXXX\r\n\r\nNo code;\r\nAgain; ${ana.code} \r\n`;
		const { title, report, fileName } = await submit({ name: 'assinantes.csv', content }, 'Cancel', PREVIEW);
		assert.equal(title, '2 of 5 rows possible');
		assert.match(fileName ?? '', /^cancel-\d{4}-\d\d-\d\d-\d{4}\.xlsx$/);
		const action = 'Cancel';
		assert.deepEqual(report, [
			{
				row: 1,
				subscriberCode: ana.code,
				action,
				result: 'possible',
				reason: 'The subscription is active',
				email: ana.email,
				until: '',
			},
			{
				row: 2,
				subscriberCode: bia.code,
				action,
				result: 'not possible',
				reason: 'The subscription is canceled by customer',
				email: bia.email,
				until: '',
			},
			{
				row: 3,
				subscriberCode: 'XXXXXXXX',
				action,
				result: 'failed',
				reason: report?.[2].reason,
				email: '',
				until: '',
			},
			{
				row: 4,
				subscriberCode: '',
				action,
				result: 'failed',
				reason: 'There is no subscriber code in this row',
				email: '',
				until: '',
			},
			{
				row: 5,
				subscriberCode: ana.code,
				action,
				result: 'possible',
				reason: 'The subscription is active',
				email: ana.email,
				until: '',
			},
		]);
		assert.match(String(report?.[2].reason), /no subscription with the code XXXXXXXX/);
		assert.deepEqual(writes(), []);
	});

	it('cancels a long XLSX list in few requests, and says for each row what came of it', async () => {
		const codes: string[] = [];
		for (let index = 0; index < 60; index += 1) codes.push((await subscriber('many')).code);
		await emulator.hotmart.cancel(codes[7]);
		const list = [...codes.slice(0, 30), '', codes[0], 'XXXXXXXX', ...codes.slice(30)];
		const sheet = xlsx.utils.json_to_sheet(
			list.map((code, index) => ({ Name: `Person ${index}`, subscriber_code: code })),
		);
		const book = xlsx.utils.book_new();
		xlsx.utils.book_append_sheet(book, sheet, 'People');
		const { title, report = [] } = await submit(
			{ name: 'people.xlsx', content: xlsx.write(book, { type: 'buffer', bookType: 'xlsx' }) },
			'Cancel without an e-mail to the subscriber',
			DO_IT,
		);
		assert.equal(title, '60 of 63 rows done');
		assert.deepEqual(
			report.map(({ subscriberCode }) => subscriberCode),
			list,
		);
		const failed = report
			.filter(({ result }) => result !== 'done')
			.map(({ row, result, reason }) => [row, result, reason]);
		assert.deepEqual(
			failed.map(([row, result]) => [row, result]),
			[
				[8, 'failed'],
				[31, 'failed'],
				[33, 'failed'],
			],
		);
		assert.match(
			String(failed[0][2]),
			/^The subscription \w+ is already canceled or has ended\. Nothing needs to be done\. \(SUBSCRIPTION_ALREADY_CANCELED_OR_OVERDUE\)$/,
		);
		assert.equal(failed[1][2], 'There is no subscriber code in this row');

		const sent = writes().map(({ path, body }) => ({
			path,
			...(body as { subscriber_code: string[]; send_mail: boolean }),
		}));
		assert.deepEqual(
			sent.map(({ path, send_mail, subscriber_code }) => [path.split('/').pop(), send_mail, subscriber_code.length]),
			[
				['cancel', false, 50],
				['cancel', false, 11],
			],
		);
		assert.deepEqual(new Set(sent.flatMap(({ subscriber_code }) => subscriber_code)), new Set([...codes, 'XXXXXXXX']));
		const states = codes.map((code) => emulator.hotmart.findSubscription(code)?.status);
		assert.deepEqual(
			states,
			codes.map((_code, index) => (index === 7 ? 'CANCELLED_BY_CUSTOMER' : 'CANCELLED_BY_SELLER')),
		);
	});

	it('asks for reactivation, charging only when that was chosen', async () => {
		const left = await subscriber('left');
		await emulator.hotmart.cancel(left.code);
		const active = await subscriber('active');
		const content = `code,why\n${left.code},"moved, back now"\n${active.code},\n`;
		const { title, report } = await submit({ name: 'back.csv', content }, 'Reactivate', DO_IT);
		assert.equal(title, '1 of 2 invited by e-mail');
		assert.deepEqual(
			report?.map(({ result }) => result),
			['waitingForSubscriber', 'failed'],
		);
		assert.match(
			String(report?.[0].reason),
			/sent an e-mail to the subscriber\. Nothing changes until the subscriber accepts/,
		);
		assert.ok(Date.parse(String(report?.[0].until)) > Date.now() + 2 * 86_400_000);
		assert.equal(report?.[1].until, '');
		assert.match(String(report?.[1].reason), /^The subscription \w{8} is already active/);
		assert.equal(emulator.hotmart.findSubscription(left.code)?.reactivation?.charge, false);
	});

	it('asks for reactivation and a charge', async () => {
		const left = await subscriber('left');
		await emulator.hotmart.cancel(left.code);
		const { title } = await submit(
			{ name: 'charge.csv', content: `Subscriber code\n${left.code}\n` },
			'Reactivate and charge when the subscriber accepts',
			DO_IT,
		);
		assert.equal(title, '1 of 1 invited by e-mail');
		assert.equal(emulator.hotmart.findSubscription(left.code)?.reactivation?.charge, true);
	});

	it('says for every row that Hotmart refuses everything', async () => {
		const { code } = await subscriber('kept');
		emulator.fail({ vendor: 'hotmart', path: /cancel/, kind: 'status', status: 403, times: 5 });
		const { title, report = [] } = await submit(
			{ name: 'refused.csv', content: `code\n${code}\nYYYYYYYY\n` },
			'Cancel',
			DO_IT,
		);
		assert.equal(title, '0 of 2 rows done');
		for (const { result, reason } of report)
			assert.ok(result === 'failed' && String(reason).includes('403'), `${result}: ${reason}`);
		assert.equal(emulator.hotmart.findSubscription(code)?.status, 'ACTIVE');
	});

	for (const [name, content, says] of [
		['empty.csv', '', 'The file cannot be read'],
		['header.csv', 'code,name\n', 'The file has no rows'],
		['picture.xlsx', '\x89PNG\r\n\x1a\n', 'The file cannot be read'],
		['letter.docx', 'PK\x03\x04 and no more', 'The file cannot be read'],
	]) {
		it(`changes nothing for ${name}`, async () => {
			assert.equal((await submit({ name, content: Buffer.from(content, 'latin1') }, 'Cancel', DO_IT)).title, says);
			assert.deepEqual(emulator.requests, []);
		});
	}
});
