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

/**
 * Reads pages of a list until one has entries that match.
 *
 * @param readPage reads a page; without a token the first one
 */
export async function searchPages(
	readPage: (token?: string) => Promise<SearchPage>,
	toEntry: (record: IDataObject) => Entry,
	[filter, token]: [filter?: string, token?: string],
): Promise<INodeListSearchResult> {
	let next = token;
	for (let read = 1; ; read++) {
		const page = await readPage(next);
		const results = page.records.map(toEntry).filter(matches(filter));
		next = page.next;
		if (results.length > 0 || next === undefined || read === PAGES) return { results, paginationToken: next };
	}
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
