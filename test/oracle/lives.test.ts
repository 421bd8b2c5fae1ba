import type { IDataObject } from 'n8n-workflow';

import { POLICIES } from '../../nodes/Hotmart/access/policy';
import { parse } from '../../nodes/Hotmart/trigger/delivery';
import { readItem } from '../../nodes/Hotmart/trigger/item';
import { DEMO } from '../emulator/seed';
import { runNode } from '../nodes/n8n';
import { demoCredentials, useEmulator } from '../nodes/setup';
import { decisionOn, hasAccess, isKept, plansOf, POLICY_NAMES, type Answer, type PolicyName } from './ledger';
import { live, LIVES, SEED, useTime } from './live';
import type { World } from './world';

/*
 * Random lives on the emulator, judged by the ledger and by the nodes. Some hundreds run with the other tests;
 * `ORACLE_LIVES=5000 npx jest test/oracle` runs more, and `ORACLE_SEED` repeats a run.
 */

/** People who live at the same time in one account, and how often each may do something. */
const PEOPLE = 40;
const STEPS = 12;

const emulator = useEmulator({ hotmart: { rateLimitPerMinute: 1e9, tokenLifetimeSeconds: 1e9 } });

const time = useTime();
const { guitar, songwriting } = DEMO.products;

const ask = async (operation: string, parameters: IDataObject, input: IDataObject[] = [{}]) =>
	await runNode({
		node: 'hotmart',
		parameters: { resource: 'access', operation, returnAll: true, ...parameters } as never,
		credentials: demoCredentials(emulator()),
		onError: 'continueErrorOutput',
		input,
	});

/** What a node says of a person: an error names the person. */
function answerOf(items: IDataObject[], errors: IDataObject[], email: string): Answer {
	const item = items.find((entry) => entry.email === email);
	if (item) return item.hasAccess as boolean;
	return errors.some(({ error }) => String(error).includes(` ${email} `)) ? null : false;
}

interface Difference {
	email: string;
	policy: PolicyName;
	what: string;
	oracle: unknown;
	node: unknown;
}

/** Compares Get Many and Check with the ledger at this moment. */
async function compare(world: World, policy: PolicyName): Promise<Difference[]> {
	const now = Date.now();
	const many = await ask('getAll', { productId: guitar, policy });
	const once = await ask('getAll', { productId: songwriting, policy });
	const checked = await ask(
		'check',
		{ findBy: 'email', email: '={{ $json.email }}', productId: guitar, policy },
		world.people.map(({ email }) => ({ email })),
	);
	const errors = ({ failed, error }: typeof many) => {
		const found = failed.map(({ json }) => json);
		const others = found.filter((json) => !String(json.error).includes('It is unclear whether'));
		expect([error?.message, ...others]).toEqual([undefined]);
		return found;
	};
	const differences: Difference[] = [];
	const note = (email: string, what: string, oracle: unknown, node: unknown) => {
		if (JSON.stringify(oracle) !== JSON.stringify(node)) differences.push({ email, policy, what, oracle, node });
	};
	for (const person of world.people) {
		const { email } = person;
		const lives = world.subscriptionsOf(person);
		const right = hasAccess(lives, policy, now);
		note(email, 'Get Many', right, answerOf(many.json, errors(many), email));
		note(email, 'Check', right, answerOf(checked.json, errors(checked), email));
		note(
			email,
			'Get Many of the product that is bought once',
			person.purchases.some(isKept),
			answerOf(once.json, errors(once), email),
		);
		const sources = (many.json.find((item) => item.email === email)?.sources ?? []) as IDataObject[];
		const open = [...plansOf(lives, policy, now)].filter(([, answer]) => answer === true).map(([plan]) => plan);
		const listed = sources.filter((source) => source.hasAccess === true).map(({ planName }) => String(planName));
		note(email, 'plans', [...new Set(open)].sort(), [...new Set(listed)].sort());
	}
	return differences;
}

/** Compares what the trigger decides on each event that was sent. */
function compareDecisions(world: World, from: number): Difference[] {
	const differences: Difference[] = [];
	for (const { index, email, event, ...facts } of world.sent.slice(from)) {
		const body = emulator().hotmart.deliveries[index]!.body as IDataObject;
		for (const policy of POLICY_NAMES) {
			const right = decisionOn({ event, ...facts }, policy);
			if (!right) continue;
			const { decision, effectiveAt } = readItem(parse(body)!, POLICIES[policy]).access;
			const at = effectiveAt === null ? null : Date.parse(effectiveAt);
			const isSameTime = at === right.effectiveAt || Math.abs((at ?? NaN) - (right.effectiveAt ?? NaN)) < 5_000;
			if (decision !== right.decision || !isSameTime)
				differences.push({ email, policy, what: event, oracle: right, node: { decision, effectiveAt } });
		}
	}
	return differences;
}

const worlds = Array.from({ length: Math.ceil(LIVES / PEOPLE) }, (_unused, index) => index);

test.each(worlds)(
	`lives ${PEOPLE} people and asks the nodes and the ledger (seed ${SEED}, world %p)`,
	async (number) => {
		const differences: Difference[] = [];
		let told = 0;
		const scene = { emulator: emulator(), time, number, people: PEOPLE, steps: STEPS, isStrange: true };
		const { stories } = await live(scene, async (world, step) => {
			differences.push(...compareDecisions(world, told));
			told = world.sent.length;
			if (step % 4 === 3) for (const policy of POLICY_NAMES) differences.push(...(await compare(world, policy)));
		});
		const shown = differences.slice(0, 5).map((entry) => ({ ...entry, story: stories.get(entry.email) }));
		expect(JSON.stringify(shown, null, '\t')).toBe('[]');
	},
);
