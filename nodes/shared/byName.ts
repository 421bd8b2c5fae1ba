/**
 * Sorts by name, in any case. Not by the rules of a language: to load them takes longer than all else that the package loads.
 */
export function byName<T>(nameOf: (entry: T) => string): (a: T, b: T) => number {
	const key = (entry: T) => nameOf(entry).toLowerCase();
	return (a, b) => (key(a) < key(b) ? -1 : Number(key(a) > key(b)));
}
