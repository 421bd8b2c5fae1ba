import { UserError, type IDataObject, type ILoadOptionsFunctions, type INodeListSearchResult } from 'n8n-workflow';

import { isRecord } from './record';

/** An entry of a list of the editor. */
export type Entry = INodeListSearchResult['results'][number];

/** A list that the editor shows for a field, page by page, with what the user typed as the filter. */
export type Search = (
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
) => Promise<INodeListSearchResult>;

/** A page of a vendor's list: its records, and how to ask for the next one. */
export interface SearchPage {
	records: IDataObject[];
	/** Undefined on the last page. */
	next?: string;
}

/** The vendors have no search by name: with a filter so many pages are looked through at a time. */
const PAGES = 5;

/** Keeps the entries that have what the user typed, in any case. */
export const matches = (filter = '') => {
	const wanted = filter.trim().toLowerCase();
	return ({ name, value }: Entry) => `${name} ${String(value)}`.toLowerCase().includes(wanted);
};

/** The text of an entry. What tells entries apart comes first, as the editor cuts long texts off. */
export const labelOf = (...parts: Array<string | null | undefined>): string =>
	parts.filter((part) => part !== null && part !== undefined && part !== '').join(' · ');

/** A price as people write it: without cents where there are none. */
export const priceOf = (value: number, currency: string): string =>
	`${Number.isInteger(value) ? value : value.toFixed(2)} ${currency}`.trim();

/** Tells entries with the same text apart by their value, and shows a value once. Leaves out entries without a value. */
export function distinct<T extends Entry>(entries: T[]): T[] {
	const [counts, values] = [new Map<string, number>(), new Set<Entry['value']>()];
	const known = entries.filter(({ value }) => value !== '' && !values.has(value) && values.add(value));
	for (const { name } of known) counts.set(name, (counts.get(name) ?? 0) + 1);
	return known.map((entry) =>
		counts.get(entry.name) === 1 ? entry : { ...entry, name: labelOf(entry.name, String(entry.value)) },
	);
}

/**
 * Reads pages of a list until one has entries that match.
 *
 * @param readPage reads a page; without a token the first one
 * @param whenEmpty says why the whole list has nothing to choose, where the editor would say no more than "No results"
 * @throws UserError with these words for a list without entries
 */
export async function searchPages(
	readPage: (token?: string) => Promise<SearchPage>,
	toEntry: (record: IDataObject) => Entry,
	[filter, token]: [filter?: string, token?: string],
	whenEmpty?: string,
): Promise<INodeListSearchResult> {
	let next = token;
	for (let read = 1; ; read++) {
		const page = await readPage(next);
		const results = distinct(page.records.map(toEntry)).filter(matches(filter));
		next = page.next;
		if (next === undefined) demandEntries(results, [filter, token], whenEmpty);
		if (results.length > 0 || next === undefined || read === PAGES) return { results, paginationToken: next };
	}
}

/** @throws UserError when a whole list has no entries; nothing that matches a filter is no error */
export function demandEntries(
	entries: Entry[],
	[filter = '', token]: [filter?: string, token?: string],
	whenEmpty?: string,
): void {
	if (whenEmpty && entries.length === 0 && filter.trim() === '' && token === undefined) throw new UserError(whenEmpty);
}

/** @throws UserError when the node has no credential from whose account a list could come */
export function demandCredential(context: ILoadOptionsFunctions, type: string, name: string): void {
	if (!context.getNode().credentials?.[type])
		throw new UserError(`Choose a ${name} credential first: the list comes from its account.`);
}

/** The value that a field beside the one being searched has: of the operation itself, or among its filters. */
export function besides(context: ILoadOptionsFunctions, name: string, label: string): string {
	const given = [name, `filters.${name}`].map((at) => context.getCurrentNodeParameter(at) as unknown);
	const values = given.map((field) => String((isRecord(field) ? field.value : field) ?? '').trim());
	const value = values.find((text) => text !== '');
	if (value === undefined) throw new UserError(`Choose a ${label} first: the list depends on it.`);
	if (!value.startsWith('=')) return value;
	throw new UserError(
		`The ${label} is an expression, so there is no list to choose from. Enter the value here instead.`,
	);
}
