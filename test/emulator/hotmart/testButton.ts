import type { HotmartEvent } from '../../../nodes/Hotmart/trigger/events';
import {
	cartPayload,
	cancellationPayload,
	chargeDatePayload,
	firstAccessPayload,
	fulfillmentPayload,
	modulePayload,
	purchasePayload,
	switchPlanPayload,
} from './events';
import type { Payload, PurchaseEvent } from './events';
import { DAY } from './calendar';
import { personOf } from './state';
import { defaultSwitches } from './switches';
import type { Person, Plan, Product, Sale, Subscription } from './types';

/*
 * The dashboard's test button sends the same invented records to everybody (Hotmart §5.1). What all of them share is a product
 * name that begins alike, an invented person and dates of November 2017.
 */

const at = Date.UTC(2017, 10, 27, 11, 49);
const price = { value: 1500, currency: 'BRL' };
const plan: Plan = { id: 123, code: 'test', name: 'plano de teste', price, period: 30 };
const previous: Plan = { ...plan, id: 122, code: 'test1', name: 'plano anterior' };
const NAME = 'Produto test postback2';

const product = (id: number, name = NAME): Product => ({
	id,
	ucode: 'fb056612-bcc6-4217-9e6d-2a5d1110ac2f',
	name,
	status: 'ACTIVE',
	format: 'ONLINE_COURSE',
	createdAt: at,
	warrantyDays: 30,
	plans: [plan],
	offers: [],
});

const buyer: Person = {
	...personOf('testeComprador271101postman15@example.com', 'Teste Comprador'),
	// The area code is in both, as in some real events (Hotmart §5.6.1)
	phone: '99999999900',
};
/** Who abandons the cart and visits the members area. */
const visitor = (name: string): Person => personOf('test@example.com', name);

const subscription: Subscription = {
	id: 4_148_584,
	code: 'I9OT62C3',
	productId: 0,
	planId: plan.id,
	subscriber: buyer,
	status: 'ACTIVE',
	requestDate: at,
	accessionDate: at,
	nextCharge: at + 30 * DAY,
	trial: false,
	transaction: 'HP16015479281022',
	recurrence: 1,
	dueDay: 27,
	price,
	unpaid: [],
};

const sale: Sale = {
	transaction: 'HP16015479281022',
	productId: 0,
	planId: plan.id,
	subscriberCode: subscription.code,
	recurrence: 1,
	offerCode: 'test',
	buyer,
	status: 'APPROVED',
	orderDate: at,
	approvedDate: at,
	warrantyUntil: at + 30 * DAY,
	price,
	paymentType: 'CREDIT_CARD',
	installments: 12,
};

/** Version 2.0.0 has a product 0 and a SKU of the sandbox; version 1.0.0 an id of zeros and another transaction. */
function purchaseSample(event: PurchaseEvent): Payload {
	const { data, version1, ...payload } = purchasePayload(event, {
		product: product(0),
		contents: [],
		sale,
		subscription,
		switches: defaultSwitches,
	});
	const parts = data as Record<'product' | 'buyer' | 'purchase', object>;
	return {
		...payload,
		data: {
			...data,
			product: { ...parts.product, sku: 'HTM_SANDBOX_SKU' },
			buyer: { ...parts.buyer, checkout_phone: buyer.phone, checkout_phone_code: '999999999' },
			purchase: {
				...parts.purchase,
				event_tickets: { amount: at },
				variants: { sku: 'HTM_SANDBOX_SKU', attributes: [] },
			},
		},
		version1: {
			form: true,
			body: {
				...version1?.body,
				prod: '00000',
				transaction: 'HP1121336654889',
				transaction_ext: 'HP1121336654889',
			},
		},
	};
}

/** The sample that the dashboard's test button sends for an event. */
export function testPayload(event: HotmartEvent): Payload {
	const facts = { at, plan, subscription, product: product(0) };
	switch (event) {
		case 'SUBSCRIPTION_CANCELLATION':
			return cancellationPayload({
				...facts,
				product: product(788_921, 'Product name com ç e á'),
				subscription: { ...subscription, code: '0000aaaa' },
				plan: { ...plan, id: 114_680, name: 'Subscription Plan Name' },
			});
		case 'SWITCH_PLAN':
			return switchPlanPayload({ ...facts, previous });
		case 'UPDATE_SUBSCRIPTION_CHARGE_DATE':
			return chargeDatePayload({ ...facts, previousDay: 5 });
		case 'PURCHASE_OUT_OF_SHOPPING_CART':
			return cartPayload(product(123_456, `${NAME} com ç e á`), visitor('Postback2 teste'), 'n82b9jqz');
		case 'CLUB_FIRST_ACCESS':
			return firstAccessPayload(product(0), visitor('Test Name'));
		case 'CLUB_MODULE_COMPLETED':
			return modulePayload(product(0), visitor('Test Name'), {
				id: 'TESTMODULE',
				name: 'Module',
				isExtra: false,
				pages: [],
			});
		case 'ORDER_FULFILLMENT':
			return fulfillmentPayload(product(0), sale, [{ product: product(0), sale }]);
		default:
			return purchaseSample(event);
	}
}
