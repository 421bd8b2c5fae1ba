// @ts-check
/** Writes the generated tables into the README; with --check it only says whether they are current. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { render } from './tables.ts';

const file = fileURLToPath(new URL('../../README.md', import.meta.url));
const written = readFileSync(file, 'utf8');
const wanted = render(written);
if (written === wanted) console.log('README: the tables are current');
else if (process.argv.includes('--check')) {
	console.error('README: the tables are not current. Run: npm run docs');
	process.exitCode = 1;
} else {
	writeFileSync(file, wanted);
	console.log('README: the tables were written');
}
