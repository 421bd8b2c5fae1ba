import { UserError, type IDataObject } from 'n8n-workflow';

import { asIs } from '../../../shared/client';
import { RequestError } from '../../../shared/http';
import { addresses } from '../../api/addresses';
import type { TeachableCall } from '../../api/operation';
import { findOrCreateUser } from '../../api/people';
import { changeEnrollment } from './changes';
import { plan, type Change } from './plan';
import { removalsAllowed, type Refusal } from './removals';
import type { Group, Result } from './wanted';

interface Options {
	createUsers?: boolean;
	ifRefused?: 'enrollOnly' | 'error';
	keep?: unknown;
	keepMinutes?: number;
	name?: string;
	src?: string;
}

/** Answers that are about one person; the others would be given to everyone. */
const PERSONAL = [400, 404, 409, 422];
const isPersonal = (error: Error) =>
	error instanceof UserError || (error instanceof RequestError && PERSONAL.includes(error.status ?? 0));

const REFUSALS: Record<Refusal, string> = {
	empty: 'Nobody was removed, as the input has nobody for this course',
	unreadable:
		'Nobody was removed, as the input has items without a person or a course: everyone in it must be known first',
	limit:
		'Nobody was removed, as more students would be than the Removal Limit allows. Check the input; if it is right, raise the limit',
};

const toItem = ({ change, courseId, userId, email, name }: Change, status: string): IDataObject => ({
	type: 'change',
	change,
	status,
	courseId,
	userId,
	email,
	name,
});

/**
 * Brings one course to what the input says: first who is missing comes in, then who is not wanted goes out. Every step leaves a
 * state from which the same run can be started again.
 *
 * @param add takes a result for the item at an index: the summary at the group's first, then one a change
 */
export async function setCourse(group: Group, add: (index: number, result: Result) => void): Promise<void> {
	const { courseId, call, first } = group;
	const { api, param } = call;
	const options = param<Options>('options', {});
	const dryRun = param<boolean>('dryRun', true);
	const enrollments = await api.list({ path: addresses.courseEnrollments(courseId) }, { limit: Infinity, read: asIs });
	const enrolled = new Map(enrollments.map(({ user_id: id, enrolled_at: at }) => [Number(id), Date.parse(String(at))]));
	const allowed = removalsAllowed(enrolled.size, Number(param<unknown>('removalLimit', 10)));
	const { enroll, unenroll, refusal, kept, skipped } = await plan(group, enrolled, {
		allowed,
		keep: options.keep,
		keepMinutes: options.keepMinutes ?? 0,
		createUsers: options.createUsers ?? true,
	});
	const refused = refusal === null ? null : REFUSALS[refusal];
	if (refused && options.ifRefused === 'error')
		throw new UserError(`Course ${courseId}: ${refused.replace('Nobody was removed', 'Nothing was changed')}.`);

	const summary: IDataObject = {
		type: 'summary',
		courseId,
		dryRun,
		wanted: group.people.length,
		enrolled: enrolled.size,
		enroll: enroll.length,
		unenroll: unenroll.length,
		done: 0,
		failed: 0,
		kept,
		skipped: skipped.length + group.unreadable,
		duplicates: group.duplicates,
		removalLimit: allowed,
		removalsRefused: refused,
	};
	add(first, summary);
	for (const { index, ...item } of skipped) add(index, { type: 'skipped', courseId, ...item, skipped: true });
	if (refused) call.hint(`Course ${courseId}: ${refused}.`);
	else if (dryRun && enroll.length + unenroll.length > 0)
		call.hint(
			`Course ${courseId}: this was a dry run. Switch it off to enroll ${enroll.length} and unenroll ${unenroll.length} people.`,
		);

	const toDo = dryRun ? [] : [...enroll, ...(refused ? [] : unenroll)];
	if (dryRun) for (const change of enroll) add(change.index, toItem(change, 'planned'));
	if (dryRun || refused)
		for (const change of unenroll) add(change.index, toItem(change, refused ? 'refused' : 'planned'));
	let failed = 0;
	for (const [number, change] of toDo.entries()) {
		const result = await carryOut(call, change, options).catch((error: Error) => error);
		if (result instanceof Error) failed++;
		Object.assign(summary, { failed, done: number + 1 - failed });
		call.progress(number + 1, toDo.length);
		add(change.index, result);
		if (result instanceof Error && !isPersonal(result)) return;
	}
}

async function carryOut({ api }: TeachableCall, change: Change, { name, src }: Options): Promise<IDataObject> {
	const { who, userId, courseId } = change;
	if (userId !== null) {
		await changeEnrollment(api, change.change, userId, courseId);
		return { ...toItem(change, 'done'), created: false };
	}
	const { created, ...person } = await findOrCreateUser(api, who!, { name, src });
	await changeEnrollment(api, 'enroll', person.id, courseId);
	return { ...toItem({ ...change, userId: person.id, email: person.email, name: person.name }, 'done'), created };
}
