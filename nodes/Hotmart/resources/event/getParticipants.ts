import { choiceFilter, dateFilter, textFilter } from '../../../shared/filters';
import { required } from '../../../shared/parameters';
import { addresses } from '../../api/addresses';
import { event } from '../../api/fields';
import type { HotmartList } from '../../api/list';
import { listFields, readList } from '../../api/list';
import type { HotmartOperation } from '../../api/operation';
import { CHECKIN_STATUSES, TICKET_STATUSES, TICKET_TYPES } from '../../vocabulary/choices';

const LIST: HotmartList = {
	what: 'participants',
	address: (call) => addresses.eventParticipants(required(call, event)),
	filters: [
		textFilter('buyer_email', { displayName: 'Buyer Email', name: 'buyerEmail', placeholder: 'name@email.com' }),
		choiceFilter('checkin_status', { displayName: 'Check-In Status', name: 'checkinStatus' }, CHECKIN_STATUSES),
		textFilter('id_lot', { displayName: 'Lot ID', name: 'lotId', placeholder: 'e.g. 90210' }),
		textFilter('participant_email', {
			displayName: 'Participant Email',
			name: 'participantEmail',
			placeholder: 'name@email.com',
		}),
		textFilter('id_eticket', { displayName: 'Ticket ID', name: 'ticketId' }),
		textFilter('ticket_qr_code', { displayName: 'Ticket QR Code', name: 'ticketQrCode' }),
		choiceFilter('ticket_status', { displayName: 'Ticket Status', name: 'ticketStatus' }, TICKET_STATUSES),
		choiceFilter('ticket_type', { displayName: 'Ticket Type', name: 'ticketType' }, TICKET_TYPES),
		dateFilter('last_update', { displayName: 'Updated After', name: 'updatedAfter' }),
	],
	simple: {
		ticketId: 'eticket.id',
		ticketStatus: 'eticket.ticket_status',
		ticketType: 'eticket.ticket_type',
		checkinStatus: 'eticket.checkin_status',
		lotName: 'lot.name',
		buyerName: 'buyer.name',
		buyerEmail: 'buyer.email',
		participantName: 'participant.name',
		participantEmail: 'participant.email',
		updatedAt: 'eticket.current_update',
	},
	whenEmpty: 'Nobody has a ticket for this event yet: Hotmart lists paid tickets and free invites only.',
};

export const getParticipants: HotmartOperation = {
	name: 'Get Participants',
	value: 'getParticipants',
	action: 'Get the participants of an event',
	description: 'List the paid tickets and free invites of an event with buyer and participant',
	fields: [event, ...listFields(LIST)],
	execute: async (call) => await readList(call, LIST),
};
