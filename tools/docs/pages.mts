/** The pages with generated parts, and the phrases of the translations. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';

import { phraseProblems, render, type Phrases, type TemplateEntry } from './tables.mts';
import { translate, unusedPhrases, type TemplatePhrases } from './translations.mts';
import type { Workflow } from '../../test/n8n/client.mts';

/** The wanted text of each generated file, by its path from the root of the repository. */
export type GeneratedFiles = Map<string, string>;

/** The shelf of templates in the order in which somebody starting out meets them. */
const ORDER = [
	'hotmart-to-teachable',
	'until-paid-period-ends',
	'webhook-with-safety-net',
	'sync-students',
	'teachable-sale',
	'win-back',
	'recover-unpaid',
	'course-completed',
	'student-inactive',
	'bulk-cancel-or-reactivate',
	'events-to-table',
	'webhook-watchdog',
	'tell-a-person',
	'subscriber-report',
	'support-agent',
	'mcp-server',
	'make-list-subscriptions',
	'make-get-purchases',
	'make-cancel-subscriptions',
	'make-reactivate-subscriptions',
	'make-api-call',
];

/** Where pages are; a language has a folder of pages, of phrases and of templates. */
const FOLDERS = ['docs', 'docs/pt-BR', 'docs/es', 'templates'];
const LANGUAGES = ['pt-BR', 'es'];

const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

/** The English templates in the order of the shelf. */
function readTemplates(): Array<{ file: string; workflow: Workflow }> {
	const files = readdirSync('templates')
		.filter((name) => name.endsWith('.json'))
		.map((name) => basename(name, '.json'));
	const forgotten = files.filter((file) => !ORDER.includes(file));
	if (forgotten.length > 0) throw new Error(`tools/docs/pages.mts gives no place to the template ${forgotten.join()}`);
	return ORDER.map((file) => ({ file, workflow: readJson(`templates/${file}.json`) }));
}

/** What the shelf tells of a template. */
function entryOf(file: string, { name, nodes }: Workflow): TemplateEntry {
	const note = nodes.find(({ type }) => type.endsWith('.stickyNote'))?.parameters.content ?? '';
	const picture = `${basename(file)}.webp`;
	return { file, name, note, picture: existsSync(`docs/templates/${picture}`) ? picture : null };
}

/** The templates of a language, and what its phrases lack. */
function translateAll(language: string, english: ReturnType<typeof readTemplates>) {
	const phrases: TemplatePhrases = readJson(`docs/${language}/templates.json`);
	const translations = english.map(({ workflow }) => translate(workflow, phrases));
	const problems = [...translations.flatMap((each) => each.problems), ...unusedPhrases(phrases, translations)];
	return {
		templates: english.map(({ file }, index) => ({
			file: `${language}/${file}`,
			workflow: translations[index]!.workflow,
		})),
		problems: [...new Set(problems)].map((problem) => `docs/${language}/templates.json: ${problem}`),
	};
}

/** A page whose blocks of code that are a whole file of the repository, such as ```ts file=nodes/x.ts, are that file. */
const withFiles = (page: string) =>
	page.replace(/^( *)```ts file=(\S+)\n[^]*?^ *```$/gm, (_all, indent: string, file: string) => {
		const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
		const code = lines.map((line) => (line === '' ? '' : indent + line)).join('\n');
		return `${indent}\`\`\`ts file=${file}\n${code}\n${indent}\`\`\``;
	});

/**
 * All pages with their generated parts as they ought to be, and the templates of the other languages.
 *
 * @throws {Error} where a translation lacks a phrase, or has one too many
 */
export function pages(): GeneratedFiles {
	const english = readTemplates();
	const problems: string[] = [];
	const files: GeneratedFiles = new Map([['CONTRIBUTING.md', withFiles(readFileSync('CONTRIBUTING.md', 'utf8'))]]);
	for (const folder of FOLDERS) {
		const language = LANGUAGES.find((each) => folder === `docs/${each}`);
		const phrases: Phrases | undefined = language && readJson(`${folder}/phrases.json`);
		if (phrases) problems.push(...phraseProblems(phrases).map((problem) => `${folder}/phrases.json: ${problem}`));
		const translated = language ? translateAll(language, english) : undefined;
		problems.push(...(translated?.problems ?? []));
		for (const { file, workflow } of translated?.templates ?? [])
			files.set(`templates/${file}.json`, `${JSON.stringify(workflow, null, '\t')}\n`);
		const shelf = (translated?.templates ?? english).map(({ file, workflow }) => entryOf(file, workflow));
		for (const name of readdirSync(folder).filter((file) => file.endsWith('.md'))) {
			const page = `${folder}/${name}`;
			const toRoot = '../'.repeat(dirname(page).split('/').length);
			files.set(page, render(readFileSync(page, 'utf8'), shelf, toRoot, phrases));
		}
	}
	if (problems.length > 0) throw new Error(problems.join('\n'));
	return files;
}
