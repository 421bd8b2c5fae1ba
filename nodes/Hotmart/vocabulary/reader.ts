import { asNumber, asText, Reader as SharedReader } from '../../shared/reader';

export { asBoolean, asEmail, asMillis, asNumber, asText, asTime, copyOf } from '../../shared/reader';

export interface Money {
	value: number;
	/** ISO 4217, or null when not given. */
	currency: string | null;
}

/** Groups of three digits between points or commas, then at most two digits of cents after the other sign. */
const GROUPED = /^-?\d{1,3}(?:(?:\.\d{3})+(?:,\d{1,2})?|(?:,\d{3})+(?:\.\d{1,2})?)$/;
/** The currency before or behind an amount. */
const CURRENCY = /^(?:[A-Z]{1,3})?\s*[$€£]?\s*|\s*[$€£]?\s*(?:[A-Z]{3})?$/gi;
/** What else than points and commas separates groups of three digits. */
const SPACES = /(?<=\d)[\s'’](?=\d{3}(?!\d))/g;
/** No amount is longer. */
const MAX_AMOUNT_LENGTH = 40;

/**
 * Reads an amount of money in major units: a number, or text as people write it ("1.234,56", "97,00", "R$ 97.00").
 *
 * @returns null also for text that can be read in two ways, such as "1.234"
 */
export const asAmount = (raw: unknown): number | null => {
	if (typeof raw === 'number') return asNumber(raw);
	const given = asText(raw) ?? '';
	if (given.length > MAX_AMOUNT_LENGTH) return null;
	const text = given.replace(CURRENCY, '').replace(SPACES, '');
	if (/^-?\d+(?:\.(?:\d{1,2}|\d{4,}))?$/.test(text)) return asNumber(text);
	if (/^-?\d+,\d{1,2}$/.test(text)) return Number(text.replace(',', '.'));
	const signs = text.replace(/[-\d]/g, '');
	if (!GROUPED.test(text) || signs.length < 2) return null;
	// The last sign is the decimal one where the others differ from it.
	const decimal = signs.at(-1) === signs[0] ? '' : signs.at(-1)!;
	const [whole = '', cents = ''] = decimal === '' ? [text] : text.split(decimal);
	return Number(`${whole.replace(/[.,]/g, '')}.${cents || '0'}`);
};

/**
 * Reads an offer code. Hotmart recovers a failed sale by installments under a code of its own, the user's with DRP behind it
 * (Hotmart §2.7).
 */
export const asOfferCode = (raw: unknown): string | null => asText(raw)?.replace(/DRP$/, '') ?? null;

/** Reads the fields of Hotmart's bodies, with their amounts. */
export class Reader extends SharedReader {
	/** An amount with its currency, under any of the names that Hotmart's sources use for it. */
	money(path: string): Money | null {
		const value = this.take(`${path}.value`, asAmount);
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
}
