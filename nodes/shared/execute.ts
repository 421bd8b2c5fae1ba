import {
	NodeApiError,
	NodeOperationError,
	UserError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type JsonObject,
	type NodeParameterValueType,
} from 'n8n-workflow';

import { hideInText, hideSecrets } from '../../credentials/secrets';
import type { BulkOperation, Call, Operation, Output, Resource, SingleOperation } from './operation';
import { createProgress, type Progress } from './progress';

/** A run of an operation and the items that it has brought so far. */
interface Run<Api> {
	context: IExecuteFunctions;
	calls: Array<Call<Api>>;
	progress: Progress;
	out: INodeExecutionData[];
}

/**
 * Runs the operation that the node's parameters name, for all input items.
 *
 * It is the one item loop of the package: it pairs every result with its item, and honors Continue On Fail and the error
 * output. Without them the first failure ends the run and says how many items were done before. No item and no error of it
 * holds a secret.
 *
 * @throws NodeApiError or NodeOperationError that carries the index of the failed item.
 */
export async function execute<Api>(
	context: IExecuteFunctions,
	resources: Array<Resource<Api>>,
	connect: (context: IExecuteFunctions, progress: Progress) => Api,
): Promise<INodeExecutionData[][]> {
	const operation = find(context, resources);
	const progress = createProgress(context);
	const api = connect(context, progress);
	const hints = new Set<string>();
	const calls = context.getInputData().map(({ json }, itemIndex) => ({
		...createCall(context, progress, itemIndex, hints),
		api,
		json,
	}));
	const run: Run<Api> = { context, calls, progress, out: [] };
	await ('executeAll' in operation ? runTogether(run, operation) : runOneByOne(run, operation));
	progress.hint();
	return [run.out];
}

async function runTogether<Api>(run: Run<Api>, operation: BulkOperation<Api>): Promise<void> {
	const results = await operation.executeAll(run.calls);
	const done = results.filter((result) => ![result].flat().some((entry) => entry instanceof Error)).length;
	results.forEach((result, itemIndex) => settle(run, result, itemIndex, done));
}

async function runOneByOne<Api>(run: Run<Api>, operation: SingleOperation<Api>): Promise<void> {
	const { context, calls, progress } = run;
	if (calls.length > 1)
		await operation.prepare?.(calls).catch(({ message }: Error) => {
			context.logger.warn('The requests that items share have failed, so each item sends its own', {
				reason: hideInText(message),
			});
		});
	for (const [itemIndex, call] of calls.entries()) {
		const result = await operation.execute(call).catch((error: Error) => error);
		progress.note(itemIndex + 1, calls.length);
		settle(run, result, itemIndex, itemIndex);
	}
}

/** Adds the result of an item to the output, or throws its error. `done`: how many items were carried out. */
function settle<Api>(run: Run<Api>, result: Output | Error, itemIndex: number, done: number): void {
	const { context, calls, out } = run;
	if (Array.isArray(result)) {
		for (const entry of result) settle(run, entry, itemIndex, done);
		return;
	}
	if (!(result instanceof Error)) {
		out.push({ json: hideSecrets(result), pairedItem: { item: itemIndex } });
		return;
	}
	const error = itemError(context, result, itemIndex);
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

/** What every call has, for any vendor and item. `hints`: those that were shown. */
function createCall(
	context: IExecuteFunctions,
	progress: Progress,
	itemIndex: number,
	hints: Set<string>,
): Omit<Call<unknown>, 'api' | 'json'> {
	return {
		itemIndex,
		timezone: context.getTimezone(),
		param: <T>(name: string, fallback?: T) =>
			context.getNodeParameter(name, itemIndex, fallback as NodeParameterValueType, {
				extractValue: true,
			}) as T,
		raw: <T>(name: string, fallback?: T) =>
			context.getNodeParameter(name, itemIndex, fallback as NodeParameterValueType) as T,
		hint: (message) => {
			if (!hints.has(message)) context.addExecutionHints?.({ message: hideInText(message), location: 'outputPane' });
			hints.add(message);
		},
		progress: (done, total) => progress.note(done, total),
	};
}

/** A separate error for every item, even if one failed request was for many items: with the item and the remedy. */
function itemError(context: IExecuteFunctions, error: Error, itemIndex: number) {
	const node = context.getNode();
	const item = context.getInputData().length > 1 ? ` [item ${itemIndex}]` : '';
	const message = `${hideInText(error.message)}${item}`;
	if (error instanceof NodeApiError) {
		const { httpCode } = error;
		const details = (error.errorResponse ?? {}) as JsonObject;
		const options = { message, description: remedyOf(error), httpCode: httpCode ?? undefined, itemIndex };
		return new NodeApiError(node, details, options);
	}
	if (error instanceof UserError) return new NodeOperationError(node, message, { itemIndex, level: 'warning' });
	const description = error instanceof NodeOperationError ? remedyOf(error) : undefined;
	// n8n stores an error with its cause, which would show what was hidden.
	const cause = hideInText(error.message) === error.message ? error : message;
	return new NodeOperationError(node, cause, { message, description, itemIndex });
}

const remedyOf = ({ description }: NodeApiError | NodeOperationError) =>
	typeof description === 'string' ? hideInText(description) : undefined;
