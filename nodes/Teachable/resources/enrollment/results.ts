import type { IDataObject } from 'n8n-workflow';

import type { TeachableClient } from '../../api/client';
import { toCourseColumns } from './changes';
import type { CourseInput } from './input';
import type { Change, ChangePlan } from './changePlan';

/** What became of a change. */
export type ChangeStatus = 'planned' | 'done' | 'refused' | 'skipped';

/** Set Students at work in one course. */
export interface CourseRun {
	input: CourseInput;
	plan: ChangePlan;
	/** Students when the run began. */
	enrolled: number;
	/** Removals that are allowed: in percent of the students, and how many that is. */
	removalLimit: number;
	allowed: number;
	dryRun: boolean;
	/** Whether the output has a summary beside the changes. */
	hasSummary: boolean;
	done: Change[];
	failed: number;
}

/** The columns that only a change has, and those that only a summary has: rows of one output have the same ones. */
const NO_CHANGE = { change: null, status: null, userId: null, email: null, name: null, created: null, reason: null };
const NO_SUMMARY = {
	dryRun: null,
	wanted: null,
	enrolled: null,
	enroll: null,
	unenroll: null,
	held: null,
	done: null,
	failed: null,
	kept: null,
	skipped: null,
	duplicates: null,
	removalLimit: null,
	removalsRefused: null,
};

/** The item of a change. */
export const toChangeItem = ({ input, hasSummary }: CourseRun, change: Change, status: ChangeStatus): IDataObject => ({
	type: 'change',
	change: change.change,
	status,
	userId: change.userId,
	email: change.email,
	name: change.name,
	...toCourseColumns(input.call.api, input.course),
	created: false,
	reason: change.reason ?? null,
	...(hasSummary && NO_SUMMARY),
});

/** The item with the numbers of a course. */
export const toSummary = (run: CourseRun): IDataObject => ({
	type: 'summary',
	...NO_CHANGE,
	...toCourseColumns(run.input.call.api, run.input.course),
	dryRun: run.dryRun,
	wanted: run.input.people.length,
	enrolled: run.enrolled,
	enroll: run.plan.enroll.length,
	unenroll: run.plan.unenroll.length,
	held: run.plan.held.length,
	done: run.done.length,
	failed: run.failed,
	kept: run.plan.kept,
	skipped: run.plan.skipped.length + run.input.unreadable,
	duplicates: run.input.duplicates,
	removalLimit: run.allowed,
	removalsRefused: run.plan.refusal === null ? null : refusalText(run, 'nobody was removed'),
});

/** A course by its name, else by its ID. */
export const courseTitle = ({ memory }: TeachableClient, { course }: CourseInput): string =>
	course.name ?? memory.courseNames.get(course.id) ?? `Course ${course.id}`;

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/**
 * Why nobody is removed, with numbers and names.
 *
 * @param consequence the result, such as "nobody was removed"
 */
export function refusalText({ input, plan, enrolled, removalLimit, allowed }: CourseRun, consequence: string): string {
	const removals = `${plan.unenroll.length} of ${counted(enrolled, 'student')}`;
	if (plan.refusal === 'limit')
		return `${removals} would be removed${namesOf(plan.unenroll)}. The limit of ${removalLimit}% allows ${allowed}, so ${consequence}.`;
	if (plan.refusal === 'empty')
		return `The input has nobody for this course, which has ${counted(enrolled, 'student')}, so ${consequence}.`;
	const items = counted(input.unreadable + plan.skipped.length, 'item');
	return `${removals} would be removed${namesOf(plan.unenroll)}. ${items} of the input could not be matched to a user or a course, so ${consequence}.`;
}

/** Up to three people by name, and the number of the others. */
function namesOf(changes: Change[]): string {
	const named = changes.flatMap(({ email, name }) => (email === null ? [] : [name ? `${name} <${email}>` : email]));
	const shown = named.slice(0, 3);
	const others = changes.length - shown.length;
	return shown.length === 0 ? '' : ` (${shown.join(', ')}${others > 0 ? ` and ${others} more` : ''})`;
}

/** What a run did in a course, or would do, in a sentence. */
export function summaryText({ plan, dryRun, done, failed }: CourseRun): string {
	const { enroll, unenroll, held, skipped, kept, refusal } = plan;
	const removals = refusal === null ? unenroll : [];
	const countOf = (change: Change['change'], planned: Change[]) =>
		dryRun ? planned.length : done.filter((entry) => entry.change === change).length;
	const numbers = `${countOf('enroll', enroll)} enrolled, ${countOf('unenroll', removals)} unenrolled`;
	const rest = [
		{ count: failed, word: 'failed' },
		{ count: held.length, word: 'held back, because the limit would grow with them' },
		{ count: skipped.length, word: 'skipped' },
		{ count: kept.length, word: 'left alone' },
	].flatMap(({ count, word }) => (count > 0 ? [`, ${count} ${word}`] : []));
	return dryRun ? `This was a dry run. Turn it off to get: ${numbers}${rest.join('')}.` : `${numbers}${rest.join('')}.`;
}
