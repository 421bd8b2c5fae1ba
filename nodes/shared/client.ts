import type { IDataObject } from 'n8n-workflow';

import type { HttpRequest } from './http';

/** The request for a list; the client requests its pages. */
export type ListRequest = Pick<HttpRequest, 'path' | 'query' | 'headers'>;

export interface ListOptions<T> {
	/** At most so many records; Infinity for all. */
	limit: number;
	/** Makes the returned value of each record, page by page, so that only returned values are held twice. */
	read(record: IDataObject): T;
	/**
	 * Set where few requests count more than time: a long list is then not read in several ranges of time at once, where the
	 * API has such ranges.
	 */
	isPatient?: boolean;
}

/** What both vendors' clients have in common. A client lives as long as a run, and shares its pauses. */
export interface Client {
	/** Sends one request and returns the body; an empty answer is an empty object. @throws RequestError */
	request(request: HttpRequest): Promise<IDataObject | IDataObject[]>;
	/** Reads a list, page after page. @throws RequestError */
	list<T>(request: ListRequest, options: ListOptions<T>): Promise<T[]>;
}

/** For lists whose records are returned unchanged. */
export const asIs = (record: IDataObject): IDataObject => record;
