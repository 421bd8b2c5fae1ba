// @ts-check
/** Writes the generated tables into the README; with --check it only says whether they are current. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

import { render } from './tables.ts';

const path = (/** @type {string} */ name) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

/** The shelf of templates in the order in which somebody starting out meets them; what is not named here follows. */
const ORDER = [
	'hotmart-to-teachable',
	'kinder-access',
	'nightly-reconciliation',
	'products-to-courses',
	'win-back',
	'bulk-cancel-or-reactivate',
	'events-to-table',
	'subscriber-report',
	'support-agent',
	'make-watch-events',
	'make-list-subscriptions',
	'make-get-purchases',
	'make-cancel-subscriptions',
	'make-reactivate-subscriptions',
	'make-api-call',
];

/** @returns {import('./tables').TemplateEntry[]} */
function readTemplates() {
	const files = readdirSync(path('templates'))
		.filter((name) => name.endsWith('.json'))
		.map((name) => basename(name, '.json'));
	const place = (/** @type {string} */ file) => (ORDER.includes(file) ? ORDER.indexOf(file) : ORDER.length);
	return files
		.sort((a, b) => place(a) - place(b) || a.localeCompare(b))
		.map((file) => {
			const { name, nodes } = JSON.parse(readFileSync(path(`templates/${file}.json`), 'utf8'));
			const note =
				nodes.find((/** @type {{ type: string }} */ { type }) => type.endsWith('.stickyNote'))?.parameters.content ??
				'';
			return { file, name, note, hasPicture: existsSync(path(`docs/templates/${file}.webp`)) };
		});
}

const file = path('README.md');
const written = readFileSync(file, 'utf8');
const wanted = render(written, readTemplates(), readFileSync(path('docs/benchmarks.md'), 'utf8'));
if (written === wanted) console.log('README: the tables are current');
else if (process.argv.includes('--check')) {
	console.error('README: the tables are not current. Run: npm run docs');
	process.exitCode = 1;
} else {
	writeFileSync(file, wanted);
	console.log('README: the tables were written');
}
