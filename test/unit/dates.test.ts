import fc from 'fast-check';

import { toIso, toMillis } from '../../nodes/shared/dates';

const ZONES = ['UTC', 'America/Sao_Paulo', 'America/New_York', 'Europe/Lisbon', 'Asia/Kolkata', 'Pacific/Auckland'];

describe('toMillis', () => {
	test.each([
		['2026-03-01T00:00:00', 'America/Sao_Paulo', Date.UTC(2026, 2, 1, 3)],
		['2026-03-01 08:30', 'America/Sao_Paulo', Date.UTC(2026, 2, 1, 11, 30)],
		['2026-07-01T00:00:00.250', 'Europe/Lisbon', Date.UTC(2026, 5, 30, 23, 0, 0, 250)],
		['2026-01-01', 'Asia/Kolkata', Date.UTC(2025, 11, 31, 18, 30)],
		['2026-03-01T00:00:00Z', 'America/Sao_Paulo', Date.UTC(2026, 2, 1)],
		['2026-03-01T00:00:00.000+02:00', 'America/Sao_Paulo', Date.UTC(2026, 1, 28, 22)],
		['2026-03-01 00:00:00 -0330', 'UTC', Date.UTC(2026, 2, 1, 3, 30)],
		['2026-03-01T00:00+03', 'UTC', Date.UTC(2026, 1, 28, 21)],
		[1_746_621_297_861, 'UTC', 1_746_621_297_861],
		['1746621297861', 'UTC', 1_746_621_297_861],
		[1_746_621_297, 'UTC', 1_746_621_297_000],
		[{ toMillis: () => 5 }, 'UTC', 5],
		[new Date(7), 'UTC', 7],
	])('%j in %s', (value, zone, expected) => expect(toMillis(value, zone)).toBe(expected));

	test.each([
		undefined,
		null,
		'',
		'tomorrow',
		'2026-02-30',
		'2026-13-01T00:00:00',
		'2026-01-01T25:00:00',
		// Guesses of Date.parse, and counts that are no epoch
		'02/08/2026',
		'02-08-2026',
		'2026/08/02',
		'2026-8-2',
		'2 Aug 2026',
		'2026',
		'20260802',
		'2026-08',
		2026,
		20_260_802,
		0,
		-1_785_680_478_242,
		'178568047824',
		'2026-02-30T10:00:00Z',
		'2026-04-31T10:00:00-03:00',
		'2026-01-01T10:60:00Z',
		NaN,
		{},
		[],
		true,
	])('%j is no date', (value) => expect(toMillis(value, 'UTC')).toBeNull());

	test('what a clock shows in a time zone is found again', () => {
		fc.assert(
			fc.property(
				fc.integer({ min: Date.UTC(2015, 0, 1), max: Date.UTC(2035, 0, 1) }),
				fc.constantFrom(...ZONES),
				(seconds, timezone) => {
					const instant = Math.floor(seconds / 1000) * 1000;
					const shown = new Date(instant).toLocaleString('sv-SE', { timeZone: timezone });
					const found = toMillis(shown, timezone)!;
					// In the hour that is shown twice when clocks go back, either is right.
					expect([0, 3_600_000]).toContain(Math.abs(found - instant));
					expect(new Date(found).toLocaleString('sv-SE', { timeZone: timezone })).toBe(shown);
				},
			),
			{ numRuns: 2000, seed: 7 },
		);
	});
});

test('toIso writes every time that is possible as Node.js does', () => {
	const times = fc.oneof(
		fc.maxSafeInteger(),
		fc.integer({ min: Date.UTC(1900, 0), max: Date.UTC(2100, 0) }),
		fc.constantFrom(8.64e15, -8.64e15, -62_167_219_200_001),
	);
	fc.assert(
		fc.property(times, (millis) => {
			fc.pre(Math.abs(millis) >= 1e11 && Math.abs(millis) <= 8.64e15);
			expect(toIso(millis)).toBe(new Date(millis).toISOString());
		}),
		{ numRuns: 2000 },
	);
});

test('toIso does not throw for times beyond what dates can hold', () => {
	expect(toIso(9e15)).toBeNull();
	expect(toIso(1e300)).toBeNull();
	expect(toIso('2026-01-01T00:00:00')).toBe('2026-01-01T00:00:00.000Z');
});
