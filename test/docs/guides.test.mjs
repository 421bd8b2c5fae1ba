// @ts-check
/** The README and its translations say the same, and what the nodes say. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tsImport } from 'tsx/esm/api';

const path = (/** @type {string} */ name) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const read = (/** @type {string} */ name) => readFileSync(path(name), 'utf8');

/** @type {{ EVENTS: typeof import('../../nodes/Hotmart/trigger/events').EVENTS }} */
const { EVENTS } = await tsImport('../../nodes/Hotmart/trigger/events.ts', import.meta.url);
/** @type {{ RESOURCES: typeof import('../../nodes/Hotmart/resources').RESOURCES }} */
const hotmart = await tsImport('../../nodes/Hotmart/resources/index.ts', import.meta.url);
/** @type {{ RESOURCES: typeof import('../../nodes/Teachable/resources').RESOURCES }} */
const teachable = await tsImport('../../nodes/Teachable/resources/index.ts', import.meta.url);

const README = read('README.md');
const TRANSLATIONS = { 'pt-BR': read('docs/pt-BR.md'), es: read('docs/es.md') };
const PAGES = { English: README, ...TRANSLATIONS };

/** All .ts and .json files of the nodes and the credentials in one text. */
const SOURCE = ['nodes', 'credentials']
	.flatMap((folder) => readdirSync(path(folder), { recursive: true }).map((file) => `${folder}/${file}`))
	.filter((file) => /\.(ts|json)$/.test(file))
	.map(read)
	.join('\n');

/** @param {string} text @param {RegExp} pattern @returns {string[]} what its first group matches, in order */
const all = (text, pattern) => [...text.matchAll(pattern)].map(([, found]) => found);
const unique = (/** @type {string[]} */ list) => [...new Set(list)].sort();
const withoutCode = (/** @type {string} */ text) => text.replaceAll(/^```[^]*?^```/gm, '');
const levels = (/** @type {string} */ text) => all(withoutCode(text), /^(#+) /gm);
const templates = (/** @type {string} */ text) => unique(all(text, /\]\((?:\.\.\/)?templates\/([\w-]+\.json)\)/g));
const pictures = (/** @type {string} */ text) => all(text, /!\[[^\]]+\]\((?:docs\/)?([\w.-]+)\)/g);
const commands = (/** @type {string} */ text) => all(text, /^(npm [^#\n]*[^#\n ])/gm);
/** Messages of the nodes that the table of symptoms quotes. */
const quotes = (/** @type {string} */ text) =>
	all(text, /^(\|(?!.*<img ).*"[^"]+".*\|)$/gm).flatMap((row) => all(row, /"([A-Za-z][^"]{10,})"/g));

/** @param {string} page @param {string} name @returns {string[]} operations in the row of a resource */
const operationsIn = (page, name) => {
	const [row = ''] = all(page, new RegExp(`^\\| \\*\\*${name}\\*\\* \\| ([^|]+) \\|`, 'gm'));
	return row.split(', ');
};

describe('the README', () => {
	it('has a place for every address that the nodes and credentials point to', () => {
		const anchors = unique(all(SOURCE, /n8n-nodes-hotmart-teachable#([\w-]+)/g)).filter(
			(anchor) => anchor !== 'readme',
		);
		assert.deepEqual(anchors, ['credentials', 'hotmart-api', 'hotmart-webhook-api', 'teachable-api']);
		const headings = all(withoutCode(README), /^#+ (.+)$/gm).map((text) => text.toLowerCase().replaceAll(' ', '-'));
		for (const anchor of anchors) assert.ok(headings.includes(anchor), anchor);
	});

	it('and the translations name the versions of n8n that are tested', () => {
		const versions = ['test/n8n/lts/package.json', 'test/n8n/package.json'].map(
			(file) => JSON.parse(read(file)).dependencies.n8n,
		);
		for (const [name, page] of Object.entries(PAGES))
			for (const version of versions) assert.ok(page.includes(version), `${name} does not name ${version}`);
	});

	it("has the sections that n8n's own template of a README has", () => {
		const headings = all(README, /^## (.+)$/gm);
		for (const name of [
			'Installation',
			'Operations',
			'Credentials',
			'Compatibility',
			'Usage',
			'Resources',
			'Version history',
		])
			assert.ok(headings.includes(name), name);
	});

	it('shows every template of the package', () => {
		assert.deepEqual(
			templates(README),
			readdirSync(path('templates'))
				.filter((name) => name.endsWith('.json'))
				.sort(),
		);
	});

	it('quotes only messages that the nodes really have', () => {
		const quoted = quotes(README);
		assert.ok(quoted.length >= 15);
		for (const text of quoted) assert.ok(SOURCE.includes(text), `No node says: ${text}`);
	});

	it('names only npm scripts that exist', () => {
		const { scripts } = JSON.parse(read('package.json'));
		const named = unique([README, read('CONTRIBUTING.md')].flatMap((text) => all(text, /\bnpm run ([\w:]+)/g)));
		assert.ok(named.length > 3);
		for (const name of named) assert.ok(scripts[name], `npm run ${name}`);
	});
});

for (const [language, page] of Object.entries(TRANSLATIONS)) {
	describe(`the guide in ${language}`, () => {
		it('has the chapters of the README', () => assert.deepEqual(levels(page), levels(README)));
		it('has the templates of the README', () => assert.deepEqual(templates(page), templates(README)));
		it('has the pictures of the README', () => assert.deepEqual(pictures(page), pictures(README)));
		it('has the commands of the README', () => assert.deepEqual(commands(page), commands(README)));
		it('quotes the messages of the README', () => assert.deepEqual(quotes(page), quotes(README)));

		it('lists every event with its decision', () => {
			for (const [event, { label, access }] of Object.entries(EVENTS)) {
				const decision = access.decision === 'none' ? ' ' : ` ${access.decision} `;
				assert.ok(page.includes(`| ${label} | \`${event}\` |${decision}|`), event);
			}
			assert.equal(all(page, /^\| [\w -]+ \| `([A-Z_]+)` \|/gm).length, Object.keys(EVENTS).length);
		});

		it('lists every operation', () => {
			const [mine, theirs] = page.split(/^### Teachable$/m);
			for (const [text, resources] of /** @type {const} */ ([
				[mine, hotmart.RESOURCES],
				[theirs, teachable.RESOURCES],
			]))
				for (const { name, operations } of resources)
					assert.deepEqual(
						operationsIn(text, name),
						operations.map((operation) => operation.name),
						name,
					);
		});
	});
}

describe('all pages', () => {
	for (const [name, page] of Object.entries(PAGES))
		it(`in ${name} link to each other`, () => {
			const others = ['README.md', 'docs/pt-BR.md', 'docs/es.md'].filter(
				(file) => PAGES[/** @type {keyof typeof PAGES} */ (name)] !== read(file),
			);
			for (const file of others)
				assert.ok(
					page.includes(
						name === 'English'
							? `](${file})`
							: `](${file === 'README.md' ? '../README.md' : file.replace('docs/', '')})`,
					),
					file,
				);
		});
});
