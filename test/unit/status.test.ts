import { purchaseStatus, SUBSCRIPTION_STATUSES, subscriptionStatus } from '../../nodes/Hotmart/vocabulary/status';

test.each([
	['OVERDUE', 'expired', 'overdue', null],
	['EXPIRED', 'expired', 'expired', 'expired'],
	['DELAYED', 'overdue', 'overdue', 'overdue'],
	['PAST_DUE', 'overdue', 'overdue', 'overdue'],
	['past_due', 'overdue', 'overdue', 'overdue'],
	['CANCELED_BY_VENDOR', 'canceledBySeller', 'canceledBySeller', 'canceledBySeller'],
	['Canceled by client', 'canceledByCustomer', 'canceledByCustomer', 'canceledByCustomer'],
	['canceled', null, null, null],
	['__proto__', null, null, null],
	[7, null, null, null],
])('the word %p of REST, subscription events and purchase events', (word, rest, subscriptionEvent, purchaseEvent) => {
	expect(subscriptionStatus(word, 'rest')).toBe(rest);
	expect(subscriptionStatus(word, 'subscriptionEvent')).toBe(subscriptionEvent);
	expect(subscriptionStatus(word, 'purchaseEvent')).toBe(purchaseEvent);
});

test('every state is found again from the word that REST has for it', () => {
	for (const [status, { rest }] of Object.entries(SUBSCRIPTION_STATUSES))
		expect(subscriptionStatus(rest, 'rest')).toBe(status);
});

test.each([
	['COMPLETED', 'complete'],
	['COMPLETE', 'complete'],
	['CANCELED', 'canceled'],
	['BILLET_PRINTED', 'waitingPayment'],
	['PRINTED_BILLET', 'waitingPayment'],
	['DISPUTE', 'refundRequested'],
	['PROTESTED', 'refundRequested'],
	['UNDER_ANALISYS', 'underAnalysis'],
	['DELAYED', 'overdue'],
	['constructor', null],
])('a purchase that is %s', (word, status) => expect(purchaseStatus(word)).toBe(status));
