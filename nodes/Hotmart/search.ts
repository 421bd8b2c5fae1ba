import {
	NodeOperationError,
	type ILoadOptionsFunctions,
	type INodeListSearchResult,
	type INodePropertyOptions,
} from 'n8n-workflow';

import { connect } from './client';

/** Lists of the account for the editor's searchable fields. */
export const listSearch = {
	async searchProducts(
		this: ILoadOptionsFunctions,
		filter?: string,
		paginationToken?: string,
	): Promise<INodeListSearchResult> {
		const { records, nextPageToken } = await connect(this).page('/products/api/v1/products', {
			page_token: paginationToken,
		});
		// Hotmart has no search by name.
		const wanted = filter?.toLowerCase() ?? '';
		return {
			results: records
				.filter(({ name, id }) => `${String(name)} ${String(id)}`.toLowerCase().includes(wanted))
				.map(({ id, name, status }) => ({
					name: status === 'ACTIVE' ? String(name) : `${String(name)} (${String(status).toLowerCase()})`,
					value: Number(id),
				})),
			paginationToken: nextPageToken,
		};
	},
};

/** All products of the account, for a field in which several can be chosen. */
export async function getProducts(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	if (!this.getNode().credentials?.hotmartApi)
		throw new NodeOperationError(this.getNode(), 'The list of products needs a Hotmart API credential', {
			description: 'Choose one in this node, or enter the IDs in the field Product IDs',
		});
	const products = await connect(this).list('/products/api/v1/products', {}, Infinity);
	return products.map(({ id, name }) => ({ name: String(name), value: String(id) }));
}
