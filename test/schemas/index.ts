import { startEmulator } from '../emulator';
import { runNode } from '../nodes/n8n';
import { demoCredentials } from '../nodes/setup';
import { SAMPLES, WITHOUT_PREVIEW } from './hotmart';
import { schemaOf, type Schema } from './schema';

/** Addresses of the previews below `nodes/`, where n8n looks for those of version 1.0.0 of a node. */
export const pathOf = (key: string) => `Hotmart/__schema__/v1.0.0/${key}.json`;

/** Runs every operation once against the emulator and describes what it returns, by `resource/operation`. */
export async function readSchemas(): Promise<Map<string, Schema>> {
	const emulator = await startEmulator({ hotmart: { rateLimitPerMinute: 10_000 } });
	const schemas = new Map<string, Schema>();
	for (const [key, sample] of Object.entries(SAMPLES)) {
		if (WITHOUT_PREVIEW.includes(key)) continue;
		emulator.reset();
		const [resource, operation] = key.split('/');
		const parameters = { resource: resource!, operation: operation!, ...(await sample(emulator)) };
		const { json, error } = await runNode({ node: 'hotmart', parameters, credentials: demoCredentials(emulator) });
		if (error || json.length === 0) throw new Error(`${key} returned nothing: ${error?.message} ${error?.description}`);
		schemas.set(key, { ...schemaOf(json), version: 1 });
	}
	await emulator.close();
	return schemas;
}
