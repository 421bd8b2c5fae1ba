import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { DEMO } from '../emulator/seed';
import { SAMPLES as HOTMART_SAMPLES, WITHOUT_PREVIEW } from '../operations/hotmart';
import { SAMPLES as TEACHABLE_SAMPLES } from '../operations/teachable';
import { runNode } from './n8n';
import { demoCredentials, useEmulator } from './setup';

const emulator = useEmulator({
	hotmart: { rateLimitPerMinute: 100_000 },
	teachable: { rateLimitPerMinute: 100_000 },
});

const SAMPLES = { hotmart: HOTMART_SAMPLES, teachable: TEACHABLE_SAMPLES };
type Node = keyof typeof SAMPLES;

/** The names of the columns of each kind of row, every kind once. */
const kindsOf = (rows: IDataObject[]) => [...new Set(rows.map((row) => Object.keys(row).sort().join(' ')))];

async function run(node: Node, key: string, changes: INodeParameters = {}) {
	const [resource, operation] = key.split('/');
	const parameters = { resource: resource!, operation: operation!, ...(await SAMPLES[node][key]!(emulator())) };
	const credentials = demoCredentials(emulator());
	const { json, error } = await runNode({ node, parameters: { ...parameters, ...changes }, credentials });
	expect(error).toBeUndefined();
	return json;
}

/** Every operation but the raw call, whose answer is the vendor's. */
const OPERATIONS = (['hotmart', 'teachable'] as const).flatMap((node) =>
	Object.keys(SAMPLES[node])
		.filter((key) => !WITHOUT_PREVIEW.includes(key))
		.map((key) => ({ node, key })),
);

const chosen = (value: string | number) => ({ __rl: true, mode: 'id', value });
const nobody = { findBy: 'email', email: 'nobody@example.com' };
const rows = [{ value: 'known', course: chosen(DEMO.courses.guitar) }];
const byTable = (value: string) => ({
	courseFrom: 'table',
	table: { rows },
	ifNoRow: 'skip',
	tableValue: value,
	value,
});
const move = (oldValue: string, newValue: string) => ({ ...byTable(''), oldValue, newValue });

/** What else an operation can come to, beside its sample. */
const OTHERS: Array<[Node, string, INodeParameters[]]> = [
	['hotmart', 'access/check', [nobody]],
	['hotmart', 'coupon/create', [{ additionalFields: {} }, { additionalFields: { affiliate: 12 } }]],
	['hotmart', 'paymentLink/chargeByLink', [{ chargeFor: 'value', value: 12 }]],
	['hotmart', 'paymentLink/create', [{ additionalFields: { periodicity: 'MONTHLY', is_offer_pix: true } }]],
	['hotmart', 'paymentLink/addPlan', [{ additionalFields: { maxPayments: 12, trialPeriod: 7 } }]],
	['teachable', 'enrollment/enroll', [nobody, byTable('known'), byTable('other')]],
	['teachable', 'enrollment/unenroll', [nobody, byTable('known'), byTable('other')]],
	[
		'teachable',
		'enrollment/move',
		[
			move('known', 'other'),
			move('other', 'known'),
			move('other', 'other'),
			{ ...nobody, ...move('known', 'other') },
			{ courseFrom: 'chosen', fromCourseId: chosen(DEMO.courses.masterclass), toCourseId: chosen(DEMO.courses.guitar) },
		],
	],
	['teachable', 'enrollment/setStudents', [{ dryRun: true }, { removalLimit: 0 }, nobody]],
	[
		'teachable',
		'enrollment/applyAccess',
		[
			{ decision: 'none' },
			{ decision: 'revoke', ...nobody },
			byTable('other'),
			{ options: { effectiveAt: '2099-01-01T00:00:00Z' } },
		],
	],
	['teachable', 'user/upsert', [{ email: 'new@example.com' }]],
	['teachable', 'user/get', [{ email: 'helena@guitarfromzero.example' }]],
];

describe('rows of one operation have the same columns', () => {
	test.each(OPERATIONS)('$node $key', async ({ node, key }) => {
		expect(kindsOf(await run(node, key))).toHaveLength(1);
	});

	test('lists of records from which Hotmart leaves something out, too', async () => {
		const credentials = demoCredentials(emulator());
		const coupon = { resource: 'coupon', productId: chosen(DEMO.products.songwriting), discount: 10 };
		for (const [code, additionalFields] of [
			['ALWAYS', {}],
			['SOON', { startDate: '2026-06-01T00:00:00', endDate: '2026-07-01T00:00:00' }],
		] as const)
			await runNode({
				node: 'hotmart',
				parameters: { ...coupon, operation: 'create', code, additionalFields },
				credentials,
			});
		const { json } = await runNode({ node: 'hotmart', parameters: { ...coupon, operation: 'getAll' }, credentials });
		expect(json).toMatchObject([{ coupon_code: 'ALWAYS', start_date: null, end_date: null }, { coupon_code: 'SOON' }]);
		expect(kindsOf(json)).toHaveLength(1);
	});

	test.each(OTHERS)('%s %s, whatever came of it', async (node, key, others) => {
		const all = await run(node, key);
		for (const changes of others) {
			emulator().reset();
			all.push(...(await run(node, key, changes)));
		}
		expect(kindsOf(all)).toHaveLength(1);
	});
});
