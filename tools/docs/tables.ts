import { EVENTS } from '../../nodes/Hotmart/trigger/events';
import { RESOURCES as HOTMART } from '../../nodes/Hotmart/resources';
import { RESOURCES as TEACHABLE } from '../../nodes/Teachable/resources';
import type { Resource } from '../../nodes/shared/operation';

const row = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const table = (head: string[], rows: string[][]) =>
	[row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

const operations = (resources: Array<Resource<never>>) =>
	table(
		['resource', 'operation', 'what it does'],
		[...resources]
			.sort((a, b) => a.name.localeCompare(b.name))
			.flatMap((resource) =>
				resource.operations.map(({ name, description }, index) => [
					index === 0 ? `**${resource.name}**` : '',
					name,
					description,
				]),
			),
	);

const WORDS = { grant: 'grant', revoke: 'revoke', switch: 'switch', none: '' };

/** What the shelf tells of a template. */
export interface TemplateEntry {
	/** Name of the file in templates/, without .json. */
	file: string;
	name: string;
	/** Text of its first sticky note. */
	note: string;
	/** Whether docs/templates/ has a picture of it. */
	hasPicture: boolean;
}

/** The first words of a template's note: what it does, before how it is set up. */
export function summaryOf({ file, note }: TemplateEntry): string {
	const [, body = ''] = note.split(/^## .+\n/);
	const [about = ''] = body.split(/^\*\*Set up\*\*/m);
	const [first = '', second = ''] = about.trim().split(/\n{2,}/);
	const isIntroduction = first.endsWith(':') || first.length < 60;
	const text = isIntroduction ? `${first}\n${second}` : first;
	if (text === '')
		throw new Error(`The first note of templates/${file}.json does not say what it does below its heading`);
	return text.replaceAll(/\s*\n(- )?/g, ' ');
}

const shelf = (templates: TemplateEntry[]) =>
	table(
		['template', 'what it does', 'picture'],
		templates.map((entry) => {
			const picture = `docs/templates/${entry.file}.webp`;
			const shown = `<a href="${picture}"><img src="${picture}" alt="${entry.name} in the editor" width="280"></a>`;
			return [`[${entry.name}](templates/${entry.file}.json)`, summaryOf(entry), entry.hasPicture ? shown : ''];
		}),
	);

/**
 * The summary of docs/benchmarks.md in fewer rows: how many connections there were is left out, and n8n's two faster ways of
 * evaluating expressions are one. What was measured several times then is shown from its smallest to its largest median.
 */
export function benchmarks(page: string): string {
	const groups = new Map<
		string,
		{ what: string; against: string; goal: string; results: string[]; verdicts: string[] }
	>();
	for (const line of page
		.split('\n## ')[0]!
		.split('\n')
		.filter((text) => text.startsWith('| '))) {
		const [title = '', against = '', goal = '', result = '', verdict = ''] = line.slice(2).split(' | ');
		if (title === 'what' || title.startsWith('---')) continue;
		const what = title
			.replace(/, \d+ at a time$/, '')
			.replace(/, (?:lazy isolates|legacy engine)$/, ', lazy isolates or legacy engine');
		const group = groups.get(`${what} ${against}`) ?? { what, against, goal, results: [], verdicts: [] };
		group.results.push(result);
		group.verdicts.push(verdict);
		groups.set(`${what} ${against}`, group);
	}
	if (groups.size === 0) throw new Error('docs/benchmarks.md has no summary. Run: npm run bench');
	const range = (results: string[]) => {
		const medians = results.map((result) => result.split(' ')[0]!).sort((a, b) => Number(a) - Number(b));
		const [least, most] = [medians[0], medians.at(-1)];
		if (results.length === 1) return results[0]!;
		return least === most ? least! : `${least} to ${most}`;
	};
	return table(
		['what', 'against', 'goal', 'result', ''],
		[...groups.values()].map(({ what, against, goal, results, verdicts }) => {
			const met = verdicts.filter((verdict) => verdict === 'met').length;
			const some = met === 0 ? '**missed**' : `met in ${met} of ${verdicts.length}`;
			return [what, against, goal, range(results), met === verdicts.length ? 'met' : some];
		}),
	);
}

/** The generated parts of the README by the name of their markers. */
export const sections = (templates: TemplateEntry[], measured: string): Record<string, string> => ({
	events: table(
		['event', "Hotmart's name", 'decision', 'when'],
		Object.entries(EVENTS).map(([event, { label, description, access }]) => [
			label,
			`\`${event}\``,
			WORDS[access.decision],
			description,
		]),
	),
	hotmart: operations(HOTMART as unknown as Array<Resource<never>>),
	teachable: operations(TEACHABLE as unknown as Array<Resource<never>>),
	templates: shelf(templates),
	benchmarks: benchmarks(measured),
});

/** The README with its generated parts as they ought to be, given the text of docs/benchmarks.md. */
export const render = (readme: string, templates: TemplateEntry[], measured: string): string =>
	Object.entries(sections(templates, measured)).reduce(
		(text, [name, content]) =>
			text.replace(
				new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`),
				(_all, open: string, close: string) => `${open}\n${content}\n\n${close}`,
			),
		readme,
	);
