import { personFields } from '../../api/fields';
import type { TeachableOperation } from '../../api/operation';
import { lookUp } from '../../api/people';
import { courseFields } from './courses';
import { setOptions, setSettings } from './fields';
import { setCourse } from './setCourse';
import { readInput, type Result } from './wanted';

export const setStudents: TeachableOperation = {
	name: 'Set Students',
	value: 'setStudents',
	action: 'Set the students of a course',
	description:
		'Make the input the complete list of the students of a course: enroll who is missing, unenroll who is not in it. By default a dry run that changes nothing. Staff, people to keep, and more than the limit are never removed, and nobody when the input is empty or has items without a person. It can be undone with Enroll and Unenroll. A subscription bought in Teachable itself may be canceled by it.',
	fields: [...personFields, ...courseFields, ...setSettings, setOptions],
	async executeAll(calls) {
		const { groups, results } = readInput(calls);
		const { api } = calls[0]!;
		const emails = groups.flatMap(({ people }) => people.flatMap(({ who }) => ('email' in who ? [who.email] : [])));
		// Only saves requests: whoever could not be looked up here is looked up, and fails, on their own.
		await lookUp(api, emails).catch(() => undefined);
		for (const group of groups) {
			const first = results[group.first]!;
			const add = (index: number, result: Result) => results[index]!.push(result);
			await setCourse(group, add).catch((error: Error) => first.push(error));
		}
		return results;
	},
};
