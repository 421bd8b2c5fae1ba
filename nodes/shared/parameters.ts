import { jsonParse, UserError, type IDataObject, type INodeProperties } from 'n8n-workflow';

import { toMillis } from './dates';
import type { Call } from './operation';

/** Readers of parameters: what the user entered, chose, or let an expression give. They throw a UserError that names the field. */

const isEmpty = (value: unknown) => value === undefined || value === null || value === '';

/** Reads a text parameter that must not be empty. */
export function required({ param }: Call<unknown>, { name, displayName }: INodeProperties): string {
	const value = String(param<unknown>(name) ?? '').trim();
	if (value === '') throw new UserError(`The field "${displayName}" is empty. Enter a value, or check its expression.`);
	return value;
}

/** Reads a number parameter, also when an expression gives it as text. */
export function numberOf(call: Call<unknown>, field: INodeProperties): number {
	const value = Number(required(call, field));
	if (Number.isFinite(value)) return value;
	throw new UserError(`The field "${field.displayName}" is not a number. Enter one, or check its expression.`);
}

/**
 * Reads a list, as an expression gives it or as text with commas, semicolons or line breaks between the entries. Entries are
 * trimmed, and empty ones left out.
 */
export function listOf(value: unknown): string[] {
	const entries: unknown[] = Array.isArray(value) ? value : String(value ?? '').split(/[,;\r\n]/);
	return entries.map((entry) => String(entry ?? '').trim()).filter((entry) => entry !== '');
}

/** Reads a JSON field, also when an expression gives an object. Undefined when it is empty. */
export function jsonFrom(value: unknown, displayName: string): unknown {
	if (isEmpty(value)) return undefined;
	const errorMessage = `The field "${displayName}" is not valid JSON. Check its quotes, commas and brackets.`;
	return typeof value === 'string' ? jsonParse(value, { errorMessage }) : value;
}

/**
 * Reads a date in the workflow's time zone.
 *
 * @returns milliseconds since 1970-01-01 UTC, or undefined when it is empty
 */
export function dateOf({ timezone }: Call<unknown>, value: unknown, displayName: string): number | undefined {
	if (isEmpty(value)) return undefined;
	const millis = toMillis(value, timezone);
	if (millis !== null) return millis;
	throw new UserError(
		`The field "${displayName}" is not a date: ${String(value)}. Enter one like 2026-01-31T08:00:00.`,
	);
}

/** Only the entries of a collection that hold something. */
export const givenOf = (collection: IDataObject): IDataObject =>
	Object.fromEntries(Object.entries(collection).filter(([, value]) => !isEmpty(value)));
