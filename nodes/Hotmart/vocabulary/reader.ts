import type { IDataObject } from 'n8n-workflow';

import { toIso, toMillis } from '../../shared/dates';
import { isRecord } from '../../shared/record';

/** Levels of a body that are read; Hotmart's have at most eight. */
const MAX_DEPTH = 32;

export interface Money {
	value: number;
	/** ISO 4217, or null when not given. */
	currency: string | null;
}

/** Reads text: trimmed, null when empty or not text. Numbers count as text. */
export const asText = (raw: unknown): string | null => {
	const text = typeof raw === 'string' || typeof raw === 'number' ? String(raw).trim() : '';
	return text === '' ? null : text;
};

/** Reads a number that may have been sent as text. */
export const asNumber = (raw: unknown): number | null => {
	const text = asText(raw);
	const number = text === null ? NaN : Number(text);
	return Number.isFinite(number) ? number : null;
};

/**
 * Reads an offer code. Hotmart recovers a failed sale by installments under a code of its own, the user's with DRP behind it
 * (Hotmart §2.7).
 */
export const asOfferCode = (raw: unknown): string | null => asText(raw)?.replace(/DRP$/, '') ?? null;

/** Reads a boolean that may have been sent as text. */
export const asBoolean = (raw: unknown): boolean | null =>
	raw === true || raw === 'true' ? true : raw === false || raw === 'false' ? false : null;

/** Reads a time; without an offset it is UTC, as webhooks say it. */
export const asTime = (raw: unknown): string | null => toIso(raw);

export const asMillis = (raw: unknown): number | null => (toIso(raw) === null ? null : toMillis(raw, 'UTC'));

/**
 * Reads fields of a body from outside and remembers which were understood, so that the rest can be passed on untouched.
 * Never throws: what is missing or of another type is null and stays in the rest.
 */
export class Reader {
	private readonly data: IDataObject;

	constructor(data: unknown) {
		const copy = copyOf(data, 0);
		this.data = isRecord(copy) ? copy : {};
	}

	/** Value of the first path that `parse` understands; that path is taken out of the rest. */
	take<T>(paths: string | string[], parse: (raw: unknown) => T | null): T | null {
		for (const path of [paths].flat()) {
			const value = this.peek(path, parse);
			if (value === null) continue;
			this.drop(path);
			return value;
		}
		return null;
	}

	/** Like `take` for one path, but leaves it in the rest. */
	peek<T>(path: string, parse: (raw: unknown) => T | null): T | null {
		const [holder, key] = this.locate(path);
		return holder && Object.hasOwn(holder, key) ? parse(holder[key]) : null;
	}

	/** An amount with its currency, under any of the names that Hotmart's sources use for it. */
	money(path: string): Money | null {
		const value = this.take(`${path}.value`, asNumber);
		if (value === null) return null;
		const names = ['currency_value', 'currency_code', 'currency'];
		return {
			value,
			currency: this.take(
				names.map((name) => `${path}.${name}`),
				asText,
			),
		};
	}

	/** What was not taken, without objects and lists that became empty. */
	rest(): IDataObject {
		return (prune(this.data) ?? {}) as IDataObject;
	}

	private drop(path: string) {
		const [holder, key] = this.locate(path);
		if (holder) delete holder[key];
	}

	private locate(path: string): [IDataObject | null, string] {
		const keys = path.split('.');
		const last = keys.pop()!;
		let holder: unknown = this.data;
		for (const key of keys)
			holder =
				holder !== null && typeof holder === 'object' && Object.hasOwn(holder, key)
					? (holder as IDataObject)[key]
					: null;
		return [holder !== null && typeof holder === 'object' ? (holder as IDataObject) : null, last];
	}
}

/** A copy that no later change reaches, without keys that could change a prototype and without absurd depth. */
export function copyOf(value: unknown, depth = 0): unknown {
	if (typeof value !== 'object' || value === null) return value;
	if (depth >= MAX_DEPTH) return null;
	if (Array.isArray(value)) return value.map((entry) => copyOf(entry, depth + 1));
	const source = value as IDataObject;
	const copy: IDataObject = {};
	for (const key of Object.keys(source))
		if (key !== '__proto__') copy[key] = copyOf(source[key], depth + 1) as IDataObject;
	return copy;
}

function prune(value: unknown): unknown {
	if (typeof value !== 'object' || value === null) return value;
	if (Array.isArray(value)) {
		const entries = value.map(prune).filter((entry) => entry !== undefined);
		return entries.length === 0 ? undefined : entries;
	}
	const source = value as IDataObject;
	let kept: IDataObject | undefined;
	for (const key of Object.keys(source)) {
		const entry = prune(source[key]);
		if (entry !== undefined) (kept ??= {})[key] = entry as IDataObject;
	}
	return kept;
}
