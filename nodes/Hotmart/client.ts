import { UserError, type IDataObject } from 'n8n-workflow';

import {
	createSend,
	explainCommon,
	isRecord,
	type Explanation,
	type Failure,
	type HttpRequest,
	type RequestContext,
} from '../shared/http';

export interface HotmartClient {
	/** Sends one request and returns the body; an empty answer is an empty object. */
	request(request: HttpRequest): Promise<IDataObject | IDataObject[]>;
	/** One page of a list. `page_token` in the query continues an earlier one. */
	page(path: string, query: IDataObject): Promise<Page>;
	/**
	 * Follows the cursor of a list and returns its records.
	 *
	 * @param limit at most so many records; Infinity for all
	 */
	list(path: string, query: IDataObject, limit: number): Promise<IDataObject[]>;
}

export interface Page {
	records: IDataObject[];
	/** Opaque; undefined on the last page. */
	nextPageToken?: string;
}

/** Largest page of subscription and sales lists; a larger wish is clamped by Hotmart without a word (facts §2.3). */
const PAGE_SIZE = 500;

/** Hotmart ends a query that runs for 30 s with 502; to repeat it would take as long again (facts §2.6). */
const QUERY_TIME_LIMIT = 25_000;

/** Connects to the API of the Hotmart account of the node's credential. One client shares its waits for rate limits. */
export function connect(context: RequestContext): HotmartClient {
	const send = createSend(context, {
		credential: 'hotmartApi',
		timeout: 65_000,
		explain,
		// An address that does not exist is answered with 200 and a web page (facts §2.6).
		isForeign: ({ body }) => typeof body === 'string' && body.trim() !== '',
		isFinal: (status, elapsed) => status === 502 && elapsed > QUERY_TIME_LIMIT,
	});

	const request = async (options: HttpRequest) => {
		const { body } = await send(options);
		return (isRecord(body) || Array.isArray(body) ? body : {}) as IDataObject | IDataObject[];
	};

	const page = async (path: string, query: IDataObject) => {
		const { items, page_info: info } = (await request({ path, query })) as IDataObject;
		return {
			records: (Array.isArray(items) ? items : []) as IDataObject[],
			nextPageToken: isRecord(info) ? ((info.next_page_token as string | null) ?? undefined) : undefined,
		};
	};

	const list = async (path: string, query: IDataObject, limit: number) => {
		const found: IDataObject[] = [];
		const seen = new Set<string>();
		let token: string | undefined;
		do {
			const size = Math.min(limit, PAGE_SIZE);
			const { records, nextPageToken } = await page(path, { ...query, max_results: size, page_token: token });
			for (const record of records) if (found.length < limit) found.push(record);
			token = nextPageToken;
			if (token && seen.has(token))
				throw new UserError('Hotmart sends the same page of the list again and again. Narrow the filters.');
			if (token) seen.add(token);
		} while (token && found.length < limit);
		return found;
	};

	return { request, page, list };
}

/** Hotmart's error words that need more than they say, with what to do (facts §2.6). */
const REMEDIES: Record<string, string> = {
	invalid_token: 'The position in the list is not valid any more. Run the node again to read the list from the start.',
	invalid_parameter: 'Check the fields of the node: one of them holds a value that Hotmart does not accept here',
	invalid_value_parameter: 'Check the filters of the node: one of them holds a value that Hotmart does not accept',
	it_can_not_cancel_subscription_status:
		'Only a subscription that is active, overdue or initiated can be cancelled: this one has been cancelled or has ended before',
	it_can_not_reactivate_subscription:
		'Only a cancelled subscription can be reactivated: this one is active, or its period has ended and needs a new purchase',
	subscription_in_trial_period: 'Wait until the trial period is over',
	refund_request_already_exists: 'A refund of this purchase was asked for before: look at its status',
	purchase_not_found: 'Check the transaction code: it starts with HP and belongs to a sale of this account',
	too_many_requests: 'Let fewer workflows use this account at the same time',
};

const STATUS_REMEDIES: Record<number, string> = {
	400: 'Check the fields of the node',
	401: 'Check that the environment of the credential is the one for which it was created, and test the credential',
	403: 'The Hotmart account of the credential has no right to do this: use one that has',
	404: 'Check the codes and IDs that were entered: Hotmart does not know one of them in this account',
	502: 'The query takes Hotmart too long: narrow it by dates or other filters',
};

function explain(failure: Failure): Explanation {
	const common = explainCommon('Hotmart', failure);
	if (common) return common;
	const { status, body, request } = failure;
	if (!isRecord(body)) {
		const isPage = status === 200 || status === 404;
		return {
			message: isPage
				? `Hotmart has nothing at the address ${request.path}`
				: `Hotmart did not answer as its API does (HTTP ${status})`,
			description: isPage
				? 'Check the path: addresses start with /payments/api/v1, /products/api/v1, /club/api/v1 ...'
				: 'Try again in some minutes',
		};
	}
	const code = typeof body.error === 'string' ? body.error : '';
	const words = [body.error_description, body.message, code].find((word) => typeof word === 'string' && word !== '');
	return {
		message: `${String(words ?? 'Hotmart refused the request')} (HTTP ${status}${code && code !== words ? `, ${code}` : ''})`,
		description: REMEDIES[code] ?? STATUS_REMEDIES[status ?? 0] ?? 'Try again in some minutes',
	};
}
