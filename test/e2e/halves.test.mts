/** The two halves as they are released: from their tarballs into an n8n that has nothing else, and each runs. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { packHalves } from '../../tools/release/pack-halves.mts';
import { HALVES, renameTypes } from '../../tools/split.mts';
import type { Workflow } from '../n8n/client.mts';
import { keepForSearch, nextExecution, release, somebody } from '../n8n/harness.mts';
import { packageFolder } from '../n8n/process.mts';
import { DEMO, completeTemplate, readTemplate, startStack } from '../n8n/stack.mts';

const { guitar } = DEMO.courses;

let dataDir = '';
let stack: Awaited<ReturnType<typeof startStack>>;
before(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'halves-'));
	const tarballs = packHalves(join(dataDir, 'tarballs'));
	const emulation = { teachable: { rateLimitPerMinute: 1e6 } };
	stack = await startStack({ dataDir, release, templates: [], tarballs, emulation });
});
after(async () => {
	await stack?.stop();
	if (!dataDir) return;
	await keepForSearch('halves', dataDir);
	await rm(dataDir, { recursive: true, force: true });
});

/** A template as the installed half brings it. */
async function shipped(half: string, file: string): Promise<Workflow> {
	return JSON.parse(await readFile(join(packageFolder(dataDir, half), 'templates', file), 'utf8'));
}

/** Imports a workflow as a person completes it. */
async function importComplete(workflow: Workflow) {
	const { client, credentials } = stack;
	return (await client.importWorkflow(await completeTemplate(client, workflow, credentials))).id;
}

describe('the halves in n8n', () => {
	it('bring their nodes and credentials, and nothing of the whole package is there', async () => {
		const { client, credentials } = stack;
		for (const { name, types } of HALVES)
			for (const type of types) assert.ok(await client.nodeType(`${name}.${type}`), `${name}.${type}`);
		assert.equal(await client.nodeType('n8n-nodes-hotmart-teachable.hotmart'), undefined);
		const { hotmartApi, hotmartWebhookApi, teachableApi, teachableWebhookApi } = credentials;
		for (const { id, name } of [hotmartApi, hotmartWebhookApi, teachableApi, teachableWebhookApi])
			assert.equal((await client.testCredential(id)).status, 'OK', name);
	});

	it('bring templates that can be imported as they are', async () => {
		const { client } = stack;
		for (const { name } of HALVES) {
			const folder = join(packageFolder(dataDir, name), 'templates');
			const files = (await readdir(folder)).filter((file) => file.endsWith('.json'));
			assert.ok(files.length > 0, name);
			for (const file of files) {
				const template = await shipped(name, file);
				for (const { type, typeVersion } of template.nodes)
					assert.ok((await client.nodeType(type))?.versions.includes(typeVersion), `${file}: ${type} ${typeVersion}`);
				await client.deleteWorkflow((await client.importWorkflow(template)).id);
			}
		}
	});

	/** Publishes a workflow that lets buyers in, sells something, and waits for the student. */
	async function sell(workflow: Workflow) {
		const { client, emulator } = stack;
		const id = await importComplete(workflow);
		const [url = ''] = await client.activate(id);
		const webhook = emulator.hotmart.registerWebhook({ url });
		const email = somebody('halves');
		await emulator.hotmart.buy({
			email,
			name: 'Lia Prado',
			productId: DEMO.products.guitar,
			planId: DEMO.plans.monthly,
		});
		const execution = await nextExecution(client, id, 0);
		assert.equal(execution.status, 'success', execution.text.slice(0, 2000));
		const user = emulator.teachable.findUser(email);
		assert.ok(user, `${email} is a student`);
		assert.deepEqual(
			emulator.teachable.enrollments.filter(({ userId }) => userId === user.id).map(({ courseId }) => courseId),
			[guitar],
		);
		emulator.hotmart.removeWebhook(webhook.id);
		await client.deleteWorkflow(id);
	}

	it('let a buyer in: the Hotmart half takes the webhook, the Teachable half enrolls', async () =>
		await sell(await shipped('n8n-nodes-hotmart', 'hotmart-to-teachable.json')));

	it('run a workflow of the whole package whose node types were replaced', async () => {
		const whole = await readTemplate('hotmart-to-teachable.json');
		await sell(JSON.parse(renameTypes(JSON.stringify(whole))));
	});

	it('run a template of the Teachable half, which needs no other package', async () => {
		const { client, emulator } = stack;
		const email = somebody('halves-away');
		emulator.teachable.addUser({ email, name: 'Mia Lopes', lastSignInAt: Date.now() - 20 * 86_400_000 });
		emulator.teachable.addEnrollment({ email, courseId: guitar, enrolledAt: Date.now() - 60 * 86_400_000 });
		const id = await importComplete(await shipped('n8n-nodes-teachable', 'student-inactive.json'));
		const run = await client.run(id, 'Run Now');
		assert.equal(run.status, 'success', run.text.slice(0, 2000));
		const mails = emulator.mails.filter(({ to }) => to.includes(email));
		assert.deepEqual(
			mails.map(({ subject }) => subject),
			['Shall we go on with Guitar from Zero?'],
		);
	});
});
