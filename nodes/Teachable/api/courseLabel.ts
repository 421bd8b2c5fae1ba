import type { IDataObject } from 'n8n-workflow';

import { asText } from '../../shared/reader';
import { labelOf } from '../../shared/search';

/** What lists say of a course or a lecture that students do not see. */
export const NOT_PUBLISHED = 'Not published';

/** A course as lists show it. */
export const courseLabel = ({ id, name, is_published: isPublished }: IDataObject): string =>
	labelOf(asText(name) ?? `Course ${String(id)}`, isPublished === false ? NOT_PUBLISHED : '');

/** The name of a course that was picked from a list, without what the list adds to it. */
export function courseNameIn(label: string, id: number): string {
	let name = label;
	for (const mark of [String(id), NOT_PUBLISHED]) {
		const end = labelOf('.', mark).slice(1);
		if (name.endsWith(end)) name = name.slice(0, -end.length);
	}
	return name;
}
