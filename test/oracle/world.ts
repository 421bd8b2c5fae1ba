import type { Emulator } from '../emulator/types';
import type { Plan, Subscription } from '../emulator/hotmart/types';
import { DAY, type Payment, type PersonLife, type PurchaseLife, type SubscriptionLife } from './ledger';

/*
 * Lives people on the emulator and writes the ledger of what happened. Each person has a script of numbers; a number chooses
 * among the steps that are possible for the person at that time, so that any script is a life.
 */

/** One event that the emulator sent, with what was true when it did. */
export interface Sent {
	/** Index among the deliveries of the emulator. */
	index: number;
	email: string;
	event: string;
	at: number;
	paidUntil: number | null;
	isPartial: boolean;
	/** The event withdraws a refund request. */
	isWithdrawn: boolean;
	/** The subscription of the event is canceled. */
	isCanceled: boolean;
}

export interface World {
	people: PersonLife[];
	sent: Sent[];
	/** Who took part in a gift. */
	gifts: Set<string>;
	/** Lets one person do what the number chooses. Settles when all webhooks are answered or held. */
	step(person: PersonLife, choice: number): Promise<string>;
	/** All subscriptions that concern a person: own ones, and those that the person pays for. */
	subscriptionsOf(person: PersonLife): SubscriptionLife[];
}

/** What the emulator sells: a product by subscription with these plans, and one that is bought once. */
export interface Shop {
	subscription: number;
	plans: Plan[];
	once: number;
	/** Whether subscriptions may get a status that nobody knows. */
	isStrange: boolean;
}

type Step = [name: string, run: () => Promise<unknown>];

export function createWorld(emulator: Emulator, shop: Shop, emails: string[], now: () => number): World {
	const { hotmart } = emulator;
	const people = emails.map((email): PersonLife => ({ email, subscriptions: [], purchases: [] }));
	const sent: Sent[] = [];
	const gifts = new Set<string>();
	const all = () => people.flatMap(({ subscriptions }) => subscriptions);

	const state = ({ code }: SubscriptionLife): Subscription => hotmart.findSubscription(code)!;
	const isRunning = (life: SubscriptionLife) => ['ACTIVE', 'DELAYED'].includes(state(life).status);
	/** Copies what the account knows and nobody can work out: when the next charge is, and under which number money came. */
	const notePayment = (life: SubscriptionLife, transaction: string) => {
		const { recurrence = 1 } = hotmart.findSale(transaction)!;
		const payments = life.payments.filter(({ number }) => number !== recurrence);
		const paidUntil = state(life).nextCharge ?? now();
		const plans = [life.plan];
		life.payments = [...payments, { number: recurrence, transaction, paidAt: now(), plans, paidUntil }];
		delete life.missedAt;
		delete life.canceledAt;
		life.isPending = false;
		life.isFull = recurrence >= (planOf(life).maxCycles ?? Infinity);
		// The end of a plan with a number of charges has no event (Hotmart §6.3).
		life.isQuiet ||= life.isFull;
	};

	const planOf = (life: SubscriptionLife) => shop.plans.find(({ name }) => name === life.plan)!;
	/** The next charge begins: a cheaper plan that was chosen takes effect. */
	const beginCharge = (life: SubscriptionLife) => {
		if (life.nextPlan !== undefined) life.plan = life.nextPlan;
		delete life.nextPlan;
	};

	async function subscribe(
		payer: PersonLife,
		choice: number,
		how: 'buy' | 'refuse' | 'printBillet',
		subscriber = payer,
	) {
		const plan = shop.plans[choice % shop.plans.length]!;
		const order = { email: payer.email, productId: shop.subscription, planId: plan.id };
		const isGift = subscriber !== payer;
		const { transaction, subscriberCode } = await hotmart[how]({
			...order,
			...(isGift && { subscriberEmail: subscriber.email }),
		});
		const life: SubscriptionLife = {
			kind: 'subscription',
			code: subscriberCode!,
			subscriber: subscriber.email,
			payer: payer.email,
			plan: plan.name,
			payments: [],
			isPending: how === 'printBillet',
		};
		subscriber.subscriptions.push(life);
		if (isGift) gifts.add(payer.email).add(subscriber.email);
		if (how === 'buy') notePayment(life, transaction);
	}

	const markCanceled = (life: SubscriptionLife) => {
		life.canceledAt = now();
		// The event of the switch told of a plan that never came.
		life.isQuiet ||= life.nextPlan !== undefined;
		delete life.nextPlan;
	};

	async function switchPlan(life: SubscriptionLife, plan: Shop['plans'][number]) {
		const isCheaper = plan.price.value < planOf(life).price.value;
		await hotmart.switchPlan(life.code, plan.id);
		if (isCheaper) {
			life.nextPlan = plan.name;
			return;
		}
		life.isQuiet ||= life.nextPlan !== undefined;
		life.plan = plan.name;
		delete life.nextPlan;
		const last = life.payments.at(-1)!;
		if (hotmart.sales.at(-1)!.isUpgrade && hotmart.sales.at(-1)!.subscriberCode === life.code)
			last.plans.push(plan.name);
	}

	/** Money of a payment goes back, wholly; with the first charge a running subscription ends (Hotmart §6.1). */
	async function giveBack(payment: Payment, how: 'refunded' | 'chargedBack', life?: SubscriptionLife) {
		const wasRunning = life && isRunning(life);
		await hotmart[how === 'refunded' ? 'refund' : 'chargeback'](payment.transaction);
		payment.givenBack = { at: now(), how };
		// The event ends access, although later payments were kept.
		if (life && life.payments.at(-1) !== payment && payment.number > 1) life.isQuiet = true;
		if (life && wasRunning && payment.number === 1) markCanceled(life);
	}

	async function reactivate(life: SubscriptionLife) {
		const before = hotmart.sales.length;
		await hotmart.reactivate(life.code);
		const isCharged = hotmart.sales.length > before;
		if (isCharged) notePayment(life, hotmart.sales.at(-1)!.transaction);
		else life.isQuiet = true;
		delete life.canceledAt;
		delete life.missedAt;
	}

	const paymentSteps = (payment: Payment, life?: SubscriptionLife): Step[] => {
		const { status } = hotmart.findSale(payment.transaction)!;
		// Which of two payments for one period went back is another story.
		const isGood = !payment.givenBack && payment.plans.length < 2;
		const part = Math.max(1, hotmart.findSale(payment.transaction)!.price.value / 2);
		const steps: Step[] = [];
		if (isGood && !payment.partly) {
			steps.push(['refund', async () => await giveBack(payment, 'refunded', life)]);
			steps.push(['chargeback', async () => await giveBack(payment, 'chargedBack', life)]);
			steps.push([
				'refund a part',
				async () => {
					await hotmart.refund(payment.transaction, part);
					payment.partly = true;
				},
			]);
		}
		if (status === 'APPROVED') steps.push(['complete', async () => await hotmart.complete(payment.transaction)]);
		if (status === 'APPROVED' || status === 'COMPLETE')
			steps.push(['ask for a refund', async () => await hotmart.requestRefund(payment.transaction)]);
		if (status === 'PROTESTED')
			steps.push(['withdraw the request', async () => await hotmart.withdrawRefund(payment.transaction)]);
		return steps;
	};

	const subscriptionSteps = (life: SubscriptionLife, choice: number): Step[] => {
		const { status, nextCharge = Infinity } = state(life);
		const steps: Step[] = [];
		const sale = hotmart.sales.find(({ subscriberCode }) => subscriberCode === life.code);
		if (life.isStrange) return steps;
		if (life.isPending && sale) {
			steps.push([
				'pay the slip',
				async () => {
					await hotmart.pay(sale.transaction);
					notePayment(life, sale.transaction);
				},
			]);
			steps.push([
				'let the slip expire',
				async () => {
					await hotmart.expirePayment(sale.transaction);
					life.isPending = false;
				},
			]);
		}
		if (isRunning(life)) {
			steps.push([
				'cancel',
				async () => {
					await hotmart.cancel(life.code);
					markCanceled(life);
				},
			]);
			const isLate = now() - nextCharge > planOf(life).period * DAY;
			if (nextCharge <= now() && !life.isFull) {
				// Twice, since a life that goes on has more to tell
				const renew: Step = [
					'renew',
					async () => {
						beginCharge(life);
						notePayment(life, (await hotmart.renew(life.code)).transaction);
					},
				];
				if (!isLate) steps.push(renew, renew);
				steps.push([
					'fail the charge',
					async () => {
						beginCharge(life);
						await hotmart.failCharge(life.code);
						life.missedAt ??= nextCharge;
						if (state(life).status.startsWith('CANCELLED')) markCanceled(life);
					},
				]);
			}
			const others = shop.plans.filter(({ name, maxCycles }) => name !== life.plan && maxCycles === undefined);
			const other = others[choice % others.length]!;
			if (
				status === 'ACTIVE' &&
				nextCharge > now() &&
				planOf(life).maxCycles === undefined &&
				!life.payments.at(-1)!.givenBack
			)
				steps.push(['switch the plan', async () => await switchPlan(life, other)]);
			if (shop.isStrange && choice % 7 === 0)
				steps.push([
					'invent a status',
					async () => {
						Object.assign(state(life), { status: 'PAUSED' });
						life.isStrange = true;
					},
				]);
		}
		if (status.startsWith('CANCELLED') && life.payments.length > 0)
			steps.push(['reactivate', async () => await reactivate(life)]);
		return [...steps, ...life.payments.flatMap((payment) => paymentSteps(payment, life))];
	};

	/** What happens to one of several subscriptions ends courses by its event that another one may give. */
	const noteOverlap = (person: PersonLife, life: SubscriptionLife, [name, run]: Step): Step => [
		name,
		async () => {
			if (life !== person.subscriptions.at(-1)) life.isQuiet = true;
			await run();
		},
	];

	const stepsOf = (person: PersonLife, choice: number): Step[] => {
		const runs = person.subscriptions.some((life) => isRunning(life) || life.isPending || life.isStrange);
		const steps: Step[] = person.subscriptions.flatMap((life) =>
			subscriptionSteps(life, choice).map((entry) => noteOverlap(person, life, entry)),
		);
		for (const purchase of person.purchases)
			steps.push(...purchase.payments.flatMap((payment) => paymentSteps(payment)));
		if (!runs) {
			const friend = people[choice % people.length]!;
			steps.push(['subscribe', async () => await subscribe(person, choice, 'buy')]);
			steps.push(['try to subscribe', async () => await subscribe(person, choice, 'refuse')]);
			steps.push(['order by slip', async () => await subscribe(person, choice, 'printBillet')]);
			if (friend !== person) steps.push(['get a gift', async () => await subscribe(friend, choice, 'buy', person)]);
		}
		if (person.purchases.every((purchase) => purchase.payments.some(({ givenBack }) => givenBack)))
			steps.push(['buy once', async () => await buyOnce(person)]);
		return steps;
	};

	async function buyOnce(person: PersonLife) {
		const { transaction } = await hotmart.buy({ email: person.email, productId: shop.once });
		const payment = { number: 1, transaction, paidAt: now(), plans: [''], paidUntil: Infinity };
		const life: PurchaseLife = { kind: 'purchase', transaction, payer: person.email, payments: [payment] };
		person.purchases.push(life);
	}

	const step = async (person: PersonLife, choice: number): Promise<string> => {
		const steps = stepsOf(person, choice);
		const [name, run] = steps[choice % steps.length] ?? ['waits', async () => undefined];
		const from = hotmart.deliveries.length;
		const before = new Map(all().map((life) => [life.code, life.payments.at(-1)?.paidUntil ?? null]));
		await run();
		for (let index = from; index < hotmart.deliveries.length; index++) {
			const { event, body } = hotmart.deliveries[index]!;
			const text = JSON.stringify(body);
			const code = [...before.keys(), ...all().map((life) => life.code)].find((entry) => text.includes(`"${entry}"`));
			sent.push({
				index,
				email: person.email,
				event,
				at: now(),
				paidUntil: code === undefined ? null : (before.get(code) ?? null),
				isPartial: name === 'refund a part',
				isWithdrawn: name === 'withdraw the request',
				isCanceled: all().some((life) => life.code === code && life.canceledAt !== undefined),
			});
		}
		return name;
	};

	const subscriptionsOf = ({ email }: PersonLife) =>
		all().filter(({ subscriber, payer }) => subscriber === email || payer === email);

	return { people, sent, gifts, step, subscriptionsOf };
}
