import type { IDataObject } from 'n8n-workflow';

/** Whether a value is a JSON object: not a list, and not null. */
export const isRecord = (value: unknown): value is IDataObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** Records with the columns of all of them, null where one has none: the vendors leave out what a record does not have. */
export function withSameColumns(records: IDataObject[]): IDataObject[] {
	const columns = new Set(records.flatMap((record) => Object.keys(record)));
	if (records.every((record) => Object.keys(record).length === columns.size)) return records;
	const empty = Object.fromEntries([...columns].map((name) => [name, null]));
	return records.map((record) => ({ ...empty, ...record }));
}

/** A record in which null stands for what was not set, so that every item of an operation has the same columns. */
export const withNulls = (record: IDataObject): IDataObject =>
	Object.fromEntries(Object.entries(record).map(([name, value]) => [name, value ?? null]));
