import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { countOutputs, route, type Routing } from '../trigger/outputs';
import { itemOf } from '../trigger/item';
import { isRepeated } from '../trigger/repetition';
import { LABELS } from './events';

/**
 * Spreads what a poll has found over the outputs, without what an earlier run had: after a crash or a restart the last items come
 * again.
 */
export async function routeEntries(
	context: IExecuteFunctions,
	entries: INodeExecutionData[],
): Promise<INodeExecutionData[][]> {
	const parameters = {
		routing: context.getNodeParameter('routing', 0, 'single') as Routing,
		events: context.getNodeParameter('events', 0, ['*']) as string[],
	};
	// A retry is of a run that had its items noted.
	const isNew = context.getMode() === 'manual' || context.getMode() === 'retry';
	const outputs: INodeExecutionData[][] = Array.from({ length: countOutputs(parameters, LABELS) }, () => []);
	const isRepetition = async ({ json, key, delivery }: INodeExecutionData) => {
		const received = { item: itemOf(json), key: String(key), delivery: String(delivery) };
		return !isNew && (await isRepeated(context, received, {}));
	};
	// At once, which is one question to n8n.
	const repetitions = await Promise.all(entries.map(isRepetition));
	for (const [index, { json, pairedItem }] of entries.entries())
		if (!repetitions[index]) outputs[route(itemOf(json), parameters, LABELS)]!.push({ json, pairedItem });
	return outputs;
}
