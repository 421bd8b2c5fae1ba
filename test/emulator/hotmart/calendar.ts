export const DAY = 24 * 3600 * 1000;

/** A date without a time. `month` counts from 1, `weekday` from Monday as 1 to Sunday as 7. */
interface CalendarDate {
	year: number;
	month: number;
	day: number;
	weekday: number;
}

/** The date that a moment (milliseconds since 1970) has in a time zone. */
export function dateIn(timeZone: string, time: number): CalendarDate {
	const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
	const [year = 0, month = 0, day = 0] = format.format(time).split('-').map(Number);
	return { year, month, day, weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay() || 7 };
}

const WEEK = 7;

/** Day of the month of a charge; of a weekly plan the day of the week (Hotmart §3.1.5). */
export function dueDayOf(timeZone: string, time: number, period: number): number {
	const { day, weekday } = dateIn(timeZone, time);
	return period === WEEK ? weekday : day;
}

/**
 * The charge one period after another, at noon UTC as in captured answers: of a weekly plan on the due weekday of the next week,
 * else on the due day of a later month, or the last day that this month has. Periods are labels: 30 is a month, 360 a year
 * (Hotmart §4.9).
 */
export function nextCharge(timeZone: string, from: number, period: number, dueDay: number): number {
	const { year, month, day, weekday } = dateIn(timeZone, from);
	if (period === WEEK) return Date.UTC(year, month - 1, day + WEEK + dueDay - weekday, 12);
	const later = month - 1 + Math.round(period / 30);
	const lastDay = new Date(Date.UTC(year, later + 1, 0)).getUTCDate();
	return Date.UTC(year, later, Math.min(dueDay, lastDay), 12);
}
