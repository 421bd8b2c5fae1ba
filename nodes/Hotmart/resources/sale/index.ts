import type { HotmartResource } from '../../api/operation';
import { get } from './get';
import { getAll } from './getAll';
import { getCommissions } from './getCommissions';
import { getParticipants } from './getParticipants';
import { getPriceDetails } from './getPriceDetails';
import { getSummary } from './getSummary';
import { refund } from './refund';
import { reissueBillet } from './reissueBillet';

export const sale: HotmartResource = {
	name: 'Sale',
	value: 'sale',
	operations: [getAll, get, getSummary, getParticipants, getCommissions, getPriceDetails, refund, reissueBillet],
};
