import type { TeachableCall } from '../../api/operation';
import { whoOf } from '../../api/parameters';
import { countKnown, lookUp, lookUpStudents } from '../../api/people';
import { coursesOf } from './courses';

/** Finds out for many items who the people are and which of them are in the courses, page by page instead of one by one. */
export async function prepare(calls: TeachableCall[]): Promise<void> {
	const { api } = calls[0]!;
	const emails: string[] = [];
	const courses = new Set<number>();
	for (const call of calls) {
		try {
			const who = whoOf(call);
			const wanted = coursesOf(call);
			// Whoever is known by ID is read anyway: results show the address.
			if ('id' in who || wanted.length === 0) continue;
			emails.push(who.email);
			for (const courseId of wanted) courses.add(courseId);
		} catch {
			// It is said when its turn comes.
		}
	}
	await lookUp(api, emails);
	await lookUpStudents(api, [...courses], countKnown(api, emails));
}
