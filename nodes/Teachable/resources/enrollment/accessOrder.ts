import { UserError, type IDataObject } from 'n8n-workflow';

import type { AccessDecision, AccessItem } from '../../../shared/accessItem';
import { toMillis } from '../../../shared/dates';
import { cleanEmail, isEmail } from '../../../shared/email';
import { isRecord } from '../../../shared/record';
import { email } from '../../api/fields';
import type { TeachableCall } from '../../api/operation';
import { valueKeys } from './table';

/** What Apply Access is asked to do for one person. */
export interface AccessOrder {
	decision: AccessDecision;
	reason: string | null;
	/** When the decision takes effect, in milliseconds since 1970-01-01 UTC; null: now. Of a switch, when the old courses are left. */
	effectiveAt: number | null;
	/** Empty for the decision none alone. */
	email: string;
	name: string | null;
	/** What was bought, by all that names it, in the form in which the table is searched. */
	values: string[];
	/** What a switch leaves, likewise. */
	previousValues: string[];
}

const DECISIONS: readonly unknown[] = ['grant', 'revoke', 'switch', 'none'] satisfies AccessDecision[];
const isDecision = (value: unknown): value is AccessDecision => DECISIONS.includes(value);

/** An item as it comes: of the shape of `AccessItem` if all is well, but made by others. */
type Unchecked = { [Key in keyof AccessItem]?: unknown };

const part = (value: unknown): IDataObject => (isRecord(value) ? value : {});
const textOf = (value: unknown) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : null);

/**
 * Reads what the incoming item says, by code: an expression would cost more time than all else.
 *
 * @throws UserError when it has no decision, or no person
 */
export function readItem({ json, timezone }: TeachableCall): AccessOrder {
	const { access, student, product, products, plan, offer } = json as Unchecked;
	const { decision, reason, effectiveAt } = part(access);
	if (!isDecision(decision)) {
		const what =
			decision === undefined || decision === null || decision === ''
				? 'The incoming item has no decision'
				: `The incoming item has a decision that is not known: ${JSON.stringify(decision)}`;
		throw new UserError(
			`${what}. It must have access.decision with grant, revoke, switch or none, as the Hotmart Trigger makes it; or set Read From to Fields.`,
		);
	}
	const bought = [product, ...(Array.isArray(products) ? (products as unknown[]) : [])].map(part);
	const { id, name, previousId, previousName } = part(plan);
	const order = {
		decision,
		reason: textOf(reason),
		effectiveAt: timeOf(effectiveAt, timezone, 'access.effectiveAt'),
		email: cleanEmail(part(student).email),
		name: textOf(part(student).name),
		values: valueKeys([...bought.flatMap((entry) => [entry.id, entry.ucode, entry.name]), id, name, part(offer).code]),
		previousValues: valueKeys([previousId, previousName]),
	};
	return checked(order, 'student.email of the incoming item');
}

/** Reads the fields. @throws UserError like `readItem` */
export function readFields({ param, raw, timezone }: TeachableCall): AccessOrder {
	const decision = param<unknown>('decision');
	if (!isDecision(decision))
		throw new UserError(
			`The field "Decision" cannot be ${JSON.stringify(decision)}. It is grant, revoke, switch or none.`,
		);
	const { effectiveAt } = param<IDataObject>('options', {});
	const order = {
		decision,
		reason: null,
		effectiveAt: timeOf(effectiveAt, timezone, 'Effective At'),
		email: cleanEmail(param<unknown>(email.name)),
		name: textOf(param<unknown>('name', '')),
		values: valueKeys(raw<unknown>('value', '')),
		previousValues: valueKeys(raw<unknown>('previousValue', '')),
	};
	return checked(order, `the field "${email.displayName}"`);
}

/**
 * A decision without a person is an error: if it were skipped silently, a paying student would stay out unnoticed. The
 * triggers say none where an event names nobody.
 */
function checked(order: AccessOrder, where: string): AccessOrder {
	const { decision, email: address } = order;
	if (decision === 'none' || isEmail(address)) return order;
	throw new UserError(
		address === ''
			? `The decision is ${decision}, but nobody is named: ${where} is empty. Find out in Hotmart, or wherever the item comes from, whom it is about.`
			: `The decision is ${decision}, but ${where} is not an e-mail address: ${address}. Correct it where the item is made.`,
	);
}

function timeOf(value: unknown, timezone: string, what: string): number | null {
	if (value === undefined || value === null || value === '') return null;
	const millis = toMillis(value, timezone);
	if (millis !== null) return millis;
	throw new UserError(`"${what}" is not a date: ${String(value)}. Enter one like 2026-01-31T08:00:00Z.`);
}
