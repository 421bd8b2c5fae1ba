/** The pages with generated parts, and the phrases of the translations. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';

import { phraseProblems, render, type Phrases, type TemplateEntry } from './tables.mts';

/** The wanted text of each generated file, by its path from the root of the repository. */
export type GeneratedFiles = Map<string, string>;

/** The shelf of templates in the order in which somebody starting out meets them. */
const ORDER = [
	'hotmart-to-teachable',
	'kinder-access',
	'nightly-reconciliation',
	'products-to-courses',
	'win-back',
	'recover-unpaid',
	'bulk-cancel-or-reactivate',
	'events-to-table',
	'webhook-watchdog',
	'subscriber-report',
	'support-agent',
	'mcp-server',
	'make-list-subscriptions',
	'make-get-purchases',
	'make-cancel-subscriptions',
	'make-reactivate-subscriptions',
	'make-api-call',
];

/** Where pages are; a folder with a `phrases.json` is in the language of these phrases. */
const FOLDERS = ['docs', 'docs/pt-BR', 'docs/es', 'templates'];

function readTemplates(): TemplateEntry[] {
	const files = readdirSync('templates')
		.filter((name) => name.endsWith('.json'))
		.map((name) => basename(name, '.json'));
	const forgotten = files.filter((file) => !ORDER.includes(file));
	if (forgotten.length > 0) throw new Error(`tools/docs/pages.mts gives no place to the template ${forgotten.join()}`);
	return ORDER.map((file) => {
		const { name, nodes } = JSON.parse(readFileSync(`templates/${file}.json`, 'utf8'));
		const note = nodes.find(({ type }: { type: string }) => type.endsWith('.stickyNote'))?.parameters.content ?? '';
		return { file, name, note, hasPicture: existsSync(`docs/templates/${file}.webp`) };
	});
}

/** A page whose blocks of code that are a whole file of the repository, such as ```ts file=nodes/x.ts, are that file. */
const withFiles = (page: string) =>
	page.replace(/^( *)```ts file=(\S+)\n[^]*?^ *```$/gm, (_all, indent: string, file: string) => {
		const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
		const code = lines.map((line) => (line === '' ? '' : indent + line)).join('\n');
		return `${indent}\`\`\`ts file=${file}\n${code}\n${indent}\`\`\``;
	});

/**
 * All pages with their generated parts as they ought to be.
 *
 * @throws {Error} where a translation lacks a phrase, or has one too many
 */
export function pages(): GeneratedFiles {
	const templates = readTemplates();
	const problems: string[] = [];
	const files: GeneratedFiles = new Map([['CONTRIBUTING.md', withFiles(readFileSync('CONTRIBUTING.md', 'utf8'))]]);
	for (const folder of FOLDERS) {
		const phraseFile = `${folder}/phrases.json`;
		const phrases: Phrases | undefined = existsSync(phraseFile)
			? JSON.parse(readFileSync(phraseFile, 'utf8'))
			: undefined;
		if (phrases) problems.push(...phraseProblems(phrases, templates).map((problem) => `${phraseFile}: ${problem}`));
		for (const name of readdirSync(folder).filter((file) => file.endsWith('.md'))) {
			const page = `${folder}/${name}`;
			const toRoot = '../'.repeat(dirname(page).split('/').length);
			files.set(page, render(readFileSync(page, 'utf8'), templates, toRoot, phrases));
		}
	}
	if (problems.length > 0) throw new Error(problems.join('\n'));
	return files;
}
