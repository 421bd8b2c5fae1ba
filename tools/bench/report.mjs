// @ts-check
/** Writes docs/benchmarks.md. */
import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';

import { root } from '../../test/n8n/process.mts';
import { number, table } from './measure.mjs';

/**
 * @typedef {{ rounds: number, quick: boolean, say: (what: string) => void }} Settings
 * @typedef {{ what: string, against: string, goal: string, result: string, isMet: boolean, why?: string }} Row
 * @typedef {{ title: string, rows: Row[], notes: string[] }} Section
 */

/** Why a goal is met or missed, by the first words of its row. One sentence each; which applies is decided by the figures. */
const REASONS = [
	{
		of: (/** @type {Row} */ { what, against }) => what.startsWith('accepted') && against.includes('ten-line'),
		met: 'What it does more than hand on the body costs less than n8n itself varies.',
		missed: 'n8n reads the credential with the hottok and remembers the event.',
	},
	{
		of: (/** @type {Row} */ { what, against }) => what.startsWith('accepted') && against.includes('Webhook'),
		met: 'What it does more than the Webhook node costs less than n8n itself varies.',
		missed:
			'n8n reads the credential with the hottok and remembers the event, which it does not do for the Webhook node.',
	},
	{
		of: (/** @type {Row} */ { what }) => what.startsWith('unwanted'),
		met: 'The event is answered before an execution is made, saved and pruned.',
		missed: 'n8n loads the workflow and the credential for every request, wanted or not, before it asks the trigger.',
	},
	{
		of: (/** @type {Row} */ { what }) => what.startsWith('requests'),
		met: 'What one request can do for many items is asked for all of them at once.',
		missed: 'Items are asked for one by one although the API could be asked for many.',
	},
	{
		of: (/** @type {Row} */ { what }) => what.endsWith('time') && what.startsWith('Return All'),
		met: 'The next page is asked for while one is read.',
		missed: 'Each row is read into an item, which the loop leaves undone; it shows beside an API on the same machine.',
	},
	{
		of: (/** @type {Row} */ { what }) => what.endsWith('memory'),
		met: 'Rows are read into items page by page, and a page is forgotten once it is read.',
		missed: 'More is kept than the rows.',
	},
	{
		of: (/** @type {Row} */ { what }) => what.startsWith('500 enrollments'),
		met: 'Requests go out as fast as they are answered, and wait exactly as long as the school says.',
		missed: 'Waits are in whole seconds, which weigh more in a shortened minute.',
	},
	{
		of: (/** @type {Row} */ { what }) => what.startsWith('time to load'),
		met: 'All code is in one file: Node.js finds and compiles it at once, and there is nothing else to load.',
		missed:
			'Node.js compiles the one file with all code, and finds n8n-workflow; how long that takes varies with the machine.',
	},
	{
		of: () => true,
		met: 'There are no dependencies, and operations share the code that talks to n8n and to the APIs.',
		missed: 'It has grown: look at what is in the tarball.',
	},
];

/** @param {Row} row */
function why(row) {
	const reason = REASONS.find(({ of }) => of(row));
	return row.why ?? (row.isMet ? reason?.met : reason?.missed);
}

/** @param {Section[]} sections */
export const summary = (sections) =>
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

/** @param {Section} section */
export const details = ({ title, notes }) => [`## ${title}`, ...notes].join('\n\n');

/**
 * @param {Section[]} sections
 * @param {{ n8n: string, n8nNode: string, minutes: number, rounds: number }} run
 */
export function document(sections, { n8n, n8nNode, minutes, rounds }) {
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
