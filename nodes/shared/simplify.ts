import type { IDataObject } from 'n8n-workflow';

/** The fields of a simplified record, at most ten: name to path in the record, or to what finds the value. */
export type Simple = Record<string, string | ((record: IDataObject) => unknown)>;

/** A flat record of the most useful fields; what is missing is null. */
export function simplify(record: IDataObject, simple: Simple): IDataObject {
	return Object.fromEntries(
		Object.entries(simple).map(([name, source]) => [
			name,
			typeof source === 'string' ? valueAt(record, source) : (source(record) ?? null),
		]),
	) as IDataObject;
}

/** The value at a path with dots, or null. */
export function valueAt(record: unknown, path: string): unknown {
	let value = record;
	for (const key of path.split('.')) {
		if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null;
		value = (value as IDataObject)[key];
	}
	return value ?? null;
}
