/** The split command puts each node into its half, and names it so everywhere. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { HALVES, split } from '../../tools/split.mts';

const ORIGINAL = 'n8n-nodes-hotmart-teachable';

let target: string;
before(() => {
	target = mkdtempSync(join(tmpdir(), 'split-'));
	split(target);
});
after(() => rmSync(target, { recursive: true, force: true }));

const nodesIn = (folder: string) =>
	readdirSync(folder)
		.filter((file) => file.endsWith('.node.ts'))
		.map((file) => basename(file, '.node.ts'));
const typeOf = (node: string) => `${node[0]!.toLowerCase()}${node.slice(1)}`;

const TRIGGERS: Record<string, string[]> = {
	'n8n-nodes-hotmart': ['hotmartPollingTrigger', 'hotmartTrigger'],
	'n8n-nodes-teachable': ['teachableTrigger'],
};

for (const { name, folder, types } of HALVES)
	describe(name, () => {
		const home = () => join(target, name);

		it('has its triggers, and every node of its service', () => {
			const nodes = nodesIn(join(home(), 'nodes', folder));
			assert.deepEqual(
				nodes
					.map(typeOf)
					.filter((type) => type.endsWith('Trigger'))
					.sort(),
				TRIGGERS[name],
			);
			assert.deepEqual(
				nodes.map(typeOf).sort(),
				types.filter((type) => !type.endsWith('Tool')).sort(),
				'tools/split.mts lists the node types',
			);
			const { n8n } = JSON.parse(readFileSync(join(home(), 'package.json'), 'utf8'));
			assert.deepEqual(
				n8n.nodes.map((path: string) => basename(path, '.node.js')).sort(),
				nodes.sort(),
				'package.json lists the nodes',
			);
		});

		it('names its nodes after itself in the search of the node panel', () => {
			for (const node of nodesIn(join(home(), 'nodes', folder))) {
				const codex = JSON.parse(readFileSync(join(home(), 'nodes', folder, `${node}.node.json`), 'utf8'));
				assert.equal(codex.node, `${name}.${typeOf(node)}`);
			}
		});

		it('has templates whose nodes are those of the halves', () => {
			const known = HALVES.flatMap((half) => half.types.map((type) => `${half.name}.${type}`));
			for (const language of ['.', 'pt-BR', 'es']) {
				const files = readdirSync(join(home(), 'templates', language)).filter((file) => file.endsWith('.json'));
				for (const file of files) {
					const { nodes } = JSON.parse(readFileSync(join(home(), 'templates', language, file), 'utf8'));
					for (const { type } of nodes) {
						assert.doesNotMatch(type, new RegExp(`${ORIGINAL}\\.`), file);
						if (/hotmart|teachable/.test(type)) assert.ok(known.includes(type), `${file}: ${type}`);
					}
				}
			}
		});
	});

it('the templates of both halves are all that there are, each once', () => {
	const here = new URL('../../templates/', import.meta.url);
	const all = readdirSync(here).filter((file) => file.endsWith('.json'));
	const halves = HALVES.flatMap(({ name }) => readdirSync(join(target, name, 'templates')));
	assert.deepEqual(halves.filter((file) => file.endsWith('.json')).sort(), all.sort());
	assert.ok(readdirSync(join(target, 'n8n-nodes-hotmart', 'templates')).includes('webhook-with-safety-net.json'));
});
