/** Pictures of the editor and of the emulator's page for the guides. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';

import { root } from '../../test/n8n/process.mts';
import { DEMO } from '../../test/n8n/stack.mts';
import { openEditor, type Editor } from './editor.mts';
import type { WorkflowNode } from '../../test/n8n/client.mts';

/** Of a workflow that is imported: n8n gives the ids. */
type NewNode = Omit<WorkflowNode, 'id'>;

/** A picture of a guide must load soon; bytes. */
const MAX_SIZE = 150_000;
const pkg = 'n8n-nodes-hotmart-teachable';
const { guitar, songwriting } = DEMO.products;
const { monthly, annual } = DEMO.plans;

/** Invented people, in the order in which they buy. */
const PEOPLE = [
	{ name: 'Rafael Moreira', email: 'rafael@students.example', productId: guitar, planId: annual },
	{ name: 'Ana Souza', email: 'ana@students.example', productId: guitar, planId: monthly },
	{ name: 'Marisol Vega', email: 'marisol@students.example', productId: guitar, planId: monthly },
	{ name: 'Helena Castro', email: 'helena@students.example', productId: guitar, planId: monthly },
] as const;

const start: NewNode = {
	name: 'Start',
	type: 'n8n-nodes-base.manualTrigger',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

/**
 * Imports a workflow and opens its last node.
 *
 * @param nodes connected one after the other
 */
async function openLast({ stack, page }: Editor, nodes: NewNode[]): Promise<void> {
	const names = nodes.map(({ name }) => name);
	const connections = Object.fromEntries(
		names.slice(1).map((node, index) => [names[index], { main: [[{ node, type: 'main', index: 0 }]] }]),
	);
	const settings = { executionOrder: 'v1' };
	const { id } = await stack.client.importWorkflow({ name: 'Picture', nodes, connections, settings });
	await page.goto(`${stack.n8n}/workflow/${id}`);
	await page
		.getByTestId('canvas-node')
		.filter({ hasText: names.at(-1) })
		.getByTestId(/canvas-(default|trigger)-node/)
		.dblclick();
	await page.getByTestId('ndv').waitFor();
}

/** Runs the open node and waits until it shows what it returned. */
async function run({ page }: Editor, expected: string): Promise<void> {
	await page.getByTestId('node-execute-button').click();
	await page.getByTestId('output-panel').getByText(expected).first().waitFor();
	// n8n lays a message over the corner of the picture for some seconds
	await page.locator('.el-notification').first().waitFor({ state: 'detached' });
}

const subscriptions = ({ stack }: Editor): NewNode => ({
	name: 'Hotmart',
	type: `${pkg}.hotmart`,
	typeVersion: 1,
	position: [250, 0],
	parameters: { resource: 'subscription', operation: 'getAll', returnAll: true },
	credentials: { hotmartApi: stack.credentials.hotmartApi },
});

/** Each shows something on the page, and returns what the picture is to be of; without it, all of the page. */
const SCENES: Record<string, (editor: Editor) => Promise<Locator | undefined>> = {
	emulator: async ({ stack, page }) => {
		await page.goto(stack.page);
		await page.locator('#courses').getByText(PEOPLE[1].email).waitFor();
		return undefined;
	},
	trigger: async (editor) => {
		const { hotmartWebhookApi } = editor.stack.credentials;
		const events = ['PURCHASE_APPROVED', 'PURCHASE_REFUNDED', 'SUBSCRIPTION_CANCELLATION', 'SWITCH_PLAN'];
		await openLast(editor, [
			{
				name: 'Hotmart Trigger',
				type: `${pkg}.hotmartTrigger`,
				typeVersion: 2,
				position: [0, 0],
				parameters: { events, routing: 'access', policy: 'paidPeriod' },
				credentials: { hotmartWebhookApi },
			},
		]);
		return editor.page.getByTestId('ndv');
	},
	hotmart: async (editor) => {
		await openLast(editor, [start, subscriptions(editor)]);
		await run(editor, PEOPLE[0].email);
		await editor.page.getByTestId('parameter-input-resource').click();
		await editor.page.getByRole('option', { name: 'Access' }).scrollIntoViewIfNeeded();
		return editor.page.getByTestId('ndv');
	},
	mapping: async (editor) => {
		const { guitar: guitarCourse, masterclass, songwriting: songwritingCourse } = DEMO.courses;
		const picked = (value: number, name: string) => ({ __rl: true, mode: 'list', value, cachedResultName: name });
		const rows = [
			{ value: String(guitar), course: picked(guitarCourse, 'Guitar from Zero') },
			{ value: String(guitar), course: picked(masterclass, 'Guitar Masterclass') },
			{ value: String(songwriting), course: picked(songwritingCourse, 'Songwriting Workshop') },
		];
		await openLast(editor, [
			start,
			subscriptions(editor),
			{
				name: 'Teachable',
				type: `${pkg}.teachable`,
				typeVersion: 1,
				position: [500, 0],
				parameters: {
					resource: 'enrollment',
					operation: 'enroll',
					email: '={{ $json.email }}',
					courseFrom: 'table',
					tableValue: '={{ $json.productId }}',
					table: { rows },
				},
				credentials: { teachableApi: editor.stack.credentials.teachableApi },
			},
		]);
		await run(editor, PEOPLE[1].email);
		return editor.page.getByTestId('ndv');
	},
};

/** Sells to everybody and cancels for the last, so that the pages have something to show. */
async function live({ stack: { dashboard } }: Editor): Promise<void> {
	let subscriberCode;
	for (const person of PEOPLE) ({ subscriberCode } = await dashboard.live('buy', person));
	const { email } = PEOPLE[PEOPLE.length - 1]!;
	await dashboard.waitForCourses(email, [DEMO.courses.guitar], 60_000);
	await dashboard.live('cancel', { subscriberCode });
	await dashboard.waitForCourses(email, [], 60_000);
}

/**
 * Takes the pictures of docs.
 *
 * @param wanted names of pictures without .webp; none for all
 */
export async function takeGuidePictures(wanted: string[]): Promise<void> {
	const scenes = Object.entries(SCENES).filter(([name]) => wanted.length === 0 || wanted.includes(name));
	if (scenes.length === 0) return;
	const editor = await openEditor(2);
	try {
		await live(editor);
		for (const [name, show] of scenes) {
			const what = (await show(editor)) ?? editor.page;
			await writeFile(join(root, 'docs', `${name}.webp`), await editor.toWebp(await what.screenshot(), MAX_SIZE));
			console.log(`docs/${name}.webp`);
		}
	} finally {
		await editor.close();
	}
}
