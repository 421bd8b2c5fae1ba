import { UserError, type IDataObject } from 'n8n-workflow';

import { isRecord } from '../../shared/record';
import type { TeachableClient } from './client';
import { NO_ANSWER } from './list';

/** Takes a record out of the wrapper that the reference documents and the live API does not have (Teachable §2.4). */
const unwrap = (record: IDataObject, wrapper: string) => (isRecord(record[wrapper]) ? record[wrapper] : record);

const listOf = (value: unknown) => (Array.isArray(value) ? value : []) as IDataObject[];

/**
 * A student's progress in a course, with all its lectures: Teachable serves them in pages, in which a section may come in parts.
 * The record is as the live API shows it, whichever shape is served.
 */
export async function readProgress(api: TeachableClient, path: string, userId: number): Promise<IDataObject> {
	let progress: IDataObject = {};
	const sections = new Map<unknown, IDataObject>();
	const seen = new Set<unknown>();
	for (let page = 1, more = true; more; page++) {
		const answer = await api.request({ path, query: { user_id: userId, per: 100, page } });
		if (!isRecord(answer.course_progress)) throw new UserError(NO_ANSWER);
		progress = answer.course_progress;
		let isNew = false;
		for (const part of listOf(progress.lecture_sections)) {
			const { lectures, ...section } = unwrap(part, 'lecture_section_progress');
			const merged = sections.get(section.id) ?? { ...section, lectures: [] };
			sections.set(section.id, merged);
			for (const lecture of listOf(lectures).map((entry) => unwrap(entry, 'lecture_progress'))) {
				if (seen.has(lecture.id)) continue;
				isNew = true;
				seen.add(lecture.id);
				(merged.lectures as IDataObject[]).push(lecture);
			}
		}
		const meta = isRecord(answer.meta) ? answer.meta : {};
		more = isNew && page < Number(meta.number_of_pages);
	}
	return { ...progress, lecture_sections: [...sections.values()] };
}

/** All lectures of a student's progress. */
export const lecturesOf = (progress: IDataObject): IDataObject[] =>
	listOf(progress.lecture_sections).flatMap(({ lectures }) => listOf(lectures));

/** Whether a lecture is among those that the student has completed. */
export const isCompleted = (progress: IDataObject, lectureId: number): boolean =>
	lecturesOf(progress).some(({ id, is_completed: done }) => Number(id) === lectureId && done === true);
