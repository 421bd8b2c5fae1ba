/** Every template in this n8n: its nodes exist here in their versions, and all their parameters are what n8n expects. */
import type { INodeTypeDescription } from 'n8n-workflow';
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { openBrowser } from '../n8n/browser.mts';
import type { Workflow, WorkflowNode } from '../n8n/client.mts';
import { release, useStack } from '../n8n/harness.mts';
import { root } from '../n8n/process.mts';
import { completeTemplate, readTemplate, templateFiles } from '../n8n/stack.mts';
import { parameterProblems } from '../unit/parameters.ts';

/** What needs n8n 2: the node that creates a data table. In n8n 1 a person does that, and the rest is valid. */
const onlyCurrent = ({ type, parameters }: WorkflowNode) =>
	type === 'n8n-nodes-base.dataTable' && parameters.resource === 'table';

let stack: Awaited<ReturnType<typeof useStack>>;
let types: INodeTypeDescription[];
/** n8n's own validation of workflows; 1.x has none. */
let sdk: any;
const files = await templateFiles();

before(async () => {
	stack = await useStack();
	types = await stack.client.request('GET', '/types/nodes.json');
	if (release === 'lts') return;
	const require = createRequire(join(stack.installation, 'node_modules', 'n8n', 'package.json'));
	sdk = require('@n8n/workflow-sdk');
	const packages = ['n8n-nodes-base', '@n8n/n8n-nodes-langchain'];
	sdk.setSchemaBaseDirs(
		packages.map((name) => join(dirname(require.resolve(`${name}/package.json`)), 'dist', 'node-definitions')),
	);
});
after(async () => await stack?.close());

/** @returns the description of exactly its version */
const descriptionOf = ({ type, typeVersion }: WorkflowNode): INodeTypeDescription | undefined =>
	types.find(({ name, version }) => name === type && [version].flat().includes(typeVersion));

function problemsOf({ nodes }: Workflow) {
	return nodes.flatMap((node) => {
		const description = descriptionOf(node);
		if (!description) return [`${node.name}: there is no ${node.type} in version ${node.typeVersion}`];
		return parameterProblems(node as any, description).map((problem) => `${node.name}: ${problem}`);
	});
}

describe('The templates', () => {
	it('are all listed in their README, with pictures', async () => {
		const readme = await readFile(join(root, 'templates', 'README.md'), 'utf8');
		const pictures = await readdir(join(root, 'docs', 'templates'));
		for (const file of files) {
			const picture = file.replace('.json', '.webp');
			assert.ok(readme.includes(`](../templates/${file})`), `templates/README.md does not link ${file}`);
			assert.ok(
				readme.includes(`<img src="../docs/templates/${picture}"`),
				`templates/README.md does not show ${picture}`,
			);
			assert.ok(pictures.includes(picture), `npm run docs -- --pictures makes docs/templates/${picture}`);
		}
		const known = files.map((file) => file.replace('.json', '.webp'));
		assert.deepEqual(
			pictures.filter((name) => !known.includes(name)),
			[],
			'pictures of no template',
		);
	});

	for (const file of files) {
		it(`${file} is valid in this n8n, once it is filled in`, async () => {
			const workflow = await completeTemplate(stack.client, await readTemplate(file), stack.credentials);
			const nodes = workflow.nodes.filter((node) => release === 'current' || !onlyCurrent(node));
			assert.deepEqual(problemsOf({ ...workflow, nodes }), []);
			for (const { name, type, credentials } of workflow.nodes) {
				const required = (await stack.client.nodeType(type))?.credentials ?? [];
				const lacking = required.filter(
					(credential) => 'required' in credential && credential.required && !credentials?.[credential.name],
				);
				assert.deepEqual(
					lacking.filter((credential) => !('displayOptions' in credential)).map((credential) => credential.name),
					[],
					name,
				);
			}
			if (sdk) {
				const { errors, warnings } = sdk.validateWorkflow(workflow, { validateSchema: true });
				const found = [...errors, ...warnings].filter(({ severity }) => severity !== 'informational');
				assert.deepEqual(
					found.map(({ message }) => message),
					[],
				);
			}
			const { id } = await stack.client.importWorkflow(workflow);
			await stack.client.deleteWorkflow(id);
		});
	}

	it('would be found to be invalid', async () => {
		const workflow = await completeTemplate(
			stack.client,
			await readTemplate('make-list-subscriptions.json'),
			stack.credentials,
		);
		const refuses = (change: (node: (name: string) => any) => void, problem: RegExp) => {
			const broken = structuredClone(workflow);
			change((name) => broken.nodes.find((node) => node.name === name));
			assert.match(problemsOf(broken).join('\n'), problem);
		};
		refuses((node) => (node('Spreadsheet').typeVersion = 99), /no n8n-nodes-base\.convertToFile in version 99/);
		refuses((node) => (node('Spreadsheet').type = 'n8n-nodes-base.gone'), /no n8n-nodes-base\.gone/);
		refuses((node) => (node('Spreadsheet').parameters.operation = 'docx'), /operation cannot be "docx"/);
		refuses((node) => (node('Spreadsheet').parameters.options.header = true), /options\.header is no parameter/);
		refuses((node) => (node('Spreadsheet').parameters.options.delimiter = ';'), /options\.delimiter is not shown/);
		refuses((node) => (node('List Subscriptions').parameters.limit = 5), /limit is not shown/);
		refuses(
			(node) => (node('List Subscriptions').parameters.filters.status = ['paid']),
			/filters\.status cannot be "paid"/,
		);
		refuses(
			(node) => (node('List Subscriptions').parameters.filters.productId = '1'),
			/filters\.productId is no resource locator/,
		);
		refuses((node) => (node('Start').parameters.extra = 1), /extra is no parameter/);
	});

	it(
		'have notes that nothing is cut off from',
		{ skip: release === 'lts' && 'looks are about the newest n8n' },
		async () => {
			// All notes beside each other in one workflow, as opening every template takes minutes
			const templates = await Promise.all(files.map(readTemplate));
			const notes = templates.flatMap(({ name: template, nodes }) =>
				nodes
					.filter(({ type }) => type.endsWith('.stickyNote'))
					.map((note) => ({ ...note, name: `${template}: ${note.name}` })),
			);
			const { id } = await stack.client.importWorkflow({
				name: 'All notes',
				nodes: notes.map((note, index) => ({
					...note,
					position: [(index % 12) * 1100, Math.floor(index / 12) * 1200],
				})),
				connections: {},
			});
			const { page, shot, close } = await openBrowser();
			try {
				const [name, value] = stack.session.split(/=(.*)/s);
				await page.context().addCookies([{ name, value, url: stack.n8n }]);
				await page.goto(`${stack.n8n}/workflow/${id}`);
				const drawn = page.locator('.vue-flow__node').filter({ has: page.getByTestId('sticky') });
				await drawn
					.nth(notes.length - 1)
					.getByRole('heading')
					.waitFor({ state: 'attached' });
				const cut = await drawn.evaluateAll((elements) =>
					elements
						.filter((element) => {
							const texts = [...element.querySelectorAll('h2, h3, p, li')].map(
								(text) => text.getBoundingClientRect().bottom,
							);
							return texts.length === 0 || Math.max(...texts) > element.getBoundingClientRect().bottom;
						})
						.map((element) => element.textContent?.trim().slice(0, 60)),
				);
				await shot('notes');
				assert.deepEqual(cut, []);
			} finally {
				await close();
				await stack.client.deleteWorkflow(id);
			}
		},
	);
});
