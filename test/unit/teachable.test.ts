import fc from 'fast-check';

import type { RequestContext } from '../../nodes/shared/http';
import { createProgress } from '../../nodes/shared/progress';
import { coursesInRows, type Row } from '../../nodes/Teachable/resources/enrollment/table';
import { difference, refusalOf, removalsAllowed } from '../../nodes/Teachable/resources/enrollment/removals';

const ids = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 40 });
const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b);

describe('difference', () => {
	test('carried out, it makes exactly the wanted people students, and a second run finds nothing to do', () => {
		fc.assert(
			fc.property(ids, ids, (wanted, enrolled) => {
				const { missing, extra } = difference(wanted, enrolled);
				const after = [...enrolled.filter((id) => !extra.includes(id)), ...missing];
				expect(sorted(after)).toEqual(sorted(wanted));
				expect(difference(wanted, after)).toEqual({ missing: [], extra: [] });
			}),
		);
	});

	test('touches nobody who is wanted and enrolled, nobody twice, and nobody who is in neither list', () => {
		fc.assert(
			fc.property(
				fc.array(fc.integer({ min: 1, max: 60 })),
				fc.array(fc.integer({ min: 1, max: 60 })),
				(wanted, enrolled) => {
					const { missing, extra } = difference(wanted, enrolled);
					const touched = [...missing, ...extra];
					expect(new Set(touched).size).toBe(touched.length);
					for (const id of touched) expect(wanted.includes(id)).not.toBe(enrolled.includes(id));
				},
			),
		);
	});

	test('killed after any step, the same run leads to the same end', () => {
		fc.assert(
			fc.property(ids, ids, fc.nat(80), (wanted, enrolled, steps) => {
				const { missing, extra } = difference(wanted, enrolled);
				const state = new Set(enrolled);
				const all = [...missing.map((id) => () => state.add(id)), ...extra.map((id) => () => state.delete(id))];
				for (const step of all.slice(0, steps)) step();
				const again = difference(wanted, state);
				expect(again.missing.length + again.extra.length).toBe(Math.max(0, all.length - steps));
				for (const id of again.missing) state.add(id);
				for (const id of again.extra) state.delete(id);
				expect(sorted(state)).toEqual(sorted(wanted));
			}),
		);
	});
});

describe('the limit on removals', () => {
	test('never allows more than the share, but for a single one', () => {
		fc.assert(
			fc.property(fc.nat(100_000), fc.double({ min: 0, max: 100, noNaN: true }), (enrolled, percent) => {
				const allowed = removalsAllowed(enrolled, percent);
				expect(Number.isInteger(allowed)).toBe(true);
				expect(allowed).toBeLessThanOrEqual(enrolled);
				if (allowed > 1) expect(allowed).toBeLessThanOrEqual((enrolled * percent) / 100);
				if (percent === 0) expect(allowed).toBe(0);
			}),
		);
	});

	test.each([
		[300, 10, 30],
		[305, 10, 30],
		[8, 10, 1],
		[0, 10, 0],
		[8, 0, 0],
		[8, 100, 8],
		[8, 250, 8],
		[8, -5, 0],
		[8, NaN, 0],
	])('of %p students at %p %% is %p', (enrolled, percent, allowed) => {
		expect(removalsAllowed(enrolled, percent)).toBe(allowed);
	});
});

describe('refusalOf', () => {
	const state = fc.record({ wanted: fc.nat(50), unreadable: fc.nat(3), removals: fc.nat(50), allowed: fc.nat(50) });

	test('lets people be removed only where everyone in a filled input is known and the limit holds', () => {
		fc.assert(
			fc.property(state, (input) => {
				if (refusalOf(input) !== null) return expect(input.removals).toBeGreaterThan(0);
				if (input.removals === 0) return;
				expect(input.wanted).toBeGreaterThan(0);
				expect(input.unreadable).toBe(0);
				expect(input.removals).toBeLessThanOrEqual(input.allowed);
			}),
		);
	});

	test.each([
		[{ wanted: 0, unreadable: 0, removals: 1, allowed: 9 }, 'empty'],
		[{ wanted: 0, unreadable: 2, removals: 1, allowed: 9 }, 'unreadable'],
		[{ wanted: 5, unreadable: 1, removals: 1, allowed: 9 }, 'unreadable'],
		[{ wanted: 5, unreadable: 0, removals: 10, allowed: 9 }, 'limit'],
		[{ wanted: 5, unreadable: 0, removals: 9, allowed: 9 }, null],
		[{ wanted: 0, unreadable: 2, removals: 0, allowed: 0 }, null],
	])('%p: %p', (input, refusal) => {
		expect(refusalOf(input)).toBe(refusal);
	});
});

describe('coursesInRows', () => {
	const value = fc.oneof(fc.integer({ min: 0, max: 9 }).map(String), fc.string({ maxLength: 3 }));
	const rows: fc.Arbitrary<Row[]> = fc.array(
		fc.record({ value, course: fc.record({ id: fc.integer({ min: 1, max: 9 }), name: fc.constant(null) }) }),
	);
	const idsFor = (table: Row[], wanted: unknown) => coursesInRows(table, wanted).map(({ id }) => id);
	const key = (text: string) => text.normalize('NFC').trim().toLowerCase();

	test('gives the course of every row with the value, each once, and no other', () => {
		fc.assert(
			fc.property(rows, value, (table, wanted) => {
				const expected = table.filter((row) => key(row.value) === key(wanted) && key(wanted) !== '');
				const courses = idsFor(table, wanted);
				expect(courses).toEqual([...new Set(expected.map(({ course }) => course.id))]);
			}),
		);
	});

	test('a list of values opens what each of them opens', () => {
		fc.assert(
			fc.property(rows, fc.array(value, { maxLength: 4 }), (table, wanted) => {
				const each = wanted.flatMap((one) => idsFor(table, one));
				expect(new Set(idsFor(table, wanted))).toEqual(new Set(each));
			}),
		);
	});

	test.each([
		[' 558688 ', 558_688],
		['anual', 'ANUAL'],
		['Viol\u00E3o', 'viola\u0303o'],
		['iscvy6s8', 'ISCVY6S8'],
	])('%j is the same value as %j', (inRow, wanted) => {
		expect(idsFor([{ value: inRow, course: { id: 1, name: null } }], wanted)).toEqual([1]);
	});

	test('nothing is no value, and a part of one is another', () => {
		const table = ['558688', ''].map((text, index) => ({ value: text, course: { id: index + 1, name: null } }));
		for (const nothing of ['', ' ', null, undefined, []]) expect(idsFor(table, nothing)).toEqual([]);
		expect(idsFor(table, '55868')).toEqual([]);
	});
});

describe('what a run says while it waits', () => {
	test('how far it is and for how long, in the log and in the editor', () => {
		const said: string[] = [];
		const say = (text: string) => said.push(text);
		const context = { getNode: () => ({ name: 'Enroll All' }), logger: { info: say }, sendMessageToUI: say };
		const progress = createProgress(context as unknown as RequestContext);
		progress.wait('rateLimit', 41_200);
		progress.note(120, 500);
		progress.wait('rateLimit', 200);
		progress.wait('outage', 30_000);
		const [first, second] = [
			'Enroll All: waiting 42 s for the rate limit of the API',
			'Enroll All: 120 of 500 done, waiting 30 s for the API to answer again',
		];
		expect(said).toEqual([first, first, second, second]);
	});
});
