/** The templates that let students in and out, each in a real n8n against an emulator of its own. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';

import { startEmulator } from '../emulator/index.ts';
import type { ExecutionSummary, WorkflowNode } from '../n8n/client.mts';
import { outputOf, useStack, waitFor } from '../n8n/harness.mts';
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

/**
 * Changes assignments of a Set node.
 * @param values by name
 */
function assign(node: WorkflowNode | undefined, values: Record<string, unknown>) {
	for (const assignment of node?.parameters.assignments.assignments ?? []) {
		if (assignment.name in values) assignment.value = values[assignment.name];
	}
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

describe('Hotmart to Teachable', () => {
	const file = 'hotmart-to-teachable.json';

	it('tests the set-up: a test person goes into each course and out again, in sequence', async () => {
		const id = await importTemplate(file);
		const execution = await stack.client.run(id, 'Test the Setup');
		assert.equal(execution.status, 'success');
		assert.deepEqual(writes(), [
			`enroll ${guitar}`,
			`enroll ${masterclass}`,
			`unenroll ${guitar}`,
			`unenroll ${masterclass}`,
		]);
		const results = outputOf(execution, 'Test Result');
		assert.deepEqual(
			results.map(({ courseId }) => courseId),
			[guitar, masterclass],
		);
		for (const { result } of results)
			assert.match(result, /^It works: hotmart\.test@example\.com was put into course \d+ and out again\.$/);
		assert.deepEqual(coursesOf('hotmart.test@example.com'), []);
		assert.deepEqual(outputOf(execution, 'Enroll'), []);
	});

	it('leaves a test person in the course who was there before', async () => {
		emulator.teachable.addEnrollment({ email: 'hotmart.test@example.com', courseId: guitar });
		const execution = await stack.client.run(await importTemplate(file), 'Test the Setup');
		assert.equal(execution.status, 'success');
		assert.deepEqual(coursesOf('hotmart.test@example.com'), [guitar]);
		assert.deepEqual(
			writes().filter((write) => write.startsWith('unenroll')),
			[`unenroll ${masterclass}`],
		);
	});

	it('says what is missing when no course was chosen', async () => {
		const execution = await stack.client.run(await importTemplate(file, { fill: false }), 'Test the Setup');
		assert.equal(execution.status, 'error');
		assert.match(execution.data.resultData.error.message, /The field "Course" is empty/);
		assert.deepEqual(writes(), []);
	});

	it('lets a switched student into the new course before the old one closes, and never out of a course of both', async () => {
		const id = await activate(file);
		const { result } = await happening(id, () => sale(ana));
		await happening(id, () => emulator.hotmart.switchPlan(result.subscriberCode ?? '', plans.annual));
		assert.deepEqual(writes(), [`enroll ${guitar}`, `enroll ${masterclass}`, `unenroll ${guitar}`]);
		assert.deepEqual(coursesOf(ana), [masterclass]);

		const same = await activate(file, {
			change: (nodes) => assign(nodes['Choose the Course'], { courseByPlan: '{}' }),
		});
		emulator.hotmart.removeWebhook(emulator.hotmart.webhooks[0]?.id ?? 0);
		await happening(same, () => emulator.hotmart.switchPlan(result.subscriberCode ?? '', plans.monthly));
		assert.deepEqual(writes().slice(3), [`enroll ${guitar}`]);
	});
});

describe('Kinder access', () => {
	const file = 'kinder-access.json';

	it('keeps a canceled student in until the paid period ends, and whoever came back for good', async () => {
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
			3,
		);
		assert.deepEqual(
			executions.map(({ status }) => status),
			['success', 'success', 'success'],
		);
		assert.deepEqual(coursesOf(ana), []);
		assert.deepEqual(coursesOf(bia), [guitar]);
		const unenrolled = emulator.requests.filter(({ path }) => path === '/v1/unenroll');
		assert.deepEqual(
			unenrolled.map(({ body }) => body),
			[{ user_id: teachable.findUser(ana)?.id, course_id: guitar }],
		);
		assert.ok((unenrolled[0]?.at ?? 0) >= end);
	});

	it('keeps who has another product, unless the trigger is for one product only', async () => {
		const workshop = () => emulator.hotmart.buy({ email: ana, productId: products.songwriting });
		const id = await activate(file);
		const { result } = await happening(
			id,
			async () => {
				await sale(ana);
				return await workshop();
			},
			2,
		);
		await happening(id, () => emulator.hotmart.refund(result.transaction));
		assert.deepEqual(coursesOf(ana), [guitar]);

		emulator.hotmart.removeWebhook(emulator.hotmart.webhooks[0]?.id ?? 0);
		const single = await activate(file, {
			change: ({ 'Hotmart Trigger': node }) => {
				if (node) node.parameters.filters = { productIds: String(products.songwriting) };
			},
		});
		const { result: second } = await happening(single, workshop);
		await happening(single, () => emulator.hotmart.refund(second.transaction));
		assert.deepEqual(coursesOf(ana), []);
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

	it('moves a switched student, and keeps the old course while another subscription opens it', async () => {
		const id = await activate(file);
		const { result: first } = await happening(id, () => sale(ana));
		await happening(id, () => emulator.hotmart.switchPlan(first.subscriberCode ?? '', plans.annual));
		assert.deepEqual(writes(), [`enroll ${guitar}`, `enroll ${masterclass}`, `unenroll ${guitar}`]);

		const { result } = await happening(id, async () => [await sale(bia), await sale(bia)], 2);
		await happening(id, () => emulator.hotmart.switchPlan(result[0]?.subscriberCode ?? '', plans.annual));
		assert.deepEqual(coursesOf(bia), [guitar, masterclass]);
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

describe('Many products to many courses', () => {
	const file = 'products-to-courses.json';
	const withRows = (rows: Record<string, number[]>) => ({
		change: ({ 'Open and Close Courses': node }: Record<string, WorkflowNode>) => {
			if (node)
				node.parameters.table = {
					rows: Object.entries(rows).map(([value, list]) => ({
						value,
						course: { __rl: true, mode: 'id', value: [list].flat().join(',') },
					})),
				};
		},
	});

	it('opens the courses of each product and plan, and shows a sale without a row', async () => {
		const id = await activate(file);
		const { hotmart } = emulator;
		await happening(
			id,
			async () => {
				await sale(ana);
				await sale(bia, plans.annual);
				await hotmart.buy({ email: bia, productId: products.songwriting });
			},
			3,
		);
		assert.deepEqual(coursesOf(ana), [guitar]);
		assert.deepEqual(coursesOf(bia), [songwriting, masterclass]);

		const before = writes().length;
		const { executions } = await happening(id, () => hotmart.buy({ email: ana, productId: products.concert }));
		const [row] = outputOf(await stack.client.execution(executions[0]?.id ?? ''), 'Not in the Table');
		assert.match(
			row?.message,
			new RegExp(`fits product ${products.concert} \\(Unplugged Evening\\).*no course of ${ana}`),
		);
		assert.equal(writes().length, before);
	});

	it('closes only what no other purchase opens', async () => {
		const id = await activate(
			file,
			withRows({ [plans.annual]: [guitar, masterclass], [products.songwriting]: [songwriting, masterclass] }),
		);
		const { hotmart } = emulator;
		const { result } = await happening(
			id,
			async () => {
				const workshop = await hotmart.buy({ email: ana, productId: products.songwriting });
				return { workshop, guitar: await sale(ana, plans.annual) };
			},
			2,
		);
		assert.deepEqual(coursesOf(ana), [guitar, songwriting, masterclass]);
		await happening(id, () => hotmart.refund(result.workshop.transaction));
		assert.deepEqual(coursesOf(ana), [guitar, masterclass]);
		await happening(id, () => hotmart.cancel(result.guitar.subscriberCode ?? ''));
		assert.deepEqual(coursesOf(ana), []);
		assert.equal(writes().filter((write) => write === `unenroll ${masterclass}`).length, 1);
	});

	it('moves at a switch of plans, first in, then out, and shows a plan without a row', async () => {
		const id = await activate(file, withRows({ [plans.monthly]: [guitar], [plans.annual]: [masterclass] }));
		const { result } = await happening(id, () => sale(ana));
		await happening(id, () => emulator.hotmart.switchPlan(result.subscriberCode ?? '', plans.annual));
		assert.deepEqual(writes(), [`enroll ${guitar}`, `enroll ${masterclass}`, `unenroll ${guitar}`]);

		emulator.hotmart.removeWebhook(emulator.hotmart.webhooks[0]?.id ?? 0);
		const partial = await activate(file, withRows({ [plans.annual]: [masterclass] }));
		const { executions } = await happening(partial, () =>
			emulator.hotmart.switchPlan(result.subscriberCode ?? '', plans.monthly),
		);
		const rows = outputOf(await stack.client.execution(executions[0]?.id ?? ''), 'Not in the Table');
		assert.match(rows[0]?.message, new RegExp(`plan ${plans.monthly}`));
	});

	it('closes rows by offer with the subscription, whose cancellation names no offer, and follows a switch', async () => {
		const probe = await activate(file);
		const offerOf = async (who: string, plan: number) => {
			const { executions } = await happening(probe, () => sale(who, plan));
			return outputOf(await stack.client.execution(executions[0]?.id ?? ''), 'Hotmart Trigger')[0].offer.code;
		};
		const [monthly, annual] = [
			await offerOf('carla@students.example', plans.monthly),
			await offerOf('dora@students.example', plans.annual),
		];
		emulator.hotmart.removeWebhook(emulator.hotmart.webhooks[0]?.id ?? 0);
		const id = await activate(file, withRows({ [monthly]: [guitar], [annual]: [masterclass] }));
		const { result } = await happening(id, () => sale(ana, plans.monthly));
		assert.deepEqual(coursesOf(ana), [guitar]);
		await happening(id, () => emulator.hotmart.switchPlan(result.subscriberCode ?? '', plans.annual));
		assert.deepEqual(coursesOf(ana), [masterclass]);
		const other = await happening(id, () => sale(bia, plans.monthly));
		await happening(id, () => emulator.hotmart.cancel(other.result.subscriberCode ?? ''));
		assert.deepEqual(coursesOf(bia), []);
	});

	it('changes nothing before a row is added', async () => {
		const execution = await stack.client.run(await importTemplate(file, { fill: false }), 'Hotmart Trigger');
		assert.equal(execution.status, 'success');
		assert.equal(outputOf(execution, 'Not in the Table').length, 1);
		assert.deepEqual(writes(), []);
	});
});

describe('Nightly reconciliation', () => {
	const file = 'nightly-reconciliation.json';
	const guest = 'rosa@students.example';
	const nightly = (settings: Record<string, unknown> = {}, fill = true) =>
		importTemplate(file, {
			fill,
			change: (nodes) => {
				assign(nodes.Settings, settings);
				if (settings.reportTo) Object.assign(nodes['Mail the Report'] ?? {}, { disabled: false });
			},
		});
	const run = async (id: string) => {
		const execution = await stack.client.run(id, 'Run Now');
		const report = outputOf(execution, 'Report').map(({ report }) => report);
		return { ...execution, message: String(execution.data.resultData.error?.message ?? ''), report };
	};

	it('says what to fill in', async () => {
		const id = await nightly({}, false);
		const { status, message } = await run(id);
		assert.equal(status, 'error');
		assert.match(message, /^Nothing was changed\. Open the node "Settings" and fill in courseTable/);
		assert.deepEqual(emulator.requests, []);
	});

	it('is a dry run until that is switched off', async () => {
		await sale(ana);
		const { status, report } = await run(await nightly());
		assert.equal(status, 'success');
		assert.deepEqual(report, [
			`Course ${guitar}: would come in: ${ana}.`,
			`Course ${masterclass}: Hotmart lists nobody with access, so it was left alone.`,
			`Course ${songwriting}: Hotmart lists nobody with access, so it was left alone.`,
		]);
		assert.deepEqual(writes(), []);
	});

	it('repairs what webhooks missed, mails it once, and leaves alone whom the keep list names', async () => {
		const { hotmart, teachable } = emulator;
		await sale(ana, plans.annual);
		await hotmart.buy({ email: ana, productId: products.songwriting });
		teachable.addEnrollment({ email: bia, courseId: masterclass, enrolledAt: Date.now() - DAY });
		const table = [
			{ product: products.guitar, plan: plans.annual, course: masterclass },
			{ product: products.songwriting, course: songwriting },
			// The same course by another product
			{ product: products.songwriting, course: masterclass },
		];
		const id = await nightly({
			courseTable: JSON.stringify(table),
			dryRun: false,
			removalLimit: 50,
			keep: guest,
			reportTo: 'owner@example.com',
		});
		const { status, report, message } = await run(id);
		assert.equal(status, 'success', message);
		assert.deepEqual(report, [
			`Course ${masterclass}: came in: ${ana}; went out: ${bia}.`,
			`Course ${songwriting}: came in: ${ana}.`,
		]);
		assert.deepEqual(coursesOf(ana), [songwriting, masterclass]);
		assert.deepEqual(coursesOf(bia), []);
		assert.deepEqual(coursesOf(guest), [masterclass]);
		const lists = emulator.requests.filter(({ path }) => path === '/payments/api/v1/subscriptions');
		assert.equal(lists.length, 2, 'each product is read once');
		assert.deepEqual(
			mailbox.mails.map(({ to, subject, text }) => ({ to, subject, text })),
			[{ to: ['owner@example.com'], subject: 'Nightly reconciliation: 3 repaired', text: report.join('\n') }],
		);

		const again = await run(id);
		assert.deepEqual(again.report, [
			`Course ${masterclass}: everything was right.`,
			`Course ${songwriting}: everything was right.`,
		]);
		assert.equal(mailbox.mails.length, 1);
	});

	it('leaves in whoever was enrolled while it ran', async () => {
		await sale(ana, plans.annual);
		emulator.teachable.addEnrollment({ email: bia, courseId: masterclass });
		const { status } = await run(await nightly({ dryRun: false, removalLimit: 100, keep: guest }));
		assert.equal(status, 'success');
		assert.deepEqual(coursesOf(bia), [masterclass]);
	});

	it('changes nothing when Hotmart cannot be read, and empties no course when it lists nobody', async () => {
		emulator.teachable.seedStudents(guitar, 20);
		const id = await nightly({ dryRun: false });
		const empty = await run(id);
		assert.equal(empty.status, 'success');
		assert.match(empty.report[0] ?? '', /Hotmart lists nobody with access, so it was left alone/);

		await sale(ana);
		emulator.fail({ vendor: 'hotmart', path: '/payments/*', kind: 'status', status: 403, times: 100 });
		assert.equal((await run(id)).status, 'error');
		assert.deepEqual(writes(), []);
		assert.equal(emulator.teachable.enrolledEmails(guitar).length, 20);
	});

	it('removes nobody beyond the limit, lets the missing in all the same, and fails and mails so that somebody looks', async () => {
		emulator.teachable.seedStudents(guitar, 20);
		await sale(ana);
		const { status, message } = await run(await nightly({ dryRun: false, reportTo: 'owner@example.com' }));
		assert.equal(status, 'error');
		assert.match(
			message,
			new RegExp(
				`^Course ${guitar}: came in: ${ana}; Nobody was removed, as more students would be than the Removal Limit allows`,
			),
		);
		assert.equal(emulator.teachable.enrolledEmails(guitar).length, 21);
		assert.match(mailbox.mails[0]?.text ?? '', /20 of 20 students/);
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
		const { status, message } = await run(await nightly({ dryRun: false }));
		assert.equal(status, 'error');
		assert.match(message, /changes that failed: 1[^]*Student limit reached/);
		assert.equal(emulator.teachable.enrolledEmails(guitar).length, 1);
	});
});
