import type { IDataObject } from 'n8n-workflow';

/** Wait when a 429 does not say how long, in milliseconds: the vendors count requests by the minute. */
const DEFAULT_PAUSE = 60_000;
/** The longest wait that a vendor may ask for, in milliseconds. */
const MAX_PAUSE = 120_000;

/** Milliseconds in which no request may follow an answer, as its rate headers say it: 0 while requests are left. */
export function pauseAfter(status: number | null, headers: IDataObject): number {
	const reset = resetIn(headers);
	if (status === 429) return Math.min(reset ?? DEFAULT_PAUSE, MAX_PAUSE) + Math.random() * 250;
	const left = numberIn(headers, 'ratelimit-remaining') ?? numberIn(headers, 'x-ratelimit-remaining-minute');
	return left !== undefined && left <= 0 ? Math.min(reset ?? 0, MAX_PAUSE) : 0;
}

/** Milliseconds after which the vendor wants to be asked again, or undefined when it does not say. */
export function resetIn(headers: IDataObject): number | undefined {
	const seconds = numberIn(headers, 'ratelimit-reset') ?? numberIn(headers, 'retry-after');
	if (seconds === undefined) return undefined;
	// Seconds by convention; Hotmart does not spell the unit out, so an epoch is understood as well.
	const epoch = seconds > 1e11 ? seconds : seconds > 1e9 ? seconds * 1000 : null;
	return Math.max(epoch === null ? seconds * 1000 : epoch - Date.now(), 0);
}

function numberIn(headers: IDataObject, name: string): number | undefined {
	const value = Number(headers[name]);
	return headers[name] === undefined || headers[name] === '' || Number.isNaN(value) ? undefined : value;
}
