import {
	NodeApiError,
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type NodeParameterValueType,
} from 'n8n-workflow';

import type { Call, Operation, Output, Resource } from './operation';

/**
 * Runs the operation that the node's parameters name, for all input items.
 *
 * It is the one item loop of the package: it pairs every result with its item, and honours Continue On Fail and the error
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

	const settle = (result: Output | Error, itemIndex: number) => {
		if (!(result instanceof Error)) {
			for (const json of Array.isArray(result) ? result : [result])
				out.push({ json, pairedItem: { item: itemIndex } });
			return;
		}
		const error = itemError(context, result, itemIndex);
		if (!context.continueOnFail()) throw error;
		out.push({ json: { error: error.message, details: error.details }, error, pairedItem: { item: itemIndex } });
	};

	if ('executeAll' in operation) {
		const results = await operation.executeAll(calls);
		const failures = results.filter((result) => result instanceof Error);
		if (failures.length > 0 && failures.length < results.length && !context.continueOnFail())
			for (const failure of failures)
				failure.message += ` (${results.length - failures.length} of ${results.length} items were carried out)`;
		results.forEach(settle);
	} else {
		for (const [itemIndex, single] of calls.entries()) {
			let result: Output | Error;
			try {
				result = await operation.execute(single);
			} catch (error) {
				result = error as Error;
			}
			settle(result, itemIndex);
		}
	}
	return [out];
}

function find<Api>(context: IExecuteFunctions, resources: Array<Resource<Api>>): Operation<Api> {
	const resource = context.getNodeParameter('resource', 0) as string;
	const operation = context.getNodeParameter('operation', 0) as string;
	const found = resources
		.find(({ value }) => value === resource)
		?.operations.find(({ value }) => value === operation);
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
	};
}

interface ItemError {
	message: string;
	details: string | undefined;
}

/** Gives an error the index of its item and a form that the editor shows well. */
function itemError(context: IExecuteFunctions, error: Error, itemIndex: number) {
	const known =
		error instanceof NodeApiError || error instanceof NodeOperationError
			? error
			: new NodeOperationError(context.getNode(), error, { itemIndex });
	known.context.itemIndex = itemIndex;
	return Object.assign(known, { details: known.description ?? undefined } satisfies Partial<ItemError>);
}
