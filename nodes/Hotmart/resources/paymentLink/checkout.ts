import type { IDataObject, INodeProperties } from 'n8n-workflow';

/** Switches of the checkout by Hotmart's names (Hotmart §3.7). */
const SWITCHES: Record<string, { displayName: string; description: string }> = {
	is_request_buyer_address: { displayName: 'Ask for Address', description: 'Whether buyers enter their address' },
	is_request_buyer_id_number: {
		displayName: 'Ask for ID Number',
		description: 'Whether buyers enter the number of their document',
	},
	is_request_buyer_phone_number: {
		displayName: 'Ask for Phone',
		description: 'Whether buyers enter their phone number',
	},
	is_hotmart_can_send_notification_for_buyer: {
		displayName: 'Hotmart Notifies Buyer',
		description: 'Whether Hotmart may send notifications to the buyer',
	},
	is_offer_balance: { displayName: 'Offer Balance', description: 'Whether buyers can pay with their Hotmart balance' },
	is_offer_billet: { displayName: 'Offer Boleto', description: 'Whether buyers can pay by boleto' },
	is_offer_paypal: { displayName: 'Offer PayPal', description: 'Whether buyers can pay with PayPal' },
	is_offer_pix: { displayName: 'Offer Pix', description: 'Whether buyers can pay with Pix' },
	is_show_coupon_option: { displayName: 'Show Coupon Field', description: 'Whether buyers can enter a coupon' },
};

/** Pages to which buyers come after the checkout, by Hotmart's names. */
const PAGES: Record<string, { displayName: string; description: string }> = {
	purchase_approved_url: {
		displayName: 'Thank-You Page: Approved',
		description: 'Where buyers go when the purchase is approved',
	},
	purchase_under_analysis_url: {
		displayName: 'Thank-You Page: Under Analysis',
		description: 'Where buyers go while the purchase is under analysis',
	},
	purchase_waiting_payment_url: {
		displayName: 'Thank-You Page: Waiting for Payment',
		description: 'Where buyers go while Hotmart waits for the payment',
	},
};

/** What the checkout of a link asks for, offers and leads to. Hotmart decides about switches that are not added. */
export const checkoutFields: INodeProperties[] = [
	...Object.entries(SWITCHES).map(([name, texts]): INodeProperties => ({
		...texts,
		name,
		type: 'boolean',
		default: false,
	})),
	...Object.entries(PAGES).map(([name, texts]): INodeProperties => ({
		...texts,
		name,
		type: 'string',
		default: '',
		placeholder: 'e.g. https://example.com/thanks',
	})),
];

/** The configuration of the checkout as Hotmart names it; undefined when nothing was set. */
export function checkoutOf(fields: IDataObject): IDataObject | undefined {
	const { is_offer_billet: billet, ...switches } = pick(fields, SWITCHES);
	const pages = pick(fields, PAGES);
	const configuration = {
		...switches,
		...(billet !== undefined && { offer_billet: { is_offer_billet: billet } }),
		...(Object.keys(pages).length > 0 && { custom_thanks_page: pages }),
	};
	return Object.keys(configuration).length > 0 ? configuration : undefined;
}

const pick = (fields: IDataObject, names: object): IDataObject =>
	Object.fromEntries(
		Object.keys(names).flatMap((name) => {
			const value = fields[name];
			return value === undefined || value === '' ? [] : [[name, value]];
		}),
	);
