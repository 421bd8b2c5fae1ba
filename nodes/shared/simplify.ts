import type { IDataObject } from 'n8n-workflow';

/** The fields of a simplified record, at most ten: name to path in the record, or to what finds the value. */
export type Simple = Record<string, string | ((record: IDataObject) => unknown)>;

/** How the records of a list are read. */
export interface RecordReader {
	/** The whole record. */
	whole(record: IDataObject): IDataObject;
	/** Makes a function that reads the value at a path with dots; null if there is none. */
	valueAt(path: string): (record: IDataObject) => unknown;
}

/** What a record has at a path of names, or null. */
export function find(record: unknown, names: string[]): unknown {
	let value = record;
	for (const name of names) {
		if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
		value = (value as IDataObject)[name];
	}
	return value ?? null;
}

/** Reads records as the vendor has them. */
export const PLAIN: RecordReader = {
	whole: (record) => record,
	valueAt(path) {
		const names = path.split('.');
		return (record) => find(record, names);
	},
};

/** Makes flat records of the most useful fields; what is missing is null. Only these fields are read, as lists are long. */
export function simplifier(simple: Simple, { valueAt } = PLAIN): (record: IDataObject) => IDataObject {
	const fields = Object.entries(simple).map(
		([name, source]) => [name, typeof source === 'string' ? valueAt(source) : source] as const,
	);
	return (record) => {
		const flat: IDataObject = {};
		for (const [name, read] of fields) flat[name] = (read(record) ?? null) as IDataObject;
		return flat;
	};
}
