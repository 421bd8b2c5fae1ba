/** What a power cut and a day without n8n leave behind, and how one run puts it right. On an n8n of its own, which may be killed. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';

import { startEmulator } from '../emulator/index.ts';
import { setUpSync } from '../n8n/demo-settings.mts';
import { Dashboard, keepForSearch, outputOf, release, waitFor } from '../n8n/harness.mts';
import { ensureN8n } from '../n8n/install.mts';
import { freePorts, installPackage, startN8n } from '../n8n/process.mts';
import { DEMO, OWNER, completeTemplate, credentialData, readTemplate } from '../n8n/stack.mts';

const HOUR = 3_600_000;
const { guitar: product } = DEMO.products;
const { monthly, annual }: { monthly: number; annual: number } = DEMO.plans;
const { guitar, masterclass } = DEMO.courses;

let dataDir: string;
let emulator: Awaited<ReturnType<typeof startEmulator>>;
let n8n: Awaited<ReturnType<typeof startN8n>>;
let installation: Awaited<ReturnType<typeof ensureN8n>>;
let ports: { n8n: number; broker: number };
const credentials: Record<string, { id: string; name: string }> = {};

/** Starts n8n, again on the same data and ports after the first time. */
async function start() {
	n8n = await startN8n(installation, { ports, dataDir });
	await n8n.client.signIn(OWNER);
}

before(async () => {
	installation = await ensureN8n({ release });
	dataDir = await mkdtemp(join(tmpdir(), 'hotmart-teachable-outages-'));
	const [main, broker] = await freePorts(2);
	ports = { n8n: main, broker };
	emulator = await startEmulator({
		hotmart: { rateLimitPerMinute: 1e6, deliveryTimeoutMs: 60_000 },
		teachable: { rateLimitPerMinute: 1e6 },
	});
	await installPackage(dataDir);
	await start();
	for (const [type, data] of Object.entries(credentialData(emulator, { hotmart: 'readOnly' }))) {
		credentials[type] = await n8n.client.createCredential({ name: type, type, data });
	}
});
afterEach(() => emulator.reset());
after(async () => {
	await n8n?.stop();
	await emulator?.close();
	if (!dataDir) return;
	await keepForSearch('outages', dataDir);
	await rm(dataDir, { recursive: true, force: true });
});

/** Imports a template as a creator does, and lets it change something. */
async function importTemplate(file: string) {
	const workflow = await completeTemplate(n8n.client, await readTemplate(file), credentials);
	if (file === 'sync-students.json') setUpSync(workflow.nodes, { dryRun: false, removalLimit: 50 });
	return (await n8n.client.importWorkflow(workflow)).id;
}

const email = (name: string, number: number) => `${name}-${number}@students.example`;
const writes = (path: string) => emulator.count({ vendor: 'teachable', method: 'POST', path: `/v1/${path}` });

describe('n8n killed in the middle of Set Students', () => {
	it('leaves a part of the work, which the next run finishes without doing anything twice', async (t) => {
		const { hotmart, teachable, clock } = emulator;
		// Yesterday, so that nobody was enrolled too recently to be removed
		clock.advance(-24 * HOUR);
		const [WANTED, EXTRA] = [240, 20];
		const wanted = Array.from({ length: WANTED }, (_unused, index) => email('wanted', index));
		for (const [index, address] of wanted.entries()) {
			await hotmart.buy({ email: address, productId: product, planId: monthly });
			// Two thirds are known to the school, one third is in the course already
			if (index % 3 === 0) teachable.addEnrollment({ email: address, courseId: guitar });
			else if (index % 3 === 1) teachable.addUser({ email: address });
		}
		const extra = Array.from({ length: EXTRA }, (_unused, index) => email('extra', index));
		for (const address of extra) teachable.addEnrollment({ email: address, courseId: guitar });
		const enrolled = WANTED / 3 + EXTRA;
		assert.equal(teachable.enrolledEmails(guitar).length, enrolled);
		clock.advance(24 * HOUR);

		const sync = await importTemplate('sync-students.json');
		const running = n8n.client.run(sync, 'Run Now').then(
			() => 'ended',
			() => 'gone',
		);
		const isHalfDone = async () =>
			writes('enroll') >= 30 || (await Promise.race([running, Promise.resolve('')])) === 'ended';
		await waitFor(isHalfDone, 'Set Students to be in the middle of its work', 180_000);
		await n8n.kill();
		assert.equal(await running, 'gone', 'n8n was killed before the run has ended');

		const middle = teachable.enrolledEmails(guitar);
		t.diagnostic(`${writes('enroll')} enrolled and ${writes('unenroll')} unenrolled when n8n was killed`);
		assert.ok(
			middle.length > enrolled && middle.length < WANTED + EXTRA,
			`the work was half done: ${middle.length} are in the course`,
		);
		assert.equal(writes('unenroll'), 0, 'who is missing comes in before anybody goes out');

		await start();
		const before = { enroll: writes('enroll'), users: writes('users') };
		const [interrupted] = await n8n.client.executions(sync);
		assert.ok(
			['crashed', 'error', 'canceled'].includes(interrupted.status),
			`n8n shows that the run was cut short: ${interrupted.status}`,
		);
		const missing = wanted.filter((address) => !middle.includes(address));
		const execution = await n8n.client.run(sync, 'Run Now', 300_000);
		assert.equal(execution.status, 'success', JSON.stringify(execution.data.resultData.error ?? {}));
		assert.deepEqual(teachable.enrolledEmails(guitar), [...wanted].sort());
		assert.equal(writes('enroll') - before.enroll, missing.length, 'only who was missing is enrolled');
		const created = missing.filter((address) => Number(address.match(/\d+/)) % 3 === 2).length;
		assert.ok([created, created - 1].includes(writes('users') - before.users), 'only who was unknown is created');
		assert.equal(
			new Set(teachable.users.map((user) => user.email)).size,
			teachable.users.length,
			'nobody was created twice',
		);
		const lists = teachable.enrollments.filter(({ courseId, endedAt }) => courseId === guitar && endedAt === null);
		assert.equal(lists.length, wanted.length, 'nobody was enrolled twice');
		await n8n.client.deleteWorkflow(sync);
	});
});

describe('a webhook URL that was down for a day', () => {
	it('is switched off by Hotmart, which its dashboard shows, and one reconciliation repairs everything', async (t) => {
		const { hotmart, teachable, clock } = emulator;
		const dashboard = new Dashboard(emulator.page.url);
		clock.advance(-48 * HOUR);
		const reactive = await importTemplate('hotmart-to-teachable.json');
		const sync = await importTemplate('sync-students.json');
		const [url = ''] = await n8n.client.activate(reactive);
		const { id: webhook } = hotmart.registerWebhook({ url });
		const buy = async (address: string, planId = monthly) => {
			const { subscriberCode: code = '', transaction } = await hotmart.buy({
				email: address,
				productId: product,
				planId,
			});
			return { address, code, transaction };
		};
		const months: Array<Awaited<ReturnType<typeof buy>>> = [];
		const years: typeof months = [];
		for (let index = 0; index < 12; index++) {
			months.push(await buy(email('month', index)));
			years.push(await buy(email('year', index), annual));
		}
		const outside = () => [
			...months.filter(({ address }) => !teachable.isEnrolled(address, guitar)),
			...years.filter(({ address }) => !teachable.isEnrolled(address, masterclass)),
		];
		await waitFor(
			() => outside().length === 0,
			() =>
				`these to be enrolled while n8n is up: ${outside()
					.map(({ address }) => address)
					.join(', ')}`,
			120_000,
		);

		await n8n.stop();
		const known = hotmart.deliveries.length;
		// Hours apart somebody leaves in one of the ways, comes, or changes the plan
		const [canceled, refunded, expired, switched, disputed, ...faithful] = months;
		const [removed, ...loyal] = years;
		const events = [
			() => hotmart.cancel(canceled.code),
			() => buy(email('newcomer', 0)),
			() => hotmart.refund(refunded.transaction),
			() => hotmart.expire(expired.code),
			() => hotmart.switchPlan(switched.code, annual),
			() => buy(email('newcomer', 1), annual),
			() => hotmart.chargeback(disputed.transaction),
			() => hotmart.cancel(removed.code, 'admin'),
		];
		for (let hour = 0; hour < 24; hour++) {
			await events[hour % 3 === 0 ? hour / 3 : -1]?.();
			clock.advance(HOUR);
		}
		const lost = hotmart.deliveries.slice(known);
		assert.ok(lost.length >= 5 && lost.every(({ status }) => status === -1), 'no event has arrived');
		const inactive = (await dashboard.state()).webhooks.filter(({ active }) => !active);
		assert.deepEqual(
			inactive.map(({ id }) => id),
			[webhook],
			"Hotmart's dashboard shows the webhook as inactive",
		);

		await start();
		await n8n.client.waitForWebhook(url);
		// Nothing tells n8n of it: the URL works again, and still no event comes
		await buy(email('newcomer', 2));
		assert.equal(hotmart.deliveries.length, known + lost.length, 'an inactive webhook sends nothing');
		clock.advance(24 * HOUR);
		const students = () => [guitar, masterclass].map((course) => teachable.enrolledEmails(course));
		const should = [
			[...faithful.map(({ address }) => address), email('newcomer', 0), email('newcomer', 2)],
			[...loyal.map(({ address }) => address), switched.address, email('newcomer', 1)],
		].map((course) => course.sort());
		assert.notDeepEqual(students(), should, 'the day has done damage');
		const execution = await n8n.client.run(sync, 'Run Now', 300_000);
		assert.equal(execution.status, 'success', JSON.stringify(execution.data.resultData.error ?? {}));
		t.diagnostic(
			outputOf(execution, 'Report')
				.map(({ text }) => text)
				.join(' '),
		);

		assert.deepEqual(students(), should);

		// Switched on again by its owner, the webhook works as before
		hotmart.removeWebhook(webhook);
		hotmart.registerWebhook({ url });
		await buy(email('newcomer', 3));
		await waitFor(() => teachable.isEnrolled(email('newcomer', 3), guitar), 'the newcomer to be enrolled', 60_000);
		for (const id of [reactive, sync]) await n8n.client.deleteWorkflow(id);
	});
});
