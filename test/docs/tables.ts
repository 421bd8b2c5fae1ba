import { EVENTS } from '../../nodes/Hotmart/events';
import { RESOURCES as HOTMART } from '../../nodes/Hotmart/resources';
import { RESOURCES as TEACHABLE } from '../../nodes/Teachable/resources';
import type { Resource } from '../../nodes/shared/operation';

const row = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const table = (head: string[], rows: string[][]) => [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

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

/** The generated parts of the README by the name of their markers. */
export const SECTIONS: Record<string, string> = {
	events: table(
		['event', 'Hotmart\'s name', 'decision', 'when'],
		Object.entries(EVENTS).map(([event, { label, description, access }]) => [
			label,
			`\`${event}\``,
			WORDS[access.decision],
			description,
		]),
	),
	hotmart: operations(HOTMART as unknown as Array<Resource<never>>),
	teachable: operations(TEACHABLE as unknown as Array<Resource<never>>),
};

/** The README with its generated parts as they ought to be. */
export const render = (readme: string): string =>
	Object.entries(SECTIONS).reduce(
		(text, [name, content]) =>
			text.replace(
				new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`),
				(_all, open: string, close: string) => `${open}\n${content}\n\n${close}`,
			),
		readme,
	);
