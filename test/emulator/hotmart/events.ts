import { DAY } from './calendar';
import {
	PAID,
	SUBSCRIPTION_WORDS,
	cents,
	feeOf,
	isPhysical,
	iso,
	midnight,
	namesBuyer,
	paymentCodes,
	statusWord,
} from './eventFacts';
import type { Payload, PurchaseEvent, PurchaseFacts, SubscriptionFacts } from './eventFacts';
import { OWNER } from './state';
import type { Module, Person, Plan, Product, Sale, Subscription, Tracking } from './types';
import { purchaseForm } from './version1';

export type { Payload, PurchaseEvent } from './eventFacts';

function buyerPart({ email, name, phone, document }: Person) {
	const [firstName = '', ...otherNames] = name.split(' ');
	return {
		email,
		name,
		first_name: firstName,
		last_name: otherNames.join(' '),
		checkout_phone: phone.slice(2),
		checkout_phone_code: phone.slice(0, 2),
		document,
		document_type: 'CPF',
		address: { country: 'Brasil', country_iso: 'BR' },
	};
}

const originPart = ({ src, sck, xcod }: Tracking) => ({
	...(src !== undefined && { src }),
	...(sck !== undefined && { sck }),
	...(xcod !== undefined && { xcod }),
});

const pendingPart = ({ transaction, paymentType, orderDate }: Sale) => ({
	...paymentCodes(transaction, paymentType),
	...(paymentType === 'PIX' && { pix_expiration_date: orderDate + 2 * DAY }),
});

const REFUSALS = new Set<PurchaseEvent>(['PURCHASE_DELAYED', 'PURCHASE_CANCELED']);

/** `data` of a purchase event; what a state does not have is absent, as in captured deliveries. */
function purchaseData(event: PurchaseEvent, { product, contents, sale, subscription, switches }: PurchaseFacts) {
	const { buyer, price } = sale;
	const money = { value: price.value, currency_value: price.currency };
	const paid = PAID.includes(event);
	const plan = product.plans.find(({ id }) => id === sale.planId);
	const fee = feeOf(price.value);
	const subscriptionStatus = event === 'PURCHASE_DELAYED' ? switches.delayedStatus : subscription?.status;
	const subscriptionPart = subscription && {
		subscription: {
			status: subscriptionStatus,
			...(plan && { plan: { id: plan.id, name: plan.name } }),
			subscriber: { code: subscription.code },
		},
	};
	return {
		product: {
			id: product.id,
			ucode: product.ucode,
			name: product.name,
			has_co_production: false,
			support_email: 'support@school.example.com',
			...(paid && { warranty_date: midnight(sale.warrantyUntil ?? sale.orderDate) }),
			is_physical_product: isPhysical(product),
			...(contents.length > 0 && {
				content: {
					has_physical_products: contents.some(isPhysical),
					products: contents.map((part) => ({
						id: part.id,
						ucode: part.ucode,
						name: part.name,
						is_physical_product: isPhysical(part),
					})),
				},
			}),
		},
		// One empty entry where there is no affiliate
		affiliates: [{ affiliate_code: sale.affiliate?.code ?? '', name: sale.affiliate?.name ?? '' }],
		...(namesBuyer(event, switches) && { buyer: buyerPart(buyer) }),
		producer: { name: OWNER.name, document: '00000000000191', legal_nature: 'Pessoa Jurídica' },
		commissions: [
			{ value: fee.total, source: 'MARKETPLACE', currency_value: price.currency },
			{ value: cents(price.value - fee.total), source: 'PRODUCER', currency_value: price.currency },
		],
		purchase: {
			...(paid && { approved_date: sale.approvedDate }),
			full_price: money,
			price: money,
			original_offer_price: money,
			checkout_country: { name: 'Brasil', iso: 'BR' },
			order_bump: {
				is_order_bump: sale.parentTransaction !== undefined || sale.hasBumps === true,
				...(sale.parentTransaction !== undefined && { parent_purchase_transaction: sale.parentTransaction }),
				...(sale.hasBumps && switches.mainSaleParent === 'itself' && { parent_purchase_transaction: sale.transaction }),
			},
			...(sale.tracking && { origin: originPart(sale.tracking) }),
			offer: { code: sale.offerCode, ...(sale.coupon !== undefined && { coupon_code: sale.coupon }) },
			order_date: sale.orderDate,
			...(subscription && chargeDatePart(event, subscription, plan)),
			status: statusWord(event, sale)[0],
			transaction: sale.transaction,
			payment: {
				installments_number: sale.installments,
				type: sale.paymentType,
				...(event === 'PURCHASE_BILLET_PRINTED' && pendingPart(sale)),
				...(REFUSALS.has(event) && sale.refusal !== undefined && { refusal_reason: sale.refusal }),
			},
			...(sale.recurrence !== undefined && { recurrence_number: sale.recurrence }),
			subscription_anticipation_purchase: false,
			invoice_by: 'HOTMART',
			is_funnel: false,
			business_model: 'I',
			...(switches.subscriptionInPurchase && subscriptionPart),
			...(product.event && { event_tickets: { amount: 1 } }),
		},
		...(!switches.subscriptionInPurchase && subscriptionPart),
	};
}

/** Next charge of a purchase event: absent while nothing was paid, one cycle ahead of the truth on a late renewal (captured). */
function chargeDatePart(event: PurchaseEvent, { nextCharge }: Subscription, plan: Plan | undefined) {
	if (nextCharge === undefined || event === 'PURCHASE_CANCELED') return {};
	const ahead = event === 'PURCHASE_DELAYED' ? (plan?.period ?? 30) * DAY : 0;
	return { date_next_charge: nextCharge + ahead };
}

export const purchasePayload = (event: PurchaseEvent, facts: PurchaseFacts): Payload => ({
	event,
	productId: facts.product.id,
	data: purchaseData(event, facts),
	version1: { form: true, body: purchaseForm(event, facts) },
});

export function cancellationPayload({ product, subscription, plan, at }: SubscriptionFacts): Payload {
	const { subscriber } = subscription;
	return {
		event: 'SUBSCRIPTION_CANCELLATION',
		productId: product.id,
		data: {
			actual_recurrence_value: subscription.price.value,
			cancellation_date: at,
			date_next_charge: subscription.nextCharge,
			product: { id: product.id, name: product.name },
			subscriber: {
				code: subscription.code,
				name: subscriber.name,
				email: subscriber.email,
				phone: { dddPhone: '', phone: '', dddCell: subscriber.phone.slice(0, 2), cell: subscriber.phone.slice(2) },
			},
			subscription: { id: subscription.id, plan: { id: plan.id, name: plan.name } },
		},
		version1: {
			form: false,
			body: {
				subscriptionId: subscription.id,
				subscriberCode: subscription.code,
				cancellationDate: iso(at),
				userName: subscriber.name,
				userEmail: subscriber.email,
				actualRecurrenceValue: subscription.price.value,
				productName: product.name,
				subscriptionPlanName: plan.name,
				dateNextCharge: iso(subscription.nextCharge),
			},
		},
	};
}

export function switchPlanPayload(facts: SubscriptionFacts & { previous: Plan }): Payload {
	const { product, subscription, plan, previous, at } = facts;
	const status = SUBSCRIPTION_WORDS[subscription.status][0];
	const planPart = (entry: Plan) => ({ id: entry.id, name: entry.name, offer: { key: entry.code } });
	const plan1 = (entry: Plan) => ({
		name: entry.name,
		maxChargeCycles: entry.maxCycles ?? 0,
		recurrencyPeriod: entry.period,
		offer: { key: entry.code },
		value: entry.price.value,
		currencyCode: entry.price.currency,
	});
	return {
		event: 'SWITCH_PLAN',
		productId: product.id,
		data: {
			switch_plan_date: at,
			subscription: {
				subscriber_code: subscription.code,
				status,
				date_next_charge: subscription.nextCharge,
				product: { id: product.id, name: product.name },
				user: { email: subscription.subscriber.email },
			},
			// The order of the two is not guaranteed, so the old one may well come first
			plans: [
				{ ...planPart(previous), current: false },
				{ ...planPart(plan), current: true },
			],
		},
		version1: {
			form: false,
			body: {
				switchPlanDate: iso(at),
				subscription: {
					product: { id: product.id, name: product.name },
					recurrenceNumber: subscription.recurrence,
					status,
					subscriber: {
						code: subscription.code,
						user: { name: subscription.subscriber.name, email: subscription.subscriber.email },
					},
					plan: planPart(plan),
				},
				newSubscriptionPlan: plan1(plan),
				previousSubscriptionPlan: plan1(previous),
			},
		},
	};
}

export function chargeDatePayload(facts: SubscriptionFacts & { previousDay: number }): Payload {
	const { product, subscription, plan, previousDay } = facts;
	const { subscriber } = subscription;
	return {
		event: 'UPDATE_SUBSCRIPTION_CHARGE_DATE',
		productId: product.id,
		hottokInBody: true,
		data: {
			subscriber: { name: subscriber.name, email: subscriber.email, code: subscription.code },
			subscription: {
				product: { id: product.id, name: product.name },
				old_charge_day: previousDay,
				new_charge_day: subscription.dueDay,
				date_next_charge: iso(subscription.nextCharge),
				status: SUBSCRIPTION_WORDS[subscription.status][0],
			},
			plan: { id: plan.id, name: plan.name, offer: { code: plan.code } },
		},
	};
}

export function cartPayload(product: Product, buyer: Person, offerCode: string, planId?: number): Payload {
	const { name, email, phone } = buyer;
	return {
		event: 'PURCHASE_OUT_OF_SHOPPING_CART',
		productId: product.id,
		data: {
			affiliate: false,
			product: { id: product.id, name: product.name },
			buyer: { name, email, phone },
			offer: { code: offerCode },
			checkout_country: { name: 'Brasil', iso: 'BR' },
		},
		version1: {
			form: false,
			body: {
				affiliate: false,
				userKey: buyer.ucode,
				productName: product.name,
				productId: product.id,
				productUcode: product.ucode,
				productCategory: 'music',
				buyerVO: { name, email, phone },
				hasNegotiate: false,
				...(planId !== undefined && { subscriptionPlanId: planId }),
			},
		},
	};
}

export const firstAccessPayload = (product: Product, { name, email }: Person): Payload => ({
	event: 'CLUB_FIRST_ACCESS',
	productId: product.id,
	data: { product: { id: product.id, name: product.name }, user: { name, email } },
});

export const modulePayload = (product: Product, { name, email }: Person, module: Module): Payload => ({
	event: 'CLUB_MODULE_COMPLETED',
	productId: product.id,
	data: {
		// A string in this event only (captured)
		product: { id: String(product.id), name: product.name },
		user: { name, email },
		module: { id: module.id, name: module.name },
	},
});

/** A product of an order with the sale that it was bought by. */
export interface OrderLine {
	product: Product;
	sale: Sale;
}

const lineItem = ({ product, sale }: OrderLine) => ({
	offer: { code: sale.offerCode, price: { value: sale.price.value, currency_value: sale.price.currency } },
	product: {
		id: product.id,
		ucode: product.ucode,
		name: product.name,
		format: 'PHYSICAL',
		support_email: 'support@school.example.com',
		seller: {
			name: OWNER.name,
			email: OWNER.email,
			ucode: OWNER.ucode,
			locale: 'pt_BR',
		},
	},
	quantity: 1,
	variant: { id: 1, name: 'Standard', sku: `SKU-${product.id}`, attributes: [{ name: 'size', value: 'M' }] },
	dimension: { depth: 4, width: 20, height: 28, weight: 0.6 },
});

export function fulfillmentPayload(product: Product, sale: Sale, lines: OrderLine[]): Payload {
	const { buyer } = sale;
	const price = { value: sale.price.value, currency_value: sale.price.currency };
	const amount = (value: number) => ({ value, currency_value: sale.price.currency });
	const address = {
		zipcode: '01310-000',
		country: 'Brasil',
		country_iso: 'BR',
		state: 'SP',
		city: 'São Paulo',
		neighborhood: 'Centro',
		address: 'Rua das Violas',
		number: '12',
		complement: '',
	};
	const shopper = {
		name: buyer.name,
		email: buyer.email,
		document: buyer.document,
		phone: buyer.phone,
		ucode: buyer.ucode,
		locale: 'pt_BR',
		time_zone: 'America/Sao_Paulo',
		country: 'BR',
		address,
	};
	return {
		event: 'ORDER_FULFILLMENT',
		productId: product.id,
		data: {
			purchase: {
				id: Number(sale.transaction.slice(2)),
				transaction: sale.transaction,
				status: 'APPROVED',
				order_date: sale.orderDate,
				approved_date: sale.approvedDate,
				price,
				full_price: price,
				shopper,
			},
			line_items: lines.map(lineItem),
			delivery: { method_type: 'STANDARD', delivery_time: 5, shipping_processing_time: 2, destination: address },
			shipping: {
				type: 'FIXED_PRICE',
				shipping_total_value: amount(15),
				carrier: { name: 'Example Carrier', code: 'EXC' },
				carrier_options: { service: 'Parcel', code: 'PAR' },
				shipping_logistics_time: 3,
				estimate_shipping_cost: amount(12),
				shipping_markup_price: amount(3),
			},
			fulfillment_service: { service_type: 'MANUAL' },
			billing: shopper,
		},
	};
}
