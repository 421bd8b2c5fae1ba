/** What a person does in n8n's editor and on the emulator's page, in a real browser. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';

import { startEmulator } from '../emulator/index.ts';
import { openBrowser } from '../n8n/browser.mts';
import { artifacts, somebody, useStack, waitFor } from '../n8n/harness.mts';
import { DEMO } from '../n8n/stack.mts';

let stack: Awaited<ReturnType<typeof useStack>>;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let page: Page;

const byId = (id: string) => page.getByTestId(id);
const item = (name: string | RegExp) => byId('node-creator-item-name').getByText(name, { exact: true });

/** Opens the panel in which nodes are chosen, and searches it. */
async function search(word: string, { first = false } = {}) {
	await byId(first ? 'canvas-add-button' : 'node-creator-plus-button').click();
	await byId('node-creator-search-bar').fill(word);
}

async function openNewWorkflow() {
	await page.goto(`${stack.n8n}/workflow/new`);
	await byId('canvas-add-button').waitFor();
}

/** N8n sometimes lays a checklist for published workflows over what is to be seen. */
async function closeChecklist() {
	const button = byId('suggested-actions-close');
	if (await button.isVisible()) await button.click();
}

before(async () => {
	stack = await useStack();
	browser = await openBrowser();
	({ page } = browser);
});
after(async () => {
	await browser?.close();
	await stack?.close();
});
/** A test that keeps what the browser showed last when it fails. */
function see(name: string, work: () => Promise<void>) {
	it(name, async () => {
		try {
			await work();
		} catch (error) {
			await browser.shot(`failure-${name.replace(/\W+/g, '-').slice(0, 40)}`);
			throw error;
		}
	});
}

describe('in the editor', () => {
	see('the owner signs in and sees the published template', async () => {
		await page.goto(`${stack.n8n}/signin`);
		await page.locator('input[name="emailOrLdapLoginId"]').fill(stack.owner.email);
		await page.locator('input[name="password"]').fill(stack.owner.password);
		await byId('form-submit-button').click();
		await page.getByText('Hotmart to Teachable').first().waitFor();
		await page.getByText('Published').first().waitFor();
		const cards = await byId('workflow-card-name').allTextContents();
		assert.match(String(cards[0]), /Hotmart to Teachable/, 'the published one is the first in the list');
		await browser.shot('1-overview');

		await page.goto(`${stack.n8n}/workflow/${stack.workflowId}`);
		await byId('canvas-node').getByText('Apply Access').waitFor();
		await closeChecklist();
		await byId('zoom-to-fit').click();
		await browser.shot('2-template');
	});

	see('the trigger is found in the node panel and shows what to do', async () => {
		await openNewWorkflow();
		await search('hotmart', { first: true });
		// n8n calls a trigger by its service's name in a panel of triggers
		await item('Hotmart').click();
		await item('On purchase approved').click();
		await byId('node-title-container').getByTestId('inline-edit-preview').getByText('Hotmart Trigger').waitFor();
		await byId('ndv').getByText('Webhook URLs').click();
		await byId('ndv').getByText(`${stack.n8n}/webhook-test/`).waitFor();
		await browser.shot('3-trigger');
	});

	see('the Hotmart and Teachable nodes are found, added by hand, run, and show what they put out', async () => {
		const email = somebody('editor');
		await stack.dashboard.live('buy', { email, name: 'Clara Nunes', productId: DEMO.products.guitar });

		await openNewWorkflow();
		await byId('canvas-add-button').click();
		await item('Trigger manually').click();

		await search('hotmart');
		await item('Hotmart').waitFor();
		await browser.shot('4-node-panel');
		await item('Hotmart').click();
		await item('Get many subscriptions').click();
		await byId('node-credentials-select').waitFor();
		await byId('node-execute-button').click();
		await byId('output-panel').getByText(email).first().waitFor();
		await browser.shot('5-subscriptions');
		await byId('ndv-close-button').click();

		await search('teachable');
		await item('Teachable').click();
		await item(/^Enroll/).click();
		// The first = turns the field into an expression; the editor closes the braces by itself
		await byId('parameter-input-email').locator('input').fill('=');
		await byId('inline-expression-editor-input').waitFor();
		await page.keyboard.type('{{ $json.email ?? $json.subscriber.email');
		await byId('tab-params').click();

		await byId('rlc-input').click();
		await byId('rlc-item').getByText('Songwriting Workshop').waitFor();
		await browser.shot('6-course-list');
		assert.deepEqual((await byId('rlc-item').allTextContents()).map((text) => text.trim()).slice(0, 3), [
			'Guitar from Zero',
			'Songwriting Workshop',
			'Guitar Masterclass',
		]);
		await byId('rlc-search').fill('song');
		await byId('rlc-item').getByText('Guitar from Zero').waitFor({ state: 'detached' });
		await byId('rlc-item').getByText('Songwriting Workshop').click();
		await byId('ndv-close-button').click();

		await byId('execute-workflow-button').click();
		await page.getByText('Workflow executed successfully').waitFor();
		await byId('canvas-node').filter({ hasText: 'Enroll' }).getByTestId('canvas-default-node').dblclick();
		await byId('output-panel').getByText(email).first().waitFor();
		await browser.shot('7-enrolled');
		const { songwriting, guitar } = DEMO.courses;
		await stack.dashboard.waitForCourses(email, [guitar, songwriting]);
	});
});

describe("on the emulator's page", () => {
	see('Buy enrolls the student, Cancel takes the student out, and n8n shows both executions', async () => {
		await page.goto(stack.page);
		const email = somebody('page');
		await page.getByLabel('Name').fill('Helena Castro');
		await page.getByRole('textbox', { name: 'E-mail' }).fill(email);
		await page.getByRole('button', { name: 'Buy', exact: true }).click();
		const student = page.locator('#courses').getByText(email);
		await student.waitFor({ timeout: 60_000 });
		await browser.shot('8-page-bought');

		await page.locator('#subscribers > li', { hasText: email }).getByRole('button', { name: 'Cancel' }).click();
		await student.waitFor({ state: 'detached', timeout: 60_000 });
		await page.locator('#subscribers > li', { hasText: email }).getByText('Canceled by Customer').waitFor();
		await browser.shot('9-page-canceled');

		await page.goto(`${stack.n8n}/workflow/${stack.workflowId}/executions`);
		await byId('executions-sidebar').getByText('Succeeded').nth(1).waitFor();
		await closeChecklist();
		await browser.shot('10-executions');
		const executions = await stack.client.executions(stack.workflowId);
		assert.ok(executions.length >= 2);
		assert.ok(executions.slice(0, 2).every(({ status }) => status === 'success'));
	});

	/** What reaches over the sides of the window, and regions that would have to be scrolled sideways. */
	const tooWide = async () =>
		await page.evaluate(() =>
			[...document.body.querySelectorAll('*')]
				.filter((element) => {
					if (element.matches('.scroll') && element.scrollWidth > element.clientWidth + 1) return true;
					const { left, right, width } = element.getBoundingClientRect();
					if (width <= 1 || !element.checkVisibility() || (left >= -1 && right <= innerWidth + 1)) return false;
					for (let outer = element.parentElement; outer && outer !== document.body; outer = outer.parentElement)
						if (getComputedStyle(outer).overflowX !== 'visible') return false;
					return true;
				})
				.map(({ outerHTML }) => outerHTML.slice(0, 120)),
		);

	for (const width of [1280, 390])
		see(`at ${width} px each action is announced, and nothing is wider than the window`, async () => {
			const emulator = await startEmulator({ n8nUrl: stack.n8n, mailServer: '127.0.0.1:25' });
			const context = await page
				.context()
				.browser()!
				.newContext({ viewport: { width, height: 844 }, permissions: ['clipboard-read', 'clipboard-write'] });
			const before = page;
			page = await context.newPage();
			try {
				const news = page.getByRole('status');
				/** Does something and waits until the status line says so. */
				const told = async (words: RegExp, act: () => Promise<unknown>) => {
					const last = await news.textContent();
					await act();
					await waitFor(
						async () => {
							const text = (await news.textContent()) ?? '';
							return text !== last && words.test(text);
						},
						async () => `the page to say ${words}; it says: ${await news.textContent()}`,
					);
					assert.deepEqual(await tooWide(), [], `after: ${await news.textContent()}`);
				};
				const press = async (name: RegExp) => await page.getByRole('button', { name }).first().click();

				await page.goto(emulator.page.url);
				const url = page.locator('#first-form-url');
				await url.fill(stack.webhookUrl);
				await told(/^Added the webhook/, async () => await url.press('Enter'));
				await page.locator('#buy:focus').waitFor();
				const buy = async () => {
					await page.getByRole('textbox', { name: 'E-mail' }).fill(somebody('width'));
					await told(
						/ bought Guitar from Zero\..*PURCHASE_APPROVED \(n8n answered 200: ok\)/,
						async () => await press(/^Buy$/),
					);
				};
				await buy();
				assert.match((await page.locator('#buy-course').textContent())!, /Guitar from Zero/);
				await told(
					/canceled\. Hotmart sent SUBSCRIPTION_CANCELLATION \(n8n answered 200/,
					async () => await press(/^Cancel: /),
				);
				await buy();
				await told(
					/got the money back\. Hotmart sent PURCHASE_REFUNDED \(n8n answered 200/,
					async () => await press(/^Refund: /),
				);
				// What was paid back ends access, so it is not green
				await page.locator('#subscribers > li').first().locator('.chip.bad').waitFor();
				await told(/^Pressed the test button of Hotmart/, async () => await press(/^Send test event$/));
				// The same again is announced as well
				for (let times = 0; times < 2; times += 1)
					await told(
						/^Sent .* again\. n8n answered 200: Ignored: a test event/,
						async () => await press(/^Send again: /),
					);

				assert.equal(await page.getByRole('link', { name: 'Open n8n' }).getAttribute('href'), stack.n8n);
				await page.getByText('Connection details').click();
				for (let times = 0; times < 2; times += 1)
					await told(/^Copied: /, async () => await page.locator('#connection').getByRole('button').first().click());
				const copied = await page.evaluate(async () => await navigator.clipboard.readText());
				assert.equal(copied, await page.locator('#connection dd').first().textContent());
				await page.screenshot({ path: join(artifacts, `page-${width}.png`), fullPage: true });
				await page.keyboard.press('Escape');
				await page.locator('.connection summary:focus').waitFor();

				await told(/^Removed the webhook/, async () => await press(/^Remove webhook /));
				await page.locator('#first-form-url:focus').waitFor();
				await told(/No webhook is registered, so nothing was sent/, async () => await press(/^Buy$/));

				// n8n is down, until Hotmart gives up
				await url.fill('http://127.0.0.1:9/webhook/away');
				await told(/^Added the webhook/, async () => await url.press('Enter'));
				for (let times = 0; times < 4; times += 1)
					await told(/PURCHASE_APPROVED \(n8n was not reached\)\.$/, async () => await press(/^Buy$/));
				await told(/\(n8n was not reached\)\. .*switched the webhook off/, async () => await press(/^Buy$/));
				await told(/The webhook is switched off, so nothing was sent/, async () => await press(/^Buy$/));
				// What is refused leaves no words of the action before
				await page.locator('#add-form-url').fill('ftp://127.0.0.1/webhook');
				await told(/^$/, async () => await press(/^Add webhook$/));
				assert.match((await page.getByRole('alert').textContent())!, /must be an http or https address/);
			} finally {
				page = before;
				await context.close();
				await emulator.close();
			}
		});
});
