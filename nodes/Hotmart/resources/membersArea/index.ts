import type { HotmartResource } from '../../api/operation';
import { getModules } from './getModules';
import { getPages } from './getPages';
import { getStudentProgress } from './getStudentProgress';
import { getStudents } from './getStudents';

export const membersArea: HotmartResource = {
	name: 'Members Area',
	value: 'membersArea',
	operations: [getStudents, getStudentProgress, getModules, getPages],
};
