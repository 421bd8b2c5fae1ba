import type { IDataObject } from 'n8n-workflow';

import { filterCollection } from '../../../shared/filters';
import { addresses } from '../../api/addresses';
import type { HotmartList } from '../../api/list';
import { readList } from '../../api/list';
import type { HotmartOperation } from '../../api/operation';
import { FILTERS } from './filters';

const LIST: HotmartList = {
	what: 'sales',
	address: addresses.salesSummary,
	filters: [
		FILTERS.affiliateName,
		FILTERS.offer,
		FILTERS.paymentType,
		FILTERS.product,
		FILTERS.source,
		FILTERS.soldAfter,
		FILTERS.soldBefore,
		FILTERS.statusOfPaid,
		FILTERS.transaction,
	],
	isWhole: true,
	whenEmpty: 'This account has no paid sales. Add the filter "Status" to add up others.',
};

interface Total extends IDataObject {
	total_items: number;
	total_value: { value: number; currency_code: string };
}

/** One total per currency, even if the time range was split and each part had its own total. */
function addUp(totals: Total[]): Total[] {
	const sums = new Map<string, Total>();
	for (const {
		total_items: items,
		total_value: { value, currency_code: code },
	} of totals) {
		const sum = sums.get(code);
		const cents = Math.round((value + (sum?.total_value.value ?? 0)) * 100);
		const total_value = { value: cents / 100, currency_code: code };
		sums.set(code, { total_items: items + (sum?.total_items ?? 0), total_value });
	}
	return [...sums.values()];
}

export const getSummary: HotmartOperation = {
	name: 'Get Summary',
	value: 'getSummary',
	action: 'Get the summary of sales',
	description: 'Add up the number of sales and the commissions, one item per currency, by default of all paid sales',
	fields: [filterCollection(LIST.filters!)],
	execute: async (call) => addUp((await readList(call, LIST, Infinity)) as Total[]),
};
