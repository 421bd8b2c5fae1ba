import type { IDataObject } from 'n8n-workflow';

import type { Client, ListRequest } from '../../shared/client';
import { createSend, type HttpRequest, type RequestContext } from '../../shared/http';
import { createProgress } from '../../shared/progress';
import { isRecord } from '../../shared/record';
import { explain } from './errors';
import { createMemory, type Memory } from './memory';
import { PAGE_SIZE, toPage, type Page, type ReadPage } from './pages';
import { followPages, readAllPages } from './parts';

export interface TeachableClient extends Client {
	/** What this run has learned about the school. */
	memory: Memory;
	request(request: HttpRequest): Promise<IDataObject>;
	/** One page of a list, from 1. */
	page: ReadPage;
	/** The pages of a list, one after the other, until the caller has enough. */
	pages(request: ListRequest): AsyncGenerator<Page>;
}

/** Connects to the Teachable school of the node's credential. */
export function connect(context: RequestContext, progress = createProgress(context)): TeachableClient {
	const send = createSend(context, { credential: 'teachableApi', timeout: 30_000, explain }, progress);
	const request = async (options: HttpRequest) => {
		const { body } = await send(options);
		return (isRecord(body) || Array.isArray(body) ? body : {}) as IDataObject;
	};
	const page: ReadPage = async ({ query, ...list }, number) =>
		toPage(await request({ ...list, query: { per: PAGE_SIZE, ...query, page: number } }), list.path, number);
	return {
		memory: createMemory(),
		request,
		page,
		pages: (list) => followPages(page, list),
		list: async (list, options) => await readAllPages(page, list, options),
	};
}
