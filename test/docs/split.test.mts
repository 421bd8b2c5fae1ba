/** The split command puts each node into its half, and names it so everywhere. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { HALVES, renameTypes, split } from '../../tools/split.mts';

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

		it('has a README of its own, with its templates, and with links that work anywhere', () => {
			const readme = readFileSync(join(home(), 'README.md'), 'utf8');
			assert.match(readme, new RegExp(`^# ${name}\n`));
			assert.ok(readme.includes(`enter \`${name}\``));
			for (const heading of ['Installation', 'Operations', 'Credentials', 'Compatibility', 'Usage', 'Resources'])
				assert.ok(readme.includes(`\n## ${heading}\n`), heading);
			const listed = [...readme.matchAll(/^- \*\*.+\*\* \(`([\w-]+\.json)`\)/gm)].map(([, file]) => file);
			const files = readdirSync(join(home(), 'templates')).filter((file) => file.endsWith('.json'));
			assert.deepEqual(listed.sort(), files.sort());
			const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);
			assert.ok(links.length > 10);
			for (const link of links) {
				assert.match(link, /^https:\/\//);
				const [, page] = /\/blob\/v[\d.]+\/([^#]+)/.exec(link) ?? [];
				if (page) assert.ok(existsSync(new URL(`../../${page}`, import.meta.url)), link);
			}
			const other = HALVES.find((half) => half.name !== name)!;
			for (const file of files) {
				const needs = readFileSync(join(home(), 'templates', file), 'utf8').includes(`"${other.name}.`);
				const line = readme.split('\n').find((text) => text.includes(`\`${file}\``));
				assert.equal(line?.includes(`with \`${other.name}\``), needs, file);
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

it('a workflow changes over by the two replacements of docs/compatibility.md', () => {
	const page = readFileSync(new URL('../../docs/compatibility.md', import.meta.url), 'utf8');
	const rows = [...page.matchAll(/^\| `("n8n-nodes-hotmart-teachable\.\w+)` \| `("[\w.-]+)` \|$/gm)];
	assert.equal(rows.length, 2);
	const folder = new URL('../../templates/', import.meta.url);
	const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
	for (const file of files) {
		const whole = readFileSync(new URL(file, folder), 'utf8');
		const changed = rows.reduce((text, [, from = '', to = '']) => text.replaceAll(from, to), whole);
		assert.equal(changed, renameTypes(whole), file);
		assert.doesNotMatch(changed, new RegExp(`"${ORIGINAL}\\.`), file);
	}
});
