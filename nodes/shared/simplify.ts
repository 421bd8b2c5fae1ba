import type { IDataObject } from 'n8n-workflow';

/** The fields of a simplified record, at most ten: name to path in the record, or to what finds the value. */
export type Simple = Record<string, string | ((record: IDataObject) => unknown)>;

/** Makes flat records of the most useful fields; what is missing is null. */
export function simplifier(simple: Simple): (record: IDataObject) => IDataObject {
	const sources = Object.entries(simple).map(
		([name, source]) => [name, typeof source === 'string' ? source.split('.') : source] as const,
	);
	return (record) => {
		const flat: IDataObject = {};
		for (const [name, source] of sources)
			flat[name] = (typeof source === 'function' ? (source(record) ?? null) : valueOf(record, source)) as IDataObject;
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
