const WALL_CLOCK = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3})\d*)?)?)?$/;
/** Length of a day in milliseconds. */
export const DAY = 86_400_000;

/**
 * Milliseconds since 1970-01-01 UTC of a date as n8n hands it over: text, a number, a `Date`, or a Luxon `DateTime`.
 *
 * Text without an offset (what n8n's date field stores) is wall clock time in `timezone`; a number is milliseconds, or seconds
 * where it is too small for that (below 1e11, i.e. before 1973).
 *
 * @returns null when the value is not a date.
 */
export function toMillis(value: unknown, timezone: string): number | null {
	if (value === null || value === undefined || value === '') return null;
	if (value instanceof Date) return finite(value.getTime());
	if (typeof value === 'object' && 'toMillis' in value) return finite((value as { toMillis(): number }).toMillis());
	if (typeof value === 'number') return finite(Math.abs(value) < 1e11 ? value * 1000 : value);
	if (typeof value !== 'string') return null;
	const text = value.trim();
	if (/^-?\d+(\.\d+)?$/.test(text)) return toMillis(Number(text), timezone);
	const parts = WALL_CLOCK.exec(text);
	if (!parts) return finite(Date.parse(text));
	const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0));
	const wall = Date.UTC(year!, month! - 1, day, hour, minute, second, Number((parts[7] ?? '0').padEnd(3, '0')));
	const isReal = new Date(wall).getUTCDate() === day && month! >= 1 && month! <= 12 && hour! < 24 && minute! < 60;
	return isReal ? wallClockToMillis(wall, timezone) : null;
}

/** ISO 8601 text in UTC, or null when the value is no date. */
export function toIso(value: unknown, timezone = 'UTC'): string | null {
	const millis = toMillis(value, timezone);
	return millis === null || Math.abs(millis) > 8.64e15 ? null : format(millis);
}

/** `2026-11-22T` by the days since 1970-01-01, as far as they were met: a list has many times of few days. */
const days = new Map<number, string>();

const padded = (count: number, width: number) =>
	Array.from({ length: count }, (_unused, value) => String(value).padStart(width, '0'));
const TWO_DIGITS = padded(60, 2);
/** `14:05:` by the minute of the day, `09.` by the second of the minute, `007Z` by the millisecond of the second. */
const MINUTES = Array.from({ length: 1440 }, (_unused, minute) =>
	[TWO_DIGITS[Math.floor(minute / 60)], TWO_DIGITS[minute % 60], ''].join(':'),
);
const SECONDS = TWO_DIGITS.map((second) => [second, ''].join('.'));
const MILLISECONDS = padded(1000, 3).map((millisecond) => [millisecond, 'Z'].join(''));

/** What `Date.toISOString` returns, in a quarter of its time, which is most of what reading a long list takes (measured). */
function format(millis: number): string {
	const day = Math.floor(millis / DAY);
	let date = days.get(day);
	if (date === undefined) {
		const text = new Date(day * DAY).toISOString();
		date = text.slice(0, text.indexOf('T') + 1);
		if (days.size < 10_000) days.set(day, date);
	}
	const ofDay = millis - day * DAY;
	const minute = Math.floor(ofDay / 60_000);
	const ofMinute = ofDay - minute * 60_000;
	const second = Math.floor(ofMinute / 1000);
	// A template would keep its parts in memory one by one: five times as much.
	return [date, MINUTES[minute], SECONDS[second], MILLISECONDS[ofMinute - second * 1000]].join('');
}

const finite = (millis: number) => (Number.isFinite(millis) ? Math.trunc(millis) : null);

/** The instant at which a clock in `timezone` shows `wall` (given as if it were UTC). */
function wallClockToMillis(wall: number, timezone: string): number {
	// The offset is looked up at a guess and then again at the corrected guess: right except within a skipped hour,
	// where the clock never shows the wanted time and the later offset is as good as any.
	const guess = wall - offset(wall, timezone);
	return wall - offset(guess, timezone);
}

/** How far clocks in `timezone` are ahead of UTC at an instant, in milliseconds. */
function offset(instant: number, timezone: string): number {
	const parts = new Intl.DateTimeFormat('en-US', {
		timeZone: timezone,
		hourCycle: 'h23',
		year: 'numeric',
		month: 'numeric',
		day: 'numeric',
		hour: 'numeric',
		minute: 'numeric',
		second: 'numeric',
	}).formatToParts(instant);
	const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((p) => p.type === type)?.value);
	const shown = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
	const millis = ((instant % 1000) + 1000) % 1000;
	return shown + millis - instant;
}
