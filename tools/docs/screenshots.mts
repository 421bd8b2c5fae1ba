/**
 * `npm run screenshots`: takes the pictures of the editor and of the emulator's page that the guides show, from a real n8n with
 * this package in it. The pictures of the templates are not made here.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium, selectors } from 'playwright-core';

import { executable, flags } from '../../test/n8n/browser.mts';
import { useStack } from '../../test/n8n/harness.mts';
import { DEMO } from '../../test/n8n/stack.mts';
import type { Locator, Page } from 'playwright-core';

const folder = fileURLToPath(new URL('../../docs/', import.meta.url));
const pkg = 'n8n-nodes-hotmart-teachable';
const { guitar, songwriting } = DEMO.products;
const { monthly, annual } = DEMO.plans;

/** Invented people, in the order in which they buy. */
const PEOPLE = [
	{ name: 'Rafael Moreira', email: 'rafael@students.example', productId: guitar, planId: annual },
	{ name: 'Ana Souza', email: 'ana@students.example', productId: guitar, planId: monthly },
	{ name: 'Marisol Vega', email: 'marisol@students.example', productId: guitar, planId: monthly },
	{ name: 'Helena Castro', email: 'helena@students.example', productId: guitar, planId: monthly },
];

const start = { name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, position: [0, 0], parameters: {} };

selectors.setTestIdAttribute('data-test-id');
const stack = await useStack();
const browser = await chromium.launch({ executablePath: executable(), args: flags });
const context = await browser.newContext({
	viewport: { width: 1440, height: 1000 },
	deviceScaleFactor: 2,
	reducedMotion: 'reduce',
});
const [cookie, value] = stack.session.split(/=(.*)/s);
await context.addCookies([{ name: cookie, value, url: stack.n8n }]);
const page = await context.newPage();
page.setDefaultTimeout(60_000);
const byId = (id: string) => page.getByTestId(id);
const workflows: string[] = [];

/**
 * Saves a part of the page as WebP, which the browser itself can write.
 * @param name of the file
 * @param what default: all that is visible
 */
async function shot(name: string, what: Locator | Page = page) {
	const png = (await what.screenshot()).toString('base64');
	const writer = await context.newPage();
	const data = await writer.evaluate(async (source) => {
		const image = new Image();
		image.src = `data:image/png;base64,${source}`;
		await image.decode();
		const canvas = document.createElement('canvas');
		canvas.width = image.naturalWidth;
		canvas.height = image.naturalHeight;
		canvas.getContext('2d')?.drawImage(image, 0, 0);
		return canvas.toDataURL('image/webp', 0.8);
	}, png);
	await writer.close();
	await writeFile(`${folder}${name}.webp`, Buffer.from(data.slice(data.indexOf(',') + 1), 'base64'));
	console.log(`docs/${name}.webp`);
}

/**
 * Imports a workflow and opens one of its nodes.
 * @param nodes connected one after the other
 * @param open name of the node
 */
async function openNode(name: string, nodes: object[], open: string) {
	const names = nodes.map((node) => (node as { name: string }).name);
	const connections = Object.fromEntries(
		names.slice(1).map((node, index) => [names[index], { main: [[{ node, type: 'main', index: 0 }]] }]),
	);
	const { id } = await stack.client.importWorkflow({ name, nodes, connections, settings: { executionOrder: 'v1' } });
	workflows.push(id);
	await page.goto(`${stack.n8n}/workflow/${id}`);
	await byId('canvas-node')
		.filter({ hasText: open })
		.getByTestId(/canvas-(default|trigger)-node/)
		.dblclick();
	await byId('ndv').waitFor();
}

/** n8n lays a message over the corner of the picture for some seconds. */
const messageGone = async () => await page.locator('.el-notification').first().waitFor({ state: 'detached' });

try {
	let subscriberCode;
	for (const person of PEOPLE) ({ subscriberCode } = await stack.dashboard.live('buy', person));
	const { email } = PEOPLE[PEOPLE.length - 1];
	await stack.dashboard.waitForCourses(email, [DEMO.courses.guitar], 60_000);
	await stack.dashboard.live('cancel', { subscriberCode });
	await stack.dashboard.waitForCourses(email, [], 60_000);
	await page.goto(stack.page);
	await page.locator('#courses').getByText(PEOPLE[1].email).waitFor();
	await shot('emulator');

	await openNode(
		'Trigger',
		[
			{
				name: 'Hotmart Trigger',
				type: `${pkg}.hotmartTrigger`,
				typeVersion: 2,
				position: [0, 0],
				parameters: {
					events: ['PURCHASE_APPROVED', 'PURCHASE_REFUNDED', 'SUBSCRIPTION_CANCELLATION', 'SWITCH_PLAN'],
					routing: 'access',
					policy: 'paidPeriod',
				},
				credentials: { hotmartWebhookApi: stack.credentials.hotmartWebhookApi },
			},
		],
		'Hotmart Trigger',
	);
	await shot('trigger', byId('ndv'));

	await openNode(
		'Subscriptions of Hotmart',
		[
			start,
			{
				name: 'Hotmart',
				type: `${pkg}.hotmart`,
				typeVersion: 1,
				position: [250, 0],
				parameters: { resource: 'subscription', operation: 'getAll', returnAll: true },
				credentials: { hotmartApi: stack.credentials.hotmartApi },
			},
		],
		'Hotmart',
	);
	await byId('node-execute-button').click();
	await byId('output-panel').getByText(PEOPLE[0].email).first().waitFor();
	await byId('parameter-input-resource').click();
	await page.getByRole('option', { name: 'Access' }).scrollIntoViewIfNeeded();
	await messageGone();
	await shot('hotmart', byId('ndv'));

	await openNode(
		'Courses by product',
		[
			start,
			{
				name: 'Subscriptions',
				type: `${pkg}.hotmart`,
				typeVersion: 1,
				position: [250, 0],
				parameters: { resource: 'subscription', operation: 'getAll', returnAll: true },
				credentials: { hotmartApi: stack.credentials.hotmartApi },
			},
			{
				name: 'Teachable',
				type: `${pkg}.teachable`,
				typeVersion: 1,
				position: [500, 0],
				parameters: {
					resource: 'enrollment',
					operation: 'enroll',
					email: '={{ $json.email }}',
					courseFrom: 'mapping',
					mappingValue: '={{ $json.productId }}',
					mapping: {
						rows: [
							{ value: String(guitar), courses: [DEMO.courses.guitar, DEMO.courses.masterclass].map(String) },
							{ value: String(songwriting), courses: [String(DEMO.courses.songwriting)] },
						],
					},
				},
				credentials: { teachableApi: stack.credentials.teachableApi },
			},
		],
		'Teachable',
	);
	await byId('node-execute-button').click();
	await byId('output-panel').getByText(PEOPLE[1].email).first().waitFor();
	await messageGone();
	await shot('mapping', byId('ndv'));
} finally {
	for (const id of workflows) await stack.client.deleteWorkflow(id);
	await browser.close();
	await stack.close();
}
