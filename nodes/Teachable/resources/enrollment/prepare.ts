import { lookUpStudents } from '../../api/enrollments';
import type { TeachableCall } from '../../api/operation';
import { personKeyOf } from '../../api/parameters';
import { lookUp } from '../../api/people';
import { coursesOf } from './courses';

/** Finds out for many items who the people are and which of them are in the courses, page by page instead of one by one. */
export async function prepare(calls: TeachableCall[]): Promise<void> {
	const { api } = calls[0]!;
	const emails: string[] = [];
	const courses = new Set<number>();
	for (const call of calls) {
		try {
			const key = personKeyOf(call);
			const wanted = coursesOf({ ...call, hint: () => undefined });
			// People known by ID are read anyway: results show the address.
			if ('id' in key || wanted.length === 0) continue;
			emails.push(key.email);
			for (const { id } of wanted) courses.add(id);
		} catch {
			// It is said when its turn comes.
		}
	}
	await lookUp(api, emails);
	await lookUpStudents(api, [...courses], emails);
}
