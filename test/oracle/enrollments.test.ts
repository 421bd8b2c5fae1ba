import fc from 'fast-check';
import { DataDeduplicationService } from 'n8n-core';
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import sync from '../../templates/sync-students.json';
import { DEMO } from '../emulator/seed';
import { Deduplicator, deliverAndRun, runNode, type OneNode } from '../nodes/n8n';
import { demoCredentials, useEmulator } from '../nodes/setup';
import {
	DAY,
	GRACE,
	isKept,
	plansOf,
	POLICY_NAMES,
	type PersonLife,
	type PolicyName,
	type SubscriptionLife,
} from './ledger';
import { live, LIVES, SEED, useTime } from './live';
import type { World } from './world';

/*
 * Random lives whose events go the real way: the trigger, *Apply Access*, then one sync with *Access: Get Many* and
 * *Set Students*. The ledger says who must be in which course. What no event tells, only the sync can know.
 */

/** People who live at the same time in one account. */
const PEOPLE = 30;
const STEPS = 8;

const emulator = useEmulator({
	hotmart: { rateLimitPerMinute: 1e9, tokenLifetimeSeconds: 1e9 },
	teachable: { rateLimitPerMinute: 1e9 },
});
const time = useTime();
const deduplicator = new Deduplicator();
beforeAll(async () => await DataDeduplicationService.init(deduplicator));

const { products, courses } = DEMO;
/** Which course each plan opens, by its name, and the product that is bought once. */
const COURSES: Record<string, number> = {
	Monthly: courses.guitar,
	Annual: courses.masterclass,
	'Three Months': courses.guitar,
	[String(products.songwriting)]: courses.songwriting,
};
const TABLE: INodeParameters = {
	courseFrom: 'table',
	table: {
		rows: Object.entries(COURSES).map(([value, course]) => ({
			value,
			course: { __rl: true, mode: 'id', value: course },
		})),
	},
};

const nodeOf = (node: string, parameters: INodeParameters, policy: PolicyName): OneNode => ({
	node,
	parameters: { ...parameters, ...(node === 'teachable' ? {} : { policy }) },
	credentials: demoCredentials(emulator()),
	workflowId: 'oracle',
});

/** What the trigger makes of the events, in this order. */
async function decide(events: unknown[], policy: PolicyName): Promise<IDataObject[]> {
	await deduplicator.clearAllProcessedItems();
	const options = { skipOutdated: true };
	const trigger = {
		...nodeOf('hotmartTrigger', { events: ['*'], simplify: true, options }, policy),
		staticData: {},
	};
	const items: IDataObject[] = [];
	const headers = { 'x-hotmart-hottok': DEMO.hotmart.hottok };
	for (const body of events) {
		const { outputs = [] } = await deliverAndRun({ ...trigger, request: { headers, body } });
		items.push(...outputs.flat());
	}
	return items;
}

async function applyAll(items: IDataObject[], policy: PolicyName) {
	const parameters = { resource: 'enrollment', operation: 'applyAccess', ...TABLE } as INodeParameters;
	const { error } = await runNode({ ...nodeOf('teachable', parameters, policy), input: items });
	expect(error?.message).toBeUndefined();
}

/** The sync of the template, without its limits on removals. */
async function syncAll(policy: PolicyName) {
	const { parameters } = sync.nodes.find(({ name }) => name === 'Set Students')!;
	const input: IDataObject[] = [];
	for (const productId of [products.guitar, products.songwriting]) {
		const list = { resource: 'access', operation: 'getAll', returnAll: true, productId } as INodeParameters;
		const { json, error } = await runNode(nodeOf('hotmart', list, policy));
		expect(error?.message).toBeUndefined();
		input.push(...json);
	}
	const settings = { ...parameters, ...TABLE, dryRun: false, removalLimit: 100, options: { keepMinutes: 0 } };
	const { error } = await runNode({ ...nodeOf('teachable', settings as INodeParameters, policy), input });
	expect(error?.message).toBeUndefined();
}

/** The courses that a person must be in, by the ledger. */
function coursesOf(world: World, person: PersonLife, policy: PolicyName): number[] {
	const open = [...plansOf(world.subscriptionsOf(person), policy, Date.now())].flatMap(([plan, answer]) =>
		answer === true ? [plan] : [],
	);
	if (person.purchases.some(isKept)) open.push(String(products.songwriting));
	return [...new Set(open.map((plan) => COURSES[plan]!))].sort();
}

const enrolled = (email: string) =>
	Object.values(courses)
		.filter((course) => emulator().teachable.isEnrolled(email, course))
		.sort();

/**
 * The courses of a person about which events tell all. Days of grace count from the attempt in events and from the due day in the
 * API. Events of several subscriptions or purchases have to arrive in their order: each says only what became of its own.
 */
function toldCourses(world: World, person: PersonLife, order: string): number[] {
	const lives = world.subscriptionsOf(person);
	const isShuffled = order === 'shuffled';
	// Of a plan before the one that was canceled a late approval does not tell whether it is still open.
	const isLeft = ({ canceledAt, payments }: SubscriptionLife) =>
		canceledAt !== undefined && (payments.at(-1)?.plans.length ?? 0) > 1;
	const isClear = lives.every(
		(life) =>
			!life.isQuiet &&
			life.nextPlan === undefined &&
			life.payer === life.subscriber &&
			(life.missedAt ?? 0) + GRACE + 30 * DAY < Date.now() &&
			!(isShuffled && isLeft(life)),
	);
	const most = isShuffled ? 1 : Infinity;
	return [
		...(isClear && lives.length <= most ? [courses.guitar, courses.masterclass] : []),
		...(person.purchases.length <= most ? [courses.songwriting] : []),
	];
}

/** In which order the events of a life arrive. */
const ORDERS: Record<string, (events: unknown[], seed: number) => unknown[]> = {
	'in order': (events) => events,
	doubled: (events) => events.flatMap((event) => [event, event]),
	shuffled: (events, seed) =>
		fc.sample(fc.shuffledSubarray(events, { minLength: events.length }), { numRuns: 1, seed })[0]!,
	'with 30 % lost': (events, seed) => {
		const draws = fc.array(fc.nat(9), { minLength: events.length, maxLength: events.length });
		const [drawn] = fc.sample(draws, { numRuns: 1, seed });
		return events.filter((_event, index) => drawn![index]! >= 3);
	},
};

const rows = Object.keys(ORDERS).flatMap((order) => POLICY_NAMES.map((policy) => ({ order, policy })));
const rounds = Math.ceil(LIVES / 2 / PEOPLE / rows.length);
const worlds = Array.from({ length: rounds * rows.length }, (_unused, index) => ({
	...rows[index % rows.length]!,
	number: 1000 + index,
}));

test.each(worlds)(
	`${PEOPLE} people are in the courses that they pay for: policy $policy, events $order, then a sync (seed ${SEED}, world $number)`,
	async ({ order, policy, number }) => {
		const scene = { emulator: emulator(), time, number, people: PEOPLE, steps: STEPS, isStrange: false };
		const { world, stories } = await live(scene);
		const bodies = emulator().hotmart.deliveries.map(({ body }) => body);
		const differences: unknown[] = [];
		const judge = (when: string, judged: (person: PersonLife) => number[]) => {
			for (const person of world.people) {
				const within = judged(person);
				const [oracle, school] = [coursesOf(world, person, policy), enrolled(person.email)].map((found) =>
					found.filter((course) => within.includes(course)),
				);
				if (JSON.stringify(oracle) !== JSON.stringify(school))
					differences.push({ email: person.email, when, oracle, school, story: stories.get(person.email) });
			}
		};
		await applyAll(await decide(ORDERS[order]!(bodies, SEED + number), policy), policy);
		if (order !== 'with 30 % lost') judge('after the events', (person) => toldCourses(world, person, order));
		await syncAll(policy);
		judge('after the sync', () => Object.values(courses));
		expect(JSON.stringify(differences.slice(0, 3), null, '\t')).toBe('[]');
	},
);
