/** docs/benchmarks.json, and what is made of it. What is not current is found by `npm run docs -- --check`. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

import { bars } from '../../tools/bench/chart.mts';
import { MODES, type Mode } from '../../tools/bench/modes.mts';
import { benchmarks, readResults, summary } from '../../tools/bench/report.mts';
import { ratioOf, seeded } from '../../tools/bench/turns.mts';

describe('the results', () => {
	it('have every comparison in every mode of n8n', () => {
		const { events } = readResults();
		for (const mode of Object.keys(MODES) as Mode[])
			assert.deepEqual(
				Object.keys(events[mode]?.comparisons ?? {}),
				['sale', 'sales20', 'accepted', 'unwanted'],
				`npm run bench -- events --mode "${mode}"`,
			);
	});

	it('are printed with a goal each, and with a limit or a reason where the goal is missed', () => {
		const rows = summary(readResults())
			.split('\n')
			.filter((line) => line.startsWith('| ') && !/^\| (what|work|---)/.test(line))
			.map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));
		const what = rows.map(([first]) => first).join('\n');
		for (const wanted of [
			'a sale, 1 at a time',
			'a sale, POST to enrolled, 20 at a time',
			'an accepted event',
			'an unwanted event',
			'Return All of 100,000 rows, 300 ms an answer',
			'Return All of 100,000 rows, time',
			'processor time to load all nodes',
			'bytes read and written for an event',
			'Sync of 10,000 students without a change',
			'Sync of 100,000 students without a change',
		])
			assert.ok(what.includes(wanted), `${wanted} is missing in:\n${what}`);
		for (const cells of rows) {
			assert.ok(
				cells.some((cell) => /^([≥≤<] )?[\d,.]+|^linear$/.test(cell)),
				`a goal in ${cells.join(' | ')}`,
			);
			assert.notEqual(cells.at(-1), 'missed', `a reason in ${cells.join(' | ')}`);
		}
	});

	it('make no page while a mode was never measured', () => {
		const results = readResults();
		const { lazy: _unmeasured, ...events } = results.events;
		assert.throws(() => benchmarks({ ...results, events }), /lacks a mode of n8n\. Run: .*"lazy"/);
	});
});

describe('a chart', () => {
	const spread = { value: 2, low: 1.5, high: 2.5 };
	const groups = ['default', 'lazy'].map((label) => ({
		label,
		bars: ['this package', 'least', 'least with a memory'].map((name) => ({ name, ...spread })),
	}));
	const luminance = (color: string) => {
		const [red, green, blue] = color.match(/[\da-f]{2}/g)!.map((hex) => {
			const part = Number.parseInt(hex, 16) / 255;
			return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
		}) as [number, number, number];
		return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
	};
	const contrast = (one: string, other: string) => {
		const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
		return (light + 0.05) / (dark + 0.05);
	};

	it('is readable on light and on dark pages', () => {
		const svg = bars('A title', groups, 2);
		const [light, dark] = [...svg.matchAll(/svg\{([^}]+)\}/g)].map(
			([, text]) => new Map([...text.matchAll(/--(\w+):(#\w+)/g)].map(([, name, color]) => [name, color] as const)),
		) as [Map<string, string>, Map<string, string>];
		assert.match(svg, /@media \(prefers-color-scheme:dark\)/);
		const used = new Set([...svg.matchAll(/(?:fill|stroke)="([^"]+)"/g)].map(([, color]) => color));
		for (const color of used) assert.match(color, /^(none|transparent|var\(--\w+\))$/);
		for (const [colors, page] of [
			[light, '#ffffff'],
			[dark, '#0d1117'],
		] as const) {
			assert.ok(contrast(colors.get('text')!, page) >= 4.5, `text on ${page}`);
			for (const bar of ['bar0', 'bar1', 'bar2']) assert.ok(contrast(colors.get(bar)!, page) >= 3, `${bar} on ${page}`);
		}
	});

	it('shows what was measured, in words that need no picture', () => {
		const svg = bars('A title', groups, 2);
		for (const text of ['A title', 'default', 'lazy', 'this package', 'least with a memory', '2.00'])
			assert.ok(svg.includes(`>${text}<`), text);
	});

	it('is the same whatever was drawn before', () => {
		assert.equal(bars('A title', groups, 2), bars('A title', groups, 2));
	});

	it('of each comparison is on the page', () => {
		const page = readFileSync(new URL('../../docs/benchmarks.md', import.meta.url), 'utf8');
		for (const work of ['sale', 'sales20', 'accepted', 'unwanted'])
			assert.ok(page.includes(`](benchmarks/${work}.svg)`), work);
	});
});

describe('a ratio', () => {
	it('is that of the sums, and certain where every turn is alike', () => {
		assert.deepEqual(ratioOf([4, 4, 4], [2, 2, 2]), { value: 2, low: 2, high: 2 });
	});

	it('of noisy turns has a spread that holds the truth', () => {
		const random = seeded(7);
		const noisy = (value: number) => Array.from({ length: 40 }, () => value * (0.7 + 0.6 * random()));
		const { value, low, high } = ratioOf(noisy(30), noisy(10));
		assert.ok(low < 3 && high > 3 && low < value && value < high, `${low} ${value} ${high}`);
		assert.ok(high - low < 0.6, `${low} to ${high}`);
	});
});
