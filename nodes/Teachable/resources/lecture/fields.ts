import { path } from '../../../shared/http';
import { courseField, idOf, lectureField, type TeachableCall } from '../../api/fields';

/** The lecture that an operation is about: Teachable knows lectures within their course only. */
export const lectureFields = [courseField, lectureField];

export const lecturePath = (call: TeachableCall): string =>
	path`/courses/${idOf(call, courseField)}/lectures/${idOf(call, lectureField)}`;
