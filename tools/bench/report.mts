/** What is made of docs/benchmarks.json: the page, its charts, and three lines of the README. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { bars, type Bar } from './chart.mts';
import type { Comparisons, Work } from './events.mts';
import { number, table } from './measure.mts';
import { MODES, type Mode } from './modes.mts';
import type { Ratio } from './turns.mts';

/** The results, from the root of the repository. */
export const RESULTS = 'docs/benchmarks.json';
const PAGE = 'docs/benchmarks.md';

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
	/** Why it is as it is. */
	why?: string;
}

/** A chapter of the page. */
export interface Section {
	title: string;
	/** Its rows in the summary. */
	rows: Row[];
	/** Its paragraphs. */
	notes: string[];
}

/** Where and when something was measured. */
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

/** All that was measured: each part and each mode is replaced when it is measured anew. */
export interface Results {
	events: Partial<Record<Mode, { machine: Machine; comparisons: Comparisons }>>;
	parts: Record<string, { machine: Machine; sections: Section[] }>;
}

const fileOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export const readResults = (): Results => JSON.parse(readFileSync(fileOf(RESULTS), 'utf8'));

interface Chapter {
	title: string;
	/** What it is called in a table. */
	short: string;
	/** The goal in n8n's default mode, with lazy sandboxes, and with the legacy engine. */
	goals: [number, number, number];
	digits: number;
	unit: string;
	notes: string[];
	/** Why the package is behind the least possible, for a goal that it misses. */
	why: string;
}

const CHAPTERS: Record<Work, Chapter> = {
	sale: {
		title: 'A sale, one at a time',
		short: 'a sale, 1 at a time',
		goals: [1.05, 2.2, 1.15],
		digits: 2,
		unit: "n8n's processor, ms",
		notes: [
			"*Hotmart Trigger* and *Apply Access* against a careful workflow of n8n's own nodes: *Webhook* with *Header Auth*, *Switch*, and three *HTTP Request* nodes that search for the buyer, create the user and enroll. Every buyer is new to the school. The workflow of n8n's own nodes has no memory for duplicates, no retries and no revoke.",
			'*Least* is a trigger that only compares the hottok, and a node that only sends the three requests, with one fixed course. *Least with a memory* also makes n8n remember the event, as a trigger that drops repeated events has to. No community node with that memory can be faster in this n8n.',
		],
		why: 'It takes more than the least by its own code, and by the fields of the nodes, which n8n reads for every execution.',
	},
	sales20: {
		title: 'Twenty sales at a time',
		short: 'a sale, POST to enrolled, 20 at a time',
		goals: [1, 2.2, 1.35],
		digits: 2,
		unit: 'median of POST to enrolled, ms',
		notes: [
			'The same workflows get 20 buyers at the same moment. The result is the median time from the POST of the event to the enrollment at the school.',
		],
		why: 'All twenty wait for the same thread of n8n, and for the memory for duplicates, which n8n’s own nodes do not have.',
	},
	accepted: {
		title: 'Accepted events',
		short: 'an accepted event',
		goals: [0.92, 0.88, 0.9],
		digits: 2,
		unit: "n8n's processor, ms",
		notes: [
			'The trigger alone, with a *No Operation* node behind it, against *Webhook* with *Header Auth*. *Least* compares the hottok, which it reads every 5 seconds at most, and passes on the body. *Least with a memory* also makes n8n remember the event, in a memory that is full. A trigger that drops repeated events needs that memory.',
		],
		why: 'The memory for duplicates takes time, and so does the item; n8n’s own nodes have neither.',
	},
	unwanted: {
		title: 'Unwanted events',
		short: 'an unwanted event',
		goals: [1.3, 15, 4],
		digits: 1,
		unit: "n8n's processor, ms",
		notes: [
			'An abandoned cart is sent to workflows that want only approved purchases. The *Hotmart Trigger* answers and starts nothing. With n8n’s own nodes, a *Webhook* starts the workflow for every event, an *IF* checks the hottok, a *Switch* checks the event, and n8n saves an execution. *Least* is a trigger that checks the hottok and then ignores every event.',
		],
		why: 'It copies the event without the hottok and reads its name; the least does not look at the event.',
	},
};

const MODE_NAMES = Object.keys(MODES) as Mode[];
const MAIN_MODES = ['default', 'lazy', 'legacy'] as const;
const CONTENDERS: Record<string, string> = {
	ours: 'this package',
	n8n: "n8n's own nodes",
	least: 'least',
	'least with a memory': 'least with a memory',
};

const spread = ({ value, low, high }: Ratio, digits: number) =>
	`${number(value, digits)} (${number(low, digits)} to ${number(high, digits)})`;

/** The best that a community node reaches: it has to keep the duties of the comparison. */
const limitOf = ({ ratios }: Comparisons[Work]) => ratios['least with a memory'] ?? ratios.least!;

/** @param why of a goal that others could reach */
function verdict(goal: number, ours: Ratio, least: Ratio, why: string): string {
	if (ours.value >= goal) return 'reached';
	if (least.value < goal) return 'out of reach, even for the least possible';
	return `${ours.high >= goal ? 'within the spread' : 'not reached'}. ${why}`;
}

const measured = (results: Results) => MODE_NAMES.filter((mode) => results.events[mode]);

function goals(results: Results): string {
	const rows = Object.entries(CHAPTERS).flatMap(([work, { short, goals: wanted, digits, why }]) =>
		MAIN_MODES.flatMap((mode, index) => {
			const comparison = results.events[mode]?.comparisons[work as Work];
			if (!comparison) return [];
			const { ours } = comparison.ratios;
			const least = limitOf(comparison);
			const goal = wanted[index]!;
			return [
				[short, mode, `≥ ${goal}`, spread(ours!, digits), spread(least, digits), verdict(goal, ours!, least, why)],
			];
		}),
	);
	return table(['work', 'n8n', 'goal', 'times as fast as n8n’s own nodes', 'the least possible', ''], rows);
}

const sectionRows = (results: Results) =>
	Object.values(results.parts).flatMap(({ sections }) => sections.flatMap(({ rows }) => rows));

const others = (results: Results) =>
	table(
		['what', 'against', 'goal', 'result', ''],
		sectionRows(results).map(({ what, against, goal, result, isMet, why }) => [
			what,
			against,
			goal,
			result,
			isMet ? 'reached' : (why ?? 'missed'),
		]),
	);

/** Both tables of the goals, as the command prints them. */
export const summary = (results: Results) => `${goals(results)}\n\n${others(results)}`;

function chapter(results: Results, work: Work): string {
	const { title, digits, unit, notes } = CHAPTERS[work];
	const lines = measured(results).flatMap((mode) => {
		const { took, ratios, starts, turns, events } = results.events[mode]!.comparisons[work];
		return Object.entries(took).map(([name, milliseconds]) => [
			mode,
			CONTENDERS[name]!,
			number(milliseconds, 1),
			ratios[name] ? spread(ratios[name], digits) : '1',
			`${turns} × ${events}${starts === 1 ? ', one process' : ''}`,
		]);
	});
	return [
		`## ${title}`,
		...notes,
		`![${title}: how many times as fast as n8n's own nodes, by mode of n8n](benchmarks/${work}.svg)`,
		table(['n8n', 'contender', unit, 'times as fast', 'turns × events'], lines),
	].join('\n\n');
}

function chart(results: Results, work: Work): string {
	const groups = measured(results).map((mode) => {
		const { ratios } = results.events[mode]!.comparisons[work];
		return {
			label: mode,
			bars: Object.entries(ratios).map(([name, ratio]): Bar => ({ name: CONTENDERS[name]!, ...ratio })),
		};
	});
	return bars(`${CHAPTERS[work].title}: times as fast as n8n's own nodes`, groups, CHAPTERS[work].digits);
}

/** Where and when each part was measured; parts that were measured alike share a line. */
function machines(results: Results): string {
	const all = [
		...measured(results).map((mode) => ({ name: `events, ${mode}`, machine: results.events[mode]!.machine })),
		...Object.entries(results.parts).map(([name, { machine }]) => ({ name, machine })),
	];
	const lines = new Map<string, string[]>();
	for (const { name, machine } of all) {
		const { day, version, cores, memory, platform, n8n, n8nNode, node } = machine;
		const line = [
			day,
			version,
			`${cores} cores, ${memory} GB, ${platform}`,
			`${n8n} on Node ${n8nNode}`,
			`Node ${node}`,
		].join(' | ');
		lines.set(line, [...(lines.get(line) ?? []), name]);
	}
	return table(
		['part', 'day', 'package', 'machine', 'n8n', 'the rest'],
		[...lines].map(([line, names]) => [names.join('; '), line]),
	);
}

const page = (results: Results) => `# Benchmarks

\`npm run bench\` measures and writes [benchmarks.json](benchmarks.json). \`npm run docs\` makes this page, its charts and three lines of the README from that file. Please do not edit this page by hand.

\`\`\`sh
npm ci
npm run bench                           # everything, on Linux, about an hour and a half
npm run bench -- events --mode lazy     # one part, one mode; the other results stay as they are
npm run bench -- package                # one part: ${Object.keys(results.parts).join(', ')}
\`\`\`

The command starts real n8n instances and the emulator of Hotmart and Teachable on this machine, and sends nothing to anyone else. It measures the processor time that the n8n process needs for an event, in
short turns in a random order, and subtracts the time of an idle n8n. Other work on the machine affects processor time less than elapsed time, and widens the spread. The command runs each mode in two processes of n8n, which share the turns; a result
of one process is marked. The first events of each contender do not count. A figure is the ratio over all turns. The brackets
are a 95% interval: the turns are drawn again many times (bootstrap). *More than 1* is faster than n8n's own nodes.

## Goals and results

${goals(results)}

*The least possible* is a contender that does only what n8n requires of any community node with the same duties. If it misses a goal, too, no trigger can reach that goal:

- In its default mode n8n prepares a sandbox for expressions before it calls a trigger, and one more for the execution. Its own *Webhook* node does not need the first one: n8n knows that node by name. n8n prepares another sandbox whenever it reads a credential. The
  *Hotmart Trigger* makes n8n do that every five seconds at most, the *Webhook* node for every event. With \`N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true\` n8n makes a sandbox only when an expression needs one. For a sale, the nodes of this package need none.
- n8n's memory for duplicates is one row per workflow. For every event n8n reads and writes the whole row. The *Webhook* node has no such memory and lets every repeated event through.
- For every request n8n loads and checks the workflow before it calls any trigger.

${others(results)}

## Modes of n8n

| in these tables | setting | what it does |
| --- | --- | --- |
| default | | n8n makes a sandbox for each execution and each credential, even if no expression needs it |
| lazy | \`N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true\` | n8n makes a sandbox when the first expression needs it |
| compile cache | \`N8N_EXPRESSION_ENGINE_COMPILE_CACHE=true\` | n8n compiles the code in the sandboxes once, and not for each sandbox; legacy has none, so it does not change |
| legacy | \`N8N_EXPRESSION_ENGINE=legacy\` | no sandboxes; n8n calls it insecure and will remove it |

n8n 1.123 knows only the last of these settings and ignores the others.

${Object.keys(CHAPTERS)
	.map((work) => chapter(results, work as Work))
	.join('\n\n')}

${Object.values(results.parts)
	.flatMap(({ sections }) => sections.map(({ title, notes }) => [`## ${title}`, ...notes].join('\n\n')))
	.join('\n\n')}

## When it was measured

${machines(results)}
`;

/** A line of the README for each of these comparisons, with lazy sandboxes and in n8n's default mode. Translations are among the phrases. */
const LINES = {
	sale: "**A sale**: {lazy} times as fast ({default} times with n8n's default settings).",
	sales20: '**Twenty sales at once**, from the event to the enrollment: {lazy} times as fast ({default} times).',
	unwanted: '**An event that you do not want**: {lazy} times as fast ({default} times).',
} satisfies Partial<Record<Work, string>>;

const READMES = [
	{ file: 'README.md', locale: 'en-US' },
	{ file: 'docs/pt-BR/README.md', locale: 'pt-BR', phrases: 'docs/pt-BR/phrases.json' },
	{ file: 'docs/es/README.md', locale: 'es-ES', phrases: 'docs/es/phrases.json' },
];

/** A page with its three lines. */
function readme(results: Results, { file, locale, phrases }: (typeof READMES)[number]): string {
	const lines: typeof LINES = phrases ? JSON.parse(readFileSync(fileOf(phrases), 'utf8')).benchmarks : LINES;
	const written = (Object.keys(LINES) as Array<keyof typeof LINES>).map((work) => {
		const times = (_: string, mode: Mode) => {
			const { value } = results.events[mode]!.comparisons[work].ratios.ours!;
			return value.toLocaleString(locale, { minimumSignificantDigits: 2, maximumSignificantDigits: 2 });
		};
		return `- ${lines[work].replace(/\{(lazy|default)\}/g, times)}`;
	});
	const text = readFileSync(fileOf(file), 'utf8');
	const marked = /(<!-- benchmarks -->\n)[^]*?(<!-- \/benchmarks -->)/;
	if (!marked.test(text)) throw new Error(`${file} has no place for the benchmarks`);
	return text.replace(marked, (_, start: string, end: string) => `${start}\n${written.join('\n')}\n\n${end}`);
}

const SCALE = 'docs/scale.md';

/** The page about scale with the table of queue mode. */
function scale({ parts: { queue } }: Results): string {
	const text = readFileSync(fileOf(SCALE), 'utf8');
	const marked = /(<!-- queue mode -->\n)[^]*?(<!-- \/queue mode -->)/;
	const measured = queue?.sections.at(-1)?.notes.at(-1);
	if (!measured) throw new Error(`${RESULTS} lacks queue mode. Run: npm run bench -- queue`);
	if (!marked.test(text)) throw new Error(`${SCALE} has no place for queue mode`);
	return text.replace(marked, (_, start: string, end: string) => `${start}\n${measured}\n\n${end}`);
}

/**
 * The generated files, by their path from the root of the repository.
 * @throws Error when a mode of n8n or queue mode was never measured
 */
export function benchmarks(results = readResults()): Map<string, string> {
	for (const mode of MODE_NAMES)
		if (!results.events[mode])
			throw new Error(`${RESULTS} lacks a mode of n8n. Run: npm run bench -- events --mode "${mode}"`);
	return new Map([
		[PAGE, page(results)],
		...Object.keys(CHAPTERS).map(
			(work) => [`docs/benchmarks/${work}.svg`, chart(results, work as Work)] as [string, string],
		),
		...READMES.map((it) => [it.file, readme(results, it)] as [string, string]),
		[SCALE, scale(results)],
	]);
}
