import type { IDataObject, IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { byName } from './byName';

/** What an operation may use for one input item. `Api` is the client of the vendor, one instance a run. */
export interface Call<Api> {
	api: Api;
	/** Index of the input item, from 0. */
	itemIndex: number;
	/** IANA name of the workflow's time zone, in which dates without an offset are meant. */
	timezone: string;
	/** The data of the input item. */
	json: IDataObject;
	/** Reads a parameter for this item; a resource locator is reduced to its value. */
	param<T>(name: string, fallback?: T): T;
	/**
	 * Reads a parameter as it is stored: a resource locator with the name that its list showed. Of a field that is hidden, too,
	 * where `param` fails.
	 */
	raw<T>(name: string, fallback?: T): T;
	/** Shows a hint above the node's output, the same one once (n8n 1.x and 2.x; a no-op where n8n has no place for it). */
	hint(message: string): void;
	/** Notes how much of its work an operation for many items has done, for what is said while the run waits. */
	progress(done: number, total: number): void;
}

/** What an operation gives back for one item: a record an item, or several. An `Error` among several fails for itself alone. */
export type Output = IDataObject | Array<IDataObject | Error>;

interface OperationBase {
	/** Title Case, shown in the Operation list. */
	name: string;
	/** camelCase, stored in workflows: never change one that was published. */
	value: string;
	/** Sentence case, shown in the node panel. */
	action: string;
	/** What it does, whether it can be undone, what it needs: an AI agent reads this, too. */
	description: string;
	fields: INodeProperties[];
}

/** An operation that is carried out for one item at a time. */
export interface SingleOperation<Api> extends OperationBase {
	/**
	 * Finds out with few requests what many items need to know. It only saves requests: an item asks for itself what is not
	 * known when its turn comes, and whatever this throws is ignored.
	 */
	prepare?(calls: Array<Call<Api>>): Promise<void>;
	execute(call: Call<Api>): Promise<Output>;
}

/**
 * An operation that serves many items with few requests. It answers one entry a call, in the order of the calls;
 * an `Error` entry fails its item alone.
 */
export interface BulkOperation<Api> extends OperationBase {
	executeAll(calls: Array<Call<Api>>): Promise<Array<Output | Error>>;
}

export type Operation<Api> = SingleOperation<Api> | BulkOperation<Api>;

/** A group of operations, shown in the Resource list. */
export interface Resource<Api> {
	name: string;
	value: string;
	operations: Array<Operation<Api>>;
}

/** A list sorted as n8n wants it, with the first entry given as its default. */
function list(
	displayName: string,
	name: string,
	entries: INodePropertyOptions[],
	displayOptions?: IDisplayOptions,
): INodeProperties {
	const options = [...entries].sort(byName((entry) => entry.name));
	const property = { displayName, name, type: 'options' as const, noDataExpression: true, displayOptions, options };
	return { ...property, default: entries[0]!.value };
}

/**
 * Builds a node's properties from its resources: the Resource list, an Operation list a resource, then the fields of every
 * operation with their visibility stamped on.
 */
export function properties<Api>(resources: Array<Resource<Api>>): INodeProperties[] {
	const lists = [
		list(
			'Resource',
			'resource',
			resources.map(({ name, value }) => ({ name, value })),
		),
	];
	const fields: INodeProperties[] = [];
	for (const { value: resource, operations } of resources) {
		const entries = operations.map(({ name, value, action, description }) => ({ name, value, action, description }));
		lists.push(list('Operation', 'operation', entries, { show: { resource: [resource] } }));
		for (const operation of operations) {
			const show = { resource: [resource], operation: [operation.value] };
			for (const field of operation.fields)
				fields.push({ ...field, displayOptions: visibleIn(show, field.displayOptions) });
		}
	}
	return [...lists, ...fields];
}

/**
 * Not by n8n's own helper, which copies deeply: with hundreds of fields that is a good part of the time to load the nodes.
 *
 * Resource and operation come first. n8n stops at the first condition whose field holds an expression and takes the field for
 * shown; it would then require the fields of other operations.
 */
const visibleIn = (show: IDisplayOptions['show'], given?: IDisplayOptions): IDisplayOptions => ({
	...given,
	show: { ...show, ...given?.show },
});
