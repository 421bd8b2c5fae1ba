// cspell:disable
/** `npm run lint -- spelling` checks all English text; here is what it could miss. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('the spelling', () => {
	it('has a list of words of its own that is sorted, so that two changes rarely meet in a line', () => {
		const words = readFileSync(`${root}/tools/words.txt`, 'utf8').trimEnd().split('\n');
		assert.deepEqual(words, [...new Set(words)].sort());
	});

	it('is American', () => {
		const input = 'enroll canceled color Hotmart hottok\nenrol cancelled colour nonsens';
		const args = ['node_modules/cspell/bin.mjs', 'stdin', '--no-progress', '--no-summary', '--words-only'];
		const { stdout } = spawnSync(process.execPath, args, { cwd: root, input, encoding: 'utf8' });
		assert.deepEqual(stdout.trim().split('\n'), ['enrol', 'cancelled', 'colour', 'nonsens']);
	});
});
