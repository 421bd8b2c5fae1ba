/** The output previews that the editor shows before an operation's first run. */
import 'reflect-metadata';

import { pathOf, readSchemas } from '../../test/operations/index.ts';
import type { GeneratedFiles } from './pages.mts';

/** Runs each operation of both nodes once against the emulator and describes what it returns. */
export async function previews(): Promise<GeneratedFiles> {
	const files: GeneratedFiles = new Map();
	for (const node of ['hotmart', 'teachable'] as const)
		for (const [key, schema] of await readSchemas(node))
			files.set(`nodes/${pathOf(key, node)}`, `${JSON.stringify(schema, null, '\t')}\n`);
	return files;
}
