/** A stretch of records that are made up when they are read. */
export interface Segment {
	count: number;
	/** Index of its first record among all made-up records of the table. */
	first: number;
	/** Time of the first record, ms, and the whole milliseconds between two. */
	from: number;
	step: number;
	productId: number;
	statuses: string[];
	/** Where the other table has the records that belong to these (subscription and first sale); absent: none. */
	twin?: number;
}

export interface Range {
	from: number;
	to: number;
}

interface TableSnapshot<T> {
	rows: T[];
	segments: Segment[];
	touched: Array<[number, T]>;
}

/**
 * Records of one kind: made-up ones first (any number of them, in constant memory), then real rows in order of arrival.
 * A record's position never changes while rows are added, so a position is a safe cursor.
 */
export interface Table<T> {
	/** The real rows, and the made-up ones that have been looked up (and perhaps changed) since. */
	rows(): T[];
	add(row: T): T;
	/** The record itself: changes to it stay. */
	find(key: string): T | undefined;
	/** The made-up record with this index, likewise. */
	bulk(index: number): T | undefined;
	segmentOf(index: number): Segment | undefined;
	addBulk(segment: Omit<Segment, 'first'>): void;
	bulkCount(): number;
	/** Records with their positions, from a position on, whose time is in the range. */
	walk(start: number, range: Range): Iterable<[number, T]>;
	/** How many records `walk(0, range)` has, without making them up. */
	count(range: Range): number;
	snapshot(): TableSnapshot<T>;
	restore(snapshot: TableSnapshot<T>): void;
}

interface TableSpec<T> {
	keyOf(row: T): string;
	timeOf(row: T): number;
	/** Index of a made-up record by its key; anything else: undefined. */
	indexOf(key: string): number | undefined;
	make(index: number, segment: Segment): T;
}

export function createTable<T>({ keyOf, timeOf, indexOf, make }: TableSpec<T>): Table<T> {
	let rows: T[] = [];
	let byKey = new Map<string, T>();
	let segments: Segment[] = [];
	let touched = new Map<number, T>();

	const bulkCount = () => segments.reduce((sum, { count }) => sum + count, 0);
	const segmentOf = (index: number) => segments.find(({ first, count }) => index >= first && index < first + count);
	const bulk = (index: number) => {
		const segment = segmentOf(index);
		if (segment === undefined) return undefined;
		const row = touched.get(index) ?? make(index, segment);
		touched.set(index, row);
		return row;
	};

	/** The indexes [low, high) of a segment's records in a range. */
	const bounds = ({ first, count, step, from: start }: Segment, { from, to }: Range) => ({
		low: first + Math.max(0, Math.ceil((from - start) / step)),
		high: first + Math.min(count, Math.floor((to - start) / step) + 1),
	});
	const isIn = (row: T, { from, to }: Range) => timeOf(row) >= from && timeOf(row) <= to;

	function* walk(start: number, range: Range): Iterable<[number, T]> {
		for (const segment of segments) {
			const { low, high } = bounds(segment, range);
			for (let index = Math.max(start, low); index < high; index += 1) {
				yield [index, touched.get(index) ?? make(index, segment)];
			}
		}
		const offset = bulkCount();
		for (const [index, row] of rows.entries()) {
			if (offset + index >= start && isIn(row, range)) yield [offset + index, row];
		}
	}

	return {
		rows: () => [...touched.values(), ...rows],
		add: (row) => {
			rows.push(row);
			byKey.set(keyOf(row), row);
			return row;
		},
		find: (key) => {
			const index = indexOf(key);
			return byKey.get(key) ?? (index === undefined ? undefined : bulk(index));
		},
		bulk,
		segmentOf,
		addBulk: (segment) => {
			segments.push({ ...segment, first: bulkCount() });
		},
		bulkCount,
		walk,
		count: (range) =>
			segments
				.map((segment) => bounds(segment, range))
				.reduce((sum, { low, high }) => sum + Math.max(0, high - low), 0) +
			rows.filter((row) => isIn(row, range)).length,
		snapshot: () => ({ rows, segments, touched: [...touched] }),
		restore: (snapshot) => {
			({ rows, segments } = snapshot);
			touched = new Map(snapshot.touched);
			byKey = new Map(rows.map((row) => [keyOf(row), row]));
		},
	};
}
