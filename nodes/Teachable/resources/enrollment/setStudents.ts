import { personFields } from '../../api/fields';
import type { TeachableOperation } from '../../api/operation';
import { lookUp } from '../../api/people';
import { courseFields } from './courses';
import { newUserFields, setOptions, setSettings } from './fields';
import type { Result } from './changes';
import { readInput } from './input';
import { setCourse } from './setCourse';

export const setStudents: TeachableOperation = {
	name: 'Set Students',
	value: 'setStudents',
	action: 'Set the students of a course',
	description:
		'Make the input the full list of students of a course, by default as a dry run; can be undone with Enroll and Unenroll',
	fields: [...personFields, newUserFields.name, ...courseFields, ...setSettings, setOptions],
	async executeAll(calls) {
		const { inputs, results } = readInput(calls);
		const { api } = calls[0]!;
		const emails = inputs.flatMap(({ people }) => people.flatMap(({ key }) => ('email' in key ? [key.email] : [])));
		// This only saves requests: a person who was not found here is looked up alone, and fails alone.
		await lookUp(api, emails).catch(() => undefined);
		for (const input of inputs) {
			const first = results[input.first]!;
			const add = (index: number, result: Result) => results[index]!.push(result);
			await setCourse(input, add).catch((error: Error) => first.push(error));
		}
		return results;
	},
};
