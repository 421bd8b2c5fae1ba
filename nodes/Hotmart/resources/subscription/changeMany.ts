import { UserError, type IDataObject } from 'n8n-workflow';

import { inWords } from '../../../shared/http';
import { required } from '../../../shared/parameters';
import { subscriberCode } from '../../api/fields';
import type { HotmartCall } from '../../api/operation';

/** Codes in one request; Hotmart publishes no maximum (Hotmart §9.20). */
const BATCH = 50;

/** The message and the remedy if Hotmart could not change a code (Hotmart §3.1.6, §3.1.8). */
const REASONS: Record<string, (code: string) => string> = {
	SUBSCRIPTION_NOT_FOUND: (code) => `No subscription has the code ${code}. Check it, or choose one from the list.`,
	SUBSCRIPTION_ALREADY_CANCELED_OR_OVERDUE: (code) =>
		`The subscription ${code} is already canceled or has ended. Nothing needs to be done.`,
	SUBSCRIPTION_ALREADY_ACTIVE: (code) => `The subscription ${code} is already active. Nothing needs to be done.`,
};

type Result = IDataObject | Error;

/**
 * Sends the subscriber codes of many items to one of Hotmart's bulk endpoints, in as few requests as possible: items with equal
 * options go together, and a code that several items name is sent once.
 *
 * @param read makes the answer for a call readable
 * @returns one result per call, in their order; a code that failed gives an Error with Hotmart's reason
 */
export async function changeMany(
	calls: HotmartCall[],
	path: string,
	options: (call: HotmartCall) => IDataObject,
	read: (call: HotmartCall, subscription: IDataObject) => IDataObject,
): Promise<Result[]> {
	const results = new Array<Result>(calls.length);
	const groups = new Map<string, Map<string, number[]>>();
	for (const [index, call] of calls.entries()) {
		try {
			const code = required(call, subscriberCode);
			const group = JSON.stringify(options(call));
			const codes = groups.get(group) ?? groups.set(group, new Map()).get(group)!;
			// As Hotmart writes them (Hotmart §2.7)
			const key = code.toUpperCase();
			codes.set(key, [...(codes.get(key) ?? []), index]);
		} catch (error) {
			results[index] = error as Error;
		}
	}
	for (const [group, codes] of groups) {
		const entries = [...codes];
		for (let start = 0; start < entries.length; start += BATCH) {
			const batch = entries.slice(start, start + BATCH);
			const answer = await changeBatch(
				calls[0]!,
				path,
				batch.map(([code]) => code),
				JSON.parse(group) as IDataObject,
			);
			for (const [code, indexes] of batch) {
				const result = answer(code);
				for (const index of indexes) results[index] = result instanceof Error ? result : read(calls[index]!, result);
			}
		}
	}
	return results;
}

async function changeBatch(
	{ api }: HotmartCall,
	path: string,
	codes: string[],
	options: IDataObject,
): Promise<(code: string) => Result> {
	let body: IDataObject;
	try {
		body = (await api.request({ method: 'POST', path, body: { subscriber_code: codes, ...options } })) as IDataObject;
	} catch (error) {
		return () => error as Error;
	}
	// Either list is absent when it would be empty (Hotmart §3.1.6).
	const byCode = (list: unknown) =>
		new Map(((list ?? []) as IDataObject[]).map((entry) => [String(entry.subscriber_code).toUpperCase(), entry]));
	const [done, failed] = [byCode(body.success_subscriptions), byCode(body.fail_subscriptions)];
	return (code) => {
		const success = done.get(code);
		if (success) return success;
		const reason = String(failed.get(code)?.error ?? '');
		const words = Object.hasOwn(REASONS, reason)
			? REASONS[reason]!(code)
			: `Hotmart refused to change the subscription ${code}: ${inWords(reason)}. Look at it in Hotmart.`;
		return new UserError(
			reason === ''
				? `Hotmart did not answer for the subscriber code ${code}. Look at the subscription before you try again.`
				: `${words} (${reason})`,
		);
	};
}
