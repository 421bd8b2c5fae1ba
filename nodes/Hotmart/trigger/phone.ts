/** What is known of the telephone numbers of a country. */
interface Country {
	/** Country code, as it follows the plus sign. */
	code: string;
	/** Lengths of a number without the country code. */
	lengths: number[];
	/** The country's names in Portuguese, Spanish and English, in lower case and without accents. */
	names: string[];
}

/** Calling codes of the countries where most of Hotmart's buyers live, by ISO 3166 code (ITU-T E.164). */
const COUNTRIES: Record<string, Country> = {
	AO: { code: '244', lengths: [9], names: ['angola'] },
	AR: { code: '54', lengths: [10, 11], names: ['argentina'] },
	BO: { code: '591', lengths: [8], names: ['bolivia'] },
	BR: { code: '55', lengths: [10, 11], names: ['brasil', 'brazil'] },
	CA: { code: '1', lengths: [10], names: ['canada'] },
	CH: { code: '41', lengths: [9], names: ['suica', 'suiza', 'switzerland'] },
	CL: { code: '56', lengths: [9], names: ['chile'] },
	CO: { code: '57', lengths: [10], names: ['colombia'] },
	CR: { code: '506', lengths: [8], names: ['costa rica'] },
	DO: { code: '1', lengths: [10], names: ['republica dominicana', 'dominican republic'] },
	EC: { code: '593', lengths: [8, 9], names: ['equador', 'ecuador'] },
	ES: { code: '34', lengths: [9], names: ['espanha', 'espana', 'spain'] },
	FR: { code: '33', lengths: [9], names: ['franca', 'francia', 'france'] },
	GB: { code: '44', lengths: [10], names: ['reino unido', 'united kingdom'] },
	GT: { code: '502', lengths: [8], names: ['guatemala'] },
	HN: { code: '504', lengths: [8], names: ['honduras'] },
	MX: { code: '52', lengths: [10, 11], names: ['mexico'] },
	MZ: { code: '258', lengths: [9], names: ['mocambique', 'mozambique'] },
	NI: { code: '505', lengths: [8], names: ['nicaragua'] },
	PA: { code: '507', lengths: [7, 8], names: ['panama'] },
	PE: { code: '51', lengths: [8, 9], names: ['peru'] },
	PR: { code: '1', lengths: [10], names: ['porto rico', 'puerto rico'] },
	PT: { code: '351', lengths: [9], names: ['portugal'] },
	PY: { code: '595', lengths: [8, 9], names: ['paraguai', 'paraguay'] },
	SV: { code: '503', lengths: [8], names: ['el salvador'] },
	US: { code: '1', lengths: [10], names: ['estados unidos', 'united states', 'united states of america', 'usa'] },
	UY: { code: '598', lengths: [8], names: ['uruguai', 'uruguay'] },
	VE: { code: '58', lengths: [10], names: ['venezuela'] },
};

const BRAZIL = COUNTRIES.BR!;
const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').trim().toLowerCase();

/** A country by its ISO code or its name. */
function countryOf(text: string): Country | undefined {
	const iso = text.trim().toUpperCase();
	if (Object.hasOwn(COUNTRIES, iso)) return COUNTRIES[iso];
	return Object.values(COUNTRIES).find(({ names }) => names.includes(plain(text)));
}

const digitsOf = (text: string) => text.replace(/\D/g, '');
const withoutZeros = (text: string) => digitsOf(text).replace(/^0+/, '');
const isInternational = (text: string) => /^\s*(\+|00)/.test(text);

/**
 * Reads a telephone number that comes in two parts. The number may have the area code already, the code may be the country's,
 * and either may be a zero (Hotmart §5.6.1).
 *
 * @param given code and number as they came; empty text for what is missing
 * @param countries where the person lives by all that is known, ISO codes or names; the first that is known counts
 * @returns E.164 where the country is known and the number is complete, otherwise the digits that are certain; null for none
 */
export function readPhone(given: { code: string; number: string }, countries: string[]): string | null {
	const number = withoutZeros(given.number);
	if (number === '') return null;
	if (isInternational(given.number) && number.length >= 8 && number.length <= 15) return `+${number}`;
	const code = withoutZeros(given.code);
	const country =
		countryOfCode(given.code, code) ??
		countries.map(countryOf).find((found) => found !== undefined) ??
		(isWithBrazilsCode(code, number) ? BRAZIL : undefined);
	// Hotmart separates the area code only in Brazil, so without a known country the parts are joined as in Brazil.
	if (country === undefined) return inBrazil(code, number);
	const area = isInternational(given.code) ? code.slice(country.code.length) : code;
	const rest = number.startsWith(country.code) ? number.slice(country.code.length) : '';
	const candidates = [country === BRAZIL ? inBrazil(area, number) : number, rest, area + number];
	const national = candidates.find((digits) => isComplete(digits, country));
	return national === undefined ? inBrazil(area, number) : `+${country.code}${national}`;
}

/** Whether both together, or the number alone, are a complete Brazilian number with the country's code: no other has this form. */
const isWithBrazilsCode = (code: string, number: string) =>
	[number, code + number].some(
		(digits) => digits.startsWith(BRAZIL.code) && isComplete(digits.slice(BRAZIL.code.length), BRAZIL),
	);

/** The country that the code itself names: after a plus sign. */
const countryOfCode = (given: string, code: string) =>
	isInternational(given)
		? (Object.values(COUNTRIES).find((country) => country.code === code) ??
			Object.values(COUNTRIES).find((country) => code.startsWith(country.code)))
		: undefined;

/** In Brazil the third digit tells a mobile number (11 digits, a 9) from any other (10 digits). */
const isComplete = (digits: string, country: Country) =>
	country === BRAZIL ? /^[1-9]{2}(9\d{8}|[2-9]\d{7})$/.test(digits) : country.lengths.includes(digits.length);

/** Area code and number together, the code once: a local number has 8 or 9 digits, a longer one has its code. */
function inBrazil(area: string, number: string): string {
	const ownArea = area.length === 4 && area.startsWith(BRAZIL.code) ? area.slice(2) : area;
	const isLocal = ownArea.length === 2 && (number.length === 8 || number.length === 9);
	if (isLocal) return ownArea + number;
	return number.length > 9 || number.startsWith(area) ? number : area + number;
}
