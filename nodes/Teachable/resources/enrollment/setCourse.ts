import { UserError, type IDataObject } from 'n8n-workflow';

import { asIs } from '../../../shared/client';
import { RequestError } from '../../../shared/http';
import { addresses } from '../../api/addresses';
import { findOrCreateUser } from '../../api/creation';
import { changeEnrollment } from '../../api/enrollments';
import type { Result } from './changes';
import { newUserOf } from './fields';
import type { CourseInput } from './input';
import type { Change } from './changePlan';
import { planChanges } from './planChanges';
import { removalsAllowed } from './removals';
import { courseTitle, refusalText, summaryText, toChangeItem, toSummary, type CourseRun } from './results';

interface Options {
	createUsers?: boolean;
	ifRefused?: 'enrollOnly' | 'error';
	includeSummary?: boolean;
	keep?: unknown;
	keepMinutes?: number;
	neverRemove?: unknown;
}

/** Answers that are about one person; the others would be given to everyone. */
const PERSONAL = [400, 404, 409, 422];
const isPersonal = (error: Error) =>
	error instanceof UserError || (error instanceof RequestError && PERSONAL.includes(error.status ?? 0));

/**
 * Brings one course to what the input says: first who is missing comes in, then who is not wanted goes out. Every step leaves a
 * state from which the same run can be started again.
 *
 * @param add takes a result for the item at an index
 */
export async function setCourse(input: CourseInput, add: (index: number, result: Result) => void): Promise<void> {
	const { call, first } = input;
	const options = call.param<Options>('options', {});
	const run = await startRun(input, options);
	const { plan, dryRun } = run;
	if (plan.refusal !== null && options.ifRefused === 'error')
		throw new UserError(`${courseTitle(call.api, input)}: ${refusalText(run, 'nothing was changed')}`);

	// It comes first, and has its numbers when all is done.
	const summary: IDataObject = {};
	if (run.hasSummary) add(first, summary);
	for (const change of plan.skipped) add(change.index, toChangeItem(run, change, 'skipped'));
	for (const change of plan.held) add(change.index, toChangeItem(run, change, 'refused'));
	if (plan.refusal !== null)
		for (const change of plan.unenroll) add(change.index, toChangeItem(run, change, 'refused'));
	const toDo = [...plan.enroll, ...(plan.refusal === null ? plan.unenroll : [])];
	if (dryRun) for (const change of toDo) add(change.index, toChangeItem(run, change, 'planned'));
	else await carryOut(run, toDo, add);

	Object.assign(summary, toSummary(run));
	const refused = plan.refusal === null ? '' : ` ${refusalText(run, 'nobody was')}`;
	call.hint(`${courseTitle(call.api, input)}: ${summaryText(run)}${refused}`);
}

async function startRun(input: CourseInput, options: Options): Promise<CourseRun> {
	const { api, param } = input.call;
	const enrollments = await api.list(
		{ path: addresses.courseEnrollments(input.course.id) },
		{ limit: Infinity, read: asIs },
	);
	const enrolled = new Map(enrollments.map(({ user_id: id, enrolled_at: at }) => [Number(id), Date.parse(String(at))]));
	const removalLimit = Number(param<unknown>('removalLimit', 10));
	const plan = await planChanges(input, enrolled, {
		removalLimit,
		keep: options.keep,
		neverRemove: options.neverRemove,
		keepMinutes: options.keepMinutes ?? 0,
		createUsers: options.createUsers ?? true,
	});
	return {
		input,
		plan,
		enrolled: enrolled.size,
		removalLimit,
		allowed: removalsAllowed(enrolled.size, removalLimit),
		dryRun: param<boolean>('dryRun', true),
		hasSummary: options.includeSummary === true,
		done: [],
		failed: 0,
	};
}

/** Makes the changes one after the other. One that fails for everyone ends them. */
async function carryOut(
	run: CourseRun,
	changes: Change[],
	add: (index: number, result: Result) => void,
): Promise<void> {
	for (const [number, change] of changes.entries()) {
		const result = await makeChange(run, change).catch((error: Error) => error);
		if (result instanceof Error) run.failed++;
		else run.done.push(change);
		run.input.call.progress(number + 1, changes.length);
		add(change.index, result);
		if (result instanceof Error && !isPersonal(result)) return;
	}
}

async function makeChange(run: CourseRun, change: Change): Promise<IDataObject> {
	const { call, course } = run.input;
	const { wanted, userId } = change;
	if (userId !== null || !wanted) {
		await changeEnrollment(call.api, change.change, userId!, course.id);
		return toChangeItem(run, change, 'done');
	}
	const { created, id, email, name } = await findOrCreateUser(call.api, wanted.key, newUserOf(wanted.call));
	await changeEnrollment(call.api, 'enroll', id, course.id);
	return { ...toChangeItem(run, { ...change, userId: id, email, name }, 'done'), created };
}
