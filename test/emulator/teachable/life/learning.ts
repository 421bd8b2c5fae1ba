import { lectureObject } from '../events';
import type { Payload } from '../events';
import { progressOf } from '../progress';
import type { School } from '../school';
import type { TeachableEnrollment } from '../types';
import { tell } from '../webhooks';
import { courseOf, enrollmentEvent, guessedEvent, lectureOf, userOf, userWith } from './common';
import { activeOf, enter, leave } from './enrollments';

/** The owner enrolls somebody by hand: Enrollment.created and Sale.created, and User.created of a new person. */
export async function enroll(school: School, email: string, courseId: number): Promise<void> {
	const { user, payloads } = userWith(school, { email });
	courseOf(school, courseId);
	const entered = activeOf(school, user, courseId).length === 0 ? enter(school, user, courseId) : [];
	await tell(school, [...payloads, ...entered]);
}

/** The owner unenrolls somebody: Enrollment.disabled, and Sale.subscription_canceled of a running subscription. */
export async function unenroll(school: School, email: string, courseId: number): Promise<void> {
	await tell(school, leave(school, activeOf(school, userOf(school, email), courseId)));
}

/** Notes a completed lecture; answers LectureProgress.created, and Enrollment.completed after the last one. */
export function complete(school: School, enrollment: TeachableEnrollment, lectureId: number): Payload[] {
	const { state, clock } = school;
	const { userId } = enrollment;
	const course = courseOf(school, enrollment.courseId);
	const lecture = lectureOf(course, lectureId);
	state.completions.push({ userId, lectureId, at: clock.now() });
	const user = state.users.find(({ id }) => id === userId)!;
	const progress: Payload = {
		type: 'LectureProgress.created',
		id: lecture.id,
		object: lectureObject(school, user, course, lecture),
	};
	const done = progressOf(state, userId, course).completedAt !== null;
	return [progress, ...(done ? [enrollmentEvent(school, 'Enrollment.completed', enrollment)] : [])];
}

/** A student completes a lecture; default the next one. */
export async function completeLecture(
	school: School,
	email: string,
	courseId: number,
	lectureId?: number,
): Promise<void> {
	const [user, course] = [userOf(school, email), courseOf(school, courseId)];
	const [enrollment] = activeOf(school, user, courseId);
	if (enrollment === undefined) throw new Error(`${email} is not enrolled in course ${courseId}`);
	const { done } = progressOf(school.state, user.id, course);
	const all = course.sections.flatMap(({ lectures }) => lectures);
	const next = lectureId ?? all.find(({ id }) => !done.has(id))?.id;
	if (next === undefined || done.has(next)) throw new Error(`${email} has completed this already`);
	await tell(school, complete(school, enrollment, next));
}

/** A student answers a graded quiz: Response.created. Default the first lecture's. */
export async function answerQuiz(school: School, email: string, courseId: number, lectureId?: number): Promise<void> {
	const [user, course] = [userOf(school, email), courseOf(school, courseId)];
	const lecture = lectureOf(course, lectureId);
	const object = { lecture_id: lecture.id, percent_correct: 1, graded: true };
	await tell(school, [guessedEvent(school, 'Response.created', user, object, course)]);
}

/** Ends the enrollments whose access limit is over by now: Enrollment.disabled (Teachable §3). */
export function passTime(school: School): void {
	const now = school.clock.now();
	const over = school.state.enrollments.filter(
		({ endedAt, expiresAt }) => endedAt === null && expiresAt !== null && expiresAt <= now,
	);
	const payloads = over.flatMap((enrollment) => leave(school, [enrollment], enrollment.expiresAt ?? now));
	if (payloads.length > 0) void tell(school, payloads);
}
