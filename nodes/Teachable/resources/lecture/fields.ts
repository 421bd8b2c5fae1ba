import { courseField, lectureField } from '../../api/fields';
import type { TeachableCall } from '../../api/operation';
import { idOf } from '../../api/parameters';

/** The lecture that an operation is about: Teachable knows lectures within their course only. */
export const lectureFields = [courseField, lectureField];

/** The IDs of the course and of the lecture in it. */
export const lectureOf = (call: TeachableCall): [courseId: number, lectureId: number] => [
	idOf(call, courseField),
	idOf(call, lectureField),
];
