import type { TeachableResource } from '../../api/operation';
import { applyAccess } from './applyAccess';
import { enroll } from './enroll';
import { move } from './move';
import { setStudents } from './setStudents';
import { unenroll } from './unenroll';

export const enrollment: TeachableResource = {
	name: 'Enrollment',
	value: 'enrollment',
	operations: [enroll, applyAccess, unenroll, move, setStudents],
};
