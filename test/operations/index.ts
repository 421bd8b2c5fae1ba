import type { INodeParameters } from 'n8n-workflow';

import { startEmulator } from '../emulator';
import type { Emulator } from '../emulator/types';
import { runNode } from '../nodes/n8n';
import { demoCredentials } from '../nodes/setup';
import { SAMPLES as HOTMART, WITHOUT_PREVIEW } from './hotmart';
import { schemaOf, type Schema } from './schema';
import { SAMPLES as TEACHABLE } from './teachable';

/** Brings the emulator into a state in which an operation succeeds, and returns its parameters. */
export type Sample = (emulator: Emulator) => Promise<INodeParameters> | INodeParameters;

/** Samples of the operations of a node, by `resource/operation`. */
const SAMPLES: Record<'hotmart' | 'teachable', Record<string, Sample>> = { hotmart: HOTMART, teachable: TEACHABLE };

const FOLDERS = { hotmart: 'Hotmart', teachable: 'Teachable' };

/** Addresses of the previews below `nodes/`, where n8n looks for those of version 1.0.0 of a node. */
export const pathOf = (key: string, node: keyof typeof SAMPLES = 'hotmart') =>
	`${FOLDERS[node]}/__schema__/v1.0.0/${key}.json`;

/** Whether an operation changes nothing, as the first word of its description says. */
export const isReading = (description: string) => /^(List|Read|Check|Add up) /.test(description);

/** Runs every operation of a node once against the emulator and describes what it returns, by `resource/operation`. */
export async function readSchemas(node: keyof typeof SAMPLES = 'hotmart'): Promise<Map<string, Schema>> {
	const emulator = await startEmulator({
		hotmart: { rateLimitPerMinute: 10_000 },
		teachable: { rateLimitPerMinute: 10_000 },
	});
	const schemas = new Map<string, Schema>();
	for (const [key, sample] of Object.entries(SAMPLES[node])) {
		if (WITHOUT_PREVIEW.includes(key)) continue;
		emulator.reset();
		const [resource, operation] = key.split('/');
		const parameters = { resource: resource!, operation: operation!, ...(await sample(emulator)) };
		const { json, error } = await runNode({ node, parameters, credentials: demoCredentials(emulator) });
		if (error || json.length === 0) throw new Error(`${key} returned nothing: ${error?.message} ${error?.description}`);
		schemas.set(key, { ...schemaOf(json), version: 1 });
	}
	await emulator.close();
	return schemas;
}
