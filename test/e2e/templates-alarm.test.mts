/** The template that tells a person of a failed execution, by its effect. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { nextExecution, release, somebody, useStack, waitFor } from '../n8n/harness.mts';
import { completeTemplate, readTemplate } from '../n8n/stack.mts';

let stack: Awaited<ReturnType<typeof useStack>>;
const imported: string[] = [];

before(async () => (stack = await useStack()));
after(async () => {
	for (const id of imported) await stack.client.deleteWorkflow(id);
	await stack?.close();
});

/** Imports a workflow. */
async function add(workflow: object) {
	const { id } = await stack.client.importWorkflow(workflow);
	imported.push(id);
	return id;
}

/** A published workflow that fails for each request. */
async function addFailing(errorWorkflow: string | undefined, name: string) {
	const id = await add({
		name,
		nodes: [
			{
				name: 'Start',
				type: 'n8n-nodes-base.webhook',
				typeVersion: 2,
				position: [0, 0],
				parameters: { httpMethod: 'POST', path: name },
			},
			{
				name: 'Course',
				type: 'n8n-nodes-base.stopAndError',
				typeVersion: 1,
				position: [200, 0],
				parameters: { errorMessage: 'No such course "Guitar"' },
			},
		],
		connections: { Start: { main: [[{ node: 'Course', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1', ...(errorWorkflow && { errorWorkflow }) },
	});
	await stack.client.activate(id);
	// Each request that gets in starts one execution
	await stack.client.waitForWebhook(`${stack.n8n}/webhook/${name}`);
	return id;
}

describe('Tell a Person When a Workflow Fails', () => {
	it('sends a mail that says which workflow failed, where, why, and links to the execution', async () => {
		const { client, credentials, dashboard } = stack;
		const toEmail = somebody('alarm');
		const template = await completeTemplate(client, await readTemplate('tell-a-person.json'), credentials);
		for (const { parameters } of template.nodes) if ('toEmail' in parameters) parameters.toEmail = toEmail;
		const id = await add(template);
		// As its note says: n8n 1 starts it without
		if (release === 'current') await client.activate(id);
		const watched = await addFailing(id, 'alarm-watched');
		const other = await addFailing(undefined, 'alarm-other');

		const tellsEach = async () => {
			const failed = await client.executions(watched);
			const mails = (await dashboard.mails()).filter(({ to }) => to.includes(toEmail));
			return failed.length > 0 && mails.length === failed.length && { failed, mails };
		};
		await nextExecution(client, watched, 0);
		await nextExecution(client, other, 0);
		const { failed, mails } = await waitFor(tellsEach, 'a mail for each failed execution');
		for (const { subject, text } of mails) {
			assert.equal(subject, 'Failed: alarm-watched');
			assert.match(text, /The workflow "alarm-watched" failed\.\s+Node: Course\s+Error: No such course "Guitar"/);
			assert.ok(failed.some((execution) => text.includes(`/workflow/${watched}/executions/${execution.id}`)));
		}
	});
});
