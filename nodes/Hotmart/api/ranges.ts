import type { IDataObject } from 'n8n-workflow';

import { DAY } from '../../shared/dates';
import { addresses } from './addresses';

/** Before Hotmart existed, in milliseconds. */
export const BEGINNING = Date.UTC(2011, 0, 1);

/** The lists that are about a range of time, with its two query parameters (milliseconds, both included). */
const RANGES: Record<string, [from: string, to: string]> = {
	[addresses.subscriptions]: ['accession_date', 'end_accession_date'],
	[addresses.subscriptionSummary]: ['accession_date', 'end_accession_date'],
	[addresses.subscriptionTransactions]: ['transaction_date', 'end_transaction_date'],
	[addresses.sales]: ['start_date', 'end_date'],
	[addresses.salesSummary]: ['start_date', 'end_date'],
	[addresses.salesParticipants]: ['start_date', 'end_date'],
	[addresses.salesCommissions]: ['start_date', 'end_date'],
	[addresses.salesPriceDetails]: ['start_date', 'end_date'],
};

const rangeOf = (path: string) => (Object.hasOwn(RANGES, path) ? RANGES[path]! : []);

/**
 * The query of a list with its time range complete. Left out, Hotmart takes the last 30 days (Hotmart §3.1.1); the end is a day
 * ahead so that clocks that differ hide nothing.
 */
export function allTimes(path: string, query: IDataObject): IDataObject {
	const [from, to] = rangeOf(path);
	if (from === undefined || to === undefined) return query;
	return { ...query, [from]: query[from] ?? BEGINNING, [to]: query[to] ?? Date.now() + DAY };
}

/** The query once for each half of its time range, earlier half first; undefined when there is no range or just a day of it. */
export function halves(path: string, query: IDataObject): IDataObject[] | undefined {
	const [from, to] = rangeOf(path);
	if (from === undefined || to === undefined) return undefined;
	const [start, end] = [Number(query[from]), Number(query[to])];
	// False for a bound that is missing, too.
	if (!(end - start > DAY)) return undefined;
	const middle = Math.floor((start + end) / 2);
	return [
		{ ...query, [to]: middle },
		{ ...query, [from]: middle + 1 },
	];
}
