/** The templates that start with an event of Teachable, each by its effect. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { startEmulator } from '../emulator/index.ts';
import { nextExecution, somebody, useStack } from '../n8n/harness.mts';
import { DEMO, completeTemplate, credentialData, readTemplate } from '../n8n/stack.mts';

const { guitar } = DEMO.courses;

let stack: Awaited<ReturnType<typeof useStack>>;
let emulator: Awaited<ReturnType<typeof startEmulator>>;
const created: string[] = [];
const imported: string[] = [];

/** Imports a template as a person completes it, publishes it, and has events of the school sent to it. */
async function start(file: string, events: string[]) {
	const { hotmartApi, teachableApi } = credentialData(emulator);
	const credentials = { ...stack.credentials };
	for (const [type, data] of Object.entries({ hotmartApi, teachableApi })) {
		const credential = await stack.client.createCredential({ name: 'Teachable templates', type, data });
		created.push(credential.id);
		Object.assign(credentials, { [type]: credential });
	}
	const template = await completeTemplate(stack.client, await readTemplate(file), credentials);
	const { id } = await stack.client.importWorkflow(template);
	imported.push(id);
	const [url] = await stack.client.activate(id);
	emulator.teachable.registerWebhook({ url: `${url}?secret=${DEMO.teachable.webhookUrlEnd}`, events });
	return id;
}

before(async () => {
	stack = await useStack();
	emulator = await startEmulator({ teachable: { rateLimitPerMinute: 1e6 } });
});
after(async () => {
	for (const id of imported) await stack.client.deleteWorkflow(id);
	for (const id of created) await stack.client.request('DELETE', `/rest/credentials/${id}`);
	await emulator?.close();
	await stack?.close();
});

describe('Course Completed', () => {
	it('sends one mail, with the certificate and a coupon that Hotmart knows', async () => {
		const { teachable } = emulator;
		const id = await start('course-completed.json', ['Enrollment.completed']);
		const email = somebody('completed');
		teachable.addUser({ email, name: 'Mia Lopes' });
		await teachable.enroll(email, guitar);
		const { sections } = teachable.courses.find((course) => course.id === guitar)!;
		for (const lecture of sections.flatMap(({ lectures }) => lectures))
			await teachable.completeLecture(email, guitar, lecture.id);
		const execution = await nextExecution(stack.client, id, 0);
		assert.equal(execution.status, 'success');
		const mails = async () => (await stack.dashboard.mails()).filter(({ to }) => to.includes(email));
		const [mail, ...others] = await mails();
		assert.deepEqual(others, []);
		assert.equal(mail?.subject, 'You have completed Guitar from Zero');
		assert.match(mail?.text ?? '', /^Hello Mia Lopes,[^]*Your certificate has the number cert_\w+\./);
		const [, code = ''] = /the code (NEXT\w+) takes 20 % off/.exec(mail?.text ?? '') ?? [];
		assert.ok(JSON.stringify(emulator.snapshot()).includes(`"code":"${code}","discount":0.2`), `Hotmart knows ${code}`);

		// Another event of the same completion brings no second mail
		await teachable.redeliver(teachable.deliveries.at(-1)!.id, { newId: true });
		const again = await nextExecution(stack.client, id, Number(execution.id));
		assert.equal(again.status, 'success');
		assert.equal((await mails()).length, 1);
	});
});
