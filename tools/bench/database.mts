/** What goes between n8n and its database for an event. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { combine, COUNTER, countsOf, since, type Counts } from './counts.mts';
import { number, table } from './measure.mts';
import { MeasuredN8n, nodes, purchaseApproved, type Flow } from './n8n.mts';
import type { Section, Settings } from './report.mts';

/** Bytes of an event with the memory full, read and written. */
const GOAL = 130_000;
const WANTED = 'PURCHASE_APPROVED';

export async function database({ quick, say }: Settings): Promise<Section[]> {
	const model = await purchaseApproved();
	say('n8n with counted statements');
	const n8n = await MeasuredN8n.start({
		N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true',
		NODE_OPTIONS: `--require "${COUNTER}"`,
	});
	try {
		const headerAuth = await n8n.credential('httpHeaderAuth', n8n.headerAuth);
		const webhook = { ...nodes.webhook('counted', true), credentials: { httpHeaderAuth: headerAuth } };
		const flows: Record<string, Flow> = {
			'Hotmart Trigger': await n8n.activate('Ours', [nodes.hotmartTrigger({ events: [WANTED] }), nodes.noOp()]),
			'least with a memory': await n8n.activate('Memory', [nodes.carefulTrigger(), nodes.noOp()]),
			'least, without a memory': await n8n.activate('Least', [nodes.hottokTrigger(), nodes.noOp()]),
			'Webhook with Header Auth': await n8n.activate('Webhook', [webhook, nodes.noOp()]),
		};
		const send = async ({ url }: Flow, events: number, connections: number, name = WANTED) => {
			const next = () => {
				const id = randomUUID();
				const purchase = { ...model.data.purchase, transaction: id };
				return { ...model, event: name, id, data: { ...model.data, purchase } };
			};
			await n8n.turn({ url, next, events, connections, executions: name === WANTED ? events : 0 });
		};
		for (const flow of Object.values(flows)) await send(flow, quick ? 2 : 10, 1);
		if (n8n.fillMemories() !== 2) throw new Error('Not both triggers remember events');

		const counted = async (work: () => Promise<unknown>) => {
			const started = performance.now();
			const before = await countsOf(n8n.pid, n8n.dataDir);
			await work();
			const counts = since(await countsOf(n8n.pid, n8n.dataDir), before);
			return { counts, milliseconds: performance.now() - started };
		};
		const [one, many] = quick ? [4, 4] : [40, 60];
		say('counting without events');
		const idle = await counted(() => sleep(quick ? 500 : 10_000));
		/** Without what n8n asks its database for when nothing happens. */
		const perEvent = async (events: number, work: () => Promise<unknown>): Promise<Counts> => {
			const { counts, milliseconds } = await counted(work);
			return combine(
				counts,
				idle.counts,
				(all, resting) => (all - (resting * milliseconds) / idle.milliseconds) / events,
			);
		};

		const found: Array<[who: string, how: string, counts: Counts]> = [];
		for (const [name, flow] of Object.entries(flows)) {
			for (const [how, events, connections] of [
				['1 at a time', one, 1],
				['20 at a time', many, 20],
			] as const) {
				say(`${name}, ${how}`);
				found.push([name, how, await perEvent(events, () => send(flow, events, connections))]);
			}
		}
		const unwanted = await perEvent(one, () =>
			send(flows['Hotmart Trigger']!, one, 1, 'PURCHASE_OUT_OF_SHOPPING_CART'),
		);
		found.push(['Hotmart Trigger', 'an unwanted event', unwanted]);

		const bytes = (who: string) => {
			const [, , { read, written }] = found.find(([name]) => name === who)!;
			return read + written;
		};
		const kilo = (value: number) => `${number(value / 1000)} kB`;
		return [
			{
				title: 'The database',
				rows: [
					{
						what: 'bytes read and written for an event, memory full, 1 at a time',
						against: 'its limit',
						goal: `≤ ${kilo(GOAL)}`,
						result: `${kilo(bytes('Hotmart Trigger'))}; without any memory ${kilo(bytes('least, without a memory'))}`,
						isMet: bytes('Hotmart Trigger') <= GOAL,
						...(bytes('Hotmart Trigger') > GOAL && {
							why: `The least trigger with a memory has ${kilo(bytes('least with a memory'))}.`,
						}),
					},
				],
				notes: [
					`This counts at the SQLite driver, in the process of n8n: statements, the bytes of the values that n8n writes, and the bytes of the values in the rows that it reads. The statements of an idle n8n are subtracted. The memory for duplicates holds 2,000 events. ${one} events one at a time, ${many} with 20 at a time.`,
					table(
						['first node', '', 'statements', 'kB written', 'kB read'],
						found.map(([name, how, { statements, written, read }]) => [
							name,
							how,
							number(statements, 1),
							number(written / 1000, 1),
							number(read / 1000, 1),
						]),
					),
				],
			},
		];
	} finally {
		await n8n.stop();
	}
}
