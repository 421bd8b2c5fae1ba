/** What n8n's editor knows of an operation's output before its first run. */
export interface Schema {
	type: string;
	properties?: Record<string, Schema>;
	items?: Schema;
	version?: number;
}

/** The names in the order in which values first have them. */
export const inOrder = (keys: string[]) => keys;

/**
 * Describes values that stand at the same place of several items; null tells nothing where another item has more.
 *
 * @param arrange puts the names of an object in order, by default that of the alphabet
 */
export function schemaOf(values: unknown[], arrange = (keys: string[]) => keys.sort()): Schema {
	const known = values.filter((value) => value !== null && value !== undefined);
	const [first] = known;
	if (first === undefined) return { type: 'null' };
	if (Array.isArray(first)) {
		const entries = known.flat();
		return entries.length > 0 ? { type: 'array', items: schemaOf(entries, arrange) } : { type: 'array' };
	}
	if (typeof first === 'object') {
		const records = known as Array<Record<string, unknown>>;
		const keys = arrange([...new Set(records.flatMap((record) => Object.keys(record)))]);
		const properties = keys.map((key) => [
			key,
			schemaOf(
				records.map((record) => record[key]),
				arrange,
			),
		]);
		return { type: 'object', properties: Object.fromEntries(properties) as Record<string, Schema> };
	}
	if (typeof first === 'number') return { type: known.every(Number.isInteger) ? 'integer' : 'number' };
	return { type: typeof first };
}
