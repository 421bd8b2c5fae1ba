import type { IDataObject } from 'n8n-workflow';

import { wasNeverPaid } from '../../access/payments';
import type { AccessPolicy } from '../../access/policy';
import type { PlanOffer, Wanted } from '../../access/verdict';
import type { HotmartCall } from '../../api/operation';
import { addresses } from '../../api/addresses';
import { asNumber, asOfferCode, asText, Reader } from '../../vocabulary/reader';
import { isWithoutPlans } from '../../api/errors';
import { readSubscriptions, type Subscription } from './purchases';

/**
 * Reads the plans of the subscriptions' products where a switch of plans matters: a subscription names its present plan only, a
 * payment the offer of the plan that it was for, and these lists bring both together (Hotmart §3.3.3).
 */
export async function readPlans(
	call: HotmartCall,
	subscriptions: Subscription[],
	policy: AccessPolicy,
	wanted: Wanted,
): Promise<PlanOffer[]> {
	if (policy.switched !== 'periodEnd' && wanted.offerCode === '') return [];
	const started = subscriptions.filter((subscription) => !wasNeverPaid(subscription));
	const products = new Map(started.map(({ productId, productUcode }) => [productId, productUcode]));
	const plans: PlanOffer[] = [];
	for (const [productId, ucode] of products) {
		if (productId === null) continue;
		const ids = await planIds(call, subscriptions, String(productId), wanted);
		plans.push(...(await plansOf(call, productId, ucode)).map((plan) => ({ ...plan, id: ids.get(plan.name) ?? null })));
	}
	return plans;
}

async function plansOf({ api }: HotmartCall, productId: number, productUcode: string | null) {
	const ucode = productUcode ?? (await api.product(productId)).ucode;
	const read = (record: IDataObject) => {
		const reader = new Reader(record);
		return {
			productId,
			name: reader.peek('name', asText) ?? '',
			offerCode: reader.peek('code', asOfferCode) ?? '',
		};
	};
	return await api.list({ path: addresses.plans(ucode) }, { limit: Infinity, read }).catch((error: Error) => {
		if (isWithoutPlans(error)) return [];
		throw error;
	});
}

/** IDs of plans by name: those that a subscription shows, and that of the requested plan. */
async function planIds(call: HotmartCall, subscriptions: Subscription[], productId: string, { plan }: Wanted) {
	const shown = subscriptions.filter((subscription) => String(subscription.productId) === productId);
	const isAsked = asNumber(plan) !== null && shown.every(({ planId }) => String(planId) !== plan);
	const others = isAsked ? await readSubscriptions(call, { plan_id: plan, product_id: productId }, 1) : [];
	return new Map([...shown, ...others].map(({ planName, planId }) => [planName, planId]));
}
