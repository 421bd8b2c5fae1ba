/**
 * `npm run pictures`: takes a picture of every template in the real editor, for templates/README.md. Names of templates as
 * arguments (`npm run pictures -- support-agent`) limit it to these.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { chromium, selectors } from 'playwright-core';

import { executable, flags } from '../../test/n8n/browser.mts';
import { useStack } from '../../test/n8n/harness.mts';
import { completeTemplate, readTemplate, root, templateFiles } from '../../test/n8n/stack.mts';
import type { WorkflowNode } from '../../test/n8n/client.mts';

/** A picture of a README must load at once; bytes. */
const MAX_SIZE = 45_000;
/** Beyond these a picture gets too big for its size limit; pixels, and pixels in all. */
const MAX_WIDTH = 1600;
const MAX_AREA = 1_200_000;
/** Around the workflow, pixels. */
const MARGIN = 16;
/** What the editor needs around its canvas, pixels. */
const FRAME = { width: 120, height: 220 };

const folder = join(root, 'docs', 'templates');
const wanted = process.argv.slice(2);
const files = (await templateFiles()).filter((file) => wanted.length === 0 || wanted.includes(basename(file, '.json')));
await mkdir(folder, { recursive: true });

selectors.setTestIdAttribute('data-test-id');
const stack = await useStack();
const browser = await chromium.launch({ executablePath: executable(), args: flags });
const context = await browser.newContext({ reducedMotion: 'reduce', colorScheme: 'light' });
const [cookie, value] = stack.session.split(/=(.*)/s);
await context.addCookies([{ name: cookie, value, url: stack.n8n }]);
const page = await context.newPage();
page.setDefaultTimeout(180_000);
const writer = await context.newPage();

/** WebP as good as fits the size; the browser itself can write it. */
async function toWebp(png: Buffer): Promise<Buffer> {
	const data = await writer.evaluate(
		async ({ source, limit }) => {
			const image = new Image();
			image.src = `data:image/png;base64,${source}`;
			await image.decode();
			const canvas = document.createElement('canvas');
			canvas.width = image.naturalWidth;
			canvas.height = image.naturalHeight;
			canvas.getContext('2d')?.drawImage(image, 0, 0);
			let url = '';
			for (let quality = 0.9; quality > 0.2; quality -= 0.05) {
				url = canvas.toDataURL('image/webp', quality);
				// Base64 makes four characters of three bytes
				if (url.length * 0.75 <= limit) break;
			}
			return url;
		},
		{ source: png.toString('base64'), limit: MAX_SIZE },
	);
	return Buffer.from(data.slice(data.indexOf(',') + 1), 'base64');
}

/** What the nodes of a workflow cover, in the editor's units. */
function sizeOf(nodes: WorkflowNode[]) {
	const right = nodes.map(({ position, parameters }) => position[0] + (parameters.width ?? 260));
	const bottom = nodes.map(({ position, parameters }) => position[1] + (parameters.height ?? 140));
	return {
		width: Math.max(...right) - Math.min(...nodes.map(({ position }) => position[0])),
		height: Math.max(...bottom) - Math.min(...nodes.map(({ position }) => position[1])),
	};
}

try {
	for (const file of files) {
		const workflow = await completeTemplate(stack.client, await readTemplate(file), stack.credentials);
		const { id } = await stack.client.importWorkflow(workflow);
		try {
			const { width, height } = sizeOf(workflow.nodes);
			const zoom = Math.min(1, MAX_WIDTH / width, Math.sqrt(MAX_AREA / (width * height)));
			await page.setViewportSize({
				width: Math.ceil(width * zoom * 1.15) + FRAME.width,
				height: Math.ceil(height * zoom * 1.15) + FRAME.height,
			});
			await page.goto(`${stack.n8n}/workflow/${id}`);
			await page
				.locator('.vue-flow__node')
				.nth(workflow.nodes.length - 1)
				.waitFor();
			// The editor's buttons lie above the canvas
			await page.addStyleTag({
				content:
					'.vue-flow__panel, .vue-flow__minimap, [class*=executionButtons], [class*=trigger-icon], .notice { visibility: hidden !important }',
			});
			await page.getByTestId('zoom-to-fit').evaluate((button) => (button as HTMLElement).click());
			const nodes = page.locator('.vue-flow__node');
			const measure = async () =>
				await nodes.evaluateAll((elements) => {
					const boxes = elements.map((element) => element.getBoundingClientRect());
					return [
						Math.min(...boxes.map(({ left }) => left)),
						Math.min(...boxes.map(({ top }) => top)),
						Math.max(...boxes.map(({ right }) => right)),
						Math.max(...boxes.map(({ bottom }) => bottom)),
					];
				});
			// The canvas glides to its place
			let [box, before] = [await measure(), [] as number[]];
			while (String(box) !== String(before)) {
				await page.waitForTimeout(500);
				[box, before] = [await measure(), box];
			}
			const [left, top, right, bottom] = box;
			const png = await page.screenshot({
				clip: {
					x: left - MARGIN,
					y: top - MARGIN,
					width: right - left + 2 * MARGIN,
					height: bottom - top + 2 * MARGIN,
				},
			});
			const webp = await toWebp(png);
			const name = file.replace('.json', '.webp');
			await writeFile(join(folder, name), webp);
			console.log(
				`docs/templates/${name}: ${Math.round(right - left)} x ${Math.round(bottom - top)}, ${Math.round(webp.length / 1000)} kB`,
			);
			if (webp.length > MAX_SIZE) process.exitCode = 1;
		} finally {
			await stack.client.deleteWorkflow(id);
		}
	}
} finally {
	await browser.close();
	await stack.close();
}
