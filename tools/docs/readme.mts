/** Writes the generated tables into the pages; with --check it only says whether they are current. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { phraseProblems, render } from './tables.ts';
import type { TemplateEntry } from './tables';

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

/** The shelf of templates in the order in which somebody starting out meets them; what is not named here follows. */
const ORDER = [
	'hotmart-to-teachable',
	'kinder-access',
	'nightly-reconciliation',
	'products-to-courses',
	'win-back',
	'bulk-cancel-or-reactivate',
	'events-to-table',
	'subscriber-report',
	'support-agent',
	'make-watch-events',
	'make-list-subscriptions',
	'make-get-purchases',
	'make-cancel-subscriptions',
	'make-reactivate-subscriptions',
	'make-api-call',
];

function readTemplates(): TemplateEntry[] {
	const files = readdirSync(path('templates'))
		.filter((name) => name.endsWith('.json'))
		.map((name) => basename(name, '.json'));
	const place = (file: string) => (ORDER.includes(file) ? ORDER.indexOf(file) : ORDER.length);
	return files
		.sort((a, b) => place(a) - place(b) || a.localeCompare(b))
		.map((file) => {
			const { name, nodes } = JSON.parse(readFileSync(path(`templates/${file}.json`), 'utf8'));
			const note = nodes.find(({ type }: { type: string }) => type.endsWith('.stickyNote'))?.parameters.content ?? '';
			return { file, name, note, hasPicture: existsSync(path(`docs/templates/${file}.webp`)) };
		});
}

const templates = readTemplates();
const isCheck = process.argv.includes('--check');

for (const folder of ['docs', 'docs/pt-BR', 'docs/es', 'templates']) {
	const phraseFile = `${folder}/phrases.json`;
	const phrases = existsSync(path(phraseFile)) ? JSON.parse(readFileSync(path(phraseFile), 'utf8')) : undefined;
	const problems = phrases ? phraseProblems(phrases, templates) : [];
	for (const problem of problems) console.error(`${phraseFile}: ${problem}`);
	if (problems.length > 0) process.exitCode = 1;
	for (const name of readdirSync(path(folder)).filter((file) => file.endsWith('.md'))) {
		const page = `${folder}/${name}`;
		const written = readFileSync(path(page), 'utf8');
		const wanted = render(written, templates, '../'.repeat(dirname(page).split('/').length), phrases);
		if (written === wanted) continue;
		if (!isCheck) writeFileSync(path(page), wanted);
		console.log(`${page}: the tables ${isCheck ? 'are not current. Run: npm run docs' : 'were written'}`);
		if (isCheck) process.exitCode = 1;
	}
}

/** Blocks of code that are a whole file of the repository, such as ```ts file=nodes/Hotmart/resources/event/get.ts */
const contributing = readFileSync(path('CONTRIBUTING.md'), 'utf8');
const withFiles = contributing.replace(
	/^( *)```ts file=(\S+)\n[^]*?^ *```$/gm,
	(_all, /** @type {string} */ indent, /** @type {string} */ file) => {
		const lines = readFileSync(path(file), 'utf8').trimEnd().split('\n');
		const code = lines.map((line) => (line === '' ? '' : indent + line)).join('\n');
		return `${indent}\`\`\`ts file=${file}\n${code}\n${indent}\`\`\``;
	},
);
if (contributing !== withFiles) {
	if (isCheck) {
		console.error('CONTRIBUTING.md: its code is not that of the repository. Run: npm run docs');
		process.exitCode = 1;
	} else writeFileSync(path('CONTRIBUTING.md'), withFiles);
}
