/** The main job over real HTTP: what happens on Hotmart decides who is enrolled in Teachable. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { nextExecution, outputOf, somebody, useStack, waitFor } from '../n8n/harness.mts';
import { DEMO } from '../n8n/stack.mts';

const { guitar, masterclass } = DEMO.courses;
const { monthly, annual } = DEMO.plans;
const product = DEMO.products.guitar;

let stack: Awaited<ReturnType<typeof useStack>>;

/** Somebody who has bought and is enrolled. */
async function student(name = 'student') {
	const { dashboard } = stack;
	const email = somebody(name);
	const { transaction, subscriberCode } = await dashboard.live('buy', {
		email,
		name: 'Ana Souza',
		productId: product,
		planId: monthly,
	});
	await dashboard.waitForCourses(email, [guitar]);
	return { email, transaction, subscriberCode };
}

/** The main workflow's executions that are newer than the given one. */
async function executionsSince(id: number) {
	return (await stack.client.executions(stack.workflowId)).filter((execution) => Number(execution.id) > id);
}

/**
 * Waits until n8n has nothing more to do for the main workflow.
 * @returns id of its newest execution
 */
async function idle(): Promise<number> {
	const executions = await waitFor(async () => {
		const all = await stack.client.executions(stack.workflowId);
		return all.every(({ status }) => status === 'success' || status === 'error') && all;
	}, 'n8n to be idle');
	return Number(executions[0]?.id ?? 0);
}

before(async () => {
	stack = await useStack();
});
after(async () => await stack?.close());

describe('a sale on Hotmart', () => {
	it('enrolls the buyer within seconds and shows as a successful execution', async () => {
		const { client, dashboard, workflowId } = stack;
		const newest = await idle();
		const email = somebody('buyer');
		const bought = Date.now();
		await dashboard.live('buy', { email, name: 'Beatriz Lima', productId: product, planId: monthly });
		await dashboard.waitForCourses(email, [guitar]);
		assert.ok(Date.now() - bought < 20_000);

		assert.equal((await dashboard.delivery(email, 'PURCHASE_APPROVED')).status, 200);
		const execution = await nextExecution(client, workflowId, newest);
		assert.equal(execution.status, 'success');
		const [item] = outputOf(execution, 'Hotmart Trigger');
		assert.equal(item.event, 'PURCHASE_APPROVED');
		assert.equal(item.access.decision, 'grant');
		assert.equal(item.student.email, email);
		const { courses } = await dashboard.state();
		const enrolled = courses.find(({ id }) => id === guitar)?.students.find((row) => row.email === email);
		assert.equal(enrolled?.name, 'Beatriz Lima');
	});

	it('of another plan enrolls in the course of that plan', async () => {
		const email = somebody('annual');
		await stack.dashboard.live('buy', { email, productId: product, planId: annual });
		await stack.dashboard.waitForCourses(email, [masterclass]);
	});

	it('by bank slip enrolls when it is paid, not when it is printed', async () => {
		const { dashboard } = stack;
		const email = somebody('slip');
		const newest = await idle();
		const { transaction } = await dashboard.live('printBillet', { email, productId: product, planId: monthly });
		const printed = await dashboard.delivery(email, 'PURCHASE_BILLET_PRINTED');
		assert.equal(printed.status, 200, 'an event that the workflow does not want is accepted all the same');
		await dashboard.live('pay', { transaction });
		await dashboard.waitForCourses(email, [guitar]);
		await idle();
		assert.equal((await executionsSince(newest)).length, 1);
	});
});

describe('an end of access', () => {
	for (const [what, operation, by] of [
		['a cancellation', 'cancel', 'subscriberCode'],
		['a refund', 'refund', 'transaction'],
		['a chargeback', 'chargeback', 'transaction'],
		['an overdue payment', 'failCharge', 'subscriberCode'],
	] as const) {
		it(`after ${what} takes the student out`, async () => {
			const person = await student();
			await stack.dashboard.live(operation, { [by]: person[by] });
			await stack.dashboard.waitForCourses(person.email, []);
		});
	}

	it('is not taken back by a reactivation within the paid period, of which no event tells, but by the next charge', async () => {
		const { dashboard } = stack;
		const { email, subscriberCode } = await student();
		await dashboard.live('cancel', { subscriberCode });
		await dashboard.waitForCourses(email, []);
		await dashboard.live('reactivate', { subscriberCode });
		await dashboard.waitForCourses(email, []);
		await dashboard.live('renew', { subscriberCode });
		await dashboard.waitForCourses(email, [guitar]);
	});
});

describe('a plan switch', () => {
	it('moves the student to the course of the new plan, and back', async () => {
		const { dashboard } = stack;
		const { email, subscriberCode } = await student();
		await dashboard.live('switchPlan', { subscriberCode, planId: annual });
		await dashboard.waitForCourses(email, [masterclass]);
		// The payment of the difference enrolls in the new plan's course too; it must not come after the switch back.
		await idle();
		await dashboard.live('switchPlan', { subscriberCode, planId: monthly });
		await dashboard.waitForCourses(email, [guitar]);
	});
});

describe('a delivery', () => {
	it('without the right hottok is answered 401 and starts nothing', async () => {
		const { dashboard, webhookUrl } = stack;
		const newest = await idle();
		const email = somebody('intruder');
		const body = JSON.stringify({
			event: 'PURCHASE_APPROVED',
			version: '2.0.0',
			id: 'forged',
			data: { buyer: { email } },
		});
		const { hottok } = DEMO.hotmart;
		const attempts: Array<Record<string, string>> = [
			{},
			{ 'x-hotmart-hottok': '' },
			{ 'x-hotmart-hottok': `${hottok}x` },
			{ 'x-hotmart-hottok': `${hottok}, ${hottok}` },
		];
		for (const headers of attempts) {
			const response = await fetch(webhookUrl, {
				method: 'POST',
				headers: { 'content-type': 'application/json', ...headers },
				body,
			});
			assert.equal(response.status, 401, JSON.stringify(headers));
		}

		// A delivery that is accepted afterwards proves that nothing was only late
		await student();
		await idle();
		assert.equal((await executionsSince(newest)).length, 1);
		assert.deepEqual(await dashboard.coursesOf(email), []);
	});

	it('that comes twice changes nothing', async () => {
		const { client, dashboard, workflowId } = stack;
		const { email } = await student();
		const newest = await idle();
		const { courses } = await dashboard.state();

		const { id } = await dashboard.delivery(email, 'PURCHASE_APPROVED');
		const { status } = await dashboard.request('POST', 'redeliver', { deliveryId: id });
		assert.equal(status, 200);
		const execution = await nextExecution(client, workflowId, newest);
		assert.equal(execution.status, 'success');
		// Either the trigger has skipped it, or the enrollment says that there was nothing to do
		for (const { created, alreadyEnrolled } of outputOf(execution, 'Enroll')) {
			assert.deepEqual({ created, alreadyEnrolled }, { created: false, alreadyEnrolled: true });
		}
		assert.deepEqual((await dashboard.state()).courses, courses);
	});
});
