/** The pages and their translations say the same, and what the nodes say. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const read = (name: string) => readFileSync(path(name), 'utf8');
const pagesIn = (folder: string) => readdirSync(path(folder)).filter((name) => name.endsWith('.md'));

const README = read('README.md');
/** The folders of the translations. */
const LANGUAGES = ['docs/pt-BR', 'docs/es'];

/** All .ts and .json files of the nodes and the credentials in one text. */
const SOURCE = ['nodes', 'credentials']
	.flatMap((folder) => readdirSync(path(folder), { recursive: true }).map((file) => `${folder}/${file}`))
	.filter((file) => /\.(ts|json)$/.test(file))
	.map(read)
	.join('\n');

/** @returns what its first group matches, in order */
const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, found]) => found);
const unique = (list: string[]) => [...new Set(list)].sort();
const withoutCode = (text: string) => text.replaceAll(/^```[^]*?^```/gm, '');
const levels = (text: string) => all(withoutCode(text), /^(#+) /gm);
const pictures = (text: string) => all(text, /!\[[^\]]+\]\((?:\.\.\/|docs\/)*([\w.-]+)\)/g);
const commands = (text: string) => all(text, /^(npm [^#\n]*[^#\n ])/gm);
/** Messages of the nodes that the table of symptoms quotes. */
const quotes = (text: string) =>
	all(text, /^(\|(?!.*<img ).*"[^"]+".*\|)$/gm).flatMap((row) => all(row, /"([A-Za-z][^"]{10,})"/g));
const anchorOf = (heading: string) => heading.toLowerCase().replaceAll(' ', '-');

/** The English page of which a page of a translation is one. */
const originalOf = (name: string) =>
	({ 'README.md': 'README.md', 'templates.md': 'templates/README.md' })[name] ?? `docs/${name}`;

describe('the README', () => {
	it('has at most 200 lines, as do its translations', () => {
		for (const page of ['README.md', ...LANGUAGES.map((folder) => `${folder}/README.md`)])
			assert.ok(read(page).split('\n').length <= 200, page);
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

	it('links to every page', () => {
		for (const name of pagesIn('docs')) assert.ok(README.includes(`](docs/${name}`), name);
		for (const language of LANGUAGES)
			for (const name of pagesIn(language).filter((page) => page !== 'README.md'))
				assert.ok(read(`${language}/README.md`).includes(`](${name}`), `${language}/${name}`);
	});
});

describe('all pages', () => {
	it('have a place for every address to which the nodes and credentials point', () => {
		const links = unique(all(SOURCE, /n8n-nodes-hotmart-teachable\/blob\/main\/([\w./-]+(?:#[\w-]+)?)/g));
		assert.ok(links.length >= 7, links.join());
		for (const link of links) {
			const [page = '', anchor] = link.split('#');
			assert.ok(existsSync(path(page)), link);
			if (anchor)
				assert.ok(
					all(read(page), /^#+ (.+)$/gm)
						.map(anchorOf)
						.includes(anchor),
					link,
				);
		}
	});

	it('name the versions of n8n that are tested', () => {
		const pages = ['README.md', 'docs/compatibility.md', ...LANGUAGES.map((folder) => `${folder}/README.md`)];
		for (const file of ['test/n8n/lts/package.json', 'test/n8n/package.json'])
			for (const page of pages) assert.ok(read(page).includes(JSON.parse(read(file)).dependencies.n8n), page);
	});

	it('quote only messages that the nodes really have', () => {
		const quoted = quotes(read('docs/troubleshooting.md'));
		assert.ok(quoted.length >= 15);
		for (const text of quoted) assert.ok(SOURCE.includes(text), `No node says: ${text}`);
	});

	it('name only npm scripts that exist', () => {
		const { scripts } = JSON.parse(read('package.json'));
		const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...pagesIn('docs').map((name) => `docs/${name}`)];
		const named = unique(pages.flatMap((page) => all(read(page), /\bnpm run ([\w:]+)/g)));
		assert.ok(named.length > 3);
		for (const name of named) assert.ok(scripts[name], `npm run ${name}`);
	});
});

for (const language of LANGUAGES) {
	describe(`the pages in ${language}`, () => {
		it('are a translation of the pages for users', () => {
			assert.deepEqual(pagesIn(language).sort(), [
				'README.md',
				'access.md',
				'credentials.md',
				'first-student.md',
				'hotmart-polling-trigger.md',
				'hotmart-trigger.md',
				'hotmart.md',
				'teachable-trigger.md',
				'teachable.md',
				'templates.md',
				'troubleshooting.md',
			]);
		});

		for (const name of pagesIn(language).filter((page) => page !== 'templates.md'))
			it(`${name} has the chapters, pictures, commands and quoted messages of the English page`, () => {
				const [mine, theirs] = [read(`${language}/${name}`), read(originalOf(name))];
				assert.deepEqual(levels(mine), levels(theirs));
				assert.deepEqual(pictures(mine), pictures(theirs));
				assert.deepEqual(commands(mine), commands(theirs));
				assert.deepEqual(quotes(mine), quotes(theirs));
			});
	});
}
