import fc from 'fast-check';

import { POLICIES, policyFields, readPolicy, type AccessPolicy } from '../../nodes/Hotmart/access/policy';
import { addPeriod, type SaleFacts, type SubscriptionFacts } from '../../nodes/Hotmart/access/payments';
import {
	decide,
	NO_PAYMENTS,
	purchaseAccess,
	purchaseReason,
	subscriptionAccess,
	type Decision,
} from '../../nodes/Hotmart/access/rules';
import { judge, type Person, type PlanOffer, type Wanted } from '../../nodes/Hotmart/access/verdict';
import { EVENTS, type Reason } from '../../nodes/Hotmart/trigger/events';
import {
	purchaseStatus,
	SUBSCRIPTION_STATUSES,
	type PurchaseStatus,
	type SubscriptionStatus,
} from '../../nodes/Hotmart/vocabulary/status';
import { SALE_STATUSES } from '../../nodes/Hotmart/vocabulary/choices';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 15, 12);
const days = (count: number) => NOW + count * DAY;
/** The kindest that a customer may choose. */
const KIND: AccessPolicy = { ...POLICIES.paidPeriod, overdue: 'keep' };
const policy = (changes: Partial<AccessPolicy>): AccessPolicy => ({ ...KIND, ...changes });
const iso = (millis: number) => new Date(millis).toISOString();

describe('the access policy', () => {
	const read = (parameters: Record<string, unknown>) =>
		readPolicy((name, fallback) => (name in parameters ? parameters[name] : fallback));

	test("is that of Hotmart's integration where nothing is chosen", () => {
		expect(read({})).toEqual(POLICIES.hotmart);
		expect(read({ policy: 'custom' })).toEqual(POLICIES.hotmart);
	});

	test('takes the days of grace where they matter, also as text', () => {
		expect(read({ policy: 'paidPeriod' })).toEqual(POLICIES.paidPeriod);
		expect(read({ policy: 'paidPeriod', graceDays: '12' })).toEqual({ ...POLICIES.paidPeriod, graceDays: 12 });
		expect(read({ policy: 'custom', overdueRule: 'afterDays', graceDays: 0 }).graceDays).toBe(0);
		expect(read({ policy: 'hotmart', graceDays: 'left over' })).toEqual(POLICIES.hotmart);
		expect(read({ policy: 'custom', graceDays: 'left over' })).toEqual(POLICIES.hotmart);
	});

	test('takes one rule for each part, and every part has a field', () => {
		const names = policyFields.map(({ name }) => name).filter((name) => name.endsWith('Rule'));
		const keys = Object.keys(POLICIES.hotmart).filter((key) => key !== 'graceDays');
		expect(names.sort()).toEqual(keys.map((key) => `${key}Rule`).sort());
		for (const { name, options = [] } of policyFields.filter((field) => names.includes(field.name)))
			for (const option of options) {
				const value = 'value' in option ? option.value : undefined;
				expect(read({ policy: 'custom', [name]: value })).toMatchObject({ [name.replace(/Rule$/, '')]: value });
			}
	});

	test.each([
		[{ policy: 'kind' }, /"Access Policy" cannot be "kind"\. Enter one of these: hotmart \(Like Hotmart's/],
		[{ policy: undefined }, /"Access Policy" cannot be undefined/],
		[{ policy: {} }, /"Access Policy" cannot be \{\}/],
		[{ policy: 'custom', overdueRule: 'maybe' }, /"Overdue Payment" cannot be "maybe"\. .*keep \(Keeps Access\)/],
		[{ policy: 'paidPeriod', graceDays: -1 }, /"Days of Grace" cannot be -1\. Enter a number of days/],
		[{ policy: 'paidPeriod', graceDays: '' }, /"Days of Grace" cannot be ""/],
		[{ policy: 'custom', overdueRule: 'afterDays', graceDays: 'soon' }, /"Days of Grace" cannot be "soon"/],
	])('refuses %j', (parameters, message) => {
		expect(() => read(parameters)).toThrow(message);
	});
});

describe('events x policies', () => {
	const at = days(0);
	const facts = { occurredAt: at, paidUntil: days(20) };
	const of = (reason: Reason, changes: Partial<AccessPolicy> = {}, other: Partial<typeof facts> = {}) => {
		const decision: Decision = 'revoke';
		return decide({ decision, reason }, { ...facts, ...other }, { ...POLICIES.hotmart, ...changes });
	};

	test.each<[Reason, Partial<AccessPolicy>, Decision, number | null]>([
		['subscriptionCanceled', {}, 'revoke', 0],
		['subscriptionCanceled', { canceled: 'periodEnd' }, 'revoke', 20],
		['paymentOverdue', {}, 'revoke', 0],
		['paymentOverdue', { overdue: 'afterDays' }, 'revoke', 5],
		['paymentOverdue', { overdue: 'afterDays', graceDays: 9 }, 'revoke', 9],
		['paymentOverdue', { overdue: 'keep' }, 'none', null],
		['refundRequested', {}, 'none', null],
		['refundRequested', { refundRequested: 'now' }, 'revoke', 0],
		['refunded', {}, 'revoke', 0],
		['refunded', { refunded: 'keep' }, 'none', null],
		['partiallyRefunded', {}, 'none', null],
		['partiallyRefunded', { partiallyRefunded: 'now' }, 'revoke', 0],
		['chargedBack', {}, 'revoke', 0],
		['chargedBack', { chargedBack: 'keep' }, 'none', null],
	])('%s under %j: %s after %p days', (reason, changes, decision, after) => {
		const time = after === null ? null : iso(days(after));
		expect(of(reason, changes)).toEqual({ decision, reason, effectiveAt: time, until: time });
	});

	test('a cancellation after the paid period, or without one, takes effect when it happens', () => {
		const kind = { canceled: 'periodEnd' } as const;
		expect(of('subscriptionCanceled', kind, { paidUntil: days(-1) }).effectiveAt).toBe(iso(at));
		expect(
			decide({ decision: 'revoke', reason: 'subscriptionCanceled' }, { occurredAt: at, paidUntil: null }, policy(kind)),
		).toMatchObject({ effectiveAt: iso(at) });
	});

	test('a grant lasts until the next charge, and an event without meaning has no times', () => {
		expect(decide({ decision: 'grant', reason: 'purchaseApproved' }, facts, POLICIES.hotmart)).toEqual({
			decision: 'grant',
			reason: 'purchaseApproved',
			effectiveAt: iso(at),
			until: iso(days(20)),
		});
		expect(decide({ decision: 'none', reason: 'cartAbandoned' }, facts, POLICIES.hotmart)).toMatchObject({
			effectiveAt: null,
			until: null,
		});
	});

	test('no event revokes or grants another way round under any policy', () => {
		for (const { access } of Object.values(EVENTS))
			for (const overdue of ['now', 'afterDays', 'keep'] as const)
				for (const rest of ['keep', 'now'] as const) {
					const all = { refundRequested: rest, refunded: rest, partiallyRefunded: rest, chargedBack: rest, overdue };
					const { decision } = decide(access, facts, policy(all));
					expect([access.decision, 'none', ...(access.reason === 'refundRequested' ? ['revoke'] : [])]).toContain(
						decision,
					);
				}
	});

	test('a switch of plans leaves the old plan at once, or when the period that is paid for ends', () => {
		const switched = (changes: Partial<AccessPolicy>, other: Partial<typeof facts> = {}) =>
			decide({ decision: 'switch', reason: 'planSwitched' }, { ...facts, ...other }, policy(changes));
		const shape = { decision: 'switch', reason: 'planSwitched', until: iso(days(20)) };
		expect(switched({ switched: 'now' })).toEqual({ ...shape, effectiveAt: iso(at) });
		expect(switched({ switched: 'periodEnd' })).toEqual({ ...shape, effectiveAt: iso(days(20)) });
		expect(switched({ switched: 'periodEnd' }, { paidUntil: days(-1) }).effectiveAt).toBe(iso(at));
	});

	test('times that no date can be are unknown', () => {
		expect(of('paymentOverdue', { overdue: 'afterDays', graceDays: 1e12 })).toMatchObject({ effectiveAt: null });
	});
});

describe('subscription statuses x policies x dates', () => {
	/** When the cancellation was asked for. */
	const CANCELED = days(-10);
	/** Next charge in the columns of the table. */
	const COLUMNS = { future: days(10), past: days(-3), longPast: days(-30), none: null };
	type Expected = 'next' | 'open' | 'grace' | 'graceOver' | 'ended' | 'canceled' | 'no' | 'unknown';

	const meaning = (expected: Expected, next: number | null) =>
		({
			next: { hasAccess: true, until: next },
			open: { hasAccess: true, until: null },
			grace: { hasAccess: true, until: (next ?? 0) + 5 * DAY },
			graceOver: { hasAccess: false, until: (next ?? 0) + 5 * DAY },
			ended: { hasAccess: false, until: next },
			canceled: { hasAccess: false, until: CANCELED },
			no: { hasAccess: false, until: null },
			unknown: { hasAccess: null, until: null },
		})[expected];

	const CANCELLATIONS: SubscriptionStatus[] = ['canceledByCustomer', 'canceledBySeller', 'canceledByAdmin'];
	const POLICIES = (['keep', 'afterDays', 'now'] as const).flatMap((overdue) =>
		(['periodEnd', 'now'] as const).map((canceled) => ({ overdue, canceled })),
	);

	/** For each status and the part of the policy that matters: what is expected under future, past, longPast, none. */
	const TABLE: Array<[SubscriptionStatus | null, Partial<AccessPolicy>, string, Expected[]]> = [
		['active', {}, 'subscriptionActive', ['next', 'open', 'open', 'open']],
		['overdue', { overdue: 'keep' }, 'paymentOverdue', ['open', 'open', 'open', 'open']],
		['overdue', { overdue: 'afterDays' }, 'paymentOverdue', ['grace', 'grace', 'graceOver', 'unknown']],
		['overdue', { overdue: 'now' }, 'paymentOverdue', ['next', 'ended', 'ended', 'no']],
		...CANCELLATIONS.flatMap((status): typeof TABLE => [
			[status, { canceled: 'periodEnd' }, 'subscriptionCanceled', ['next', 'ended', 'canceled', 'canceled']],
			[status, { canceled: 'now' }, 'subscriptionCanceled', ['canceled', 'canceled', 'canceled', 'canceled']],
		]),
		['expired', {}, 'subscriptionExpired', ['next', 'ended', 'ended', 'no']],
		['initiated', {}, 'paymentPending', ['no', 'no', 'no', 'no']],
		['inactive', {}, 'neverPaid', ['no', 'no', 'no', 'no']],
		[null, {}, 'unknownStatus', ['unknown', 'unknown', 'unknown', 'unknown']],
	];

	const cases = TABLE.flatMap(([status, part, reason, columns]) =>
		POLICIES.filter((rules) => Object.entries(part).every(([key, value]) => rules[key as 'overdue'] === value)).flatMap(
			(rules) =>
				Object.entries(COLUMNS).map(
					([column, next], index) => [status, rules, column, next, reason, columns[index]!] as const,
				),
		),
	);

	test.each(cases)('%s under %j, next charge %s', (status, rules, _column, nextChargeAt, reason, expected) => {
		const state = { status, nextChargeAt, canceledAt: CANCELED };
		expect(subscriptionAccess(state, NO_PAYMENTS, policy(rules), NOW)).toEqual({
			...meaning(expected, nextChargeAt),
			reason: expected === 'unknown' ? 'unknownStatus' : reason,
		});
	});

	test('the table has every status and every policy', () => {
		const seen = new Set(cases.map(([status, rules]) => `${status} ${JSON.stringify(rules)}`));
		expect(seen.size).toBe((Object.keys(SUBSCRIPTION_STATUSES).length + 1) * POLICIES.length);
	});

	test('the paid period ends at its very moment', () => {
		const state = { status: 'canceledByCustomer' as const, canceledAt: CANCELED, nextChargeAt: NOW };
		expect(subscriptionAccess(state, NO_PAYMENTS, KIND, NOW - 1).hasAccess).toBe(true);
		expect(subscriptionAccess(state, NO_PAYMENTS, KIND, NOW).hasAccess).toBe(false);
	});

	test('a cancellation without a time still ends access at once where the policy says so', () => {
		const state = { status: 'canceledByAdmin' as const, canceledAt: null, nextChargeAt: days(10) };
		expect(subscriptionAccess(state, NO_PAYMENTS, policy({ canceled: 'now' }), NOW)).toMatchObject({
			hasAccess: false,
			until: null,
		});
		expect(subscriptionAccess(state, NO_PAYMENTS, KIND, NOW)).toMatchObject({ hasAccess: true, until: days(10) });
	});
});

describe('purchase statuses x policies', () => {
	const PAID = ['APPROVED', 'COMPLETE'];
	const BY_POLICY = {
		REFUNDED: 'refunded',
		PARTIALLY_REFUNDED: 'partiallyRefunded',
		CHARGEBACK: 'chargedBack',
		PROTESTED: 'refundRequested',
	} as const;

	test.each(Object.keys(SALE_STATUSES))('%s', (raw) => {
		const sale = one({ status: purchaseStatus(raw) });
		const rule = BY_POLICY[raw as keyof typeof BY_POLICY];
		const under = (changes: Partial<AccessPolicy>) => judge({ subscriptions: [], sales: [sale] }, policy(changes), NOW);
		for (const choice of ['keep', 'now'] as const) {
			const all = {
				refunded: choice,
				partiallyRefunded: choice,
				chargedBack: choice,
				refundRequested: choice,
				overdue: 'keep' as const,
			};
			expect(under(all)).toMatchObject({
				hasAccess: PAID.includes(raw) || (rule !== undefined && choice === 'keep'),
				until: null,
			});
			if (rule) expect(under({ [rule]: choice })).toMatchObject({ hasAccess: choice === 'keep', reason: rule });
		}
		expect(purchaseReason(sale.status)).not.toBe('unknownStatus');
	});

	test('by default a request for a refund and a partial refund keep access', () => {
		const kept = Object.entries(BY_POLICY).filter(
			([raw]) => purchaseAccess(purchaseReason(purchaseStatus(raw)), KIND, NOW).hasAccess,
		);
		expect(kept.map(([raw]) => raw)).toEqual(['PARTIALLY_REFUNDED', 'PROTESTED']);
	});

	test('a status that Hotmart may add leaves open whether there is access, and says so', () => {
		const unknown = one({ status: null, statusRaw: 'NEW' });
		expect(judge({ subscriptions: [], sales: [unknown] }, KIND, NOW)).toMatchObject({
			hasAccess: null,
			reason: 'unknownStatus',
			sources: [{ statusRaw: 'NEW' }],
		});
		// What is known to give access gives it, and what is known to give none does not hide the doubt.
		expect(judge({ subscriptions: [], sales: [unknown, one()] }, KIND, NOW)).toMatchObject({ hasAccess: true });
		const refunded = one({ status: 'refunded' });
		expect(judge({ subscriptions: [], sales: [unknown, refunded] }, KIND, NOW)).toMatchObject({ hasAccess: null });
	});
});

let counter = 0;

/** A one-time sale. */
function one(changes: Partial<SaleFacts> = {}): SaleFacts {
	return {
		transaction: `HP${(counter += 1)}`,
		productId: 1,
		productName: 'Course',
		offerCode: 'offer001',
		status: 'approved',
		statusRaw: null,
		recurrence: null,
		isSubscription: false,
		orderedAt: days(-100),
		approvedAt: null,
		...changes,
	};
}

function subscribed(changes: Partial<SubscriptionFacts> = {}): SubscriptionFacts {
	return {
		subscriberCode: `AB${(counter += 1)}`,
		transaction: null,
		productId: 1,
		productName: 'Course',
		planId: 7,
		planName: 'Monthly',
		periodDays: 30,
		status: 'active',
		statusRaw: null,
		requestedAt: days(-100),
		canceledAt: null,
		nextChargeAt: days(10),
		...changes,
	};
}

/** A payment of a subscription. */
const charge = (recurrence: number, status: PurchaseStatus, changes: Partial<SaleFacts> = {}) =>
	one({ recurrence, status, isSubscription: true, orderedAt: days(-100 + (recurrence - 1) * 30), ...changes });

const canceled = (changes: Partial<SubscriptionFacts> = {}) =>
	subscribed({ status: 'canceledByCustomer', canceledAt: days(-1), ...changes });

describe('the payments of a subscription', () => {
	const verdict = (person: Partial<Person>, changes: Partial<AccessPolicy> = {}) =>
		judge({ subscriptions: [], sales: [], ...person }, policy(changes), NOW);

	test.each(['refunded', 'chargeback'] as const)(
		'a first payment that is %s ends a period that is paid for',
		(status) => {
			const reason = status === 'chargeback' ? 'chargedBack' : 'refunded';
			expect(verdict({ subscriptions: [canceled()] })).toMatchObject({ hasAccess: true });
			const lost = { subscriptions: [canceled()], sales: [charge(1, status)] };
			expect(verdict(lost)).toMatchObject({ hasAccess: false, until: null, reason, status: 'canceledByCustomer' });
			expect(verdict(lost, { [reason]: 'keep' })).toMatchObject({ hasAccess: true, reason: 'subscriptionCanceled' });
		},
	);

	test.each(['refunded', 'chargeback'] as const)(
		'so it does when later payments were made before it was %s, and not when they were made after',
		(status) => {
			const reason = status === 'chargeback' ? 'chargedBack' : 'refunded';
			const after = (day: number) => ({
				subscriptions: [canceled({ status: 'canceledByAdmin' })],
				sales: [charge(1, status, { givenBackAt: days(day) }), charge(2, 'complete'), charge(3, 'approved')],
			});
			expect(verdict(after(-20))).toMatchObject({ hasAccess: false, reason });
			expect(verdict(after(-60))).toMatchObject({ hasAccess: true, reason: 'subscriptionCanceled' });
			// Where it is not known when the money went back, the later payments count.
			const [first, ...later] = after(0).sales;
			const sales = [{ ...first!, givenBackAt: undefined }, ...later];
			expect(verdict({ ...after(0), sales })).toMatchObject({ hasAccess: true, reason: 'subscriptionCanceled' });
		},
	);

	test('a part of the first payment given back changes nothing, and only the last payment counts for its rule', () => {
		const sales = [charge(1, 'partiallyRefunded'), charge(2, 'complete'), charge(3, 'approved')];
		for (const partiallyRefunded of ['keep', 'now'] as const)
			expect(verdict({ subscriptions: [canceled()], sales }, { partiallyRefunded })).toMatchObject({
				hasAccess: true,
				until: iso(days(10)),
				reason: 'subscriptionCanceled',
			});
		const last = { subscriptions: [canceled()], sales: [charge(1, 'partiallyRefunded')] };
		expect(verdict(last)).toMatchObject({ hasAccess: true });
		expect(verdict(last, { partiallyRefunded: 'now' })).toMatchObject({
			hasAccess: false,
			reason: 'partiallyRefunded',
		});
	});

	test('a plan whose charges are all made gives access until the last period ends, whatever the policy', () => {
		const sales = [charge(1, 'complete'), charge(2, 'complete'), charge(3, 'approved', { approvedAt: days(-9) })];
		const ended = (changes: Partial<SubscriptionFacts>) =>
			judge({ subscriptions: [subscribed({ status: 'expired', ...changes })], sales }, POLICIES.hotmart, NOW);
		expect(ended({ nextChargeAt: days(21) })).toMatchObject({
			hasAccess: true,
			until: iso(days(21)),
			reason: 'subscriptionExpired',
		});
		// Without a next charge, or with one that has been made: the last payment and the period of the plan
		const paid = { hasAccess: true, until: iso(addPeriod(days(-9), 30)!) };
		expect(ended({ nextChargeAt: null })).toMatchObject(paid);
		expect(ended({ nextChargeAt: days(-10) })).toMatchObject(paid);
		expect(ended({ nextChargeAt: null, periodDays: 7 })).toMatchObject({ hasAccess: false, until: iso(days(-2)) });
		expect(ended({ nextChargeAt: null, periodDays: null })).toMatchObject({ hasAccess: false, until: null });
	});

	test.each(['inactive', 'initiated'] as const)(
		'a subscription that is %s has no access, unless a payment says the contrary: then nobody can tell',
		(status) => {
			const person = (changes: Partial<SubscriptionFacts>, reason: PurchaseStatus) => ({
				subscriptions: [subscribed({ status, ...changes })],
				sales: [charge(1, reason, { orderedAt: days(-10) })],
			});
			expect(verdict(person({}, 'canceled'))).toMatchObject({ hasAccess: false });
			expect(verdict(person({ nextChargeAt: null }, 'approved'))).toMatchObject({ hasAccess: null });
			expect(verdict(person({ nextChargeAt: days(20) }, 'complete'))).toMatchObject({ hasAccess: null });
			expect(verdict(person({ nextChargeAt: null, periodDays: 7 }, 'complete'))).toMatchObject({ hasAccess: false });
			expect(verdict(person({}, 'refunded'))).toMatchObject({ hasAccess: false, reason: 'refunded' });
		},
	);

	test('a late payment counts from the day on which it was due, as far as that is known', () => {
		const late = (changes: Partial<SubscriptionFacts>, sales: SaleFacts[]) =>
			verdict({ subscriptions: [subscribed({ status: 'overdue', ...changes })], sales }, { overdue: 'afterDays' });
		const tried = [charge(1, 'complete'), charge(2, 'overdue', { orderedAt: days(-3) })];
		expect(late({ nextChargeAt: days(-4) }, tried)).toMatchObject({ hasAccess: true, until: iso(days(1)) });
		// Should the next charge be one cycle ahead, the charge that failed tells.
		expect(late({ nextChargeAt: days(27) }, tried)).toMatchObject({ hasAccess: true, until: iso(days(2)) });
		expect(late({ nextChargeAt: null }, tried)).toMatchObject({ hasAccess: true, until: iso(days(2)) });
		// A charge that failed long ago and was forgiven since tells nothing.
		const forgiven = [charge(2, 'overdue'), charge(3, 'complete', { orderedAt: days(-32) })];
		expect(late({ nextChargeAt: days(-2) }, forgiven)).toMatchObject({ until: iso(days(3)) });
		expect(late({ nextChargeAt: null }, [])).toMatchObject({ hasAccess: null });
	});

	test('but not when the subscription was taken up again and paid', () => {
		const sales = [charge(1, 'refunded'), charge(2, 'approved')];
		expect(verdict({ subscriptions: [subscribed()], sales })).toMatchObject({
			hasAccess: true,
			reason: 'subscriptionActive',
		});
		expect(verdict({ subscriptions: [subscribed()], sales: sales.slice(0, 1) })).toMatchObject({ hasAccess: false });
	});

	test('the payment of the present period decides: given back it ends access, paid again it gives it', () => {
		const sales = [charge(1, 'complete'), charge(2, 'complete'), charge(3, 'refunded')];
		expect(verdict({ subscriptions: [subscribed()], sales })).toMatchObject({ hasAccess: false, reason: 'refunded' });
		expect(verdict({ subscriptions: [subscribed()], sales: [...sales, charge(4, 'overdue')] })).toMatchObject({
			hasAccess: false,
		});
		expect(verdict({ subscriptions: [subscribed()], sales: [...sales, charge(3, 'approved')] })).toMatchObject({
			hasAccess: true,
		});
		expect(verdict({ subscriptions: [subscribed()], sales: [...sales, charge(4, 'approved')] })).toMatchObject({
			hasAccess: true,
		});
	});

	test('a request for a refund counts by the policy', () => {
		const person = { subscriptions: [subscribed()], sales: [charge(1, 'complete'), charge(2, 'refundRequested')] };
		expect(verdict(person)).toMatchObject({ hasAccess: true, reason: 'subscriptionActive' });
		expect(verdict(person, { refundRequested: 'now' })).toMatchObject({
			hasAccess: false,
			reason: 'refundRequested',
		});
		// A kept request does not hide that the first payment went back.
		const gone = charge(1, 'chargeback', { givenBackAt: days(-2) });
		const both = { subscriptions: [canceled()], sales: [gone, charge(2, 'refundRequested')] };
		expect(verdict(both)).toMatchObject({ hasAccess: false, reason: 'chargedBack' });
		// Only money that went back takes later payments with it.
		const asked = { subscriptions: [canceled()], sales: [charge(1, 'refundRequested'), charge(2, 'complete')] };
		expect(verdict(asked, { refundRequested: 'now' })).toMatchObject({
			hasAccess: true,
			reason: 'subscriptionCanceled',
		});
	});

	test('payments that failed before change nothing', () => {
		const sales = [charge(1, 'canceled'), charge(1, 'approved'), charge(2, 'overdue'), charge(2, 'overdue')];
		expect(verdict({ subscriptions: [subscribed()], sales })).toMatchObject({ hasAccess: true, until: iso(days(10)) });
	});

	test('a refund belongs to the subscription that was ordered with it', () => {
		const [old, fresh] = [canceled({ requestedAt: days(-60) }), subscribed({ requestedAt: days(-20) })];
		const sales = [
			charge(1, 'refunded', { orderedAt: days(-60) + 5000 }),
			charge(1, 'approved', { orderedAt: days(-20) - 5000 }),
		];
		const { hasAccess, sources } = verdict({ subscriptions: [old, fresh], sales });
		expect(hasAccess).toBe(true);
		expect(sources.map(({ subscriberCode, reason }) => [subscriberCode, reason])).toEqual([
			[fresh.subscriberCode, 'subscriptionActive'],
			[old.subscriberCode, 'refunded'],
		]);
	});

	test('its transaction tells better than the time', () => {
		const first = charge(1, 'refunded', { orderedAt: days(-20) });
		const [old, fresh] = [
			canceled({ requestedAt: days(-60), transaction: first.transaction }),
			subscribed({ requestedAt: days(-20) }),
		];
		expect(verdict({ subscriptions: [old, fresh], sales: [first] }).sources).toMatchObject([
			{ subscriberCode: fresh.subscriberCode, hasAccess: true },
			{ subscriberCode: old.subscriberCode, reason: 'refunded' },
		]);
	});

	test('of two that run side by side, a later payment is of the one with its offer', () => {
		const [monthly, annual] = [
			subscribed({ requestedAt: days(-100) }),
			subscribed({ requestedAt: days(-50), planId: 8 }),
		];
		const sales = [
			charge(1, 'complete', { offerCode: 'monthly1' }),
			charge(1, 'complete', { offerCode: 'annual01', orderedAt: days(-50) }),
			charge(4, 'chargeback', { offerCode: 'monthly1', orderedAt: days(-5) }),
		];
		const { sources } = verdict({ subscriptions: [monthly, annual], sales });
		expect(sources.map(({ planId, reason }) => [planId, reason])).toEqual([
			[8, 'subscriptionActive'],
			[7, 'chargedBack'],
		]);
	});

	test('a refund of another product, or from before, is not its own', () => {
		const elsewhere = charge(1, 'refunded', { productId: 2 });
		const before = charge(3, 'refunded', { orderedAt: days(-300) });
		expect(verdict({ subscriptions: [subscribed()], sales: [elsewhere, before] })).toMatchObject({ hasAccess: true });
	});

	test('payments without their subscription give nothing', () => {
		expect(verdict({ sales: [charge(1, 'approved')] })).toMatchObject({
			hasAccess: false,
			reason: 'notFound',
			sources: [],
		});
	});
});

describe('purchases in installments', () => {
	const part = (recurrence: number, status: PurchaseStatus) =>
		one({ recurrence, status, orderedAt: days(-100 + (recurrence - 1) * 30) });
	const verdict = (sales: SaleFacts[], changes: Partial<AccessPolicy> = {}) =>
		judge({ subscriptions: [], sales }, policy(changes), NOW);

	test('are one source that gives access without end while each is paid', () => {
		const { hasAccess, until, sources } = verdict([
			part(1, 'complete'),
			part(2, 'approved'),
			part(3, 'waitingPayment'),
		]);
		expect({ hasAccess, until, count: sources.length }).toEqual({ hasAccess: true, until: null, count: 1 });
	});

	test('one that is missed counts by the policy from the day it was due, also when a later one is paid', () => {
		const sales = [part(1, 'complete'), part(2, 'overdue'), part(2, 'overdue'), part(3, 'approved')];
		expect(verdict(sales)).toMatchObject({ hasAccess: true, reason: 'paymentOverdue', status: 'overdue' });
		expect(verdict(sales, { overdue: 'now' })).toMatchObject({ hasAccess: false, until: iso(days(-70)) });
		const grace = { overdue: 'afterDays', graceDays: 80 } as const;
		expect(verdict(sales, grace)).toMatchObject({ hasAccess: true, until: iso(days(10)) });
	});

	test.each(['chargeback', 'refunded'] as const)(
		'one that is %s ends access, also when later ones are paid',
		(status) => {
			const reason = status === 'chargeback' ? 'chargedBack' : 'refunded';
			for (const number of [1, 3, 5]) {
				const sales = [1, 2, 3, 4, 5].map((entry) => part(entry, entry === number ? status : 'complete'));
				expect(verdict(sales)).toMatchObject({ hasAccess: false, reason });
				expect(verdict(sales, { [reason]: 'keep' })).toMatchObject({ hasAccess: true });
			}
		},
	);

	test('the first one given back ends them all, a failed first one begins nothing', () => {
		expect(verdict([part(1, 'refunded'), part(2, 'complete')])).toMatchObject({ hasAccess: false, reason: 'refunded' });
		expect(verdict([part(1, 'overdue')])).toMatchObject({ hasAccess: false, reason: 'paymentOverdue' });
	});

	test('a second purchase of the same is another source', () => {
		const again = [part(1, 'refunded'), one({ recurrence: 1, orderedAt: days(-10) })];
		expect(verdict(again)).toMatchObject({ hasAccess: true, sources: [{ hasAccess: true }, { hasAccess: false }] });
	});
});

describe('a switch of plans', () => {
	const plans: PlanOffer[] = [
		{ productId: 1, name: 'Monthly', offerCode: 'monthly1', id: 7 },
		{ productId: 1, name: 'Annual', offerCode: 'annual01', id: null },
	];
	const switched = subscribed({ planId: 8, planName: 'Annual' });
	const sales = [charge(1, 'complete', { offerCode: 'monthly1' })];
	const ask = (wanted: Partial<Wanted>, rule: AccessPolicy['switched'], changes: Partial<SubscriptionFacts> = {}) =>
		judge(
			{ subscriptions: [{ ...switched, ...changes }], sales },
			policy({ switched: rule }),
			NOW,
			{ productId: '', plan: '', offerCode: '', ...wanted },
			plans,
		);

	test('gives the offer of the new plan at once, before it is charged', () => {
		for (const rule of ['now', 'periodEnd'] as const) {
			expect(ask({ offerCode: 'annual01' }, rule)).toMatchObject({ hasAccess: true, reason: 'subscriptionActive' });
			expect(ask({ plan: 'annual' }, rule)).toMatchObject({ hasAccess: true });
		}
	});

	test('takes the old plan at once, or when the period that was paid for it ends', () => {
		for (const wanted of [{ offerCode: 'monthly1' }, { plan: 'Monthly' }, { plan: '7' }]) {
			expect(ask(wanted, 'now')).toMatchObject({ hasAccess: false, reason: 'notFound' });
			expect(ask(wanted, 'periodEnd')).toMatchObject({
				hasAccess: true,
				until: iso(days(10)),
				reason: 'planSwitched',
				sources: [{ planId: 7, planName: 'Monthly', offerCode: 'monthly1' }],
			});
			expect(ask(wanted, 'periodEnd', { nextChargeAt: days(-1) })).toMatchObject({ reason: 'notFound' });
			expect(ask(wanted, 'periodEnd', { status: 'canceledByCustomer', canceledAt: days(-1) })).toMatchObject({
				hasAccess: true,
				until: iso(days(10)),
			});
		}
	});

	test('that was charged in proportion is a second payment for the period of the old plan', () => {
		const upgrade = charge(1, 'approved', { offerCode: 'annual01', orderedAt: days(-95) });
		const open = (rule: AccessPolicy['switched']) =>
			judge(
				{ subscriptions: [switched], sales: [...sales, upgrade] },
				policy({ switched: rule }),
				NOW,
				undefined,
				plans,
			)
				.sources.filter(({ hasAccess }) => hasAccess)
				.map(({ planName }) => planName);
		expect(open('now')).toEqual(['Annual']);
		expect(open('periodEnd')).toEqual(['Annual', 'Monthly']);
	});

	test('is over once the new plan is paid, and is none where a plan has another offer or another name', () => {
		const paid = [...sales, charge(2, 'approved', { offerCode: 'annual01' })];
		const kind = policy({ switched: 'periodEnd' });
		expect(judge({ subscriptions: [switched], sales: paid }, kind, NOW, undefined, plans).sources).toHaveLength(1);
		const discounted = [charge(1, 'complete', { offerCode: 'discount' })];
		const known = judge({ subscriptions: [switched], sales: discounted }, kind, NOW, undefined, plans);
		expect(known.sources).toMatchObject([{ planName: 'Annual', offerCode: 'discount' }]);
		const renamed = judge({ subscriptions: [{ ...switched, planName: 'Yearly' }], sales }, kind, NOW, undefined, plans);
		expect(renamed.sources).toMatchObject([{ planName: 'Yearly', offerCode: 'monthly1' }]);
	});
});

test.each([
	['2026-06-06T12:00:00Z', 30, '2026-07-06T12:00:00Z'],
	['2026-01-31T12:00:00Z', 30, '2026-02-28T12:00:00Z'],
	['2026-12-31T12:00:00Z', 60, '2027-02-28T12:00:00Z'],
	['2026-11-30T00:00:00Z', 90, '2027-02-28T00:00:00Z'],
	['2026-08-31T12:00:00Z', 180, '2027-02-28T12:00:00Z'],
	['2024-02-29T12:00:00Z', 360, '2025-02-28T12:00:00Z'],
	['2026-06-06T12:00:00Z', 7, '2026-06-13T12:00:00Z'],
])('%s and a period of %p days is %s', (from, period, to) => {
	expect(iso(addPeriod(Date.parse(from), period)!)).toBe(new Date(to).toISOString());
	expect(addPeriod(Date.parse(from), null)).toBe(null);
});

describe('a person', () => {
	test('who is not known has no access', () => {
		expect(judge({ subscriptions: [], sales: [] }, KIND, NOW)).toEqual({
			hasAccess: false,
			until: null,
			reason: 'notFound',
			status: null,
			sources: [],
			others: [],
		});
	});

	test('has access by one valid source, the latest end wins, and no end beats any date', () => {
		const subscriptions = [
			canceled({ nextChargeAt: days(3) }),
			subscribed({ nextChargeAt: days(9) }),
			subscribed({ status: 'expired', nextChargeAt: days(8) }),
		];
		const sales = [one({ status: 'refunded' }), one({ status: 'chargeback' })];
		expect(judge({ subscriptions, sales }, KIND, NOW)).toMatchObject({
			hasAccess: true,
			until: iso(days(9)),
			reason: 'subscriptionActive',
		});
		expect(judge({ subscriptions, sales: [...sales, one()] }, KIND, NOW)).toMatchObject({
			until: null,
			reason: 'purchaseApproved',
		});
	});

	test('without access is told what ended last, not an attempt that failed later', () => {
		const person = {
			subscriptions: [canceled({ nextChargeAt: days(-40), requestedAt: days(-100), canceledAt: days(-50) })],
			sales: [one({ status: 'refunded', orderedAt: days(-300) }), one({ status: 'canceled', orderedAt: days(-1) })],
		};
		expect(judge(person, KIND, NOW)).toMatchObject({ reason: 'subscriptionCanceled', until: iso(days(-40)) });
	});

	test.each([
		[{ productId: '2' }, []],
		[{ productId: '1' }, ['AB', 'HP']],
		[{ plan: '7' }, ['AB']],
		[{ plan: ' monthly' }, ['AB']],
		[{ plan: 'month' }, []],
		[{ plan: 'MONTHLY' }, ['AB']],
		[{ plan: '8' }, []],
		[{ offerCode: 'offer001' }, ['HP']],
		[{ offerCode: 'monthly1' }, ['AB']],
	])('is asked about %j', (wanted, found) => {
		const person = { subscriptions: [subscribed()], sales: [one(), charge(1, 'approved', { offerCode: 'monthly1' })] };
		const { sources } = judge(person, KIND, NOW, { productId: '', plan: '', offerCode: '', ...wanted });
		expect(
			sources.map(({ subscriberCode, transaction }) => String(subscriberCode ?? transaction).slice(0, 2)).sort(),
		).toEqual(found);
	});
});

describe('whatever was bought', () => {
	// Few days, so that many things happen at the same time.
	const time = fc.constantFrom(null, ...[-400, -60, -30, -6, -1, 1, 30, 400].map(days));
	const past = fc.constantFrom(null, ...[-400, -60, -30, -29, -6, -1].map(days));
	const productId = fc.constantFrom(1, 2);
	const subscriptionOf = fc.record({
		status: fc.constantFrom<SubscriptionStatus | null>(
			...(Object.keys(SUBSCRIPTION_STATUSES) as SubscriptionStatus[]),
			null,
		),
		productId,
		requestedAt: past,
		canceledAt: past,
		nextChargeAt: time,
	});
	const saleOf = fc.record({
		status: fc.constantFrom(null, ...Object.keys(SALE_STATUSES).map(purchaseStatus)),
		productId,
		offerCode: fc.constantFrom('offer001', 'offer002'),
		recurrence: fc.option(fc.integer({ min: 1, max: 5 }), { nil: null }),
		isSubscription: fc.boolean(),
		orderedAt: past,
	});
	const person: fc.Arbitrary<Person> = fc.record({
		subscriptions: fc.array(subscriptionOf.map(subscribed), { maxLength: 5 }),
		sales: fc.array(saleOf.map(one), { maxLength: 8 }),
	});
	const anyPolicy: fc.Arbitrary<AccessPolicy> = fc.record({
		canceled: fc.constantFrom('now', 'periodEnd'),
		overdue: fc.constantFrom('now', 'afterDays', 'keep'),
		graceDays: fc.integer({ min: 0, max: 60 }),
		refundRequested: fc.constantFrom('keep', 'now'),
		refunded: fc.constantFrom('keep', 'now'),
		partiallyRefunded: fc.constantFrom('keep', 'now'),
		switched: fc.constantFrom('now', 'periodEnd'),
		chargedBack: fc.constantFrom('keep', 'now'),
	});
	const later = (a: string | null, b: string | null) => a === null || (b !== null && a >= b);

	test('order changes nothing, and neither does a record that comes twice', () => {
		const shuffled = person.chain((given) =>
			fc.record({
				given: fc.constant(given),
				subscriptions: fc.shuffledSubarray([...given.subscriptions, ...given.subscriptions], {
					minLength: given.subscriptions.length * 2,
				}),
				sales: fc.shuffledSubarray([...given.sales, ...given.sales], { minLength: given.sales.length * 2 }),
			}),
		);
		fc.assert(
			fc.property(shuffled, anyPolicy, ({ given, ...other }, rules) => {
				expect(judge(other, rules, NOW)).toEqual(judge(given, rules, NOW));
			}),
		);
	});

	test('one more purchase, or a subscription of something else, never takes access away or ends it earlier', () => {
		const more = fc.oneof(
			saleOf.map((sale) => ({ subscriptions: [], sales: [one({ ...sale, isSubscription: false, recurrence: null })] })),
			subscriptionOf.map((entry) => ({ subscriptions: [subscribed({ ...entry, productId: 3 })], sales: [] })),
		);
		fc.assert(
			fc.property(person, more, anyPolicy, (given, added, rules) => {
				const before = judge(given, rules, NOW);
				const after = judge(
					{
						subscriptions: [...given.subscriptions, ...added.subscriptions],
						sales: [...given.sales, ...added.sales],
					},
					rules,
					NOW,
				);
				expect(after.hasAccess || !before.hasAccess).toBe(true);
				if (before.hasAccess) expect(later(after.until, before.until)).toBe(true);
			}),
		);
	});

	test('the answer is that of its sources, and its end lies on the right side of now', () => {
		fc.assert(
			fc.property(person, anyPolicy, (given, rules) => {
				const { hasAccess, until, sources } = judge(given, rules, NOW);
				const all = sources.map((source) => source.hasAccess);
				expect(hasAccess).toBe(all.includes(true) || (all.includes(null) ? null : false));
				for (const end of [{ hasAccess, until }, ...sources]) {
					if (end.until === null) continue;
					expect(Date.parse(end.until) > NOW).toBe(end.hasAccess);
				}
				const ends = sources.filter((source) => source.hasAccess).map((source) => source.until);
				if (hasAccess) expect(ends.every((end) => later(until, end))).toBe(true);
			}),
		);
	});

	test('a kinder policy never takes access away', () => {
		const kindest: AccessPolicy = {
			canceled: 'periodEnd',
			overdue: 'keep',
			graceDays: 60,
			refundRequested: 'keep',
			refunded: 'keep',
			partiallyRefunded: 'keep',
			chargedBack: 'keep',
			switched: 'periodEnd',
		};
		const rules = fc.tuple(anyPolicy, fc.constantFrom(...(Object.keys(kindest) as Array<keyof AccessPolicy>)));
		fc.assert(
			fc.property(person, rules, (given, [strict, key]) => {
				const kinder = { ...strict, [key]: kindest[key] };
				expect(judge(given, kinder, NOW).hasAccess || !judge(given, strict, NOW).hasAccess).toBe(true);
			}),
		);
	});

	test('what is asked about one product does not depend on the others', () => {
		fc.assert(
			fc.property(person, anyPolicy, (given, rules) => {
				const only = {
					subscriptions: given.subscriptions.filter((entry) => entry.productId === 1),
					sales: given.sales.filter((entry) => entry.productId === 1),
				};
				const wanted = { productId: '1', plan: '', offerCode: '' };
				expect({ ...judge(given, rules, NOW, wanted), others: [] }).toEqual(judge(only, rules, NOW));
			}),
		);
	});
});
