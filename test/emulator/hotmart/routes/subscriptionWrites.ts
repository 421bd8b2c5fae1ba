import { HotmartError, invalid } from '../http';
import type { Call, Routes } from '../http';
import { isCancelable, isCanceled, isRunning } from '../life/common';
import { askForReactivation, cancel, changeBillingDay, switchPlan } from '../life/subscriptions';
import { planOf, productOf } from '../state';
import type { Subscription } from '../types';
import { note } from './common';
import { subscriptionAsked } from './subscriptions';

const base = '/payments/api/v1/subscriptions';

/** [unit, count] of a period in cancel answers. */
const INTERVALS: Record<number, [string, number]> = {
	7: ['WEEK', 1],
	30: ['MONTH', 1],
	60: ['MONTH', 2],
	90: ['MONTH', 3],
	180: ['MONTH', 6],
	360: ['MONTH', 12],
};

/** Dates of write answers: text without a zone, in Brazil's time, three hours behind UTC (Hotmart §2.7). */
const brazilTime = (time: number | undefined) =>
	time === undefined ? undefined : new Date(time - 3 * 3600 * 1000).toISOString().slice(0, 19).replace('T', ' ');

const shopper = ({ subscriber: { email, phone } }: Subscription) => ({ email, phone });

function canceledJson({ account }: Call, subscription: Subscription) {
	const plan = planOf(account.state, subscription);
	const [unit, count] = INTERVALS[plan.period] ?? ['DAY', plan.period];
	return {
		status: 'INACTIVE',
		subscriber_code: subscription.code,
		creation_date: brazilTime(subscription.requestDate),
		activation_date: brazilTime(subscription.accessionDate),
		date_next_charge: brazilTime(subscription.nextCharge),
		current_recurrence: subscription.recurrence,
		date_last_recurrence: account.switches.integerLastRecurrence ? 1 : brazilTime(subscription.accessionDate),
		due_day: subscription.dueDay,
		trial_period: plan.trialDays,
		interval_type_between_charges: unit,
		interval_between_charges: count,
		max_charge_cycles: plan.maxCycles ?? 0,
		shopper: shopper(subscription),
	};
}

const waitingJson = ({ account }: Call, subscription: Subscription) => ({
	status: 'INACTIVE',
	subscriber_code: subscription.code,
	creation_date: brazilTime(subscription.requestDate),
	interval_between_charges: planOf(account.state, subscription).period,
	shopper: shopper(subscription),
});

/** A write that exists for one subscription and for many. */
interface StatusWrite {
	operation: 'cancel' | 'reactivate';
	possible(subscription: Subscription): boolean;
	carryOut(call: Call, subscription: Subscription): object;
	/** Code of the error for one; for many by the subscription. */
	error: string;
	failure(subscription: Subscription): string;
}

const CANCEL: StatusWrite = {
	operation: 'cancel',
	possible: isCancelable,
	carryOut: (call, subscription) => {
		void cancel(call.account, subscription.code, 'seller');
		return canceledJson(call, subscription);
	},
	error: 'it_can_not_cancel_subscription_status',
	failure: () => 'SUBSCRIPTION_ALREADY_CANCELED_OR_OVERDUE',
};

const REACTIVATE: StatusWrite = {
	operation: 'reactivate',
	possible: isCanceled,
	carryOut: (call, subscription) => {
		askForReactivation(call.account, subscription, call.body.charge === true);
		return waitingJson(call, subscription);
	},
	error: 'it_can_not_reactivate_subscription',
	failure: (subscription) =>
		isRunning(subscription) ? 'SUBSCRIPTION_ALREADY_ACTIVE' : 'SUBSCRIPTION_CAN_NOT_BE_REACTIVATED',
};

function noteWrite({ account, body }: Call, { operation, possible }: StatusWrite, subscription: Subscription): void {
	const charge = operation === 'reactivate' ? { charge: body.charge === true } : {};
	note(account, { operation, code: subscription.code, ...charge, done: possible(subscription) });
}

const one = (write: StatusWrite) => (call: Call) => {
	const subscription = subscriptionAsked(call, call.params.code);
	noteWrite(call, write, subscription);
	if (write.possible(subscription)) return write.carryOut(call, subscription);
	const what = `The status ${subscription.status} does not allow to ${write.operation} the subscription.`;
	throw new HotmartError(400, write.error, what);
};

/** The bulk form: always 200; a list that would be empty is absent (captured). */
const many = (write: StatusWrite) => (call: Call) => {
	const { subscriber_code: codes } = call.body;
	if (!Array.isArray(codes) || codes.length === 0 || !codes.every((code) => typeof code === 'string')) {
		throw invalid('subscriber_code must be a list of codes.');
	}
	const success: object[] = [];
	const fail: object[] = [];
	for (const code of codes as string[]) {
		const subscription = call.account.state.subscriptions.find(code);
		if (subscription === undefined) {
			fail.push({ error: 'SUBSCRIPTION_NOT_FOUND', subscriber_code: code });
			continue;
		}
		noteWrite(call, write, subscription);
		if (write.possible(subscription)) success.push(write.carryOut(call, subscription));
		else {
			const status = isRunning(subscription) ? 'ACTIVE' : 'INACTIVE';
			fail.push({ ...waitingJson(call, subscription), status, error: write.failure(subscription) });
		}
	}
	return {
		...(success.length > 0 && { success_subscriptions: success }),
		...(fail.length > 0 && { fail_subscriptions: fail }),
	};
};

function changeDay(call: Call) {
	const subscription = subscriptionAsked(call, call.params.code);
	const { due_day: day } = call.body;
	if (subscription.trial) {
		throw new HotmartError(400, 'subscription_in_trial_period', 'The subscription is in its trial period.');
	}
	if (typeof day !== 'number' || !Number.isInteger(day) || day < 1 || day > 31) {
		throw invalid('due_day must be between 1 and 31.');
	}
	if (!isRunning(subscription)) throw invalid('The subscription is not active.');
	void changeBillingDay(call.account, subscription.code, day);
	return undefined;
}

/** Only the request is documented; the answer is this emulator's guess (Hotmart §3.1.10). */
function askForSwitch(call: Call) {
	const { account, body } = call;
	const subscription = subscriptionAsked(call, body.subscriber_code);
	const { plans } = productOf(account.state, subscription.productId);
	const plan = plans.find(({ code, id }) => code === body.offer_code && id !== subscription.planId);
	const possible = plan !== undefined && isRunning(subscription);
	note(account, { operation: 'switchPlan', code: subscription.code, done: possible });
	if (!possible) throw invalid('The subscription can not switch to this offer.');
	void switchPlan(account, subscription.code, plan.id);
	return {};
}

/** What changes subscriptions. */
export const subscriptionWriteRoutes: Routes = {
	[`POST ${base}/:code/cancel`]: one(CANCEL),
	[`POST ${base}/cancel`]: many(CANCEL),
	[`POST ${base}/:code/reactivate`]: one(REACTIVATE),
	[`POST ${base}/reactivate`]: many(REACTIVATE),
	[`PATCH ${base}/:code`]: changeDay,
	[`POST ${base}/switch-plan`]: askForSwitch,
};
