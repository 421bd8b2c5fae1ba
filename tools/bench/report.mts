/** Writes docs/benchmarks.md. */
import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';

import { root } from '../../test/n8n/process.mts';
import { number, table } from './measure.mts';

/** How it is measured. */
export interface Settings {
	/** How often each contender is measured. */
	rounds: number;
	/** Hardly any load, to try out the benchmark itself. */
	quick: boolean;
	/** Tells what happens now. */
	say: (what: string) => void;
}
/** A goal and what was measured. */
export interface Row {
	what: string;
	against: string;
	goal: string;
	result: string;
	isMet: boolean;
	/** Instead of the reason that rows of this kind have. */
	why?: string;
}
/** A chapter of docs/benchmarks.md. */
export interface Section {
	title: string;
	/** Its rows in the summary. */
	rows: Row[];
	/** Its paragraphs. */
	notes: string[];
}

/** Why a goal is met or missed, by the first words of its row. One sentence each; which applies is decided by the figures. */
const REASONS = [
	{
		of: ({ what, against }: Row) => what.startsWith('accepted') && against.includes('ten-line'),
		met: 'What it does more than hand on the body costs less than n8n itself varies.',
		missed: 'n8n reads the credential with the hottok and remembers the event.',
	},
	{
		of: ({ what, against }: Row) => what.startsWith('accepted') && against.includes('Webhook'),
		met: 'What it does more than the Webhook node costs less than n8n itself varies.',
		missed:
			'n8n reads the credential with the hottok and remembers the event, which it does not do for the Webhook node.',
	},
	{
		of: ({ what }: Row) => what.startsWith('unwanted'),
		met: 'The event is answered before an execution is made, saved and pruned.',
		missed: 'n8n loads the workflow and the credential for every request, wanted or not, before it asks the trigger.',
	},
	{
		of: ({ what }: Row) => what.startsWith('requests'),
		met: 'What one request can do for many items is asked for all of them at once.',
		missed: 'Items are asked for one by one although the API could be asked for many.',
	},
	{
		of: ({ what }: Row) => what.endsWith('time') && what.startsWith('Return All'),
		met: 'The next page is asked for while one is read.',
		missed: 'Each row is read into an item, which the loop leaves undone; it shows beside an API on the same machine.',
	},
	{
		of: ({ what }: Row) => what.endsWith('memory'),
		met: 'Rows are read into items page by page, and a page is forgotten once it is read.',
		missed: 'More is kept than the rows.',
	},
	{
		of: ({ what }: Row) => what.startsWith('500 enrollments'),
		met: 'Requests go out as fast as they are answered, and wait exactly as long as the school says.',
		missed: 'Waits are in whole seconds, which weigh more in a shortened minute.',
	},
	{
		of: ({ what }: Row) => what.startsWith('time to load'),
		met: 'There are no dependencies to load besides n8n-workflow.',
		missed:
			'Node.js finds and compiles each file once, at the start of n8n; how long that takes varies with the machine.',
	},
	{
		of: () => true,
		met: 'There are no dependencies, and operations share the code that talks to n8n and to the APIs.',
		missed: 'It has grown: look at what is in the tarball.',
	},
];

function why(row: Row) {
	const reason = REASONS.find(({ of }) => of(row));
	return row.why ?? (row.isMet ? reason?.met : reason?.missed);
}

export const summary = (sections: Section[]) =>
	table(
		['what', 'against', 'goal', 'result', '', 'why'],
		sections.flatMap(({ rows }) =>
			rows.map((row) => [
				row.what,
				row.against,
				row.goal,
				row.result,
				row.isMet ? 'met' : '**missed**',
				why(row) ?? '',
			]),
		),
	);

export const details = ({ title, notes }: Section) => [`## ${title}`, ...notes].join('\n\n');

export function document(
	sections: Section[],
	{ n8n, n8nNode, minutes, rounds }: { n8n: string; n8nNode: string; minutes: number; rounds: number },
) {
	const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
	const rows = sections.flatMap((section) => section.rows);
	const met = rows.filter(({ isMet }) => isMet).length;
	return `# Benchmarks

Written by \`npm run bench\`; please do not edit it by hand.

\`\`\`sh
npm ci
npm run bench              # everything, about twenty minutes, and writes this page
npm run bench -- webhooks  # one part, shown only: webhooks, profile, requests, lists, limit, package
\`\`\`

It starts real n8n instances and the emulator of Hotmart and Teachable on this machine and talks to nobody else. Machines differ and are never quite
at rest, so what counts are ratios: the contenders of a comparison are measured in turn, ${rounds} rounds of each unless its chapter says otherwise, and compared within a round. A
figure is the median, with the smallest and the largest in brackets. Leave the machine alone while it runs.

This run: version ${version} of the package, ${availableParallelism()} processor cores, ${number(totalmem() / 1e9)} GB of memory, ${process.platform}, n8n ${n8n} on
Node ${n8nNode}, everything else on Node ${process.versions.node}, ${number(minutes)} minutes. **${met} of ${rows.length} goals are met.**

${summary(sections)}

${sections.map(details).join('\n\n')}
`;
}
