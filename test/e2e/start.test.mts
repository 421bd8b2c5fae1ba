/** `npm start` as a person uses it: look, stop, go on later, and what it says when a port is taken. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';

import { N8nClient } from '../n8n/client.mts';
import { Dashboard, keepForSearch, waitFor } from '../n8n/harness.mts';
import { ensureN8n } from '../n8n/install.mts';
import { connectMcp, TEMPLATE_TOOLS } from '../n8n/mcp.mts';
import { isFree, root } from '../n8n/process.mts';
import { DEMO, OWNER, anyPorts, readTemplate, templateFiles } from '../n8n/stack.mts';

const email = 'ana.souza@students.example';

let dataDir: string;
let ports: Awaited<ReturnType<typeof anyPorts>>;
/** What the first start has made. */
let credentials: Awaited<ReturnType<N8nClient['credentials']>>;
const running: Set<ChildProcess> = new Set();

/**
 * Starts the script; `output` grows, `ended` is its exit code.
 *
 * @param project folder of the project
 */
function start(project = root, options: string[] = []) {
	const flags = Object.entries(ports).flatMap(([name, port]) => [`--${name}-port`, String(port)]);
	const script = join(project, 'tools', 'start.mts');
	const child = spawn(process.execPath, ['--import', 'tsx', script, '--data', dataDir, ...flags, ...options], {
		cwd: project,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	running.add(child);
	const demo = {
		output: '',
		ended: new Promise<number | null>((resolve) =>
			child.once('close', (code) => {
				running.delete(child);
				resolve(code);
			}),
		),
		/** What Ctrl-C does. */
		interrupt: () => child.kill('SIGINT'),
	};
	for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => void (demo.output += chunk));
	return demo;
}

/** Waits until the script says that it is ready. */
async function started(...how: Parameters<typeof start>) {
	const demo = start(...how);
	let code: number | null | undefined;
	void demo.ended.then((value) => (code = value));
	await waitFor(
		() => demo.output.includes('Ctrl-C ends everything') || code !== undefined,
		() => `the start: ${demo.output}`,
		15 * 60_000,
	);
	assert.equal(code, undefined, demo.output);
	const client = new N8nClient(`http://127.0.0.1:${ports.n8n}`, (await ensureN8n()).dir);
	await client.signIn(OWNER);
	return {
		...demo,
		get output() {
			return demo.output;
		},
		client,
		dashboard: new Dashboard(`http://127.0.0.1:${ports.page}`),
	};
}

async function stop(demo: { interrupt: () => void; ended: Promise<number | null> }) {
	demo.interrupt();
	assert.equal(await demo.ended, 0);
	for (const port of Object.values(ports)) assert.ok(await isFree(port), `port ${port} is still in use`);
}

/** Ends what a failed test has left running, so that the next test does not fail for it. */
async function endAll() {
	for (const child of running) child.kill('SIGTERM');
	await waitFor(() => running.size === 0, 'npm start to end');
}

before(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'hotmart-teachable-start-'));
	ports = await anyPorts();
});
after(async () => {
	await endAll();
	await keepForSearch('start', dataDir);
	await rm(dataDir, { recursive: true, force: true });
});

describe('npm start', () => {
	afterEach(endAll);

	it('says where everything is, runs the main job, and ends with Ctrl-C', async () => {
		const demo = await started();
		const { output, dashboard } = demo;
		for (const text of [
			`http://127.0.0.1:${ports.n8n}`,
			`http://127.0.0.1:${ports.page}`,
			OWNER.email,
			OWNER.password,
			'Buy',
		]) {
			assert.ok(output.includes(text), `${text} is not in:\n${output}`);
		}
		await dashboard.live('buy', { email, name: 'Ana Souza', productId: DEMO.products.guitar });
		await dashboard.waitForCourses(email, [DEMO.courses.guitar]);

		// Every template is there. The first is published, and the MCP server, which only reads: the others' triggers change nothing
		const workflows = await demo.client.workflows();
		const names = await Promise.all((await templateFiles()).map(async (file) => (await readTemplate(file)).name));
		assert.deepEqual(workflows.map(({ name }) => name).sort(), names.sort());
		// As the editor asks for the list
		const [first] = await demo.client.request('GET', '/rest/workflows?sortBy=updatedAt:desc');
		assert.equal(first.name, 'Hotmart to Teachable', 'the published one is the first in the list');
		const details = await Promise.all(workflows.map(async ({ id }) => await demo.client.workflow(id)));
		assert.deepEqual(
			details
				.filter(({ activeVersionId }) => activeVersionId)
				.map(({ name }) => name)
				.sort(),
			['Hotmart to Teachable', 'MCP Server'],
		);
		assert.equal((await dashboard.state()).webhooks.length, 1);
		const main = details.find(({ name }) => name === 'Hotmart to Teachable');
		assert.deepEqual(
			(await demo.client.executions()).map(({ workflowId }) => workflowId),
			[main?.id],
		);

		credentials = await demo.client.credentials();
		assert.equal(new Set(credentials.map(({ name }) => name)).size, credentials.length);
		// The forms of the demo open with the one login that a newcomer has
		const forms = credentials.filter(({ type }) => type === 'httpBasicAuth');
		assert.deepEqual(
			forms.map(({ name }) => name),
			['Forms (the login of this n8n)'],
		);

		const second = start();
		assert.equal(await second.ended, 1, second.output);
		assert.match(second.output, new RegExp(`Port ${ports.n8n}.*is in use[^]*--n8n-port`));
		await stop(demo);
	});

	it('goes on where it ended and creates nothing twice', async () => {
		const demo = await started();
		const { client, dashboard } = demo;
		assert.deepEqual(await dashboard.coursesOf(email), [DEMO.courses.guitar]);
		const idsOf = (rows: typeof credentials) => rows.map(({ id }) => id).sort();
		assert.deepEqual(idsOf(await client.credentials()), idsOf(credentials));
		const workflows = await client.workflows();
		assert.equal(workflows.length, (await templateFiles()).length);
		assert.equal(new Set(workflows.map(({ name }) => name)).size, workflows.length);
		const { webhooks, subscribers } = await dashboard.state();
		assert.equal(webhooks.length, 1);

		const subscriberCode = subscribers.find((row) => row.email === email)?.subscriberCode;
		await dashboard.live('cancel', { subscriberCode });
		await dashboard.waitForCourses(email, []);
		await stop(demo);
	});

	it('follows its parts to other ports', async () => {
		ports = await anyPorts();
		const demo = await started();
		const { client, dashboard } = demo;
		assert.equal((await dashboard.state()).webhooks.length, 1);
		for (const { id, type } of await client.credentials()) {
			// The others are only compared with, there is nothing to test them against
			if (!['hotmartWebhookApi', 'httpBasicAuth', 'httpBearerAuth'].includes(type))
				assert.deepEqual([type, (await client.testCredential(id)).status], [type, 'OK']);
		}
		// What the demo sends by e-mail stands on the page
		const report = (await client.workflows()).find(({ name }) => name === 'Subscriber Report');
		assert.equal((await client.run(String(report?.id), 'Run Now')).status, 'success');
		assert.deepEqual(
			(await dashboard.mails()).map(({ to }) => to),
			[['owner@example.com']],
		);
		const other = 'bruno.lima@students.example';
		await dashboard.live('buy', { email: other, productId: DEMO.products.guitar });
		await dashboard.waitForCourses(other, [DEMO.courses.guitar]);
		await stop(demo);
	});

	it('has an MCP server that an assistant connects to with what the terminal and the page say', async () => {
		const demo = await started();
		const [, url = '', token = ''] = demo.output.match(/MCP server +(http:\S+)\n +token +(\S+)/) ?? [];
		const { connection } = await demo.dashboard.state();
		assert.deepEqual([connection['MCP server URL'], connection['MCP server token']], [url, token]);
		assert.equal(new URL(url).hostname, '127.0.0.1');

		const stranger = await fetch(url, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
		assert.equal(stranger.status, 403);
		const assistant = await connectMcp({ url, token });
		assert.deepEqual(await assistant.tools(), TEMPLATE_TOOLS);
		const mia = 'mia.prado@students.example';
		await demo.dashboard.live('buy', { email: mia, productId: DEMO.products.guitar });
		assert.match(JSON.stringify(await assistant.call('Check Access', { email: mia })), /hasAccess\\*":true/);
		await stop(demo);
	});

	it('opens its forms with the login of n8n', async () => {
		const demo = await started();
		const { client } = demo;
		const basic = Buffer.from(`${OWNER.email}:${OWNER.password}`).toString('base64');
		let forms = 0;
		for (const { id } of await client.workflows()) {
			const { nodes } = await client.workflow(id);
			const form = nodes.find(({ type }) => type === 'n8n-nodes-base.formTrigger');
			if (!form) continue;
			forms += 1;
			const url = `${client.url}/form/${form.webhookId}`;
			await client.activate(id);
			// Nobody else may; before n8n has registered the form, there is nothing to open
			await waitFor(async () => (await fetch(url)).status === 401, `n8n to register ${url}`);
			const response = await fetch(url, { headers: { authorization: `Basic ${basic}` } });
			assert.equal(response.status, 200, form.name);
			assert.ok((await response.text()).includes(String(form.parameters.formTitle)));
			await client.deactivate(id);
		}
		assert.ok(forms > 0, 'no workflow of the demo has a form');
		await stop(demo);
	});

	it('with --watch has n8n load what was changed in the code', async () => {
		// A copy, so that no other test builds the change
		const project = await mkdtemp(join(tmpdir(), 'hotmart-teachable-watch-'));
		try {
			const left = ['.git', '.demo', 'dist', 'node_modules'];
			await cp(root, project, { recursive: true, filter: (path) => !left.includes(basename(path)) });
			await symlink(join(root, 'node_modules'), join(project, 'node_modules'));
			const demo = await started(project, ['--watch']);
			const shown = async () => JSON.stringify(await demo.client.request('GET', '/types/nodes.json'));
			const changed = 'Read when the show starts';
			assert.ok(!(await shown()).includes(changed));

			const file = join(project, 'nodes', 'Hotmart', 'resources', 'event', 'get.ts');
			const code = await readFile(file, 'utf8');
			await writeFile(file, code.replace('Read when an event starts', changed));
			// n8n writes the list anew; while it does so, the list cannot be read
			await waitFor(
				async () => (await shown().catch(() => '')).includes(changed),
				() => `n8n to load the change: ${demo.output}`,
				60_000,
			);
			await stop(demo);
		} finally {
			await rm(project, { recursive: true, force: true });
		}
	});
});
