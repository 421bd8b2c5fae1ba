/** The templates that let students in and out, each in a real n8n against an emulator of its own. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';

import { startEmulator } from '../emulator/index.ts';
import type { ExecutionSummary, WorkflowNode } from '../n8n/client.mts';
import { outputOf, release, shownAsMissing, useStack, waitFor } from '../n8n/harness.mts';
import { setUpSync, type SyncSettings } from '../n8n/demo-settings.mts';
import { DEMO, completeTemplate, credentialData, readTemplate } from '../n8n/stack.mts';
import { startMailbox } from '../n8n/stand-ins.mts';

const DAY = 86_400_000;
const { products, plans, courses } = DEMO;
const { guitar, masterclass, songwriting } = courses;

let stack: Awaited<ReturnType<typeof useStack>>;
let emulator: Awaited<ReturnType<typeof startEmulator>>;
let mailbox: Awaited<ReturnType<typeof startMailbox>>;
let credentials: Record<string, { id: string; name: string }>;
let workflows: string[] = [];

before(async () => {
	stack = await useStack();
	emulator = await startEmulator({
		hotmart: { rateLimitPerMinute: 1e6, deliveryTimeoutMs: 30_000 },
		teachable: { rateLimitPerMinute: 1e6 },
	});
	mailbox = await startMailbox();
	// These templates only read from Hotmart
	const { hotmartApi, teachableApi } = credentialData(emulator, { hotmart: 'readOnly' });
	const { client } = stack;
	credentials = {
		hotmartApi: await client.createCredential({
			name: 'Hotmart (access templates)',
			type: 'hotmartApi',
			data: hotmartApi,
		}),
		teachableApi: await client.createCredential({
			name: 'Teachable (access templates)',
			type: 'teachableApi',
			data: teachableApi,
		}),
		smtp: await client.createCredential({
			name: 'Mailbox (access templates)',
			type: 'smtp',
			data: { host: '127.0.0.1', port: mailbox.port, secure: false, disableStartTls: true, user: '', password: '' },
		}),
	};
});
afterEach(async () => {
	for (const id of workflows) await stack.client.deleteWorkflow(id);
	workflows = [];
	emulator.reset();
	mailbox.mails.length = 0;
});
after(async () => {
	for (const { id } of Object.values(credentials ?? {}))
		await stack.client.request('DELETE', `/rest/credentials/${id}`);
	await mailbox?.close();
	await emulator?.close();
	await stack?.close();
});

/**
 * Imports a template as a creator does.
 * @param options fill: the settings, too; change: nodes by name
 * @returns id of the workflow
 */
async function importTemplate(
	file: string,
	{ fill = true, change = () => {} }: { fill?: boolean; change?: (nodes: Record<string, WorkflowNode>) => void } = {},
): Promise<string> {
	const template = await readTemplate(file);
	const given = { ...credentials, hotmartWebhookApi: stack.credentials.hotmartWebhookApi };
	const complete = await completeTemplate(stack.client, template, given);
	// Credentials are chosen in any case
	const workflow = fill
		? complete
		: {
				...template,
				nodes: template.nodes.map((node, index) => ({ ...node, credentials: complete.nodes[index]?.credentials })),
			};
	change(Object.fromEntries(workflow.nodes.map((node) => [node.name, node])));
	const { id } = await stack.client.importWorkflow(workflow);
	workflows.push(id);
	return id;
}

/** Imports and activates a template, and has the emulated Hotmart send its events there. */
async function activate(...args: Parameters<typeof importTemplate>) {
	const id = await importTemplate(...args);
	const [url = ''] = await stack.client.activate(id);
	emulator.hotmart.registerWebhook({ url });
	return id;
}

/**
 * Lets something happen at Hotmart, and waits for the executions of its events to end or to wait.
 * @param events that the workflow listens to
 * @returns newest first
 */
async function happening<T>(
	workflowId: string,
	happen: () => Promise<T>,
	events = 1,
): Promise<{ result: T; executions: ExecutionSummary[] }> {
	const { client } = stack;
	const newest = Number((await client.executions(workflowId))[0]?.id ?? 0);
	const result = await happen();
	const executions = await waitFor(
		async () => {
			const recent = (await client.executions(workflowId)).filter(({ id }) => Number(id) > newest);
			return recent.length >= events && recent.every(({ status }) => !['new', 'running'].includes(status)) && recent;
		},
		`${events} executions`,
		60_000,
	);
	return { result, executions };
}

/** The enrollments that were asked for, in their order: such as `enroll 2966495`. */
const writes = () =>
	emulator.requests
		.filter(({ vendor, method, path }) => vendor === 'teachable' && method === 'POST' && /\/(un)?enroll$/.test(path))
		.map(({ path, body }) => `${path.split('/').at(-1)} ${(body as { course_id: number }).course_id}`);

const coursesOf = (email: string) =>
	emulator.teachable.courses.map(({ id }) => id).filter((id) => emulator.teachable.isEnrolled(email, id));

/** A purchase of the guitar course. */
const sale = (email: string, planId: number = plans.monthly) =>
	emulator.hotmart.buy({ email, name: 'Ana Souza', productId: products.guitar, planId });

/** A subscription that began so long ago that its next charge is due. */
async function oldSale(email: string) {
	emulator.clock.advance(-32 * DAY);
	const { subscriberCode = '' } = await sale(email);
	emulator.clock.advance(32 * DAY);
	return subscriberCode;
}

const ana = 'ana@students.example';
const bia = 'bia@students.example';

/** Leaves one course for everybody, as somebody does who sells one product. */
const oneCourse = (courseId: number) => (nodes: Record<string, WorkflowNode>) => {
	const { table: _table, ...parameters } = nodes['Apply Access']!.parameters;
	const chosen = { __rl: true, mode: 'id', value: String(courseId) };
	nodes['Apply Access']!.parameters = { ...parameters, courseFrom: 'chosen', courseId: chosen };
};

describe('Hotmart to Teachable', () => {
	const file = 'hotmart-to-teachable.json';

	it('tests the set-up: a test person goes into the course and out again, and the last node shows it', async () => {
		const execution = await stack.client.run(await importTemplate(file), 'Test the Setup');
		assert.equal(execution.status, 'success');
		assert.deepEqual(writes(), [`enroll ${guitar}`, `unenroll ${guitar}`]);
		assert.deepEqual(
			outputOf(execution, 'Apply Access').map(({ result, email }) => [result, email]),
			[
				['enrolled', 'hotmart.test@example.com'],
				['unenrolled', 'hotmart.test@example.com'],
			],
		);
		assert.deepEqual(coursesOf('hotmart.test@example.com'), []);
	});

	it('says what is missing: the course, and the products before it can be published', async () => {
		const { client } = stack;
		const id = await importTemplate(file, { fill: false });
		assert.deepEqual(await shownAsMissing(stack, await client.workflow(id)), [
			'Apply Access: Parameter "Course" is required.',
		]);
		if (release === 'lts') await assert.rejects(client.run(id, 'Test the Setup'), /The workflow has issues/);
		else {
			const { status, data } = await client.run(id, 'Test the Setup');
			assert.equal(status, 'error');
			assert.match(JSON.stringify(data.resultData.error), /Course\\*" is required/);
		}
		assert.deepEqual(writes(), []);

		const withCourse = await importTemplate(file, {
			change: (nodes) => (nodes['Hotmart Trigger']!.parameters.selectedProducts = []),
		});
		await assert.rejects(client.activate(withCourse), /Choose the products, or All/);
	});

	it('opens the course of each plan and product, and only for the chosen products', async () => {
		const id = await activate(file);
		await happening(id, () => sale(ana));
		await happening(id, () => emulator.hotmart.buy({ email: ana, productId: products.songwriting }));
		assert.deepEqual(coursesOf(ana), [guitar, songwriting]);

		emulator.hotmart.removeWebhook(emulator.hotmart.webhooks[0]?.id ?? 0);
		const single = await activate(file, {
			change: (nodes) => {
				Object.assign(nodes['Hotmart Trigger']!.parameters, {
					selectedProducts: [],
					productIds: String(products.guitar),
				});
				oneCourse(masterclass)(nodes);
			},
		});
		await emulator.hotmart.buy({ email: bia, productId: products.songwriting });
		await happening(single, () => sale(bia));
		assert.deepEqual(coursesOf(bia), [masterclass]);
	});

	it('ends access at once after a cancellation or a refund', async () => {
		const id = await activate(file);
		const { result } = await happening(id, async () => [await sale(ana), await sale(bia)], 2);
		await happening(id, () => emulator.hotmart.cancel(result[0]?.subscriberCode ?? ''));
		await happening(id, () => emulator.hotmart.refund(result[1]?.transaction ?? ''), 2);
		assert.deepEqual([coursesOf(ana), coursesOf(bia)], [[], []]);
	});

	it('lets a switched student into the new course before the old one closes, and never out of a course of both', async () => {
		const id = await activate(file);
		const { result } = await happening(id, () => sale(ana));
		await happening(id, () => emulator.hotmart.switchPlan(result.subscriberCode ?? '', plans.annual), 2);
		// The payment of the new plan is an event of its own, before or after
		const order = writes().filter((write, index, all) => all.indexOf(write) === index);
		assert.deepEqual(order, [`enroll ${guitar}`, `enroll ${masterclass}`, `unenroll ${guitar}`]);
		assert.deepEqual(coursesOf(ana), [masterclass]);

		emulator.hotmart.removeWebhook(emulator.hotmart.webhooks[0]?.id ?? 0);
		const same = await activate(file, { change: oneCourse(masterclass) });
		await happening(same, () => emulator.hotmart.switchPlan(result.subscriberCode ?? '', plans.monthly));
		assert.deepEqual(coursesOf(ana), [masterclass]);
	});

	it('tells a person when something failed, and shows it in red', async () => {
		const id = await activate(file, {
			change: ({ 'E-Mail: Something Failed': node }) => {
				Object.assign(node!, { disabled: false });
				Object.assign(node!.parameters, { fromEmail: 'school@example.com', toEmail: 'owner@example.com' });
			},
		});
		emulator.fail({ vendor: 'teachable', path: '/v1/*', kind: 'status', status: 403, times: 100 });
		const { executions } = await happening(id, () => sale(ana));
		assert.equal(executions[0]?.status, 'error');
		const [mail] = mailbox.mails;
		assert.deepEqual(mail?.to, ['owner@example.com']);
		assert.match(mail?.text ?? '', /403[^]*Open Executions.*press Retry/);
	});
});

describe('Hotmart to Teachable, Until the Paid Period Ends', () => {
	const file = 'until-paid-period-ends.json';

	it('keeps a canceled student in until the paid period ends, and a student who came back for good', async () => {
		const id = await activate(file);
		const { hotmart, teachable } = emulator;
		const { result: codes } = await happening(
			id,
			async () => [await sale(ana), await sale(bia)].map(({ subscriberCode = '' }) => subscriberCode),
			2,
		);
		const end = Date.now() + 15_000;
		for (const code of codes) Object.assign(hotmart.findSubscription(code) ?? {}, { nextCharge: end });
		const [anas = '', bias = ''] = codes;
		const { executions } = await happening(
			id,
			async () => {
				await hotmart.cancel(anas);
				await hotmart.cancel(bias);
				await hotmart.reactivate(bias);
				assert.ok(teachable.isEnrolled(ana, guitar) && teachable.isEnrolled(bia, guitar), 'the period is not over');
			},
			2,
		);
		assert.ok(executions.every(({ status }) => status === 'success'));
		assert.deepEqual(coursesOf(ana), []);
		assert.deepEqual(coursesOf(bia), [guitar]);
		const unenrolled = emulator.requests.filter(({ path }) => path === '/v1/unenroll');
		assert.equal(unenrolled.length, 1);
		assert.ok((unenrolled[0]?.at ?? 0) >= end);
	});

	it('ends what one product opens, and keeps what another still opens', async () => {
		const workshop = () => emulator.hotmart.buy({ email: ana, productId: products.songwriting });
		const buyBoth = async () => {
			await sale(ana);
			return await workshop();
		};
		const id = await activate(file);
		const { result } = await happening(id, buyBoth, 2);
		await happening(id, () => emulator.hotmart.refund(result.transaction));
		assert.deepEqual(coursesOf(ana), [guitar], 'each product has a course of its own');

		emulator.hotmart.removeWebhook(emulator.hotmart.webhooks[0]?.id ?? 0);
		const same = await activate(file, { change: oneCourse(guitar) });
		const { result: second } = await happening(same, workshop);
		await happening(same, () => emulator.hotmart.refund(second.transaction));
		assert.deepEqual(coursesOf(ana), [guitar], 'the guitar subscription still opens it');
	});

	it('waits for weeks without a running process', async () => {
		const id = await activate(file);
		const { result } = await happening(id, () => sale(ana));
		const code = result.subscriberCode ?? '';
		const { executions } = await happening(id, () => emulator.hotmart.cancel(code));
		const [{ id: executionId = '', status = '' } = {}] = executions;
		assert.equal(status, 'waiting');
		const { waitTill } = (await stack.client.execution(executionId)) as unknown as { waitTill?: string };
		const end = emulator.hotmart.findSubscription(code)?.nextCharge ?? 0;
		assert.ok(Math.abs(Date.parse(waitTill ?? '') - end) < 10_000, `${waitTill} is not ${new Date(end).toISOString()}`);
		assert.deepEqual(coursesOf(ana), [guitar]);
	});

	it('gives a failed charge days of grace, and none when they are set to none', async () => {
		const id = await activate(file);
		const { result: code } = await happening(id, () => oldSale(ana));
		const { executions } = await happening(id, () => emulator.hotmart.failCharge(code));
		assert.deepEqual(
			executions.map(({ status }) => status),
			['waiting'],
		);
		assert.deepEqual(coursesOf(ana), [guitar]);

		emulator.hotmart.removeWebhook(emulator.hotmart.webhooks[0]?.id ?? 0);
		const strict = await activate(file, {
			change: (nodes) => Object.assign(nodes['Hotmart Trigger']?.parameters ?? {}, { graceDays: 0 }),
		});
		await happening(strict, () => emulator.hotmart.failCharge(code));
		assert.deepEqual(coursesOf(ana), []);
	});

	it('ends access at once after a refund, but not while another subscription opens the course', async () => {
		const id = await activate(file);
		const { result } = await happening(id, async () => [await sale(ana), await sale(ana)], 2);
		// A refund of the first payment sends a cancellation, too
		await happening(id, () => emulator.hotmart.refund(result[0]?.transaction ?? ''), 2);
		assert.deepEqual(coursesOf(ana), [guitar]);
		await happening(id, () => emulator.hotmart.chargeback(result[1]?.transaction ?? ''), 2);
		assert.deepEqual(coursesOf(ana), []);
	});

	it('lets a switched student in at once, and leaves the old course open while it is paid', async () => {
		const id = await activate(file);
		const { result } = await happening(id, () => sale(ana));
		await happening(id, () => emulator.hotmart.switchPlan(result.subscriberCode ?? '', plans.annual), 2);
		assert.deepEqual(coursesOf(ana), [guitar, masterclass]);
	});

	it('locks nobody out when Hotmart cannot be asked', async () => {
		const id = await activate(file);
		const { result } = await happening(id, () => sale(ana));
		emulator.fail({ vendor: 'hotmart', path: '/payments/*', kind: 'status', status: 403, times: 100 });
		const { executions } = await happening(id, () => emulator.hotmart.refund(result.transaction), 2);
		// The cancellation that comes with it waits for the end of the paid period, and asks then
		assert.deepEqual(executions.map(({ status }) => status).sort(), ['error', 'waiting']);
		assert.deepEqual(coursesOf(ana), [guitar]);
	});
});

describe('Sync Students', () => {
	const guest = 'rosa@students.example';
	const sync = (settings: SyncSettings = {}, mail = false) =>
		importTemplate('sync-students.json', {
			change: (nodes) => {
				setUpSync(Object.values(nodes), settings);
				const report = { fromEmail: 'school@example.com', toEmail: 'owner@example.com' };
				if (mail)
					Object.assign(nodes['E-Mail: Report']!, { disabled: false }).parameters = {
						...nodes['E-Mail: Report']!.parameters,
						...report,
					};
			},
		});
	const run = async (id: string) => {
		const execution = await stack.client.run(id, 'Run Now');
		const report: string[] = outputOf(execution, 'Report').flatMap(({ text }) => text.split('\n'));
		return { ...execution, message: String(execution.data.resultData.error?.message ?? ''), report: report.sort() };
	};

	it('says what is missing: a row of the table', async () => {
		await sale(ana);
		const id = await importTemplate('sync-students.json', { fill: false });
		const { status, message } = await run(id);
		assert.equal(status, 'error');
		assert.match(message, /^Failed: [^\n]*The table has no rows\. Add one[^\n]*$/);
		assert.deepEqual(writes(), []);
	});

	it('is a dry run until that is switched off', async () => {
		await sale(ana);
		const { status, report } = await run(await sync());
		assert.equal(status, 'success');
		assert.deepEqual(report, [`Planned: enroll ${ana}, Guitar from Zero`]);
		assert.deepEqual(writes(), []);
	});

	it('repairs what webhooks missed, mails it once, and leaves alone whom the keep list names', async () => {
		const { hotmart, teachable } = emulator;
		await sale(ana, plans.annual);
		await hotmart.buy({ email: ana, productId: products.songwriting });
		teachable.addEnrollment({ email: bia, courseId: masterclass, enrolledAt: Date.now() - DAY });
		const rows = [
			{ value: plans.annual, course: masterclass },
			{ value: products.songwriting, course: songwriting },
			// The same course by another product
			{ value: products.songwriting, course: masterclass },
		];
		const id = await sync({ rows, dryRun: false, removalLimit: 50, keep: guest }, true);
		const { status, report, message } = await run(id);
		assert.equal(status, 'success', message);
		assert.deepEqual(report, [
			`Done: enroll ${ana}, Guitar Masterclass`,
			`Done: enroll ${ana}, Songwriting Workshop`,
			`Done: unenroll ${bia}, Guitar Masterclass`,
		]);
		assert.deepEqual(coursesOf(ana), [songwriting, masterclass]);
		assert.deepEqual(coursesOf(bia), []);
		assert.deepEqual(coursesOf(guest), [masterclass]);
		assert.deepEqual(
			mailbox.mails.map(({ to, subject }) => ({ to, subject })),
			[{ to: ['owner@example.com'], subject: 'Sync Students: 3 changes' }],
		);

		assert.deepEqual((await run(id)).report, [], 'all is right now');
		assert.equal(mailbox.mails.length, 1);
	});

	it('leaves in a student who was enrolled while it ran', async () => {
		await sale(ana, plans.annual);
		emulator.teachable.addEnrollment({ email: bia, courseId: masterclass });
		const { status } = await run(await sync({ dryRun: false, removalLimit: 100, keep: guest }));
		assert.equal(status, 'success');
		assert.deepEqual(coursesOf(bia), [masterclass]);
	});

	it('changes nothing when Hotmart cannot be read, and empties no course when it lists nobody', async () => {
		emulator.teachable.seedStudents(guitar, 20);
		const id = await sync({ dryRun: false });
		assert.equal((await run(id)).status, 'success');

		await sale(ana, plans.annual);
		emulator.fail({ vendor: 'hotmart', path: '/payments/*', kind: 'status', status: 403, times: 100 });
		assert.equal((await run(id)).status, 'error');
		assert.deepEqual(writes(), []);
		assert.equal(emulator.teachable.enrolledEmails(guitar).length, 20);
	});

	it('removes nobody beyond the limit, enrolls the missing all the same, and fails and mails so that somebody looks', async () => {
		emulator.teachable.seedStudents(guitar, 20);
		await sale(ana);
		const { status, message } = await run(await sync({ dryRun: false }, true));
		assert.equal(status, 'error');
		assert.match(message, new RegExp(`Done: enroll ${ana}, Guitar from Zero`));
		assert.match(message, /Guitar from Zero: 20 of 20 students would be removed .* The limit of 10% allows 2/);
		assert.equal(emulator.teachable.enrolledEmails(guitar).length, 21);
		assert.equal(mailbox.mails[0]?.subject, 'Sync Students needs you');
	});

	it('goes on when one person fails, and tells it', async () => {
		await sale(ana);
		await sale(bia);
		emulator.fail({
			vendor: 'teachable',
			method: 'POST',
			path: '/v1/users',
			kind: 'status',
			status: 422,
			body: { message: 'Student limit reached' },
		});
		const { status, message } = await run(await sync({ dryRun: false }));
		assert.equal(status, 'error');
		assert.match(message, /Failed: [^\n]*Student limit reached/);
		assert.equal(emulator.teachable.enrolledEmails(guitar).length, 1);
	});
});
