/** Pictures of the templates in the real editor, for templates/README.md. */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { root } from '../../test/n8n/process.mts';
import { completeTemplate, readTemplate, templateFiles } from '../../test/n8n/stack.mts';
import { openEditor, type Editor } from './editor.mts';
import type { Workflow } from '../../test/n8n/client.mts';

/** A picture of a page must load at once; bytes. */
const MAX_SIZE = 45_000;
/** Beyond these a picture gets too big for its size limit; pixels, and pixels in all. */
const MAX_WIDTH = 1600;
const MAX_AREA = 1_000_000;
/** Around the workflow, pixels. */
const MARGIN = 16;
/** What the editor needs around its canvas, pixels. */
const FRAME = { width: 120, height: 220 };
/** The editor's buttons lie above the canvas. */
const HIDE =
	'.vue-flow__panel, .vue-flow__minimap, [class*=executionButtons], [class*=trigger-icon], .notice { visibility: hidden !important }';

/** The size of the window in which the nodes of a workflow can be read, pixels. */
function windowFor({ nodes }: Workflow) {
	const left = Math.min(...nodes.map(({ position }) => position[0]));
	const top = Math.min(...nodes.map(({ position }) => position[1]));
	const width = Math.max(...nodes.map(({ position, parameters }) => position[0] + (parameters.width ?? 260))) - left;
	const height = Math.max(...nodes.map(({ position, parameters }) => position[1] + (parameters.height ?? 140))) - top;
	const zoom = Math.min(1, MAX_WIDTH / width, Math.sqrt(MAX_AREA / (width * height)));
	return {
		width: Math.ceil(width * zoom * 1.15) + FRAME.width,
		height: Math.ceil(height * zoom * 1.15) + FRAME.height,
	};
}

/** Where the nodes are on the page, once the canvas has glided to its place; pixels. */
async function boxOfNodes({ page }: Editor) {
	const measure = async () =>
		await page.locator('.vue-flow__node').evaluateAll((elements) => {
			const boxes = elements.map((element) => element.getBoundingClientRect());
			const x = Math.min(...boxes.map(({ left }) => left));
			const y = Math.min(...boxes.map(({ top }) => top));
			const width = Math.max(...boxes.map(({ right }) => right)) - x;
			const height = Math.max(...boxes.map(({ bottom }) => bottom)) - y;
			return { x, y, width, height };
		});
	let box = await measure();
	for (;;) {
		await page.waitForTimeout(500);
		const next = await measure();
		if (JSON.stringify(next) === JSON.stringify(box)) return box;
		box = next;
	}
}

async function picture(editor: Editor, workflow: Workflow): Promise<Buffer> {
	const { page, stack } = editor;
	const { id } = await stack.client.importWorkflow(workflow);
	try {
		await page.setViewportSize(windowFor(workflow));
		await page.goto(`${stack.n8n}/workflow/${id}`);
		const nodes = page.locator('.vue-flow__node');
		await nodes.nth(workflow.nodes.length - 1).waitFor();
		await page.addStyleTag({ content: HIDE });
		await page.getByTestId('zoom-to-fit').evaluate((button) => (button as HTMLElement).click());
		const { x, y, width, height } = await boxOfNodes(editor);
		const clip = { x: x - MARGIN, y: y - MARGIN, width: width + 2 * MARGIN, height: height + 2 * MARGIN };
		return await editor.toWebp(await page.screenshot({ clip }), MAX_SIZE);
	} finally {
		await stack.client.deleteWorkflow(id);
	}
}

/**
 * Takes the pictures of docs/templates.
 *
 * @param wanted names of templates without .json; none for all
 * @throws {Error} where a picture cannot be made small enough
 */
export async function takeTemplatePictures(wanted: string[]): Promise<void> {
	const files = (await templateFiles()).filter(
		(file) => wanted.length === 0 || wanted.includes(basename(file, '.json')),
	);
	if (files.length === 0) return;
	const editor = await openEditor(1);
	try {
		const folder = join(root, 'docs', 'templates');
		await mkdir(folder, { recursive: true });
		for (const file of files) {
			const { client, credentials } = editor.stack;
			const webp = await picture(editor, await completeTemplate(client, await readTemplate(file), credentials));
			const name = file.replace('.json', '.webp');
			if (webp.length > MAX_SIZE) throw new Error(`docs/templates/${name} would have ${webp.length} bytes`);
			await writeFile(join(folder, name), webp);
			console.log(`docs/templates/${name}: ${Math.round(webp.length / 1000)} kB`);
		}
	} finally {
		await editor.close();
	}
}
