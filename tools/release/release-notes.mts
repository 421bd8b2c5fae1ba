/**
 * `node tools/release/release-notes.mts v1.0.0`: checks that a tag is the version of package.json and has a section in CHANGELOG.md,
 * and prints that section.
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/**
 * @param version of package.json
 * @returns the section of the version without its heading
 * @throws {Error} saying what is wrong with the tag
 */
export function releaseNotes(tag: string, version: string, changelog: string): string {
	if (tag !== `v${version}`) throw new Error(`The tag ${tag} is not the version ${version} of package.json`);
	const sections = changelog.split(/^## /m).slice(1);
	const section = sections.find((text) => text.startsWith(`[${version}] - `));
	if (!section) throw new Error(`CHANGELOG.md has no section of ${version} with a date`);
	const notes = section
		.split('\n')
		.slice(1)
		.filter((line) => !/^\[[\w.]+\]: /.test(line))
		.join('\n')
		.trim();
	if (notes === '') throw new Error(`CHANGELOG.md says nothing about ${version}`);
	return notes;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
	const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
	try {
		console.log(releaseNotes(process.argv[2] ?? '', version, readFileSync('CHANGELOG.md', 'utf8')));
	} catch (error) {
		console.error(error instanceof Error ? error.message : error);
		process.exitCode = 1;
	}
}
