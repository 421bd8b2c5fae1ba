import { PAID, SUBSCRIPTION_WORDS, feeOf, iso, midnight, namesBuyer, paymentCodes, statusWord } from './eventFacts';
import type { PurchaseEvent, PurchaseFacts } from './eventFacts';
import { OWNER } from './state';
import type { Person, Tracking } from './types';

/** The tracking fields of version 1.0.0, which are all there, empty where unknown. */
const TRACKING: Record<keyof Tracking, undefined> = {
	src: undefined,
	sck: undefined,
	xcod: undefined,
	utm_source: undefined,
	utm_medium: undefined,
	utm_campaign: undefined,
	utm_content: undefined,
	utm_term: undefined,
};

function buyerFields(buyer: Person | undefined) {
	const [firstName, ...otherNames] = buyer?.name.split(' ') ?? [];
	const [area, phone] = [buyer?.phone.slice(0, 2), buyer?.phone.slice(2)];
	return {
		email: buyer?.email,
		name: buyer?.name,
		first_name: firstName,
		last_name: otherNames.join(' '),
		doc: buyer?.document,
		doc_type: buyer && 'CPF',
		phone_local_code: area,
		phone_number: phone,
		phone_checkout_local_code: area,
		phone_checkout_number: phone,
	};
}

/** Version 1.0.0: a flat form of strings, without the event's name or an id; what is unknown is an empty string. */
export function purchaseForm(event: PurchaseEvent, { product, sale, subscription, switches }: PurchaseFacts) {
	const { price } = sale;
	const plan = product.plans.find(({ id }) => id === sale.planId);
	const words = subscription && SUBSCRIPTION_WORDS[subscription.status];
	const fee = feeOf(price.value);
	const fields = {
		callback_type: 1,
		receiver_type: 'SELLER',
		prod: product.id,
		prod_name: product.name,
		off: sale.offerCode,
		price: price.value.toFixed(2),
		full_price: price.value.toFixed(2),
		original_offer_price: price.value.toFixed(2),
		currency: price.currency,
		currency_code_from: price.currency,
		productOfferPaymentMode: plan ? 'assinatura' : 'pagamento_unico',
		product_support_email: 'support@school.example.com',
		warranty_date: PAID.includes(event) ? midnight(sale.warrantyUntil ?? sale.orderDate) : undefined,
		has_co_production: false,
		coupon_code: sale.coupon,
		...buyerFields(namesBuyer(event, switches) ? sale.buyer : undefined),
		address: undefined,
		address_country: 'Brasil',
		transaction: sale.transaction,
		transaction_ext: sale.transaction,
		status: statusWord(event, sale)[1],
		payment_engine: 'hotpay',
		payment_type: sale.paymentType.toLowerCase(),
		installments_number: sale.installments,
		purchase_date: iso(sale.orderDate),
		confirmation_purchase_date: iso(sale.approvedDate),
		billet_url: undefined,
		billet_barcode: undefined,
		...(event === 'PURCHASE_BILLET_PRINTED' &&
			sale.paymentType !== 'PIX' &&
			paymentCodes(sale.transaction, sale.paymentType)),
		refusal_reason: sale.refusal,
		order_bump: sale.parentTransaction !== undefined,
		parent_purchase_transaction: sale.parentTransaction,
		funnel: false,
		...(subscription && {
			name_subscription_plan: plan?.name,
			subscriber_code: subscription.code,
			recurrency_period: plan?.period,
			recurrency: sale.recurrence,
			subscription_status: words?.[1],
			signature_status: words?.[2],
			subscription_date_next_charge: iso(subscription.nextCharge),
		}),
		...TRACKING,
		...sale.tracking,
		aff: sale.affiliate?.code,
		aff_name: sale.affiliate?.name,
		cms_marketplace: fee.total.toFixed(2),
		cms_vendor: (price.value - fee.total).toFixed(2),
		producer_name: OWNER.name,
	};
	return Object.fromEntries(
		Object.entries(fields).map(([key, value]) => [key, value === undefined ? '' : String(value)]),
	);
}
