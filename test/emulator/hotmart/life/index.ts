import { bindLife } from '../../shared/life';
import type { Life } from '../../shared/life';
import type { Account } from '../account';
import { abandonCart, completeModule, firstAccess, fulfillOrder, testButton } from './members';
import { buy, expirePayment, pay, printBillet, refuse } from './orders';
import { chargeback, complete, refund, requestRefund, withdrawRefund } from './refunds';
import {
	acceptReactivation,
	cancel,
	changeBillingDay,
	expire,
	failCharge,
	passTime,
	reactivate,
	renew,
	switchPlan,
} from './subscriptions';

const LIFE = {
	buy,
	printBillet,
	refuse,
	pay,
	expirePayment,
	renew,
	failCharge,
	cancel,
	requestRefund,
	withdrawRefund,
	refund,
	chargeback,
	complete,
	switchPlan,
	changeBillingDay,
	acceptReactivation,
	reactivate,
	expire,
	firstAccess,
	completeModule,
	abandonCart,
	fulfillOrder,
	testButton,
};

/**
 * What happens to a creator's account. Each operation changes the state at once, then sends the webhooks that a real account
 * would send, and settles when each has been answered or has failed (at once while deliveries are held). It throws only for its
 * own arguments (an unknown code, a step the state does not allow), never because of a receiver.
 */
export type LifeOperations = Life<typeof LIFE>;

/** The operations of one account. */
export const lifeOf = (account: Account): LifeOperations => bindLife(LIFE, account, () => passTime(account));

/**
 * Names of the operations with their arguments in order, for callers that have them by name (the control API); `?` ends the
 * name of one that may be absent. `order`: the operation takes the whole object of named arguments.
 */
export const LIFE_ARGUMENTS: Record<keyof LifeOperations, 'order' | string[]> = {
	buy: 'order',
	printBillet: 'order',
	refuse: 'order',
	pay: ['transaction'],
	expirePayment: ['transaction'],
	renew: ['subscriberCode'],
	failCharge: ['subscriberCode'],
	cancel: ['subscriberCode', 'by?'],
	requestRefund: ['transaction'],
	withdrawRefund: ['transaction'],
	refund: ['transaction', 'amount?'],
	chargeback: ['transaction'],
	complete: ['transaction'],
	switchPlan: ['subscriberCode', 'planId'],
	changeBillingDay: ['subscriberCode', 'dueDay'],
	acceptReactivation: ['subscriberCode'],
	reactivate: ['subscriberCode'],
	expire: ['subscriberCode'],
	firstAccess: ['email', 'productId'],
	completeModule: ['email', 'productId', 'moduleId?'],
	abandonCart: 'order',
	fulfillOrder: ['transaction'],
	testButton: ['event'],
};
