import type { IDataObject } from 'n8n-workflow';

import { toIso } from '../../shared/dates';
import { isRecord } from '../../shared/record';
import { find, PLAIN, type RecordReader } from '../../shared/simplify';
import { purchaseStatus, subscriptionStatus } from '../vocabulary/status';

/** Times without an offset in answers are in Brazil's time zone (Hotmart §2.7). */
const TIMEZONE = 'America/Sao_Paulo';

/** Before any record of Hotmart, in seconds: a smaller number in a time field is not a time (Hotmart §3.1.5). */
const FIRST_SECOND = 1e9;

/** Names of times in all answers (Hotmart §3). */
const IS_TIME = /(^|_)date(_|$)|_at$|^(last_update|current_update|trial_end|start_datetime|scheduled_retry)$/;

type Read = (raw: unknown) => unknown;

/** Where a record has a status of the package's vocabulary. */
interface Statuses {
	[name: string]: Read | Statuses;
}

const NO_STATUSES: Statuses = {};

const below = (statuses: Statuses, name: string): Statuses => {
	const part = Object.hasOwn(statuses, name) ? statuses[name] : undefined;
	return typeof part === 'object' ? part : NO_STATUSES;
};

const isStatus = (statuses: Statuses, name: string) =>
	Object.hasOwn(statuses, name) && typeof statuses[name] === 'function';

/** How the value under a name is read; objects and lists are read inside. */
function readValue(name: string, value: unknown, statuses: Statuses): unknown {
	if (isStatus(statuses, name)) return (statuses[name] as Read)(value);
	if (Array.isArray(value)) return value.map((entry) => (isRecord(entry) ? read(entry, below(statuses, name)) : entry));
	if (isRecord(value)) return read(value, below(statuses, name));
	return IS_TIME.test(name) ? readTime(value) : value;
}

function read(record: IDataObject, statuses: Statuses): IDataObject {
	const readable: IDataObject = {};
	for (const name of Object.keys(record)) {
		// Would set the prototype.
		if (name === '__proto__' || record[name] === undefined) continue;
		readable[name] = readValue(name, record[name], statuses) as IDataObject;
		if (isStatus(statuses, name)) readable[`${name}_raw`] = record[name];
	}
	return readable;
}

function readTime(value: unknown): unknown {
	if (typeof value === 'number' && value < FIRST_SECOND) return null;
	return toIso(value, TIMEZONE) ?? value;
}

/**
 * Makes records readable: times become ISO 8601 in UTC, and statuses become the package's words with Hotmart's own next to them
 * as `status_raw`. Names stay Hotmart's.
 */
const reader = (statuses: Statuses): RecordReader => ({
	whole: (record) => read(record, statuses),
	valueAt(path) {
		const names = path.split('.');
		const name = names.at(-1)!;
		const here = names.slice(0, -1).reduce(below, statuses);
		const source = name.replace(/_raw$/, '');
		if (source !== name && isStatus(here, source)) return PLAIN.valueAt(path.replace(/_raw$/, ''));
		return (record) => readValue(name, find(record, names), here);
	},
});

const subscription: Read = (raw) => subscriptionStatus(raw, 'rest');

/** A record without a status of the package's vocabulary. */
export const PLAIN_RECORD = reader({});
export const readRecord = PLAIN_RECORD.whole;
export const SUBSCRIPTION_RECORD = reader({ status: subscription });
export const PURCHASE_RECORD = reader({ status: purchaseStatus });
export const SALE_RECORD = reader({ purchase: { status: purchaseStatus } });
/** A charge of a subscription: an entry of /subscriptions/transactions. */
export const CHARGE_RECORD = reader({ status: subscription, purchase: { status: purchaseStatus } });
/** A write's answer says ACTIVE or INACTIVE, which is less than the state of the subscription (Hotmart §3.1.5). */
export const CANCELED_RECORD = reader({ status: () => 'canceledBySeller' });
export const REACTIVATED_RECORD = reader({ status: (raw) => (raw === 'ACTIVE' ? 'active' : null) });
