import fc from 'fast-check';

import { DEMO } from '../emulator/seed';
import type { Emulator } from '../emulator/types';
import { DAY } from './ledger';
import { createWorld, type World } from './world';

/** From the environment, as jest.config.js hands them on. */
declare const ORACLE: { lives: number; seed: number };
export const { lives: LIVES, seed: SEED } = ORACLE;

/** A clock that the emulator and the nodes share. */
export interface Time {
	/** Milliseconds that have passed since the test began, beside those of the real clock. */
	passed: number;
}

/** One clock for the emulator and the nodes of a test file: years pass in a second. */
export function useTime(): Time {
	const realNow = Date.now.bind(Date);
	const time: Time = { passed: 0 };
	beforeEach(() => {
		time.passed = 0;
		jest.spyOn(Date, 'now').mockImplementation(() => realNow() + time.passed);
	});
	afterEach(() => jest.restoreAllMocks());
	return time;
}

/** What a world is made of. */
export interface Scene {
	emulator: Emulator;
	time: Time;
	/** Number of the world: chooses its script and what the emulator does where Hotmart is not known. */
	number: number;
	people: number;
	/** How often each may do something. */
	steps: number;
	/** Whether subscriptions may get a status that nobody knows. */
	isStrange: boolean;
}

function openShop({ products }: Emulator['hotmart'], isStrange: boolean) {
	const { plans } = products.find(({ id }) => id === DEMO.products.guitar)!;
	if (plans.every(({ maxCycles }) => maxCycles === undefined))
		plans.push({
			id: 558_700,
			code: 'months03',
			name: 'Three Months',
			price: plans[0]!.price,
			period: 30,
			maxCycles: 3,
		});
	return { subscription: DEMO.products.guitar, plans, once: DEMO.products.songwriting, isStrange };
}

/** What each person does at each step, and how many days pass after it; the same for the same seed. */
function scriptOf({ number, people, steps }: Scene) {
	const choice = fc.option(fc.nat(1e6), { freq: 2, nil: null });
	const script = fc.record({
		days: fc.array(fc.integer({ min: 1, max: 25 }), { minLength: steps, maxLength: steps }),
		choices: fc.array(fc.array(choice, { minLength: people, maxLength: people }), {
			minLength: steps,
			maxLength: steps,
		}),
	});
	return fc.sample(script, { numRuns: 1, seed: SEED + number })[0]!;
}

/** Lives some people and calls `look` after each step. Webhooks are held. */
export async function live(
	scene: Scene,
	look: (world: World, step: number) => Promise<void> = async () => {},
): Promise<{ world: World; stories: Map<string, string[]> }> {
	const { emulator, time, number, people, isStrange } = scene;
	const { hotmart } = emulator;
	hotmart.registerWebhook({ url: 'http://127.0.0.1:9/' });
	hotmart.hold();
	hotmart.switches.listedTransaction = number % 2 === 0 ? 'first' : 'latest';
	const emails = Array.from({ length: people }, (_unused, index) => `life-${index}@students.example`);
	const world = createWorld(emulator, openShop(hotmart, isStrange), emails, () => Date.now());
	const { days, choices } = scriptOf(scene);
	const stories = new Map<string, string[]>(emails.map((email) => [email, []]));
	for (const [index, row] of choices.entries()) {
		for (const [who, choice] of row.entries()) {
			const person = world.people[who]!;
			const name = choice === null ? 'waits' : await world.step(person, choice);
			stories.get(person.email)!.push(`day ${Math.round(time.passed / DAY)}: ${name}`);
		}
		time.passed += days[index]! * DAY + 3_600_000;
		await look(world, index);
	}
	return { world, stories };
}
