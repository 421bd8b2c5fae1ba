import { randomUUID } from 'node:crypto';

import { invalid, notFound, sameText, walkArray } from '../http';
import type { Api, Call, Routes } from '../http';
import { personOf } from '../store';
import type { PaymentLink } from '../store';
import type { Product, Sale } from '../types';

const links = '/payments/api/v1/link';
const events = '/events/api/v1';

/** Ticketed events, the account's own profile, and payment links (of which only the requests are documented). */
export function accountRoutes({ store, page }: Api): Routes {
	const eventOf = ({ params }: Call): Product & { event: NonNullable<Product['event']> } => {
		const product = store.product(Number(params.event));
		if (product?.event === undefined) throw notFound(`Event ${params.event}`);
		return { ...product, event: product.event };
	};

	const TICKET_STATUS: Record<string, string> = { REFUNDED: 'REFUNDED', CHARGEBACK: 'CHARGEBACK' };
	const ticketStatus = ({ status }: Sale) => TICKET_STATUS[status] ?? 'SOLD';

	const participantJson = (sale: Sale, { id, name, event }: ReturnType<typeof eventOf>) => ({
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

	const participants = (call: Call) => {
		const { query } = call;
		const event = eventOf(call);
		const email = query.text('buyer_email');
		const participantEmail = query.text('participant_email');
		const updated = query.number('last_update');
		const lot = query.number('id_lot');
		const ticket = query.number('id_eticket');
		const code = query.text('ticket_qr_code');
		const status = query.text('ticket_status');
		const type = query.oneOf('ticket_type', ['PAID', 'FREE', 'ALL'])?.[0];
		const checkin = query.oneOf('checkin_status', ['PENDING', 'PARTIAL', 'CONCLUDED', 'ALL'])?.[0];
		const sold = store.sales
			.rows()
			.filter((sale) => sale.productId === event.id && sale.approvedDate !== undefined)
			.map((sale) => ({ sale, json: participantJson(sale, event) }));
		return page<(typeof sold)[number]>({
			query,
			walk: walkArray(sold),
			keep: [
				({ sale }) => email === undefined || sameText(sale.buyer.email, email),
				() => participantEmail === undefined,
				({ json }) => updated === undefined || json.eticket.current_update >= updated,
				({ json }) => lot === undefined || json.lot?.id === lot,
				({ json }) => ticket === undefined || json.eticket.id === ticket,
				({ json }) => code === undefined || json.eticket.ticket_qr_code === code,
				({ json }) => status === undefined || json.eticket.ticket_status === status,
				() => type !== 'FREE',
				() => checkin === undefined || checkin === 'PENDING' || checkin === 'ALL',
			],
			render: ({ json }) => json,
			size: [20, 50],
			total: true,
			token: 'base64',
		});
	};

	const linkOf = ({ params }: Call): PaymentLink => {
		const link = store.links.find(({ ucode }) => ucode === params.link);
		if (link === undefined) throw notFound(`Payment link ${params.link}`);
		return link;
	};
	const addTo = (part: 'offers' | 'plans') => (call: Call) => {
		if (typeof call.body.value !== 'number') throw invalid('value is required.');
		const ucode = randomUUID();
		linkOf(call)[part].push({ ucode, ...call.body });
		return { ucode };
	};

	return {
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
		'GET /user/api/v1/me': () => {
			const { id, name, email, ucode } = personOf('owner@school.example.com', 'Cordas School');
			return {
				id,
				name,
				email,
				login: email,
				ucode,
				address: { city: 'São Paulo', country: 'Brasil' },
				entity_type: 'LEGAL',
				locale: 'PT_BR',
				time_zone: 'America/Sao_Paulo',
				currency_code_commission: 'BRL',
			};
		},
		[`POST ${links}`]: ({ body }) => {
			const { name, value, currency } = body;
			if (typeof name !== 'string' || typeof value !== 'number' || typeof currency !== 'string') {
				throw invalid('name, value and currency are required.');
			}
			const ucode = randomUUID();
			const url = `https://pay.example.com/${ucode}`;
			store.links.push({ ucode, url, name, value, currency, offers: [], plans: [] });
			return { ucode, url };
		},
		[`GET ${links}`]: ({ query }) =>
			page({
				query,
				walk: walkArray(store.links),
				render: ({ ucode, url, name, value, currency }) => ({ ucode, url, name, value, currency }),
				size: [20, 50],
				token: 'base64',
			}),
		[`POST ${links}/:link/offer`]: addTo('offers'),
		[`POST ${links}/:link/plan`]: addTo('plans'),
	};
}
