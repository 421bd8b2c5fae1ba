import { asEmail, asText, type Reader } from '../vocabulary/reader';
import { readPhone } from './phone';

/** The student. */
export interface Student {
	email: string | null;
	name: string | null;
	/** E.164 where the country is known, otherwise the digits that are certain. */
	phone: string | null;
}

/** Names under which events have a person: the subscriber comes before the payer, since the two may differ (Hotmart §5.6.8). */
const ROLES = ['subscriber', 'subscriber.user', 'user', 'buyer', 'shopper'];
/** The parts of `data` in which each of them was seen, or may be. */
const PARTS = ['subscription.', 'purchase.subscription.', '', 'purchase.'];
const PEOPLE = ROLES.flatMap((role) => PARTS.map((part) => part + role));
const BUYERS = PEOPLE.filter((path) => path.endsWith('buyer'));

/** Parts of a telephone number in a person: the area code, then the number (Hotmart §5.6.1, §5.6.2). */
const PHONES = [
	['checkout_phone_code', 'checkout_phone'],
	['phone_local_code', 'phone_number'],
	['phone.dddCell', 'phone.cell'],
	['phone.dddPhone', 'phone.phone'],
	['phone_code', 'phone'],
] as const;

const COUNTRIES = ['address.country_iso', 'address.country', 'country_iso', 'country'];
const CHECKOUTS = ['purchase.checkout_country', 'checkout_country'];

/** Reads the person that an event is about: the first one with an e-mail address, anywhere in the event. */
export function readStudent(reader: Reader): Student {
	const person =
		PEOPLE.find((path) => reader.peek(`${path}.email`, asEmail) !== null) ??
		PEOPLE.find((path) => nameOf(reader, path) !== null) ??
		BUYERS[0]!;
	const name = nameOf(reader, person);
	reader.take(`${person}.name`, asText);
	return { email: reader.take(`${person}.email`, asEmail), name, phone: phoneOf(reader, person) };
}

/** E-mail address of who paid. */
export const buyerEmailOf = (reader: Reader): string | null =>
	BUYERS.map((path) => reader.peek(`${path}.email`, asEmail)).find((email) => email !== null) ?? null;

function nameOf(reader: Reader, person: string): string | null {
	const parts = ['first_name', 'last_name'].map((part) => reader.peek(`${person}.${part}`, asText));
	const joined = parts.filter((part) => part !== null).join(' ');
	return reader.peek(`${person}.name`, asText) ?? (joined || null);
}

/** The parts stay in the rest when they were changed to make the number. */
function phoneOf(reader: Reader, person: string): string | null {
	const countries = [
		...COUNTRIES.map((path) => `${person}.${path}`),
		...CHECKOUTS.flatMap((path) => [`${path}.iso`, `${path}.name`]),
	].flatMap((path) => reader.peek(path, asText) ?? []);
	for (const parts of PHONES) {
		const [codePath, numberPath] = parts.map((part) => `${person}.${part}`) as [string, string];
		const given = { code: reader.peek(codePath, asText) ?? '', number: reader.peek(numberPath, asText) ?? '' };
		const phone = readPhone(given, countries);
		if (phone === null) continue;
		if (phone === given.code + given.number) [codePath, numberPath].map((path) => reader.take(path, asText));
		return phone;
	}
	return null;
}
