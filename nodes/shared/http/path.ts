import { UserError } from 'n8n-workflow';

/**
 * Builds a path whose inserted values are encoded, for use as a template tag: path`/courses/${id}`.
 *
 * @throws UserError when a value is empty, or is a dot segment that would point the request elsewhere.
 */
export function path(strings: TemplateStringsArray, ...values: Array<string | number>): string {
	return strings.reduce((built, text, index) => {
		const value = String(values[index - 1] ?? '').trim();
		if (value === '') throw new UserError('A value that goes into the address of the request is empty');
		if (value === '.' || value === '..') throw new UserError(`"${value}" cannot be a part of the address of a request`);
		return built + encodeURIComponent(value) + text;
	});
}
