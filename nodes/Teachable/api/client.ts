import type { IDataObject } from 'n8n-workflow';

import {
	createSend,
	explainCommon,
	isRecord,
	type Explanation,
	type Failure,
	type HttpRequest,
	type RequestContext,
} from '../../shared/http';
import { createMemory, type Memory } from './memory';

export interface TeachableClient {
	/** What this run has learned about the school. */
	memory: Memory;
	/** Sends one request and returns the body; an empty answer is an empty object. */
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

	const page = async (path: string, key: string | undefined, number: number, query: IDataObject = {}) => {
		const body = await request({ path, query: { per: PAGE_SIZE, ...query, page: number } });
		const records = key === undefined ? Object.values(body).find(Array.isArray) : body[key];
		// To take it for an empty list would make Set Students believe that nobody is there.
		if (!Array.isArray(records))
			throw new UserError(`Teachable answered without a list at the address ${path}. Try again in some minutes.`);
		const meta = isRecord(body.meta) ? body.meta : {};
		const reached = number * (Number(meta.per_page) || records.length);
		// Seen to be without the size of its pages (Teachable §1.6): then only the number of records says how many there are.
		const pageCount = Number(meta.number_of_pages) || Math.ceil(Number(meta.total ?? NaN) / records.length);
		const count = records.length === 0 ? 0 : pageCount;
		return {
			records: records as IDataObject[],
			// A short page proves nothing, as the school may serve smaller pages than asked for.
			isLast: !(number < count),
			count,
			reached,
		};
	};

	async function* pages(path: string, key: string | undefined, query: IDataObject = {}): AsyncGenerator<Page> {
		const seen = new Set<string>();
		let after = query.search_after;
		for (let number = 1; ; number++) {
			const continued = after === undefined ? query : { ...query, search_after: after };
			const found = await page(path, key, after === undefined ? number : 1, continued);
			const last = found.records.at(-1);
			// A list that ignores its page numbers answers each with the same records.
			const first = JSON.stringify(found.records[0]);
			if (last === undefined || seen.has(first)) return;
			seen.add(first);
			yield found;
			const isFarUser = path === '/users' && (after !== undefined || found.reached >= SEARCH_WINDOW);
			if (isFarUser) after = last.id;
			else if (found.isLast) return;
		}
	}

	const list = async (path: string, key: string | undefined, limit: number, query: IDataObject = {}) => {
		const found: IDataObject[] = [];
		for await (const { records } of pages(path, key, { per: Math.min(limit, PAGE_SIZE), ...query })) {
			for (const record of records) if (found.length < limit) found.push(record);
			if (found.length >= limit) break;
		}
		return found;
	};

	return { memory: createMemory(), request, page, pages, list };
}

const REMEDIES: Record<number, string> = {
	400: 'Check the fields of the node, above all the e-mail address',
	401: 'Teachable does not know the API key of the credential: copy it again from Settings > API of the school',
	403: 'The plan of the school must include API access (Growth or higher at the time of writing), and the key must be allowed to do this',
	404: 'Check the IDs that were entered: the school does not have one of them',
	422: 'Teachable understood the request but cannot carry it out: check the course and the user',
};

function explain(failure: Failure): Explanation {
	const common = explainCommon('Teachable', failure);
	if (common) return common;
	const { status, body, request } = failure;
	const given = isRecord(body) ? [body.message, body.error].find(Boolean) : undefined;
	// Several validations that fail come as a list (Teachable §1.5).
	const words = given === undefined ? `Teachable did not answer as its API does` : [given].flat().join('. ');
	return {
		request,
		page,
		pages: (list) => followPages(page, list),
		list: async (list, options) => await readAllPages(page, list, options),
	};
}
