import { NodeApiError, type IDataObject } from 'n8n-workflow';

import { path } from '../../../shared/http';
import { productField, required, type HotmartOperation } from '../../api/fields';
import { listFields, readList, type List } from '../../api/list';

const LIST: List = {
	what: 'plans',
	path: async (call) =>
		path`/products/api/v1/products/${(await call.api.product(required(call, productField))).ucode}/plans`,
};

/** So Hotmart says that a product has no plans (Hotmart §2.6). */
export const isWithoutPlans = (error: Error): boolean =>
	error instanceof NodeApiError && (error.errorResponse as IDataObject | undefined)?.error === 'invalid_parameter';

export const getPlans: HotmartOperation = {
	name: 'Get Plans',
	value: 'getPlans',
	action: 'Get the plans of a product',
	description:
		'List the subscription plans of a product. Hotmart shows a plan here by the code of its offer and by its name, without the numeric plan ID of subscriptions and events. Changes nothing.',
	fields: [productField, ...listFields(LIST)],
	async execute(call) {
		const product = await call.api.product(required(call, productField));
		return await readList(call, LIST).catch((error: Error) => {
			if (!isWithoutPlans(error)) throw error;
			call.hint(
				product.is_subscription === true
					? `${String(product.name)} has no plans yet. Add one in Hotmart.`
					: `${String(product.name)} is not sold by subscription, so it has no plans.`,
			);
			return [];
		});
	},
};
