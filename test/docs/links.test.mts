/** Every relative link and every anchor of every page leads somewhere; what is on other hosts is not looked up. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cli = join(root, 'node_modules', 'remark-cli', 'cli.js');

/** @param pages files or folders */
function check(pages: string[]): { isGood: boolean; report: string } {
	const { status, stderr } = spawnSync(
		process.execPath,
		[
			cli,
			...pages,
			'--frail',
			'--quiet',
			'--no-stdout',
			'--no-config',
			...['--ignore-pattern', 'node_modules,dist,.demo,test/e2e/artifacts'],
			...['--use', 'remark-gfm'],
			// Links to this repository on its host are checked like relative ones.
			...['--use', 'remark-validate-links=repository:"n8n-nodes-hotmart-teachable/n8n-nodes-hotmart-teachable"'],
		],
		{ cwd: root, encoding: 'utf8' },
	);
	return { isGood: status === 0, report: stderr };
}

describe('the links', () => {
	it('of all pages lead to files and headings that exist', () => {
		const { isGood, report } = check(['.']);
		assert.ok(isGood, report);
	});

	it('are really checked: a wrong file and a wrong heading are found', () => {
		const folder = mkdtempSync(join(root, 'docs', 'links-'));
		try {
			const page = join(folder, 'page.md');
			writeFileSync(
				page,
				'# Page\n\n[a](#nowhere) [b](missing.md) [c](../../README.md#nowhere) [d](../../README.md#templates)\n',
			);
			const { isGood, report } = check([page, 'README.md']);
			assert.equal(isGood, false);
			assert.match(report, /nowhere/);
			assert.match(report, /missing\.md/);
			assert.doesNotMatch(report, /README\.md#templates/);
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});
