/**
 * Syncs a school in a process of its own, so that its memory is nobody else's, and writes what that took to stdout.
 * `node --import tsx school-child.mts <rows of the table> <Hotmart's address> <its token address> <Teachable's address>`
 */
import { stdout } from 'node:process';

import type { IDataObject } from 'n8n-workflow';

import { demoCredentials, runNode } from './project.mts';

const [given, hotmartUrl, tokenUrl, teachableUrl] = process.argv.slice(2);
const rows: Array<{ value: string; course: number }> = JSON.parse(given!);
const credentials = demoCredentials({
	hotmart: { url: hotmartUrl, tokenUrl },
	teachable: { url: teachableUrl },
} as any);
const chosen = (value: string | number) => ({ __rl: true as const, mode: 'id', value });

const access = await runNode({
	node: 'hotmart',
	parameters: {
		resource: 'access',
		operation: 'getAll',
		productId: chosen('={{ $json.id }}'),
		returnAll: true,
	},
	credentials,
	input: rows.map(({ value }) => ({ id: value })),
});
if (access.error) throw access.error;
// As in the template of the sync.
const value =
	'={{ $json.sources.filter(source => source.hasAccess).flatMap(source => [source.productId, source.productName, source.planId, source.planName, source.offerCode]).filter(Boolean) }}';
const { json, error } = await runNode({
	node: 'teachable',
	parameters: {
		resource: 'enrollment',
		operation: 'setStudents',
		email: '={{ $json.email }}',
		name: "={{ $json.name ?? '' }}",
		courseFrom: 'table',
		tableValue: value,
		table: { rows: rows.map((row) => ({ value: row.value, course: chosen(row.course) })) } as IDataObject,
		ifNoRow: 'skip',
		dryRun: false,
		removalLimit: 100,
		options: { includeSummary: true },
	} as any,
	credentials,
	input: access.json,
});
if (error) throw error;
const changed = json.filter(({ type, status }) => type === 'change' && status === 'done').length;
stdout.write(JSON.stringify({ changed, peak: process.resourceUsage().maxRSS * 1024 }));
