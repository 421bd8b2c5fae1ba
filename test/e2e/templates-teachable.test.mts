/** The templates that start with an event of Teachable, each by its effect. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';

import { startEmulator } from '../emulator/index.ts';
import type { Workflow } from '../n8n/client.mts';
import { setUpSync } from '../n8n/demo-settings.mts';
import { nextExecution, outputOf, release, somebody, useStack } from '../n8n/harness.mts';
import { DEMO, completeTemplate, credentialData, readTemplate } from '../n8n/stack.mts';

const { guitar, masterclass } = DEMO.courses;

let stack: Awaited<ReturnType<typeof useStack>>;
let emulator: Awaited<ReturnType<typeof startEmulator>>;
const created: string[] = [];
const imported: string[] = [];

/** Imports a template as a person completes it. */
async function importTemplate(file: string, change: (workflow: Workflow) => void = () => {}) {
	const { hotmartApi, teachableApi } = credentialData(emulator);
	const credentials = { ...stack.credentials };
	for (const [type, data] of Object.entries({ hotmartApi, teachableApi })) {
		const credential = await stack.client.createCredential({ name: 'Teachable templates', type, data });
		created.push(credential.id);
		Object.assign(credentials, { [type]: credential });
	}
	const template = await completeTemplate(stack.client, await readTemplate(file), credentials);
	change(template);
	const { id } = await stack.client.importWorkflow(template);
	imported.push(id);
	return id;
}

/** Imports a template, publishes it, and has events of the school sent to it. */
async function start(file: string, events: string[]) {
	const id = await importTemplate(file);
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

describe('Student Inactive for 14 Days', () => {
	const DAY = 86_400_000;
	const set = (name: string, value: unknown) => (workflow: Workflow) => {
		const settings = workflow.nodes.find((node) => node.name === 'Settings')!.parameters.assignments.assignments;
		settings.find((setting: { name: string }) => setting.name === name).value = value;
	};
	/** A student of the course with what the school knows of their days; `null`: never. */
	function student({ enrolled = 60, signedIn = null as number | null, lectures = [] as number[], ...person }) {
		const { teachable } = emulator;
		const at = (days: number) => Date.now() - days * DAY;
		const email = somebody('away');
		const user = teachable.addUser({ email, lastSignInAt: signedIn === null ? null : at(signedIn), ...person });
		teachable.addEnrollment({ email, courseId: guitar, enrolledAt: at(enrolled) });
		const course = teachable.courses.find(({ id }) => id === guitar)!;
		const all = course.sections.flatMap((section) => section.lectures);
		lectures.forEach((days, index) =>
			teachable.completions.push({ userId: user.id, lectureId: all[index]!.id, at: at(days) }),
		);
		return email;
	}
	const mailsTo = async (emails: string[]) =>
		(await stack.dashboard.mails()).filter(({ to }) => to.some((address) => emails.includes(address)));
	const reads = (from: number) =>
		emulator.requests.slice(from).filter(({ vendor, method }) => vendor === 'teachable' && method === 'GET').length;

	beforeEach(() => emulator.reset());

	it('sends each who has been away one mail, and nobody else', async () => {
		const away = student({ name: 'Mia Lopes', signedIn: 20, lectures: [30, 15] });
		const never = student({ name: 'Rui Prado', enrolled: 15 });
		const { teachable } = emulator;
		const others = [
			student({ signedIn: 3 }),
			student({ signedIn: 40, lectures: [30, 5] }),
			student({ enrolled: 10 }),
			student({ lectures: [40, 39, 38] }),
			student({ role: 'author' }),
			student({ tags: ['no reminders'] }),
		];
		const gone = student({});
		await teachable.unenroll(gone, guitar);
		const everyone = [away, never, gone, ...others];

		const id = await importTemplate('student-inactive.json');
		// It can be published with what a person has filled in
		await stack.client.activate(id);
		const run = await stack.client.run(id, 'Run Now');
		assert.equal(run.status, 'success', run.text.slice(0, 2000));
		const mails = await mailsTo(everyone);
		assert.deepEqual(
			mails.map(({ to, subject }) => [...to, subject]).sort(),
			[
				[away, 'Shall we go on with Guitar from Zero?'],
				[never, 'Shall we go on with Guitar from Zero?'],
			].sort(),
		);
		const textTo = (email: string) => mails.find(({ to }) => to.includes(email))!.text;
		assert.match(textTo(away), /^Hello Mia Lopes,[^]*You have finished 67 % of it/);
		assert.match(textTo(never), /^Hello Rui Prado,[^]*Your first lecture is waiting/);

		assert.equal((await stack.client.run(id, 'Run Now')).status, 'success');
		assert.equal((await mailsTo(everyone)).length, 2, 'nobody gets the same mail the next day');

		// She came back, and has been away again since
		teachable.findUser(away)!.lastSignInAt = Date.now() - 14.5 * DAY;
		assert.equal((await stack.client.run(id, 'Run Now')).status, 'success');
		assert.deepEqual(
			(await mailsTo(everyone)).slice(2).map(({ to }) => to),
			[[away]],
		);
	});

	it('sends and remembers nothing before there is an address, and says so', async () => {
		const away = student({});
		const id = await importTemplate('student-inactive.json', set('fromEmail', ''));
		const run = await stack.client.run(id, 'Run Now');
		assert.equal(run.status, 'error');
		assert.match(run.data.resultData.error.message, /enter your address in Settings\. Students who would get one: 1/);
		assert.deepEqual(
			outputOf(run, 'Inactive').map(({ email }) => email),
			[away],
		);
		const workflow = await stack.client.workflow(id);
		set('fromEmail', 'school@example.com')(workflow);
		const { nodes, versionId } = workflow;
		await stack.client.request('PATCH', `/rest/workflows/${id}`, { nodes, versionId });
		assert.equal((await stack.client.run(id, 'Run Now')).status, 'success');
		assert.equal((await mailsTo([away])).length, 1);
	});

	it('asks about as many students as it may, and about the others on the next days', async () => {
		const away = Array.from({ length: 5 }, () => student({ signedIn: 20 }));
		const found: string[] = [];
		for (const day of [0, 1, 2]) {
			const id = await importTemplate('student-inactive.json', (workflow) => {
				set('perRun', 2)(workflow);
				const share = workflow.nodes.find(({ name }) => name === 'Share of Today')!;
				share.parameters = JSON.parse(
					JSON.stringify(share.parameters).replaceAll('$now', `$now.plus({ days: ${day} })`),
				);
			});
			const from = emulator.requests.length;
			const run = await stack.client.run(id, 'Run Now');
			assert.equal(run.status, 'success');
			const share = outputOf(run, 'Inactive').map(({ email }) => email);
			assert.ok(share.length >= 1 && share.length <= 2);
			assert.equal(reads(from), 2 + 2 * share.length);
			found.push(...share);
		}
		assert.deepEqual(found.sort(), away.sort());
	});
});

describe('Teachable Sale without Hotmart', () => {
	const FILE = 'teachable-sale.json';
	const PAYMENTS = ['Transaction.created', 'Transaction.refunded'];
	/** Of the masterclass, which the demo also sells in Teachable itself. */
	const pricingPlanId = 4_411_201;
	let project: string;
	let table = '';

	before(async () => {
		({ id: project } = await stack.client.request('GET', '/rest/projects/personal'));
		const id = await importTemplate(FILE);
		if (release === 'current') {
			const [created, again] = [await stack.client.run(id, 'Start Once'), await stack.client.run(id, 'Start Once')];
			assert.equal(created.status, 'success', created.text.slice(0, 2000));
			table = outputOf(created, 'Create the Table')[0].id;
			assert.equal(outputOf(again, 'Create the Table')[0].id, table, 'a second run finds the table');
			return;
		}
		// The node cannot create tables there, a person does it
		const { nodes } = await readTemplate(FILE);
		const { tableName: name, columns } = nodes.find((node) => node.name === 'Create the Table')!.parameters;
		const body = { name, columns: columns.column };
		({ id: table } = await stack.client.request('POST', `/rest/projects/${project}/data-tables`, body));
	});
	after(async () => {
		if (table) await stack.client.request('DELETE', `/rest/projects/${project}/data-tables/${table}`);
	});
	beforeEach(() => emulator.reset());

	/** Chooses the table in all nodes that ask for one. */
	function choose({ nodes }: Workflow) {
		for (const { parameters } of nodes)
			if (parameters.dataTableId) parameters.dataTableId = { __rl: true, mode: 'list', value: table };
	}
	/** The addresses, or user IDs where there is none, of the rows about these people. */
	async function listed(...emails: string[]): Promise<Array<string | number>> {
		const { data } = await stack.client.request('GET', `/rest/projects/${project}/data-tables/${table}/rows?take=100`);
		const ids = emails.map((email) => emulator.teachable.findUser(email)!.id);
		const rows = (data as Array<{ userId: number; email: string | null }>).filter(({ userId }) => ids.includes(userId));
		return rows.map(({ email, userId }) => email ?? userId);
	}
	/** Imports the template and has the payments of the school sent to it; the function waits for the next execution. */
	async function listen() {
		const id = await importTemplate(FILE, choose);
		const [url] = await stack.client.activate(id);
		emulator.teachable.registerWebhook({
			url: `${url}?secret=${DEMO.teachable.webhookUrlEnd}`,
			events: PAYMENTS,
		});
		let newest = 0;
		const ran = async () => {
			const execution = await nextExecution(stack.client, id, newest);
			newest = Number(execution.id);
			assert.equal(execution.status, 'success', execution.text.slice(0, 2000));
		};
		return { id, ran };
	}

	it('puts a buyer on the list, and takes off whose payment is returned in full', async () => {
		const { ran } = await listen();
		const { teachable } = emulator;
		const [stays, leaves] = [somebody('stays'), somebody('leaves')];
		const sales: Array<{ transactionId?: number }> = [];
		for (const email of [stays, leaves]) {
			sales.push(await teachable.buy({ email, pricingPlanId }));
			await ran();
		}
		assert.deepEqual(await listed(stays, leaves), [stays, leaves]);
		// A part of the money is no return
		await teachable.refund(sales[0]!.transactionId!, 1_000);
		await ran();
		await teachable.refund(sales[1]!.transactionId!);
		await ran();
		assert.deepEqual(await listed(stays, leaves), [stays]);
		// An event that comes again brings no second row
		const created = teachable.deliveries.find(({ objectId }) => objectId === sales[0]!.transactionId)!;
		await teachable.redeliver(created.id, { newId: true });
		await ran();
		assert.deepEqual(await listed(stays), [stays]);
	});

	it('finds by the API what the events missed: a buyer, a refund and a chargeback', async () => {
		const { teachable } = emulator;
		const id = await importTemplate(FILE, choose);
		const [bought, refunded, disputed] = [somebody('bought'), somebody('refunded'), somebody('disputed')];
		const sales: Array<{ transactionId?: number }> = [];
		for (const email of [bought, refunded, disputed]) sales.push(await teachable.buy({ email, pricingPlanId }));
		const look = async () => assert.equal((await stack.client.run(id, 'Every Hour')).status, 'success');
		await look();
		assert.equal((await listed(bought, refunded, disputed)).length, 3);
		await teachable.refund(sales[1]!.transactionId!);
		teachable.transactions.find((row) => row.id === sales[2]!.transactionId)!.has_chargeback = true;
		const from = emulator.requests.length;
		await look();
		assert.deepEqual(await listed(bought, refunded, disputed), [teachable.findUser(bought)!.id]);
		assert.equal(emulator.requests.length - from, 1, 'one request for up to 100 payments');
	});

	it('keeps whom it lists in the course when Sync Students runs, and nobody else', async () => {
		const { ran } = await listen();
		const { teachable } = emulator;
		const [buyer, returned, stranger, student] = ['buyer', 'returned', 'stranger', 'student'].map((name) =>
			somebody(name),
		) as [string, string, string, string];
		await teachable.buy({ email: buyer, pricingPlanId });
		await ran();
		const { transactionId } = await teachable.buy({ email: returned, pricingPlanId });
		await ran();
		await teachable.refund(transactionId!);
		await ran();
		for (const email of [returned, stranger]) teachable.addEnrollment({ email, courseId: masterclass });
		await emulator.hotmart.buy({ email: student, productId: DEMO.products.guitar, planId: DEMO.plans.annual });
		// Who bought in Teachable has bought at Hotmart, too, another course
		await emulator.hotmart.buy({ email: buyer, productId: DEMO.products.songwriting });

		const sync = await importTemplate('sync-students.json', (workflow) => {
			setUpSync(workflow.nodes, { dryRun: false, removalLimit: 100, keepMinutes: 0 });
			workflow.nodes.find(({ name }) => name === 'Keep List')!.disabled = false;
			choose(workflow);
		});
		const run = await stack.client.run(sync, 'Run Now');
		assert.equal(run.status, 'success', run.text.slice(0, 2000));
		assert.equal(outputOf(run, 'My Products').length, Object.keys(DEMO.products).length, 'once, whatever the list has');
		assert.ok(teachable.isEnrolled(buyer, masterclass), 'who is on the list stays');
		assert.ok(teachable.isEnrolled(buyer, DEMO.courses.songwriting), 'and comes in like others');
		assert.ok(teachable.isEnrolled(student, masterclass));
		for (const email of [returned, stranger]) assert.ok(!teachable.isEnrolled(email, masterclass), email);
	});

	it('stops Sync Students when the list cannot be read, so that nobody is removed', async () => {
		const { teachable } = emulator;
		const stranger = somebody('unread');
		teachable.addEnrollment({ email: stranger, courseId: masterclass });
		const student = somebody('student');
		await emulator.hotmart.buy({ email: student, productId: DEMO.products.guitar, planId: DEMO.plans.annual });
		const sync = await importTemplate('sync-students.json', (workflow) => {
			setUpSync(workflow.nodes, { dryRun: false, removalLimit: 100, keepMinutes: 0 });
			const list = workflow.nodes.find(({ name }) => name === 'Keep List')!;
			list.disabled = false;
			list.parameters.dataTableId = { __rl: true, mode: 'id', value: 'gone' };
		});
		assert.equal((await stack.client.run(sync, 'Run Now')).status, 'error');
		assert.ok(teachable.isEnrolled(stranger, masterclass));
	});
});
