import { randomUUID } from 'node:crypto';

import { invalid, notFound, page, sameText, walkArray } from '../http';
import type { Call, Routes } from '../http';
import { findProduct, OWNER } from '../state';
import type { PaymentLink, Product, Sale } from '../types';

const links = '/payments/api/v1/link';
const events = '/events/api/v1';

type Ticketed = Product & { event: NonNullable<Product['event']> };

function eventOf({ account, params }: Call): Ticketed {
	const product = findProduct(account.state, Number(params.event));
	if (product?.event === undefined) throw notFound(`Event ${params.event}`);
	return { ...product, event: product.event };
}

const TICKET_STATUS: Record<string, string> = { REFUNDED: 'REFUNDED', CHARGEBACK: 'CHARGEBACK' };
const ticketStatus = ({ status }: Sale) => TICKET_STATUS[status] ?? 'SOLD';

const participantJson = (sale: Sale, { id, name, event }: Ticketed) => ({
	buyer: {
		ucode: sale.buyer.ucode,
		name: sale.buyer.name,
		email: sale.buyer.email,
		document: sale.buyer.document,
		phone: sale.buyer.phone,
	},
	// Null until the buyer assigns the ticket (captured)
	participant: { id: null, name: null, email: null, document: null, phone: null },
	eticket: {
		id: Number(sale.transaction.slice(2)),
		ticket_qr_code: `QR${sale.transaction}`,
		current_update: sale.refundDate ?? sale.orderDate,
		checkin_status: 'PENDING',
		is_blocked: ticketStatus(sale) !== 'SOLD',
		ticket_status: ticketStatus(sale),
		ticket_type: 'PAID',
		checkin_url: `https://checkin.example.com/${sale.transaction}`,
	},
	lot: event.lots[0],
	product: { id, name },
});

function participants(call: Call) {
	const { query, account } = call;
	const event = eventOf(call);
	const [email, participantEmail, code, status] = [
		'buyer_email',
		'participant_email',
		'ticket_qr_code',
		'ticket_status',
	].map(query.text);
	const [updated, lot, ticket] = ['last_update', 'id_lot', 'id_eticket'].map(query.number);
	const type = query.oneOf('ticket_type', ['PAID', 'FREE', 'ALL'])?.[0];
	const checkin = query.oneOf('checkin_status', ['PENDING', 'PARTIAL', 'CONCLUDED', 'ALL'])?.[0];
	const sold = account.state.sales
		.rows()
		.filter((sale) => sale.productId === event.id && sale.approvedDate !== undefined)
		.map((sale) => participantJson(sale, event));
	return page<(typeof sold)[number]>(call, {
		walk: walkArray(sold),
		keep: [
			({ buyer }) => email === undefined || sameText(buyer.email, email),
			() => participantEmail === undefined,
			({ eticket }) => updated === undefined || eticket.current_update >= updated,
			(row) => lot === undefined || row.lot?.id === lot,
			({ eticket }) => ticket === undefined || eticket.id === ticket,
			({ eticket }) => code === undefined || eticket.ticket_qr_code === code,
			({ eticket }) => status === undefined || eticket.ticket_status === status,
			() => type !== 'FREE',
			() => checkin === undefined || checkin === 'PENDING' || checkin === 'ALL',
		],
		render: (row) => row,
		size: [20, 50],
		total: true,
		token: 'base64',
	});
}

function linkOf({ account, params }: Call): PaymentLink {
	const link = account.state.links.find(({ ucode }) => ucode === params.link);
	if (link === undefined) throw notFound(`Payment link ${params.link}`);
	return link;
}

const addTo = (part: 'offers' | 'plans') => (call: Call) => {
	if (typeof call.body.value !== 'number') throw invalid('value is required.');
	const ucode = randomUUID();
	linkOf(call)[part].push({ ucode, ...call.body });
	return { ucode };
};

function addLink({ account, body }: Call) {
	const { name, value, currency } = body;
	if (typeof name !== 'string' || typeof value !== 'number' || typeof currency !== 'string') {
		throw invalid('name, value and currency are required.');
	}
	const ucode = randomUUID();
	const url = `https://pay.example.com/${ucode}`;
	account.state.links.push({ ucode, url, name, value, currency, offers: [], plans: [] });
	return { ucode, url };
}

/** A charge with the token that Hotmart sent to the link's callback; the emulator accepts any token (Hotmart §3.7). */
const charge = (key: 'offer_code' | 'value') => (call: Call) => {
	const { token, [key]: what } = call.body;
	if (typeof token !== 'string' || token === '') throw invalid('token is required.');
	if (typeof what !== (key === 'value' ? 'number' : 'string')) throw invalid(`${key} is required.`);
	const ucode = randomUUID();
	call.account.state.charges.push({ ucode, ...call.body });
	return { ucode };
};

const profile = () => ({
	id: OWNER.id,
	name: OWNER.name,
	email: OWNER.email,
	login: OWNER.email,
	ucode: OWNER.ucode,
	address: { city: 'São Paulo', country: 'Brasil' },
	entity_type: 'LEGAL',
	locale: 'PT_BR',
	time_zone: 'America/Sao_Paulo',
	currency_code_commission: 'BRL',
});

/** Ticketed events, the account's own profile, and payment links (of which only the requests are documented). */
export const accountRoutes: Routes = {
	[`GET ${events}/:event/info`]: (call) => {
		const { id, name, event } = eventOf(call);
		return {
			product: { id, name },
			start_event_date: event.startsAt,
			end_event_date: event.endsAt,
			lots: event.lots,
		};
	},
	[`GET ${events}/:event/participants`]: participants,
	'GET /user/api/v1/me': profile,
	[`POST ${links}`]: addLink,
	[`GET ${links}`]: (call) =>
		page(call, {
			walk: walkArray(call.account.state.links),
			render: ({ ucode, url, name, value, currency }) => ({ ucode, url, name, value, currency }),
			size: [20, 50],
			token: 'base64',
		}),
	[`POST ${links}/:link/offer`]: addTo('offers'),
	[`POST ${links}/:link/plan`]: addTo('plans'),
	[`POST ${links}/token/charge/offer`]: charge('offer_code'),
	[`POST ${links}/token/charge/value`]: charge('value'),
};
