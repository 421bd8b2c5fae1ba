import type { IDataObject } from 'n8n-workflow';

import { toIso } from '../../shared/dates';
import { isRecord } from '../../shared/http';
import type { RecordReader } from '../../shared/simplify';
import { purchaseStatus, subscriptionStatus } from '../vocabulary/status';

/** Times without an offset in answers are Brazil's (Hotmart §2.7). */
const TIMEZONE = 'America/Sao_Paulo';

/** Before any record of Hotmart, in seconds: a smaller number under the name of a time is none (Hotmart §3.1.5). */
const FIRST_SECOND = 1e9;

/** Names of times in all answers (Hotmart §3). */
const IS_TIME = /(^|_)date(_|$)|_at$|^(last_update|current_update|trial_end|start_datetime|scheduled_retry)$/;

type Vocabulary = (raw: unknown) => string | null;

/** Where a record has a status of the package's vocabulary. */
interface Shape {
	[key: string]: Vocabulary | Shape;
}

const subscription: Vocabulary = (raw) => subscriptionStatus(raw, 'rest');

/**
 * Makes a function that makes a record readable: times become ISO 8601 in UTC, and statuses become the package's words with
 * Hotmart's own next to them as `status_raw`. Names stay Hotmart's.
 */
const reader = (shape: Shape): RecordReader =>
	Object.assign((record: IDataObject) => read(record, shape), {
		at: (keys: string[]) => finder(shape, keys),
	});

/** A record without a status of the package's vocabulary. */
export const readRecord = reader({});
export const readSubscription = reader({ status: subscription });
export const readPurchase = reader({ status: purchaseStatus });
export const readSale = reader({ purchase: { status: purchaseStatus } });
/** A charge of a subscription: an entry of /subscriptions/transactions. */
export const readCharge = reader({ status: subscription, purchase: { status: purchaseStatus } });
/** A write's answer says ACTIVE or INACTIVE, which is less than the state of the subscription (Hotmart §3.1.5). */
export const readCanceled = reader({ status: () => 'canceledBySeller' });
export const readReactivated = reader({ status: (raw) => (raw === 'ACTIVE' ? 'active' : null) });

const NO_SHAPE: Shape = {};
/** Which names are of times, as far as they were met: a list has many records of few names. */
const times = new Map<string, boolean>();

function isTime(name: string): boolean {
	const known = times.get(name) ?? IS_TIME.test(name);
	if (times.size < 1000) times.set(name, known);
	return known;
}

function read(record: IDataObject, shape: Shape): IDataObject {
	const readable: IDataObject = {};
	for (const key of Object.keys(record)) {
		const value: unknown = record[key];
		// Would set the prototype.
		if (value === undefined || key === '__proto__') continue;
		const part = Object.hasOwn(shape, key) ? shape[key]! : NO_SHAPE;
		if (typeof part === 'function') Object.assign(readable, { [key]: part(value), [`${key}_raw`]: value });
		else if (typeof value === 'object') readable[key] = readValue(value, part) as IDataObject;
		else readable[key] = (isTime(key) ? readTime(value) : value) as string;
	}
	return readable;
}

/** Makes a function that finds the same value as in the record that `read` makes, without the making. */
function finder(shape: Shape, keys: string[]): (record: IDataObject) => unknown {
	const names: string[] = [];
	let finish: Vocabulary | Shape | 'raw' = shape;
	for (const key of keys) {
		if (typeof finish !== 'object') return () => null;
		const word = key.replace(/_raw$/, '');
		const isRaw: boolean = word !== key && Object.hasOwn(finish, word) && typeof finish[word] === 'function';
		names.push(isRaw ? word : key);
		finish = isRaw ? 'raw' : Object.hasOwn(finish, key) ? finish[key]! : NO_SHAPE;
	}
	const isOfTime = isTime(names.at(-1)!);
	return (record) => {
		let value: unknown = record;
		for (const name of names) {
			if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
			value = (value as IDataObject)[name];
		}
		if (value === undefined || finish === 'raw') return value ?? null;
		if (typeof finish === 'function') return finish(value);
		if (typeof value === 'object') return readValue(value, finish);
		return isOfTime ? readTime(value) : value;
	};
}

function readValue(value: unknown, shape: Shape): unknown {
	if (Array.isArray(value)) return value.map((entry) => readValue(entry, shape));
	return isRecord(value) ? read(value, shape) : value;
}

function readTime(value: unknown): unknown {
	if (typeof value === 'number' && value < FIRST_SECOND) return null;
	return toIso(value, TIMEZONE) ?? value;
}
