import { notice } from '../../../shared/fields';
import { required } from '../../../shared/parameters';
import { addresses } from '../../api/addresses';
import { productField } from '../../api/fields';
import type { HotmartOperation } from '../../api/operation';

export const updateSettings: HotmartOperation = {
	name: 'Update Settings',
	value: 'updateSettings',
	action: 'Update the settings of a product',
	description:
		"Switch Hotmart's own e-mails to buyers on or off; can be undone by switching back (experimental: Hotmart does not document the answer)",
	fields: [
		productField,
		{
			displayName: 'E-Mails to Buyers',
			name: 'emailsToBuyers',
			type: 'boolean',
			default: true,
			description: 'Whether Hotmart itself e-mails the buyers of the product, such as about their access',
		},
		notice('With E-Mails to Buyers off, make sure that your school tells buyers how they get in.'),
	],
	async execute(call) {
		const { id } = await call.api.product(required(call, productField));
		const isAllowed = call.param<boolean>('emailsToBuyers', true);
		await call.api.request({
			method: 'PUT',
			path: addresses.productSettings(String(id)),
			body: { is_allowed_to_email_the_buyer: isAllowed },
		});
		return { productId: id, emailsToBuyers: isAllowed };
	},
};
