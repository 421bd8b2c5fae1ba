import { EVENTS } from '../../nodes/Hotmart/trigger/events.ts';
import { RESOURCES as HOTMART } from '../../nodes/Hotmart/resources/index.ts';
import { RESOURCES as TEACHABLE } from '../../nodes/Teachable/resources/index.ts';
import { EVENTS as TEACHABLE_EVENTS, type Confirmable } from '../../nodes/Teachable/trigger/events.ts';
import type { Resource } from '../../nodes/shared/operation.ts';

const row = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const table = (head: string[], rows: string[][]) =>
	[row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

/** The words of a translation for what the nodes say in English. `phraseProblems` names a missing one. */
export interface Phrases {
	/** Column heads: of Hotmart's events, of operations, of templates, of Teachable's events. */
	heads: { events: string[]; operations: string[]; templates: string[]; teachableEvents: string[] };
	/** By the name of the event. */
	events: Record<string, string>;
	/** By "Resource: Operation". */
	hotmart: Record<string, string>;
	teachable: Record<string, string>;
	/** By the name of the event. */
	teachableEvents: Record<string, string>;
	/** What Teachable's API can confirm of an event. */
	confirmable: Record<string, string>;
}

const operations = (
	resources: Array<Resource<never>>,
	heads = ['resource', 'operation', 'what it does'],
	phrases?: Record<string, string>,
) =>
	table(
		heads,
		[...resources]
			.sort((a, b) => a.name.localeCompare(b.name))
			.flatMap((resource) =>
				resource.operations.map(({ name, description }, index) => [
					index === 0 ? `**${resource.name}**` : '',
					name,
					phrases?.[`${resource.name}: ${name}`] ?? description,
				]),
			),
	);

const keysOf = (resources: Array<Resource<never>>) =>
	resources.flatMap(({ name, operations }) => operations.map((operation) => `${name}: ${operation.name}`));

/** The words of the column that says what Teachable's API can confirm. */
const CONFIRMABLE: Record<Confirmable, string> = { event: 'yes', person: 'the person', nothing: '' };

/** What a translation lacks or has too much, such as `hotmart: "Sale: Refund" is missing`. */
export function phraseProblems(phrases: Phrases): string[] {
	const wanted: Record<string, string[]> = {
		events: Object.keys(EVENTS),
		hotmart: keysOf(HOTMART as unknown as Array<Resource<never>>),
		teachable: keysOf(TEACHABLE as unknown as Array<Resource<never>>),
		teachableEvents: Object.keys(TEACHABLE_EVENTS),
		confirmable: Object.keys(CONFIRMABLE),
	};
	return Object.entries(wanted).flatMap(([part, keys]) => {
		const found = Object.keys(phrases[part as 'events']);
		return [
			...keys.filter((key) => !found.includes(key)).map((key) => `${part}: "${key}" is missing`),
			...found.filter((key) => !keys.includes(key)).map((key) => `${part}: "${key}" belongs to nothing`),
		];
	});
}

const WORDS = { grant: 'grant', revoke: 'revoke', switch: 'switch', none: '' };

/** What the shelf tells of a template. */
export interface TemplateEntry {
	/** Path of the file below templates/, without .json. */
	file: string;
	/** Name of its picture in docs/templates/; null: it has none. */
	picture: string | null;
	name: string;
	/** Text of its first sticky note. */
	note: string;
}

/** The first words of a template's note: what it does, before how it is set up. */
export function summaryOf({ file, note }: TemplateEntry): string {
	const [, body = ''] = note.split(/^## .+\n/);
	const [about = ''] = body.split(/^\*\*(?:Set up|Configurar)\*\*/m);
	const [first = '', second = ''] = about.trim().split(/\n{2,}/);
	const isIntroduction = first.endsWith(':') || first.length < 60;
	const text = isIntroduction ? `${first}\n${second}` : first;
	if (text === '')
		throw new Error(`The first note of templates/${file}.json does not say what it does below its heading`);
	return text.replaceAll(/\s*\n(- )?/g, ' ');
}

/** The shelf, with links from the folder in which a page is: `root` leads from there to the root of the repository. */
const shelf = (templates: TemplateEntry[], root: string, phrases?: Phrases) =>
	table(
		phrases?.heads.templates ?? ['template', 'what it does', 'picture'],
		templates.map((entry) => {
			const picture = `${root}docs/templates/${entry.picture}`;
			const shown = `<a href="${picture}"><img src="${picture}" alt="${entry.name}" width="280"></a>`;
			return [`[${entry.name}](${root}templates/${entry.file}.json)`, summaryOf(entry), entry.picture ? shown : ''];
		}),
	);

/**
 * A page with its generated parts as they ought to be.
 *
 * @param root leads from the folder of the page to the root of the repository, such as ../
 * @param phrases of the language of the page; none for English
 */
export function render(page: string, templates: TemplateEntry[], root: string, phrases?: Phrases): string {
	const parts: Record<string, () => string> = {
		events: () =>
			table(
				phrases?.heads.events ?? ['event', "Hotmart's name", 'decision', 'reason', 'when'],
				Object.entries(EVENTS).map(([event, { label, description, access }]) => [
					label,
					`\`${event}\``,
					WORDS[access.decision],
					`\`${access.reason}\``,
					phrases?.events[event] ?? description,
				]),
			),
		hotmart: () =>
			operations(HOTMART as unknown as Array<Resource<never>>, phrases?.heads.operations, phrases?.hotmart),
		teachable: () =>
			operations(TEACHABLE as unknown as Array<Resource<never>>, phrases?.heads.operations, phrases?.teachable),
		'teachable-events': () =>
			table(
				phrases?.heads.teachableEvents ?? ['event', "Teachable's name", 'confirmed', 'when'],
				Object.entries(TEACHABLE_EVENTS).map(([event, { label, description, confirmable }]) => [
					label,
					`\`${event}\``,
					(phrases?.confirmable ?? CONFIRMABLE)[confirmable]!,
					phrases?.teachableEvents[event] ?? description,
				]),
			),
		templates: () => shelf(templates, root, phrases),
	};
	return Object.entries(parts).reduce(
		(text, [name, content]) =>
			text.replace(
				new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`),
				(_all, open: string, close: string) => `${open}\n${content()}\n\n${close}`,
			),
		page,
	);
}
