import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { Client } from './client';
import { isSimplified, limitFields, simplifyField } from './fields';
import { filterCollection, type Filter } from './filters';
import type { Call } from './operation';
import { simplifier, type RecordReader, type Simple } from './simplify';

/** How records of an address become items. */
export interface RecordShape {
	/** Default: that of the vendor. */
	reader?: RecordReader;
	/** The simplified record: where records have more than ten fields, or other names than those of similar operations. */
	simple?: Simple;
}

/** A list of an API that is read page by page. */
export interface List<Api extends Client> extends RecordShape {
	/** What the records are, for hints: "subscriptions". */
	what: string;
	address: string | ((call: Call<Api>) => string | Promise<string>);
	filters?: Filter[];
	/** Shown when there is nothing although no filter is set: what the user can do. */
	whenEmpty?: string;
}

/** The fields of a list: Return All, Limit, Simplify, Filters. */
export const listFields = ({ filters = [], simple }: Pick<List<Client>, 'filters' | 'simple'>): INodeProperties[] => [
	...limitFields,
	...(simple ? [simplifyField] : []),
	...(filters.length > 0 ? [filterCollection(filters)] : []),
];

/** Makes a function that returns a record in the form that the user wants. */
export const itemReader = (
	call: Call<unknown>,
	{ reader, simple }: RecordShape,
	vendorReader: RecordReader,
): ((record: IDataObject) => IDataObject) => {
	const { whole, valueAt } = reader ?? vendorReader;
	return simple && isSimplified(call) ? simplifier(simple, { whole, valueAt }) : whole;
};

/** Says above an empty output why it may be empty. `query`: what was asked for. */
export function hintEmpty<Api extends Client>(call: Call<Api>, list: List<Api>, query: IDataObject): void {
	const { what, filters = [], whenEmpty } = list;
	const used = filters.filter(({ query: key }) => query[key] !== undefined).map(({ field }) => field.displayName);
	if (used.length > 0) call.hint(`No ${what} match all filters (${used.join(', ')}). Remove or widen one of them.`);
	else if (whenEmpty) call.hint(whenEmpty);
}
