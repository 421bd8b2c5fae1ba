/** A sale, accepted events and unwanted events: processor time of n8n in fine turns, in each mode of n8n's engine for expressions. */
import { randomUUID } from 'node:crypto';

import { MODES, type Mode } from './modes.mts';
import { MeasuredN8n, nodes, purchaseApproved, type Flow } from './n8n.mts';
import { DEMO, startEmulator } from './project.mts';
import type { Settings } from './report.mts';
import { idleRate, inRandomTurns, ratioOf, STARTS, WARM_UP, type Ratio } from './turns.mts';

export type Work = 'sale' | 'sales20' | 'accepted' | 'unwanted';

/** What the contenders of a comparison took for an event, in milliseconds. */
export interface Comparison {
	/** How many processes of n8n there were. */
	starts: number;
	/** How many turns each contender had in all of them, of how many events. */
	turns: number;
	events: number;
	/** Milliseconds for an event: of n8n's processor, or of sales20 the median from POST to enrolled. */
	took: Record<string, number>;
	/** What n8n's own nodes take, divided by what each other contender takes. */
	ratios: Record<string, Ratio>;
}

export type Comparisons = Record<Work, Comparison>;

/** The name of the contender that is made of n8n's own nodes. */
const YARDSTICK = 'n8n';
const WANTED = 'PURCHASE_APPROVED';
const COURSE = DEMO.courses.songwriting;

interface Turn {
	/** Milliseconds of processor time for each event. */
	cpu: number;
	/** When each event was sent, by its buyer. */
	sent: Map<string, number>;
}

/** @param starts what was measured in each process of n8n */
function compare(starts: Turns[]): Comparison {
	const took = Object.fromEntries(
		Object.keys(starts[0]!.took).map((name) => [name, starts.flatMap((start) => start.took[name]!)]),
	);
	const mean = (values: number[]) => values.reduce((total, value) => total + value, 0) / values.length;
	const { [YARDSTICK]: yardstick, ...others } = took;
	return {
		starts: starts.length,
		turns: yardstick!.length,
		events: starts[0]!.events,
		took: Object.fromEntries(Object.entries(took).map(([name, values]) => [name, mean(values)])),
		ratios: Object.fromEntries(Object.entries(others).map(([name, values]) => [name, ratioOf(yardstick!, values)])),
	};
}

type Options = Pick<Settings, 'quick' | 'say'> & { turns: number };

/** What each contender took for an event, in each of its turns. */
interface Turns {
	/** How many events a turn has. */
	events: number;
	took: Record<string, number[]>;
}

/**
 * Measures one mode.
 * @param turns of each contender in each comparison; half as many with 20 events at a time
 */
export async function measureEvents(mode: Mode, { turns, ...options }: Options): Promise<Comparisons> {
	const measured: Array<Record<Work, Turns>> = [];
	for (let start = 0; start < STARTS; start++)
		measured.push(await measureStart(mode, { ...options, turns: Math.ceil(turns / STARTS) }));
	const all = (work: Work) => compare(measured.map((turnsOf) => turnsOf[work]));
	return { sale: all('sale'), sales20: all('sales20'), accepted: all('accepted'), unwanted: all('unwanted') };
}

/** The turns in one process of n8n. */
async function measureStart(mode: Mode, { quick: isQuick, turns, say }: Options): Promise<Record<Work, Turns>> {
	const model = await purchaseApproved();
	const emulator = await startEmulator({ teachable: { rateLimitPerMinute: 1e9 } });
	say(`n8n, ${mode}`);
	const n8n = await MeasuredN8n.start(MODES[mode]);
	try {
		const { apiKey } = DEMO.teachable;
		const apiUrl = emulator.teachable.url;
		const teachable = await n8n.credential('teachableApi', { apiKey, apiUrl, accessMode: 'full' });
		const headerAuth = await n8n.credential('httpHeaderAuth', n8n.headerAuth);
		const key = await n8n.credential('httpHeaderAuth', { name: 'apiKey', value: apiKey });
		const webhook = (path: string) => ({ ...nodes.webhook(path, true), credentials: { httpHeaderAuth: headerAuth } });
		const request = (parameters: Record<string, unknown>) => ({
			...nodes.httpRequest(parameters),
			credentials: { httpHeaderAuth: key },
		});
		const body = (parameters: Array<[name: string, value: string]>) => ({
			sendBody: true,
			bodyParameters: { parameters: parameters.map(([name, value]) => ({ name, value })) },
		});
		const buyer = "$('Node 0').item.json.body.data.buyer";

		const flows = {
			sale: {
				ours: await n8n.activate('Sale, ours', [
					nodes.hotmartTrigger({ events: [WANTED] }),
					{ ...nodes.applyAccess(COURSE), credentials: { teachableApi: teachable } },
				]),
				[YARDSTICK]: await n8n.activate('Sale, n8n', [
					webhook('sale'),
					nodes.eventSwitch(WANTED),
					request({
						url: `${apiUrl}/users`,
						sendQuery: true,
						queryParameters: { parameters: [{ name: 'email', value: '={{ $json.body.data.buyer.email }}' }] },
					}),
					request({
						method: 'POST',
						url: `${apiUrl}/users`,
						...body([
							['email', `={{ ${buyer}.email }}`],
							['name', `={{ ${buyer}.name }}`],
						]),
					}),
					request({
						method: 'POST',
						url: `${apiUrl}/enroll`,
						sendBody: true,
						specifyBody: 'json',
						jsonBody: `={{ JSON.stringify({ user_id: $json.id, course_id: ${COURSE} }) }}`,
					}),
				]),
				least: await n8n.activate('Sale, least', [
					nodes.hottokTrigger(),
					{ ...nodes.leastAccess(), credentials: { teachableApi: teachable } },
				]),
				'least with a memory': await n8n.activate('Sale, memory', [
					nodes.carefulTrigger(),
					{ ...nodes.leastAccess(), credentials: { teachableApi: teachable } },
				]),
			},
			accepted: {
				ours: await n8n.activate('Accepted, ours', [nodes.hotmartTrigger({ events: [WANTED] }), nodes.noOp()]),
				[YARDSTICK]: await n8n.activate('Accepted, n8n', [webhook('accepted'), nodes.noOp()]),
				least: await n8n.activate('Accepted, least', [nodes.hottokTrigger(), nodes.noOp()]),
				'least with a memory': await n8n.activate('Accepted, memory', [nodes.carefulTrigger(), nodes.noOp()]),
			},
			unwanted: {
				ours: await n8n.activate('Unwanted, ours', [nodes.hotmartTrigger({ events: [WANTED] }), nodes.noOp()]),
				[YARDSTICK]: await n8n.activate('Unwanted, n8n', [
					nodes.webhook('unwanted'),
					nodes.hottokCheck(),
					nodes.eventSwitch(WANTED),
					nodes.noOp(),
				]),
				least: await n8n.activate('Unwanted, least', [nodes.deafTrigger(), nodes.noOp()]),
			},
		} satisfies Record<string, Record<string, Flow>>;

		let idle = 0;
		/** @param starts whether each event starts an execution */
		const turn = async ({ url }: Flow, name: string, events: number, connections: number, starts: boolean) => {
			const sent: Turn['sent'] = new Map();
			const next = () => {
				const id = randomUUID();
				const email = `buyer.${id}@students.example`;
				sent.set(email, Date.now());
				const { data } = model;
				const purchase = { ...data.purchase, transaction: id };
				const subscription = { ...data.subscription, subscriber: { code: id.slice(0, 8).toUpperCase() } };
				const buyer = { ...data.buyer, email };
				return { ...model, event: name, id, data: { ...data, purchase, subscription, buyer } };
			};
			const { cpu, milliseconds } = await n8n.turn({ url, next, events, connections, executions: starts ? events : 0 });
			return { cpu: (cpu - idle * milliseconds) / events, sent };
		};
		/** Milliseconds from each POST to the enrollment. */
		const delays = ({ sent }: Turn) => {
			const emails = new Map(emulator.teachable.users.map(({ id, email }) => [id, email]));
			const found = emulator.requests
				.filter(({ vendor, path, status }) => vendor === 'teachable' && path === '/v1/enroll' && status < 300)
				.map(({ body: order, at }) => at - sent.get(emails.get(Number((order as any).user_id)) ?? '')!);
			emulator.requests.length = 0;
			if (found.length !== sent.size || found.some(Number.isNaN))
				throw new Error(`${found.length} of ${sent.size} buyers were enrolled`);
			return found;
		};
		const isStarted = (work: string, name: string) => work !== 'unwanted' || name === YARDSTICK;
		const event = (work: string) => (work === 'unwanted' ? 'PURCHASE_OUT_OF_SHOPPING_CART' : WANTED);

		say('warming up');
		for (const [work, contenders] of Object.entries(flows))
			for (const [name, flow] of Object.entries<Flow>(contenders))
				await turn(flow, event(work), isQuick ? 2 : WARM_UP, 1, isStarted(work, name));
		const filled = n8n.fillMemories();
		if (filled !== 4) throw new Error(`${filled} instead of 4 triggers remember events`);
		emulator.requests.length = 0;
		idle = await idleRate(n8n.pid, isQuick ? 500 : 3000);

		const isSlow = mode.startsWith('default');
		/** Enough for some tenths of a second, as the system counts processor time in steps of 10 ms. */
		const eventsOf = (work: keyof typeof flows) => (isQuick ? 2 : isSlow || work === 'sale' ? 8 : 16);
		const one = async (work: keyof typeof flows) => {
			say(`${mode}: ${work}`);
			const contenders = Object.fromEntries(
				Object.entries<Flow>(flows[work]).map(([name, flow]) => [
					name,
					async () => {
						const taken = await turn(flow, event(work), eventsOf(work), 1, isStarted(work, name));
						if (work === 'sale') delays(taken);
						return taken.cpu;
					},
				]),
			);
			return { events: eventsOf(work), took: await inRandomTurns(turns, contenders) };
		};
		const twenty = async () => {
			say(`${mode}: 20 sales at a time`);
			const events = isQuick ? 4 : 20;
			const contenders = Object.fromEntries(
				Object.entries<Flow>(flows.sale).map(([name, flow]) => [
					name,
					async () => {
						const sorted = delays(await turn(flow, WANTED, events, events, true)).sort((a, b) => a - b);
						return sorted[Math.floor(sorted.length / 2)]!;
					},
				]),
			);
			return { events, took: await inRandomTurns(Math.ceil(turns / 2), contenders) };
		};
		return {
			sale: await one('sale'),
			sales20: await twenty(),
			accepted: await one('accepted'),
			unwanted: await one('unwanted'),
		};
	} finally {
		await n8n.stop();
		await emulator.close();
	}
}
