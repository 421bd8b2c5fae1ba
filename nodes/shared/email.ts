/** Invisible characters that copying leaves in an address: zero-width spaces, marks of direction, soft hyphens. */
// eslint-disable-next-line no-misleading-character-class
const INVISIBLE = /(?! )[\p{Cf}\p{Zs}\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F\u2800\u3164\uFE00-\uFE0F\uFFA0]/gu;

/** An e-mail address without spaces around it and without invisible characters. Empty for null and undefined. */
export const cleanEmail = (value: unknown): string =>
	String(value ?? '')
		.replace(INVISIBLE, '')
		.trim();

/** The same for every spelling of an address that means one person. */
export const emailKey = (value: unknown): string => cleanEmail(value).normalize('NFC').toLowerCase();

/** Longest e-mail address in characters: 64 before the @ and 255 after it (RFC 5321, section 4.5.3.1). */
const MAX_EMAIL = 320;

/** Whether a cleaned text can be an e-mail address. */
export const isEmail = (text: string): boolean => text.length <= MAX_EMAIL && /^[^\s@]+@[^\s@]+$/.test(text);
