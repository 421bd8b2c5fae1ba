import type { SchoolData, TeachableCourse, TeachableEnrollment } from './types';

/** Whether an enrollment counts as one at a moment in the past, which is what lagging reads show. */
export const wasActive = (enrollment: TeachableEnrollment, asOf: number) =>
	enrollment.enrolledAt <= asOf &&
	(enrollment.endedAt === null || enrollment.endedAt > asOf) &&
	(enrollment.expiresAt === null || enrollment.expiresAt > asOf);

/** How far somebody is in a course: times of completion by lecture, percent (may be fractional), when all was done. */
export function progressOf(
	state: Pick<SchoolData, 'completions'>,
	userId: number,
	course: TeachableCourse | undefined,
) {
	const lectures = course?.sections.flatMap((section) => section.lectures) ?? [];
	const ids = new Set(lectures.map(({ id }) => id));
	const done = new Map(
		state.completions
			.filter((completion) => completion.userId === userId && ids.has(completion.lectureId))
			.map(({ lectureId, at }) => [lectureId, at]),
	);
	const all = ids.size > 0 && done.size === ids.size;
	return {
		done,
		percent: ids.size === 0 ? 0 : Math.round((done.size / ids.size) * 10_000) / 100,
		completedAt: all ? Math.max(...done.values()) : null,
	};
}
