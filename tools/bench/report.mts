/** What is made of docs/benchmarks.json: the page, and the table that the command prints. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { table } from './measure.mts';

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
		of: ({ what }: Row) => what.includes('time to load'),
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

/** Where and when a part was measured. */
export interface Machine {
	day: string;
	/** Of the package. */
	version: string;
	cores: number;
	/** In GB. */
	memory: number;
	platform: string;
	n8n: string;
	/** Version of the Node.js that runs n8n. */
	n8nNode: string;
	/** Version of the Node.js that runs everything else. */
	node: string;
}

/** All that was measured, by part: each part is replaced when it is measured anew. */
export type Results = Record<string, { machine: Machine; sections: Section[] }>;

/** The results, from the root of the repository. */
export const RESULTS = 'docs/benchmarks.json';

export const readResults = (): Results =>
	JSON.parse(readFileSync(fileURLToPath(new URL(`../../${RESULTS}`, import.meta.url)), 'utf8'));

export const details = ({ title, notes }: Section) => [`## ${title}`, ...notes].join('\n\n');

/** The page with all results, by its path from the root of the repository. */
export function benchmarks(results = readResults()): [file: string, text: string] {
	const parts = Object.values(results);
	const sections = parts.flatMap((part) => part.sections);
	const rows = sections.flatMap((section) => section.rows);
	const goals = (isMet: boolean) =>
		table(
			['what', 'against', 'goal', 'result', 'why'],
			rows
				.filter((row) => row.isMet === isMet)
				.map((row) => [row.what, row.against, row.goal, row.result, why(row) ?? '']),
		);
	const measured = Object.entries(results).map(([name, { machine }]) => [
		name,
		machine.day,
		machine.version,
		`${machine.cores} cores, ${machine.memory} GB, ${machine.platform}`,
		`${machine.n8n} on Node ${machine.n8nNode}`,
		machine.node,
	]);
	const text = `# Benchmarks

\`npm run bench\` measures and writes [benchmarks.json](benchmarks.json). \`npm run docs\` makes this page of it; please do not edit it by hand.

\`\`\`sh
npm ci
npm run bench              # everything, about twenty minutes
npm run bench -- webhooks  # one part: ${Object.keys(results).join(', ')}
\`\`\`

It starts real n8n instances and the emulator of Hotmart and Teachable on this machine and talks to nobody else. Machines differ and are never quite
at rest, so what counts are ratios: the contenders of a comparison are measured in turn, 5 rounds of each unless its chapter says otherwise, and compared within a round. A
figure is the median, with the smallest and the largest in brackets. Leave the machine alone while it runs.

## What is reached

${goals(true)}

## What is not reached, and why

Much of this no trigger can reach: the chapters show next to each figure what a trigger of a few lines with the same duties reaches. [Settings of n8n](scale.md#settings-of-n8n) tells which settings change most.

${goals(false)}

## When it was measured

${table(['part', 'day', 'version', 'machine', 'n8n', 'Node of the rest'], measured)}

${sections.map(details).join('\n\n')}
`;
	return ['docs/benchmarks.md', text];
}
