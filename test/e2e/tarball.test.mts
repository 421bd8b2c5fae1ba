/** What a user gets: the size of the package is a promise of docs/benchmarks.md. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';

import { install, MAX_TARBALL } from '../../tools/bench/package.mts';

it('the packed package is small and brings no other', () => {
	const folder = mkdtempSync(join(tmpdir(), 'tarball-'));
	try {
		const { tarball, packages } = install(folder);
		assert.equal(packages, 1);
		assert.ok(tarball < MAX_TARBALL, `${tarball} bytes packed`);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
});
