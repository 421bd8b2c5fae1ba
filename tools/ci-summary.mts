/**
 * The last line of a run of `.ci/run`: adds up the tests of all its parts. A part that wrote no result, or ran nothing, counts
 * as one failure.
 *
 * `tsx tools/ci-summary.mts STATUS JEST.json SUMMARY.json...`: STATUS is 0 when every command succeeded, the first file is what
 * `jest --json` has written, the others are what `test/e2e/run.mts` has.
 */
import { readFileSync } from 'node:fs';

interface Counts {
	passed: number;
	failed: number;
}

const [status, jest, ...endToEnd] = process.argv.slice(2);

function read(file: string): Record<string, number> {
	try {
		return JSON.parse(readFileSync(file, 'utf8'));
	} catch (error) {
		console.error(`No result of a part: ${error instanceof Error ? error.message : error}`);
		return {};
	}
}

/** A test file that cannot be loaded has no tests to count, and is one failure. */
function ofJest(file: string): Counts {
	const { numPassedTests = 0, numFailedTests = 0, numRuntimeErrorTestSuites = 0 } = read(file);
	return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
}

function ofEndToEnd(file: string): Counts {
	const { passed = 0, failed = 0 } = read(file);
	return { passed, failed };
}

const parts = [ofJest(jest), ...endToEnd.map(ofEndToEnd)];
const passed = parts.reduce((sum, part) => sum + part.passed, 0);
const counted = parts.reduce((sum, part) => sum + (part.passed + part.failed > 0 ? part.failed : 1), 0);
const failed = status !== '0' && counted === 0 ? 1 : counted;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
