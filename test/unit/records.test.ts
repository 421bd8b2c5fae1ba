import {
	readCanceled,
	readCharge,
	readPurchase,
	readReactivated,
	readRecord,
	readSale,
	readSubscription,
} from '../../nodes/Hotmart/records';
import { simplify } from '../../nodes/shared/simplify';

describe('times', () => {
	test.each([
		['accession_date', 1745541919000, '2025-04-25T00:45:19.000Z'],
		['completed_date', 1745541919, '2025-04-25T00:45:19.000Z'],
		['date_next_charge', '2026-01-31 08:00:00', '2026-01-31T11:00:00.000Z'],
		['creation_date', '2018-11-04 08:00:00', '2018-11-04T10:00:00.000Z'],
		['created_at', '1745541919000', '2025-04-25T00:45:19.000Z'],
		['liberation_date', '2026-01-31T08:00:00.000Z', '2026-01-31T08:00:00.000Z'],
		['last_update', 1745541919000, '2025-04-25T00:45:19.000Z'],
		['start_datetime', 1745541919000, '2025-04-25T00:45:19.000Z'],
		['date_last_recurrence', 1, null],
		['approved_date', null, null],
		['end_date', 'soon', 'soon'],
	])('%s: %p is %p', (name, raw, iso) => {
		expect(readRecord({ deep: { list: [{ [name]: raw }] } })).toEqual({ deep: { list: [{ [name]: iso }] } });
	});

	test.each(['due_day', 'trial_period', 'lifetime', 'update_count', 'candidate', 'dateless'])('%s is none', (name) => {
		expect(readRecord({ [name]: 1745541919000 })).toEqual({ [name]: 1745541919000 });
	});
});

describe('statuses', () => {
	test.each([
		[readSubscription, { status: 'DELAYED' }, { status: 'overdue', status_raw: 'DELAYED' }],
		[readSubscription, { status: 'OVERDUE' }, { status: 'expired', status_raw: 'OVERDUE' }],
		[readSubscription, { status: 'NEW_WORD' }, { status: null, status_raw: 'NEW_WORD' }],
		[readSubscription, { trial: true }, { trial: true }],
		[readPurchase, { status: 'OVERDUE' }, { status: 'overdue', status_raw: 'OVERDUE' }],
		[
			readSale,
			{ status: 'x', purchase: { status: 'COMPLETE' } },
			{ status: 'x', purchase: { status: 'complete', status_raw: 'COMPLETE' } },
		],
		[
			readCharge,
			{ status: 'OVERDUE', recurrency: { status: 'PAID' }, purchase: { status: 'UNDER_ANALYSIS' } },
			{
				status: 'expired',
				status_raw: 'OVERDUE',
				recurrency: { status: 'PAID' },
				purchase: { status: 'underAnalysis', status_raw: 'UNDER_ANALYSIS' },
			},
		],
		[readCanceled, { status: 'INACTIVE' }, { status: 'canceledBySeller', status_raw: 'INACTIVE' }],
		[readReactivated, { status: 'INACTIVE' }, { status: null, status_raw: 'INACTIVE' }],
		[readReactivated, { status: 'ACTIVE' }, { status: 'active', status_raw: 'ACTIVE' }],
	])('%#: %p', (read, raw, readable) => {
		expect(read(raw)).toEqual(readable);
	});
});

test('a simplified record is flat, and what is missing is null', () => {
	const record = { a: { b: [{ c: 1 }] }, d: false };
	expect(
		simplify(record, { first: 'a.b.0.c', second: 'd', third: 'a.x.y', fourth: 'toString', fifth: () => undefined }),
	).toEqual({
		first: 1,
		second: false,
		third: null,
		fourth: null,
		fifth: null,
	});
});

test('a record cannot change a prototype', () => {
	const record = readRecord(JSON.parse('{"__proto__": {"polluted": true}, "id": 1}') as never);
	expect(record.polluted).toBeUndefined();
	expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});
