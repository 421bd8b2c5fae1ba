import type { IDataObject } from 'n8n-workflow';

import {
	createSend,
	explainCommon,
	isRecord,
	type Explanation,
	type Failure,
	type HttpRequest,
	type RequestContext,
} from '../shared/http';

export interface TeachableClient {
	/** Sends one request and returns the body; an empty answer is an empty object. */
	request(request: HttpRequest): Promise<IDataObject>;
	/** One page of a list, from 1. */
	page(path: string, key: string, page: number, query?: IDataObject): Promise<Page>;
	/**
	 * Reads a list page by page.
	 *
	 * @param key name of the list in the answer, e.g. courses
	 * @param limit at most so many records; Infinity for all
	 */
	list(path: string, key: string, limit: number, query?: IDataObject): Promise<IDataObject[]>;
}

export interface Page {
	records: IDataObject[];
	isLast: boolean;
}

/** The largest page that Teachable is known to serve; it may serve less without a word (facts §1.6). */
const PAGE_SIZE = 100;

/** Connects to the Teachable school of the node's credential. One client shares its waits for rate limits. */
export function connect(context: RequestContext): TeachableClient {
	const send = createSend(context, {
		credential: 'teachableApi',
		timeout: 30_000,
		explain,
		isForeign: ({ body }) => typeof body === 'string' && body.trim() !== '',
	});

	const request = async (options: HttpRequest) => {
		const { body } = await send(options);
		return (isRecord(body) || Array.isArray(body) ? body : {}) as IDataObject;
	};

	const page = async (path: string, key: string, number: number, query: IDataObject = {}) => {
		const body = await request({ path, query: { per: PAGE_SIZE, ...query, page: number } });
		const records = (Array.isArray(body[key]) ? body[key] : []) as IDataObject[];
		const pages = isRecord(body.meta) ? Number(body.meta.number_of_pages) : NaN;
		// A short page proves nothing, as the school may serve smaller pages than asked for.
		return { records, isLast: records.length === 0 || !(number < pages) };
	};

	const list = async (path: string, key: string, limit: number, query: IDataObject = {}) => {
		const found: IDataObject[] = [];
		let previous: unknown;
		for (let number = 1; found.length < limit; number++) {
			const { records, isLast } = await page(path, key, number, { per: Math.min(limit, PAGE_SIZE), ...query });
			// A list without paging answers every page number with the whole list.
			const first = JSON.stringify(records[0]);
			if (first === previous) break;
			previous = first;
			for (const record of records) if (found.length < limit) found.push(record);
			if (isLast) break;
		}
		return found;
	};

	return { request, page, list };
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
	// Several validations that fail come as a list (facts §1.5).
	const words = given === undefined ? `Teachable did not answer as its API does` : [given].flat().join('. ');
	return {
		message: `${words} (HTTP ${status}, ${request.method ?? 'GET'} ${request.path})`,
		description: REMEDIES[status ?? 0] ?? 'Try again in some minutes',
	};
}
