import {
	CANCELED_RECORD,
	CHARGE_RECORD,
	PLAIN_RECORD,
	PURCHASE_RECORD,
	REACTIVATED_RECORD,
	SALE_RECORD,
	SUBSCRIPTION_RECORD,
	readRecord,
} from '../../nodes/Hotmart/api/records';
import { find, simplifier } from '../../nodes/shared/simplify';

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
		[SUBSCRIPTION_RECORD, { status: 'DELAYED' }, { status: 'overdue', status_raw: 'DELAYED' }],
		[SUBSCRIPTION_RECORD, { status: 'OVERDUE' }, { status: 'expired', status_raw: 'OVERDUE' }],
		[SUBSCRIPTION_RECORD, { status: 'NEW_WORD' }, { status: null, status_raw: 'NEW_WORD' }],
		[SUBSCRIPTION_RECORD, { trial: true }, { trial: true }],
		[PURCHASE_RECORD, { status: 'OVERDUE' }, { status: 'overdue', status_raw: 'OVERDUE' }],
		[
			SALE_RECORD,
			{ status: 'x', purchase: { status: 'COMPLETE' } },
			{ status: 'x', purchase: { status: 'complete', status_raw: 'COMPLETE' } },
		],
		[
			CHARGE_RECORD,
			{ status: 'OVERDUE', recurrency: { status: 'PAID' }, purchase: { status: 'UNDER_ANALYSIS' } },
			{
				status: 'expired',
				status_raw: 'OVERDUE',
				recurrency: { status: 'PAID' },
				purchase: { status: 'underAnalysis', status_raw: 'UNDER_ANALYSIS' },
			},
		],
		[CANCELED_RECORD, { status: 'INACTIVE' }, { status: 'canceledBySeller', status_raw: 'INACTIVE' }],
		[REACTIVATED_RECORD, { status: 'INACTIVE' }, { status: null, status_raw: 'INACTIVE' }],
		[REACTIVATED_RECORD, { status: 'ACTIVE' }, { status: 'active', status_raw: 'ACTIVE' }],
	])('%#: %p', ({ whole }, raw, readable) => {
		expect(whole(raw)).toEqual(readable);
	});
});

test('a simplified record is flat, and what is missing is null', () => {
	const record = { a: { b: [{ c: 1 }] }, d: false };
	expect(
		simplifier({ first: 'a.b.0.c', second: 'd', third: 'a.x.y', fourth: 'toString', fifth: () => undefined })(record),
	).toEqual({
		first: 1,
		second: false,
		third: null,
		fourth: null,
		fifth: null,
	});
});

test.each([
	[
		SALE_RECORD,
		{
			purchase: { status: 'COMPLETE', approved_date: 1745541919000, price: { value: 1, paid_at: null } },
			list: [{ end_date: '2026-01-31' }],
		},
	],
	[
		SUBSCRIPTION_RECORD,
		{ status: 'OVERDUE', date_next_charge: 'soon', plan: { status: 'ACTIVE', name: '' }, empty: null, none: undefined },
	],
	[CHARGE_RECORD, { status: 'ACTIVE', purchase: { status: null, order_date: 1 } }],
	[PLAIN_RECORD, { status: 'ACTIVE', status_raw: 'x', created_at: '1745541919000' }],
	[SUBSCRIPTION_RECORD, {}],
])('%#: one value of a record reads as in the whole', ({ whole, valueAt }, record) => {
	const paths = [
		...[
			'status',
			'status_raw',
			'status.x',
			'status_raw_raw',
			'date_next_charge',
			'date_next_charge_raw',
			'created_at',
			'empty',
			'none',
			'toString',
		],
		...[
			'plan',
			'plan.status',
			'plan.name',
			'list',
			'list.0',
			'list.0.end_date',
			'list.1.end_date',
			'purchase',
			'purchase.status',
			'purchase.status_raw',
		],
		...[
			'purchase.approved_date',
			'purchase.order_date',
			'purchase.price',
			'purchase.price.value',
			'purchase.price.paid_at',
			'purchase.price.value.x',
		],
	];
	const values = (of: (path: string) => unknown) => Object.fromEntries(paths.map((path) => [path, of(path)]));
	expect(values((path) => valueAt(path)(record as never))).toEqual(
		values((path) => find(whole(record as never), path.split('.'))),
	);
});

test('a record cannot change a prototype', () => {
	const record = readRecord(JSON.parse('{"__proto__": {"polluted": true}, "id": 1}') as never);
	expect(record.polluted).toBeUndefined();
	expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});
