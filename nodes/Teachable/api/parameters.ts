import { UserError, type INodeProperties } from 'n8n-workflow';

import { cleanEmail, isEmail } from '../../shared/email';
import { listOf } from '../../shared/parameters';
import { isRecord } from '../../shared/record';
import { email, user } from './fields';
import type { TeachableCall } from './operation';

/** Reads an e-mail parameter, without spaces and invisible characters around it. */
export function emailOf({ param }: TeachableCall): string {
	const value = cleanEmail(param<unknown>(email.name));
	if (isEmail(value)) return value;
	throw new UserError(
		value === ''
			? 'The field "Email" is empty. Enter the e-mail address of the student, or check its expression.'
			: `The field "Email" is not an e-mail address: ${value}. Check its expression.`,
	);
}

/** Finds the person that an operation is about. */
export type PersonKey = { email: string } | { id: number };

/** Reads the fields of `personFields`. */
export const personKeyOf = (call: TeachableCall): PersonKey =>
	call.param<string>('findBy', 'email') === 'id' ? { id: idOf(call, user) } : { email: emailOf(call) };

/** Reads a parameter that holds a numeric ID; Teachable takes numbers only (Teachable §1.7). */
export function idOf({ param }: TeachableCall, { name, displayName }: INodeProperties): number {
	const value = String(param<unknown>(name) ?? '').trim();
	if (value === '')
		throw new UserError(`The field "${displayName}" is empty. Choose one from the list, or enter its ID.`);
	return toId(value, displayName);
}

/** Reads IDs: one, a list as an expression gives it, or text as `listOf` reads it. */
export function idsOf(value: unknown, displayName: string): number[] {
	const texts = [value].flat().flatMap((entry: unknown) => listOf(isRecord(entry) ? entry.value : entry));
	return [...new Set(texts.map((text) => toId(text, displayName)))];
}

function toId(value: string, displayName: string): number {
	const id = Number(value);
	if (!Number.isSafeInteger(id) || id < 1)
		throw new UserError(`The field "${displayName}" is not an ID: ${value}. Enter the number, such as 2966495.`);
	return id;
}
