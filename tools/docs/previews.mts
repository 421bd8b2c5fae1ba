// Writes the output previews that the editor shows before an operation's first run: npm run schemas
import 'reflect-metadata';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { pathOf, readSchemas } from '../../test/operations/index.ts';

const nodes = fileURLToPath(new URL('../../nodes/', import.meta.url));

for (const node of ['hotmart', 'teachable'] as const) {
	const schemas = await readSchemas(node);
	await rm(join(nodes, dirname(dirname(pathOf('', node)))), { recursive: true, force: true });
	for (const [key, schema] of schemas) {
		const file = join(nodes, pathOf(key, node));
		await mkdir(dirname(file), { recursive: true });
		await writeFile(file, `${JSON.stringify(schema, null, '\t')}\n`);
	}
	console.log(`${node}: ${schemas.size} output previews written`);
}
process.exit(0);
