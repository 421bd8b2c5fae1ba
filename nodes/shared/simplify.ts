import type { IDataObject } from 'n8n-workflow';

/** The fields of a simplified record, at most ten: name to path in the record, or to what finds the value. */
export type Simple = Record<string, string | ((record: IDataObject) => unknown)>;

/** A function that makes a record readable before its fields are picked. */
export interface RecordReader {
	(record: IDataObject): IDataObject;
	/**
	 * Makes a function that finds what the readable record has at these keys, one below the other, or null: cheaper than the
	 * whole for who needs few values.
	 */
	at(keys: string[]): (record: IDataObject) => unknown;
}

const AS_IT_IS: RecordReader = Object.assign((record: IDataObject) => record, {
	at: (keys: string[]) => (record: IDataObject) => valueOf(record, keys),
});

/** Makes flat records of the most useful fields; what is missing is null. */
export function simplifier(simple: Simple, read = AS_IT_IS): (record: IDataObject) => IDataObject {
	const finders = Object.entries(simple).map(([name, source]) => {
		const find =
			typeof source === 'string' ? read.at(source.split('.')) : (record: IDataObject) => source(read(record)) ?? null;
		return [name, find] as const;
	});
	return (record) => {
		const flat: IDataObject = {};
		for (const [name, find] of finders) flat[name] = find(record) as IDataObject;
		return flat;
	};
}

/** The value at a path with dots, or null. */
export const valueAt = (record: unknown, path: string): unknown => valueOf(record, path.split('.'));

function valueOf(record: unknown, keys: string[]): unknown {
	let value = record;
	for (const key of keys) {
		if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null;
		value = (value as IDataObject)[key];
	}
	return value ?? null;
}
