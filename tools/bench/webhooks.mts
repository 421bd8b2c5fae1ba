/** Webhooks a second: those that start the workflow, and those that nobody wants. */
import { figure, inTurn, number, ratio, summarize, table } from './measure.mts';
import { nodes, purchaseApproved, MeasuredN8n } from './n8n.mts';
import type { Flow, Load } from './n8n.mts';
import type { Section, Settings, Row } from './report.mts';

/** How n8n may evaluate expressions. In its default setting only the Webhook node is spared preparing for them, so that nobody else is as fast. */
const ENGINES: Array<{ name: string; env: Record<string, string>; isFair: boolean }> = [
	{ name: 'default', env: {}, isFair: false },
	{ name: 'lazy isolates', env: { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' }, isFair: true },
	{ name: 'legacy engine', env: { N8N_EXPRESSION_ENGINE: 'legacy' }, isFair: true },
];

/** Events of a contender in a round, or fewer where n8n would need longer than some seconds for them. */
const LOADS = [
	{ connections: 1, amount: 80 },
	{ connections: 20, amount: 160 },
];
const SECONDS = 3;

const rates = (loads: Load[]) => loads.map(({ perSecond }) => perSecond);

export async function webhooks({ rounds, quick, say }: Settings): Promise<Section[]> {
	const event = await purchaseApproved();
	const acceptedRows: Row[] = [];
	const unwantedRows: Row[] = [];
	const accepted: string[][] = [];
	const unwanted: string[][] = [];

	for (const { name: engine, env, isFair } of ENGINES) {
		say(`n8n with ${engine}`);
		const n8n = await MeasuredN8n.start(env);
		try {
			const wanted = 'PURCHASE_APPROVED';
			const flows = {
				ours: await n8n.activate('Hotmart Trigger', [nodes.hotmartTrigger(), nodes.noOp()]),
				tenLines: await n8n.activate('Ten lines', [nodes.tenLineTrigger(), nodes.noOp()]),
				careful: await n8n.activate('Ten lines with care', [nodes.carefulTrigger(), nodes.noOp()]),
				webhook: await n8n.activate('Webhook', [nodes.webhook('plain'), nodes.noOp()]),
			};
			const filters = {
				ours: await n8n.activate('Hotmart Trigger, filtered', [
					nodes.hotmartTrigger({ events: [wanted] }),
					nodes.noOp(),
				]),
				deaf: await n8n.activate('Wants nothing', [nodes.deafTrigger(), nodes.noOp()]),
				workflow: await n8n.activate('Webhook, filtered', [
					nodes.webhook('filtered'),
					nodes.hottokCheck(),
					nodes.eventSwitch(wanted),
					nodes.noOp(),
				]),
			};

			const speeds: number[] = [];
			for (const { url } of [...Object.values(flows), ...Object.values(filters)]) {
				const { perSecond } = await n8n.fire({ url, event, amount: quick ? 2 : 40, connections: quick ? 2 : 20 });
				speeds.push(perSecond);
			}
			const enough = Math.ceil(Math.min(...speeds) * SECONDS);
			const loads = LOADS.map(({ connections, amount }) =>
				quick
					? { connections: 2, amount: 4 }
					: { connections, amount: Math.max(connections, Math.min(amount, enough)) },
			);
			const filled = n8n.fillMemories();
			if (filled !== 3) throw new Error(`${filled} instead of 3 triggers remember events`);

			for (const { connections, amount } of loads) {
				say(`${engine}, accepted, ${connections} at a time`);
				const fire =
					({ url }: Flow) =>
					() =>
						n8n.fire({ url, event, amount, connections });
				const results = await inTurn(rounds, {
					ours: fire(flows.ours),
					tenLines: fire(flows.tenLines),
					careful: fire(flows.careful),
					webhook: fire(flows.webhook),
				});
				const toTenLines = ratio(rates(results.ours), rates(results.tenLines));
				const toCareful = ratio(rates(results.ours), rates(results.careful));
				const toWebhook = ratio(rates(results.ours), rates(results.webhook));
				const where = `${engine}, ${connections} at a time`;
				const what = `accepted webhooks a second, ${where}`;
				const duties = `n8n reads the credential with the hottok and remembers the event; of ten lines that ask it for the same this is ${number(toCareful.median, 2)} times the speed.`;
				for (const [against, { median }, result] of [
					['a ten-line trigger', toTenLines, figure(toTenLines, 2)],
					["n8n's Webhook node", toWebhook, figure(toWebhook, 2)],
				] as const) {
					if (!isFair && against !== 'a ten-line trigger') continue;
					const isMet = median >= 0.95;
					acceptedRows.push({ what, against, goal: '≥ 0.95', result, isMet, ...(!isMet && { why: duties }) });
				}
				for (const [name, of] of [
					['Hotmart Trigger', 'ours'],
					['ten lines', 'tenLines'],
					['ten lines with hottok and memory', 'careful'],
					['Webhook node', 'webhook'],
				] as const) {
					const cpu = summarize(results[of].map((load) => load.cpu));
					accepted.push([
						where,
						name,
						figure(summarize(rates(results[of])), 1),
						Number.isNaN(cpu.median) ? 'unknown' : figure(cpu, 1),
						name === 'Hotmart Trigger'
							? '1'
							: number({ tenLines: toTenLines, careful: toCareful, webhook: toWebhook }[of].median, 2),
					]);
				}
			}
			for (const { ran, succeeded } of [await n8n.outcome(flows.ours.id), await n8n.outcome(flows.careful.id)]) {
				if (!ran.includes('Node 1') || succeeded === 0)
					throw new Error('The measured workflows did not run to their end');
			}

			const nobody = { ...event, event: 'PURCHASE_OUT_OF_SHOPPING_CART' };
			const before = await n8n.outcome(filters.ours.id);
			for (const { connections, amount } of loads) {
				say(`${engine}, unwanted, ${connections} at a time`);
				const fire =
					({ url }: Flow) =>
					() =>
						n8n.fire({ url, event: nobody, amount, connections });
				const results = await inTurn(rounds, {
					ours: fire(filters.ours),
					deaf: fire(filters.deaf),
					workflow: fire(filters.workflow),
				});
				const times = ratio(rates(results.ours), rates(results.workflow));
				const least = ratio(rates(results.deaf), rates(results.workflow));
				const where = `${engine}, ${connections} at a time`;
				unwantedRows.push({
					what: `unwanted webhooks a second, ${where}`,
					against: 'Webhook node, IF and Switch',
					goal: '≥ 3',
					result: figure(times, 1),
					isMet: times.median >= 3,
					...(times.median < 3 && {
						why: `A trigger that checks the hottok and wants nothing at all reaches ${number(least.median, 1)} times.${isFair ? '' : ' For every request to a trigger that is not its own Webhook node n8n makes an isolate before it asks the trigger, and one more to read the credential; with lazy isolates it does not.'}`,
					}),
				});
				unwanted.push([
					where,
					figure(summarize(rates(results.ours)), 1),
					figure(summarize(rates(results.deaf)), 1),
					figure(summarize(rates(results.workflow)), 1),
					figure(times, 1),
					figure(least, 1),
				]);
			}
			const after = await n8n.outcome(filters.ours.id);
			if (after.succeeded !== before.succeeded) throw new Error('An unwanted event has started the workflow');
			if ((await n8n.outcome(filters.workflow.id)).ran.includes('Node 3'))
				throw new Error('The Switch lets unwanted events pass');
		} finally {
			await n8n.stop();
		}
	}

	return [
		{
			title: 'Accepted webhooks',
			rows: acceptedRows,
			notes: [
				'A workflow of a trigger and a No Operation node gets approved purchases at full speed, each with a transaction of its own. An event counts when it was answered with 200 and its execution has ended and is saved, with everything else as n8n has it by default. Every memory for duplicates is full (2,000 events) before the first round.',
				'*Ten lines* is the least that a trigger can be: it hands on the body, whoever sent it. *Ten lines with hottok and memory* also compares the hottok with that of a credential and has n8n remember the event; what it costs more than the ten lines is n8n reading and decrypting the credential, checking before each execution that the workflow may use it, and reading and writing the memory. A trigger that checks who sends, and drops what came before, cannot do without these. With many events at a time the Hotmart Trigger may even be faster than those lines, as it asks n8n for all events at once that arrive while n8n answers; the last column compares them.',
				"The Webhook node alone is spared preparing an isolate for expressions in n8n's default setting: n8n does that by the name of the node. With lazy isolates or the legacy engine all are alike.",
				table(['n8n', 'first node', 'events a second', 'processor ms an event', 'Hotmart Trigger to it'], accepted),
			],
		},
		{
			title: 'Unwanted webhooks',
			rows: unwantedRows,
			notes: [
				'An abandoned cart is sent to workflows that want approved purchases only. The Hotmart Trigger answers and starts nothing; *wants nothing* is a trigger of a few lines that checks the hottok and ignores whatever comes. Without them the workflow starts for every event, looks at the hottok in an IF node and at the event in a Switch, and n8n saves an execution.',
				table(
					[
						'n8n',
						'Hotmart Trigger, events a second',
						'wants nothing',
						'Webhook, IF, Switch',
						'Hotmart Trigger, times',
						'wants nothing, times',
					],
					unwanted,
				),
			],
		},
	];
}
