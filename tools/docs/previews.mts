/** The output previews that the editor shows before an operation's first run, or a trigger's first event. */
import 'reflect-metadata';

import { pathOf, readSchemas } from '../../test/operations/index.ts';
import { readTriggerSchema, TRIGGER_PREVIEWS } from '../../test/operations/triggers.ts';
import type { GeneratedFiles } from './pages.mts';

/** Runs each operation of both nodes once against the emulator and describes what it returns, and lets things happen that the triggers tell. */
export async function previews(): Promise<GeneratedFiles> {
	const files: GeneratedFiles = new Map();
	for (const node of ['hotmart', 'teachable'] as const)
		for (const [key, schema] of await readSchemas(node))
			files.set(`nodes/${pathOf(key, node)}`, `${JSON.stringify(schema, null, '\t')}\n`);
	for (const [node, path] of Object.entries(TRIGGER_PREVIEWS)) {
		const schema = await readTriggerSchema(node as keyof typeof TRIGGER_PREVIEWS);
		files.set(`nodes/${path}`, `${JSON.stringify(schema, null, '\t')}\n`);
	}
	return files;
}
