import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

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
