import type { INodeProperties } from 'n8n-workflow';

import type { Wanted } from '../../access/verdict';
import { offer, plan, product } from '../../api/fields';
import type { HotmartCall } from '../../api/operation';

/** What narrows the question: a plan and an offer, in addition to the product. */
export const narrowFields: INodeProperties[] = [
	{ ...plan, description: 'By name or ID; then only subscriptions count, because one-time purchases have no plan' },
	{ ...offer, description: 'By code; for a subscription, the offer of its latest payment counts' },
];

/** Reads which access to check. */
export function wantedOf({ param }: HotmartCall): Wanted {
	const text = ({ name }: INodeProperties) => String(param<unknown>(name, '') ?? '').trim();
	return { productId: text(product), plan: text(plan), offerCode: text(offer) };
}
