import {
	NodeApiError,
	NodeOperationError,
	UserError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type JsonObject,
	type NodeParameterValueType,
} from 'n8n-workflow';

import type { Call, Operation, Output, Resource } from './operation';
import { hintWaits, noteProgress } from './progress';

/**
 * Runs the operation that the node's parameters name, for all input items.
 *
 * It is the one item loop of the package: it pairs every result with its item, and honors Continue On Fail and the error
 * output. Without them the first failure ends the run and says how many items were done before.
 *
 * @throws NodeApiError or NodeOperationError that carries the index of the failed item.
 */
export async function execute<Api>(
	context: IExecuteFunctions,
	resources: Array<Resource<Api>>,
	connect: (context: IExecuteFunctions) => Api,
): Promise<INodeExecutionData[][]> {
	const operation = find(context, resources);
	const api = connect(context);
	const calls = context.getInputData().map((_item, itemIndex) => call(context, api, itemIndex));
	const out: INodeExecutionData[] = [];

	const settle = (result: Output | Error, itemIndex: number, done = itemIndex) => {
		if (Array.isArray(result)) {
			for (const entry of result) settle(entry, itemIndex, done);
			return;
		}
		if (!(result instanceof Error)) {
			out.push({ json: result, pairedItem: { item: itemIndex } });
			return;
		}
		const error = itemError(context, operation, result, itemIndex);
		if (!context.continueOnFail()) {
			// What was changed stays changed although the run shows no items: say so.
			if (calls.length > 1)
				error.description = `${error.description ?? ''} (${done} of ${calls.length} items were carried out)`;
			throw error;
		}
		// With `error` beside `json` n8n would keep the message alone. These two keys, and no others, lead to the error output in
		// both majors.
		const remedy = error.description ? { message: error.description } : {};
		out.push({ json: { error: error.message, ...remedy }, pairedItem: { item: itemIndex } });
	};

	if ('executeAll' in operation) {
		const results = await operation.executeAll(calls);
		const done = results.filter((result) => ![result].flat().some((entry) => entry instanceof Error)).length;
		results.forEach((result, itemIndex) => settle(result, itemIndex, done));
	} else {
		if (calls.length > 1)
			await operation.prepare?.(calls).catch(({ message }: Error) => {
				context.logger.warn('What many items need could not be found out at once, so each asks for itself', {
					reason: message,
				});
			});
		for (const [itemIndex, single] of calls.entries()) {
			let result: Output | Error;
			try {
				result = await operation.execute(single);
			} catch (error) {
				result = error as Error;
			}
			noteProgress(context, itemIndex + 1, calls.length);
			settle(result, itemIndex);
		}
	}
	hintWaits(context);
	return [out];
}

function find<Api>(context: IExecuteFunctions, resources: Array<Resource<Api>>): Operation<Api> {
	const resource = context.getNodeParameter('resource', 0) as string;
	const operation = context.getNodeParameter('operation', 0) as string;
	const found = resources.find(({ value }) => value === resource)?.operations.find(({ value }) => value === operation);
	if (!found)
		throw new NodeOperationError(
			context.getNode(),
			`The operation "${operation}" of the resource "${resource}" is not known`,
			{ description: 'Choose a Resource and an Operation from the lists of the node', itemIndex: 0 },
		);
	return found;
}

function call<Api>(context: IExecuteFunctions, api: Api, itemIndex: number): Call<Api> {
	return {
		api,
		itemIndex,
		timezone: context.getTimezone(),
		param: <T>(name: string, fallback?: T) =>
			context.getNodeParameter(name, itemIndex, fallback as NodeParameterValueType, {
				extractValue: true,
			}) as T,
		hint: (message) => context.addExecutionHints?.({ message, location: 'outputPane' }),
		progress: (done, total) => noteProgress(context, done, total),
	};
}

/** An error of its own for every item, even where one failed request was for many: with the operation, the item and the remedy. */
function itemError(context: IExecuteFunctions, { action }: Operation<never>, error: Error, itemIndex: number) {
	const node = context.getNode();
	const item = context.getInputData().length > 1 ? ` [item ${itemIndex}]` : '';
	const message = `${action}: ${error.message}${item}`;
	if (error instanceof NodeApiError) {
		const { description, httpCode } = error;
		const details = (error.errorResponse ?? {}) as JsonObject;
		const options = { message, description: description ?? undefined, httpCode: httpCode ?? undefined, itemIndex };
		return new NodeApiError(node, details, options);
	}
	if (error instanceof UserError) return new NodeOperationError(node, message, { itemIndex, level: 'warning' });
	const description = error instanceof NodeOperationError ? (error.description ?? undefined) : undefined;
	return new NodeOperationError(node, error, { message, description, itemIndex });
}
