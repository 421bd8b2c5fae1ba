import { productField } from '../../api/fields';
import { required } from '../../../shared/parameters';
import type { HotmartOperation } from '../../api/operation';
import type { HotmartList } from '../../api/list';
import { listFields, readList } from '../../api/list';
import { addresses } from '../../api/addresses';
import { isWithoutPlans } from '../../api/errors';

const LIST: HotmartList = {
	what: 'plans',
	address: async (call) => addresses.plans((await call.api.product(required(call, productField))).ucode),
};

export const getPlans: HotmartOperation = {
	name: 'Get Plans',
	value: 'getPlans',
	action: 'Get the plans of a product',
	description:
		'List the subscription plans of a product by offer code and name, because Hotmart does not show the numeric plan ID here',
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
