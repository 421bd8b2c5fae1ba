import type { HotmartResource } from '../api/operation';
import { access } from './access';
import { account } from './account';
import { apiCall } from './apiCall';
import { coupons } from './coupon';
import { events } from './event';
import { membersArea } from './membersArea';
import { negotiation } from './negotiation';
import { paymentLinks } from './paymentLink';
import { products } from './product';
import { sale } from './sale';
import { subscription } from './subscription';

/** Everything the Hotmart node can do. The first resource is the node's default. */
export const RESOURCES: HotmartResource[] = [
	subscription,
	sale,
	products,
	coupons,
	negotiation,
	paymentLinks,
	membersArea,
	events,
	access,
	account,
	apiCall,
];
