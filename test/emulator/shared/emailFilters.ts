/** How a filter compares e-mail addresses. */
export const emailFilters = {
	caseInsensitive: (email: string, asked: string) => email.toLowerCase() === asked.toLowerCase(),
	exact: (email: string, asked: string) => email === asked,
	substring: (email: string, asked: string) => email.toLowerCase().includes(asked.toLowerCase()),
};

export type EmailFilter = keyof typeof emailFilters;
