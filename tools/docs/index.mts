/**
 * `npm run docs` writes what follows from the nodes and the templates: the tables of the pages in all languages, the output
 * previews of the editor, the templates in other languages, the picture of the access policies, and what the benchmarks
 * found. `--check` only says what is
 * not current. `--pictures [NAME...]` takes the pictures of the editor, all or the named ones.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { chdir } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { benchmarks } from '../bench/report.mts';
import { accessPolicyPicture } from './access-policy.mts';
import { pages, type GeneratedFiles } from './pages.mts';
import { previews } from './previews.mts';

/** Folders in which every file is generated: one that nothing asks for any more goes. */
const GENERATED_FOLDERS = [
	'nodes/Hotmart/__schema__/v1.0.0',
	'nodes/Teachable/__schema__/v1.0.0',
	'templates/pt-BR',
	'templates/es',
];

/** Files in the generated folders that nothing asks for. */
async function leftovers(wanted: GeneratedFiles): Promise<string[]> {
	const found = await Promise.all(
		GENERATED_FOLDERS.filter((folder) => existsSync(folder)).map(async (folder) =>
			(await readdir(folder, { recursive: true })).map((file) => `${folder}/${file.replaceAll('\\', '/')}`),
		),
	);
	return found.flat().filter((file) => file.endsWith('.json') && !wanted.has(file));
}

async function write(isCheck: boolean): Promise<void> {
	const wanted: GeneratedFiles = new Map([...pages(), ...(await previews()), accessPolicyPicture(), ...benchmarks()]);
	const stale: string[] = [];
	for (const [file, text] of wanted) {
		if (existsSync(file) && (await readFile(file, 'utf8')) === text) continue;
		stale.push(file);
		if (isCheck) continue;
		await mkdir(dirname(file), { recursive: true });
		await writeFile(file, text);
	}
	for (const file of await leftovers(wanted)) {
		stale.push(file);
		if (!isCheck) await rm(file);
	}
	if (!isCheck) console.log(stale.length > 0 ? `Written:\n${stale.join('\n')}` : 'All pages were current.');
	else if (stale.length > 0) throw new Error(`Not current:\n${stale.join('\n')}\nRun: npm run docs`);
}

chdir(fileURLToPath(new URL('../..', import.meta.url)));
const { values, positionals } = parseArgs({
	options: { check: { type: 'boolean', default: false }, pictures: { type: 'boolean', default: false } },
	allowPositionals: true,
});
try {
	if (values.pictures) {
		// Only here, as these need a built package and start a real n8n
		const { takeGuidePictures } = await import('./guide-pictures.mts');
		const { takeTemplatePictures } = await import('./template-pictures.mts');
		await takeGuidePictures(positionals);
		await takeTemplatePictures(positionals);
	} else await write(values.check);
	process.exit();
} catch (error) {
	console.error(error instanceof Error ? error.message : error);
	process.exit(1);
}
