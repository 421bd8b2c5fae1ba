/** ISO 8601 with dashes: a day, or a time with or without an offset. Other forms, such as 05/09/2026, can be read in two ways. */
const ISO_8601 =
	/^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?: ?(Z|[+-]\d{2}(?::?\d{2})?))?)?$/i;
/** Seconds or milliseconds since 1970: what is shorter may be a year, or a day without dashes. */
const EPOCH = /^(\d{10}|\d{13})$/;
/** Length of a day in milliseconds. */
export const DAY = 86_400_000;
const MINUTE = 60_000;

/**
 * Milliseconds since 1970-01-01 UTC of a date as n8n hands it over: ISO 8601 text, an epoch of 10 or 13 digits, a `Date`, or a
 * Luxon `DateTime`. Text without an offset (what n8n's date field stores) is wall clock time in `timezone`.
 *
 * @returns null when the value is not a date, or one that no calendar has
 */
export function toMillis(value: unknown, timezone: string): number | null {
	if (value instanceof Date) return finite(value.getTime());
	if (typeof value === 'object' && value !== null && 'toMillis' in value)
		return finite((value as { toMillis(): number }).toMillis());
	if (typeof value !== 'number' && typeof value !== 'string') return null;
	const text = String(value).trim();
	if (EPOCH.test(text)) return fromEpoch(Number(text));
	const parts = ISO_8601.exec(text);
	const wall = parts && wallOf(parts);
	if (wall === null) return null;
	return parts![8] === undefined ? wallClockToMillis(wall, timezone) : wall - offsetOf(parts![8]);
}

const fromEpoch = (count: number) => finite(Math.abs(count) < 1e11 ? count * 1000 : count);

/** The time on the clock, as if it were UTC; null for a time that no clock shows. */
function wallOf(parts: RegExpExecArray): number | null {
	const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0)) as number[];
	const millis = Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0'));
	const wall = Date.UTC(year!, month! - 1, day, hour, minute, second, millis);
	const isDay = new Date(wall).getUTCDate() === day && month! >= 1 && month! <= 12;
	return isDay && hour! < 24 && minute! < 60 && second! < 60 ? wall : null;
}

/** How far clocks with this offset, such as -03:00, are ahead of UTC, in milliseconds. */
function offsetOf(text: string): number {
	if (text.toUpperCase() === 'Z') return 0;
	const hours = Number(text.slice(1, 3));
	const minutes = hours * 60 + Number(text.slice(3).replace(':', ''));
	return (text.startsWith('-') ? -minutes : minutes) * MINUTE;
}

/** ISO 8601 text in UTC, or null when the value is no date. A number is milliseconds, or seconds where it is too small for that. */
export function toIso(value: unknown, timezone = 'UTC'): string | null {
	const millis = typeof value === 'number' ? fromEpoch(value) : toMillis(value, timezone);
	return millis === null || Math.abs(millis) > 8.64e15 ? null : format(millis);
}

/** `2026-11-22T` for each day since 1970-01-01 that was needed: a list has many times on few days. */
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
