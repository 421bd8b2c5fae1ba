/** What it saves n8n that a trigger remembers the hottok for some seconds. */
import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';

import { number, table } from './measure.mts';
import { MODES, type Mode } from './modes.mts';
import { MeasuredN8n, nodes, purchaseApproved } from './n8n.mts';
import type { Section, Settings } from './report.mts';
import { idleRate, ratioOf } from './turns.mts';

/** Each remembers the hottok for itself. */
const WORKFLOWS = 8;
/** How long a hottok is remembered, in milliseconds (nodes/shared/secret.ts). */
const REMEMBERED = 5000;
const MEASURED: Mode[] = ['default', 'lazy'];

export async function hottok({ rounds, quick, say }: Settings): Promise<Section[]> {
	const model = await purchaseApproved();
	const lines: string[][] = [];
	for (const mode of MEASURED) {
		say(`remembered hottok, ${mode}`);
		const n8n = await MeasuredN8n.start(MODES[mode]);
		try {
			const urls: string[] = [];
			for (let index = 0; index < WORKFLOWS; index++) {
				const trigger = nodes.hotmartTrigger({ events: ['PURCHASE_APPROVED'] });
				urls.push((await n8n.activate(`Workflow ${index}`, [trigger, nodes.noOp()])).url);
			}
			let idle = 0;
			/** One event for each workflow, which none of them wants. @returns milliseconds of processor time for an event */
			const turn = async () => {
				let sent = 0;
				const { cpu, milliseconds } = await n8n.turn({
					url: () => urls[sent++]!,
					next: () => ({ ...model, event: 'PURCHASE_OUT_OF_SHOPPING_CART', id: randomUUID() }),
					events: urls.length,
					connections: 1,
					executions: 0,
				});
				return (cpu - idle * milliseconds) / urls.length;
			};
			for (let warm = 0; warm < 3; warm++) await turn();
			idle = await idleRate(n8n.pid, quick ? 500 : 3000);
			const found = { read: [] as number[], remembered: [] as number[] };
			for (let round = 0; round < rounds; round++) {
				await sleep(REMEMBERED + 200);
				const started = performance.now();
				found.read.push(await turn());
				found.remembered.push(await turn());
				if (performance.now() - started > REMEMBERED) throw new Error('The hottok was forgotten within the turn');
			}
			const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
			const ratio = ratioOf(found.read, found.remembered);
			lines.push([
				mode,
				number(mean(found.read), 1),
				number(mean(found.remembered), 1),
				`${number(ratio.value, 2)} (${number(ratio.low, 2)} to ${number(ratio.high, 2)})`,
				`${found.read.length} × ${WORKFLOWS}`,
			]);
		} finally {
			await n8n.stop();
		}
	}
	return [
		{
			title: 'The remembered hottok',
			rows: [],
			notes: [
				`After a trigger has checked a hottok, it remembers its digest for 5 seconds. Here an unwanted event goes to each of ${WORKFLOWS} workflows twice: first after a pause, when n8n has to read and decrypt each credential, and again at once, when each trigger remembers the hottok. The figures are n8n's processor time per event, in milliseconds.`,
				table(['n8n', 'credential read', 'remembered', 'times as fast', 'turns × events'], lines),
			],
		},
	];
}
