export interface Money {
	/** In the currency itself, not in its smallest unit. */
	value: number;
	/** ISO 4217, or null when not given. */
	currency: string | null;
}

/** Digits behind the point that most currencies have. */
const USUAL_DIGITS = 2;

/** How many decimal places a currency has: none in JPY, three in KWD. */
function digitsOf(currency: string | null): number {
	if (currency === null || !/^[A-Z]{3}$/.test(currency)) return USUAL_DIGITS;
	const { maximumFractionDigits } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
	return maximumFractionDigits ?? USUAL_DIGITS;
}

/** An amount of Teachable, which counts in the smallest unit of the currency (Teachable §1.7). Null for no amount. */
export function asMoney(smallestUnits: number | null, currency: string | null): Money | null {
	if (smallestUnits === null) return null;
	const code = currency?.toUpperCase() ?? null;
	return { value: smallestUnits / 10 ** digitsOf(code), currency: code };
}
